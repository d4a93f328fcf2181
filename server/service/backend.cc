#include "server/service/backend.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/parameters.h"
#include "server/service/fingerprint.h"

namespace shirube {
namespace {

std::string RequestIdOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

}  // namespace

absl::StatusOr<Snapshot> TakeSnapshot(const Backend& backend) {
  Snapshot snapshot;
  SHIRUBE_ASSIGN_OR_RETURN(snapshot.reader, backend.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(snapshot.head, snapshot.reader->Head());
  snapshot.revision = backend.Token(snapshot.head.revision);
  return snapshot;
}

absl::StatusOr<MutationResult> Mutate(const Backend& backend,
                                      const CallContext& call,
                                      const google::protobuf::Message& request,
                                      MutationBody body) {
  Mutation mutation;
  mutation.actor = call.actor;
  const std::string request_id = RequestIdOf(request);
  if (!request_id.empty()) {
    mutation.request =
        RequestKey{call.method, request_id, RequestFingerprint(request)};
  }
  mutation.body = std::move(body);
  return backend.ledger->SubmitAndWait(std::move(mutation));
}

absl::Status NotFound(const std::string& name) {
  return MakeError(
      absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
      absl::StrCat(name,
                   " does not exist or is deleted; list its parent to "
                   "see what there is"),
      absl::StrCat(name,
                   "は存在しないか、削除されています。"
                   "一覧で名前を確かめてください"),
      {{"name", name}});
}

void CheckRequestId(const google::protobuf::Message& request,
                    const FieldReader& reader) {
  if (RequestIdOf(request).size() > limits::kMaxRequestIdBytes) {
    reader.Refuse(
        "request_id",
        absl::StrCat("at most ", limits::kMaxRequestIdBytes, " characters"),
        absl::StrCat(limits::kMaxRequestIdBytes, "文字までです"));
  }
}

void CheckParameters(const Backend& backend, const Parameters& parameters,
                     const FieldReader& reader) {
  if (parameters.empty()) return;
  const std::vector<ParameterSpec> specs = ParameterSpecsOf(*backend.rules);
  if (specs.empty()) return;  // no manifest can be read: nothing is known
  ValidateParameters(parameters, specs, reader.prefix(), reader.violations());
}

}  // namespace shirube
