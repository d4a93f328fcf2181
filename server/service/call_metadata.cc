#include "server/service/call_metadata.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "server/base/limits.h"
#include "server/base/text.h"

namespace shirube {
namespace {

std::string Find(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return "";
  return std::string(found->second.data(), found->second.size());
}

// The first characters of a name, without control characters, which would
// spoil logs and terminals.
std::string CleanName(const std::string& name) {
  std::string clean;
  size_t chars = 0;
  for (char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) continue;
    if ((byte & 0xC0) != 0x80 && ++chars > limits::kMaxActorChars) break;
    clean += c;
  }
  return clean;
}

}  // namespace

CallContext ContextOf(const grpc::CallbackServerContext& context) {
  CallContext call;
  call.language = LanguageOf(Find(context, "accept-language"));
  std::string name = Find(context, kActorBinaryKey);
  if (name.empty()) name = Find(context, kActorKey);
  name = IsUtf8(name) ? CleanName(name) : "";
  call.actor = {name.empty() ? "anonymous" : name, /*claimed=*/true};
  if (context.deadline() != std::chrono::system_clock::time_point::max()) {
    call.deadline = absl::FromChrono(context.deadline());
  }
  return call;
}

Credentials CredentialsOf(const grpc::CallbackServerContext& context,
                          const CallContext& call) {
  Credentials credentials;
  credentials.authorization = Find(context, "authorization");
  credentials.claimed_actor = call.actor.name;
  const auto peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return credentials;
  for (const char* key :
       {"x509_subject_alternative_name", "x509_common_name"}) {
    for (const grpc::string_ref& value : peer->FindPropertyValues(key)) {
      credentials.certificate_names.push_back(
          CleanName(std::string(value.data(), value.size())));
    }
  }
  return credentials;
}

}  // namespace shirube
