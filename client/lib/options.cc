#include "client/lib/options.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace shirube::client {
namespace {

std::optional<std::string> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::string LanguageOfEnvironment() {
  for (const char* name :
       {"SHIRUBE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (auto value = Environment(name)) {
      return std::string_view(*value).starts_with("ja") ? "ja" : "en";
    }
  }
  return "en";
}

// Of whoever runs the program; empty where the system has no name for them.
std::string UserName() {
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  if (getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found) != 0 ||
      found == nullptr) {
    return "";
  }
  return found->pw_name;
}

template <typename T, typename F>
void Fill(std::optional<T>& field, const std::optional<T>& client, F fallback) {
  if (!field) field = client;
  if (!field) field = fallback();
}

}  // namespace

Options Resolve(const Options& call, const Options& client) {
  Options options = call;
  Fill(options.server, client.server,
       [] { return Environment("SHIRUBE_SERVER").value_or("127.0.0.1:8471"); });
  Fill(options.timeout, client.timeout, [] { return absl::Seconds(30); });
  Fill(options.actor, client.actor, [] {
    if (auto actor = Environment("SHIRUBE_ACTOR")) return *actor;
    return UserName();
  });
  Fill(options.language, client.language, LanguageOfEnvironment);
  Fill(options.retries, client.retries, [] { return 4; });
  return options;
}

}  // namespace shirube::client
