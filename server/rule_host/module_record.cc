#include "server/rule_host/module_record.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "server/base/logging.h"

namespace shirube {

using enum ModuleState;

ModuleRecord::ModuleRecord(std::string sha256) {
  info_.sha256 = std::move(sha256);
  info_.since = absl::Now();
}

void ModuleRecord::Identify(const ModuleFile& file) {
  const std::lock_guard lock(mu_);
  if (info_.manifest != nullptr) return;  // the same bytes
  info_.cases_count = file.cases_count;
  info_.manifest = file.manifest;
  info_.id = file.manifest->id;
  info_.version = file.manifest->version;
}

void ModuleRecord::MoveLocked(ModuleState to, ModuleProblem problem) {
  if (!IsLegal(info_.state, to)) {
    std::fprintf(stderr, "module %s cannot go from %s to %s\n",
                 info_.id.c_str(), std::string(StateWord(info_.state)).c_str(),
                 std::string(StateWord(to)).c_str());
    std::abort();
  }
  info_.state = to;
  info_.problem = std::move(problem);
  info_.since = absl::Now();
}

bool ModuleRecord::Move(ModuleState from, ModuleState to,
                        ModuleProblem problem) {
  const std::lock_guard lock(mu_);
  if (info_.state != from) return false;
  MoveLocked(to, std::move(problem));
  return true;
}

bool ModuleRecord::BeginStart() {
  const std::lock_guard lock(mu_);
  // Its last workers are ending; what begins now is another life of it.
  if (info_.state == kDraining) MoveLocked(kRetired, {});
  if (info_.state != kDiscovered) MoveLocked(kDiscovered, {});
  MoveLocked(kVerified, {});
  MoveLocked(kStarting, {});
  return std::exchange(started_before_, true);
}

void ModuleRecord::Fail(const ModuleProblem& problem) {
  const std::lock_guard lock(mu_);
  if (info_.quarantine.has_value()) {
    if (info_.state != kQuarantined) MoveLocked(kQuarantined, {});
    return;
  }
  MoveLocked(kRejected, problem);
  LogWarning("rule module ", info_.id, " ", info_.version,
             " is REJECTED: ", std::string(ReasonWord(problem.reason)), ": ",
             problem.detail);
}

bool ModuleRecord::Quarantine(const QuarantineNotice& notice) {
  const std::lock_guard lock(mu_);
  if (info_.quarantine.has_value()) return false;
  info_.quarantine = notice;
  if (info_.id.empty()) {
    info_.id = notice.module;
    info_.version = notice.version;
  }
  if (info_.state != kQuarantined) MoveLocked(kQuarantined, {});
  return true;
}

void ModuleRecord::EndQuarantine() {
  const std::lock_guard lock(mu_);
  info_.quarantine.reset();
  if (info_.state == kQuarantined) MoveLocked(kDiscovered, {});
}

std::optional<QuarantineNotice> ModuleRecord::quarantine() const {
  const std::lock_guard lock(mu_);
  return info_.quarantine;
}

ModuleInfo ModuleRecord::Info() const {
  const std::lock_guard lock(mu_);
  ModuleInfo info = info_;
  info.statistics = history_.Snapshot();
  return info;
}

}  // namespace shirube
