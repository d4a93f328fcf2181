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

bool IsJapanese(const std::string& locale) { return locale.starts_with("ja"); }

std::string LanguageOfSystem() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (auto value = Environment(name)) return IsJapanese(*value) ? "ja" : "en";
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

template <typename T>
void Fill(std::optional<T>& field, const std::optional<T>& fallback) {
  if (!field) field = fallback;
}

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 127.0.0.0/8 in full; "127.1" and names that begin like one are not.
bool IsLoopback4(std::string_view host) {
  int dots = 0;
  for (char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3 && host.starts_with("127.");
}

// "host" of "host:port" and "host", "::1" of "[::1]:port"; empty where that
// cannot be told.
std::string_view HostOf(std::string_view server) {
  if (server.starts_with('[')) {
    const size_t end = server.find(']');
    if (end == std::string_view::npos) return "";
    const std::string_view rest = server.substr(end + 1);
    if (!rest.empty() && !(rest[0] == ':' && IsNumber(rest.substr(1)))) {
      return "";
    }
    return server.substr(1, end - 1);
  }
  const size_t colon = server.find(':');
  if (colon == std::string_view::npos) return server;
  return IsNumber(server.substr(colon + 1)) ? server.substr(0, colon) : "";
}

bool IsUnixSocket(std::string_view server) {
  return server.starts_with("unix:") || server.starts_with("unix-abstract:");
}

}  // namespace

Options FromEnvironment() {
  Options options;
  options.server = Environment("SHIRUBE_SERVER");
  options.tls_ca = Environment("SHIRUBE_TLS_CA");
  options.tls_cert = Environment("SHIRUBE_TLS_CERT");
  options.tls_key = Environment("SHIRUBE_TLS_KEY");
  options.token_file = Environment("SHIRUBE_TOKEN_FILE");
  options.actor = Environment("SHIRUBE_ACTOR");
  if (auto language = Environment("SHIRUBE_LANGUAGE")) {
    options.language = IsJapanese(*language) ? "ja" : "en";
  }
  return options;
}

Options Merge(const Options& options, const Options& fallback) {
  Options merged = options;
  Fill(merged.server, fallback.server);
  Fill(merged.tls_ca, fallback.tls_ca);
  if (!merged.tls_cert && !merged.tls_key) {
    merged.tls_cert = fallback.tls_cert;
    merged.tls_key = fallback.tls_key;
  }
  Fill(merged.token_file, fallback.token_file);
  Fill(merged.timeout, fallback.timeout);
  Fill(merged.actor, fallback.actor);
  Fill(merged.language, fallback.language);
  Fill(merged.retries, fallback.retries);
  return merged;
}

Options Resolve(const Options& call, const Options& client) {
  Options options = Merge(Merge(call, client), FromEnvironment());
  if (!options.actor) options.actor = UserName();
  if (!options.language) options.language = LanguageOfSystem();
  options.tls_cert = options.tls_cert.value_or("");
  options.tls_key = options.tls_key.value_or("");
  return Merge(options, {.server = "127.0.0.1:8471",
                         .tls_ca = "",
                         .token_file = "",
                         .timeout = absl::Seconds(30),
                         .retries = 4});
}

bool IsLocal(const std::string& server) {
  if (IsUnixSocket(server)) return true;
  const std::string_view host = HostOf(server);
  return host == "localhost" || host == "::1" || IsLoopback4(host);
}

bool WantsTls(const Options& options) {
  return !IsLocal(*options.server) || !options.tls_ca->empty() ||
         !options.tls_cert->empty();
}

}  // namespace shirube::client
