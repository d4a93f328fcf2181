#include "server/evaluation/waiting.h"

#include <utility>

namespace shirube {
namespace {

bool IsMarkModule(const RuleSet& set, const std::string& module) {
  for (const RuleSetMember& member : set.modules()) {
    if (member.manifest->id == module) return member.manifest->raises_marks();
  }
  return false;
}

}  // namespace

bool IsOutOfService(const ModuleFault& fault) {
  return fault.reason == kQuarantinedWord || fault.reason == kNotRunningWord;
}

bool WaitsForModules(const Verdict& verdict, const RuleSet& set) {
  if (verdict.status != Status::kIndeterminate) return false;
  for (const ModuleFault& fault : verdict.failed) {
    if (!IsOutOfService(fault) && !IsMarkModule(set, fault.module)) {
      return false;
    }
  }
  return true;
}

Verdict KeepLast(Verdict fresh, const Verdict* before) {
  fresh.waiting_since = before != nullptr && before->waiting_since
                            ? before->waiting_since
                            : fresh.judged_time;
  const bool is_known = before != nullptr &&
                        before->rule_set == fresh.rule_set &&
                        before->status != Status::kUnspecified &&
                        before->status != Status::kIndeterminate;
  if (!is_known) return fresh;
  Verdict kept = *before;
  kept.failed = std::move(fresh.failed);
  kept.waiting_since = fresh.waiting_since;
  return kept;
}

}  // namespace shirube
