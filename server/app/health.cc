#include "server/app/health.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

std::string NameOfModule(const ModuleInfo& module) {
  return absl::StrCat("ruleModules/",
                      module.manifest != nullptr
                          ? module.manifest->id
                          : module.file.substr(0, module.file.rfind('.')));
}

bool Serves(const ModuleInfo& module) {
  return module.state == ModuleState::kActive ||
         module.state == ModuleState::kReady;
}

}  // namespace

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
  for (const ModuleInfo& module : rule_host_->ListModules()) {
    service_->SetServingStatus(NameOfModule(module), Serves(module));
  }
}

}  // namespace shirube
