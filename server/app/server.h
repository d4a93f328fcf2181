// The whole server in one object: store, ledger, table, rule host, evaluation,
// services. main makes one; tests make their own with a temporary database and
// port 0.
#ifndef SHIRUBE_SERVER_APP_SERVER_H_
#define SHIRUBE_SERVER_APP_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/access/role.h"
#include "server/alerting/name_resolver.h"
#include "server/app/tls.h"

namespace shirube {

struct ServerOptions {
  std::string database = "./shirube.db";  // created when absent
  std::string listen = "127.0.0.1:8471";
  std::string rules_dir;
  std::string worker_program;
  int keep_requests_days = 7;  // how long a request_id is remembered
  // How long the changes of resolved alerts are kept; 0: for ever.
  int keep_alert_days = 400;
  int threads = 16;         // that run methods
  size_t max_queue = 1024;  // calls that wait for one of them
  // Of a rule module's worker.
  int64_t memory_limit_bytes = int64_t{256} << 20;
  absl::Duration call_deadline = absl::Milliseconds(200);
  // Who may come in; see access/token_file.h. Without tokens and client
  // certificates everybody who reaches the server may do everything.
  TlsFiles tls;
  std::string token_file;
  RoleSet certificate_roles = {Role::kRead};
  // How names of sinks are looked up when a subscription is written.
  NameResolver::Options names;
  // How receivers of alerts tell this server from others; empty: the host's
  // name. And where people read more about one, see AlertView.
  std::string name;
  std::string alert_link;
  // Layers of confinement without which the server does not start
  // (CONFINEMENT_MISSING).
  std::vector<std::string> required_layers;
};

class Server {
 public:
  // Everything runs when it returns; on an error nothing does. The error says
  // what to do, in both languages (DetailsOf).
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options);
  ~Server();  // drains
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // As clients take it: "127.0.0.1:41234", "unix:/run/shirube.sock".
  const std::string& address() const;

  // Takes no new calls, finishes those that run (those still running after
  // `patience` are cancelled), carries out what the ledger has queued and
  // closes the store. Safe to call again.
  void Drain(absl::Duration patience = absl::Seconds(3));

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_SERVER_H_
