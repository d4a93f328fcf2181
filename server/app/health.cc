#include "server/app/health.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

std::string NameOfModule(const ModuleInfo& module) {
  const std::string id = !module.id.empty() ? module.id
                         : module.manifest != nullptr
                             ? module.manifest->id
                             : module.file.substr(0, module.file.rfind('.'));
  return absl::StrCat("ruleModules/", id);
}

bool Serves(const ModuleInfo& module) {
  if (module.quarantine || !module.problem.ok()) return false;
  switch (module.state) {
    case ModuleState::kRejected:
    case ModuleState::kQuarantined:
      return false;
    case ModuleState::kReady:
    case ModuleState::kActive:
      return true;
    default:
      // On its way, or nobody asks it: only of use where it is in use.
      return !module.in_use;
  }
}

}  // namespace

std::map<std::string, bool> HealthOfModules(
    const std::vector<ModuleInfo>& modules) {
  std::map<std::string, bool> in_use, others;
  for (const ModuleInfo& module : modules) {
    auto& health = module.in_use ? in_use : others;
    const auto [known, first] = health.emplace(NameOfModule(module), true);
    known->second = known->second && Serves(module);
  }
  // A file that lies beside a version in use says nothing of that version.
  in_use.merge(others);
  return in_use;
}

Health::Health(grpc::HealthCheckServiceInterface* service, RuleHost* rule_host,
               std::vector<std::string> services, absl::Duration interval)
    : service_(service), rule_host_(rule_host), services_(std::move(services)) {
  if (service_ == nullptr) return;
  service_->SetServingStatus(true);  // the server as a whole
  for (const std::string& name : services_) {
    service_->SetServingStatus(name, true);
  }
  Report();
  thread_ = std::thread([this, interval] { Run(interval); });
}

Health::~Health() { Stop(); }

void Health::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (service_ != nullptr) service_->Shutdown();
}

void Health::Run(absl::Duration interval) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_.wait_for(lock, absl::ToChronoMilliseconds(interval),
                            [this] { return stopping_; })) {
    lock.unlock();
    Report();
    lock.lock();
  }
}

void Health::Report() {
  rule_host_->CheckIdle();
  for (const auto& [name, serves] :
       HealthOfModules(rule_host_->ListModules())) {
    service_->SetServingStatus(name, serves);
  }
}

}  // namespace shirube
