// Says who calls, and whether they may. Made by `app`, asked by `service` once
// a call, before its request is read. Safe from any thread.
#ifndef SHIRUBE_SERVER_ACCESS_AUTHENTICATOR_H_
#define SHIRUBE_SERVER_ACCESS_AUTHENTICATOR_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "server/access/role.h"
#include "server/access/token_file.h"

namespace shirube {

// Who calls.
struct Identity {
  std::string actor = "anonymous";
  bool claimed = true;  // nothing proved it
  RoleSet roles;
};

// What a call brings to prove who makes it.
struct Credentials {
  std::string authorization;  // the header: "Bearer shirube_…"
  // Names in a client certificate that was verified: subject alternative names,
  // then the common name; empty without one.
  std::vector<std::string> certificate_names;
  std::string claimed_actor;  // of the metadata; empty: none
};

class Authenticator {
 public:
  struct Options {
    std::string token_file;  // empty: no tokens
    bool client_certificates = false;
    // Of a verified certificate that no line of the token file names.
    RoleSet certificate_roles = {Role::kRead};
    std::function<absl::CivilDay()> today = TodayInJapan;
    // How long a look at the file is good.
    std::chrono::steady_clock::duration look_again = std::chrono::seconds(1);
  };

  // Reads the token file, which must be in order. Later, when it changes, it is
  // read again; while it is not in order, what was read last holds and the log
  // says so.
  static absl::StatusOr<std::unique_ptr<Authenticator>> Make(Options options);

  // Whether callers have to prove who they are. Where not, everybody may do
  // everything and is written down as claimed.
  bool demands_proof() const {
    return !options_.token_file.empty() || options_.client_certificates;
  }
  bool takes_tokens() const { return !options_.token_file.empty(); }
  bool takes_certificates() const { return options_.client_certificates; }

  // UNAUTHENTICATED CREDENTIALS_MISSING, TOKEN_INVALID, TOKEN_EXPIRED.
  absl::StatusOr<Identity> Identify(const Credentials& credentials);

 private:
  explicit Authenticator(Options options) : options_(std::move(options)) {}
  std::shared_ptr<const TokenTable> Table();

  const Options options_;
  std::mutex mutex_;
  std::shared_ptr<const TokenTable> table_;       // guarded by mutex_
  std::string stamp_;                             // of the file read; guarded
  std::chrono::steady_clock::time_point looked_;  // guarded
};

// PERMISSION_DENIED ROLE_MISSING names the role.
absl::Status CheckRole(const Identity& identity, std::string_view full_method);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ACCESS_AUTHENTICATOR_H_
