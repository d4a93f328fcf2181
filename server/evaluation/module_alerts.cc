#include "server/evaluation/module_alerts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "server/base/status_macros.h"
#include "server/evaluation/alert_sentences.h"
#include "server/evaluation/alert_subject.h"

namespace shirube {
namespace {

Observed About(const PlanContext& context, const std::string& module) {
  Observed now;
  now.plan = context.plan.id;
  now.kind = AlertKind::kModuleOutOfService;
  now.subject = module;
  now.subject_display_name = module;
  now.owner = context.plan.owner;
  now.rule_set = context.rule_set;
  return now;
}

}  // namespace

absl::Status ModuleAlerts::Start(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const std::vector<Alert> alerts,
      UnresolvedAlerts(reader, AlertKind::kModuleOutOfService));
  for (const Alert& alert : alerts) told_.emplace(alert.plan, alert.subject);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Observed>> ModuleAlerts::Of(StoreReader& reader) {
  out_.clear();
  std::vector<Observed> observed;
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<QuarantineRecord> quarantines,
                           reader.ListQuarantines());
  if (quarantines.empty() && told_.empty()) return observed;
  std::map<RuleSetId, std::optional<RuleSetRecord>> sets;
  for (const PlanId& plan : filler_->Plans()) {
    const PlanContext& context = *filler_->FindPlan(plan);
    auto set = sets.find(context.rule_set);
    if (set == sets.end()) {
      SHIRUBE_ASSIGN_OR_RETURN(auto record,
                               reader.GetRuleSet(context.rule_set));
      set = sets.emplace(context.rule_set, std::move(record)).first;
    }
    if (!set->second) continue;
    for (const QuarantineRecord& quarantine : quarantines) {
      const auto& members = set->second->modules;
      if (std::none_of(members.begin(), members.end(), [&](const auto& one) {
            return one.sha256 == quarantine.sha256;
          })) {
        continue;
      }
      Observed now = About(context, quarantine.module);
      now.status = Status::kAtRisk;
      now.reason = quarantine.reason;
      now.severity = Severity::kCritical;
      now.sentence = ModuleText(quarantine);
      now.way_out = ModuleWayOut(quarantine);
      observed.push_back(std::move(now));
      out_.emplace(plan, quarantine.module);
    }
  }
  for (const auto& [plan, module] : told_) {
    const PlanContext* context = filler_->FindPlan(plan);
    if (context == nullptr || out_.contains({plan, module})) continue;
    Observed now = About(*context, module);
    now.status = Status::kOnTrack;
    now.sentence = ModuleBackText(module);
    observed.push_back(std::move(now));
  }
  // They may be stored although whoever stores them hears otherwise.
  told_.insert(out_.begin(), out_.end());
  return observed;
}

}  // namespace shirube
