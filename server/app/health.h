// Keeps grpc.health.v1 up to date: the whole server (empty name), one name a
// service, and one a rule module (`ruleModules/achieved`), which is NOT_SERVING
// while the module cannot be asked. The server as a whole goes on serving: what
// one module judges is not all it does.
#ifndef SHIRUBE_SERVER_APP_HEALTH_H_
#define SHIRUBE_SERVER_APP_HEALTH_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/rule_host/rule_host.h"

namespace shirube {

// By name ("ruleModules/achieved"). Of several versions those in use count;
// where none is, a refused or quarantined one makes it unhealthy. Pure.
std::map<std::string, bool> HealthOfModules(
    const std::vector<ModuleInfo>& modules);

class Health {
 public:
  // Looks at the modules every `interval`. All pointers outlive it; `service`
  // may be null (then there is nothing to tell).
  Health(grpc::HealthCheckServiceInterface* service, RuleHost* rule_host,
         std::vector<std::string> services, absl::Duration interval);
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  // Everything is NOT_SERVING from here on.
  void Stop();

 private:
  void Run(absl::Duration interval);
  void Report();

  grpc::HealthCheckServiceInterface* const service_;
  RuleHost* const rule_host_;
  const std::vector<std::string> services_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_HEALTH_H_
