#include "server/evaluation/table_filler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr int kIndicatorPage = 1'000;
constexpr int kObservationPage = 10'000;
// From so many touched rows of one plan on, reading it whole is cheaper.
constexpr size_t kWholePlanFrom = 512;

// Observations page by page, in the order of their indicators.
class ObservationStream {
 public:
  ObservationStream(StoreReader& reader, const PlanId& plan) : reader_(reader) {
    query_.plan = plan;
    query_.limit = kObservationPage;
  }

  // Those of `key`; what comes before it belongs to nobody and is skipped.
  absl::StatusOr<std::vector<Observation>> TakeOf(const IndicatorKey& key) {
    std::vector<Observation> taken;
    while (true) {
      SHIRUBE_ASSIGN_OR_RETURN(const bool more, HasMore());
      if (!more) return taken;
      Observation& next = page_[at_];
      if (next.indicator_key() > key) return taken;
      if (next.indicator_key() == key) taken.push_back(std::move(next));
      ++at_;
    }
  }

 private:
  absl::StatusOr<bool> HasMore() {
    if (at_ < page_.size()) return true;
    if (last_page_) return false;
    SHIRUBE_ASSIGN_OR_RETURN(page_, reader_.ListObservations(query_));
    at_ = 0;
    last_page_ = page_.size() < static_cast<size_t>(kObservationPage);
    if (page_.empty()) return false;
    query_.after = page_.back().indicator.value() + "/" + page_.back().id();
    return true;
  }

  StoreReader& reader_;
  ListQuery query_;
  std::vector<Observation> page_;
  size_t at_ = 0;
  bool last_page_ = false;
};

using RowSink = std::function<absl::Status(const Indicator&,
                                           const std::vector<Observation>&)>;

// Every indicator of a plan with its observations.
absl::Status StreamPlan(StoreReader& reader, const PlanId& plan,
                        const RowSink& sink) {
  ObservationStream observations(reader, plan);
  ListQuery query;
  query.plan = plan;
  query.limit = kIndicatorPage;
  while (true) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Indicator> page,
                             reader.ListIndicators(query));
    for (const Indicator& indicator : page) {
      SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Observation> own,
                               observations.TakeOf(indicator.key()));
      SHIRUBE_RETURN_IF_ERROR(sink(indicator, own));
    }
    if (page.size() < static_cast<size_t>(kIndicatorPage)) {
      return absl::OkStatus();
    }
    query.after = page.back().id.value();
  }
}

}  // namespace

const PlanContext* TableFiller::FindPlan(const PlanId& plan) const {
  const auto it = plans_.find(plan);
  return it == plans_.end() ? nullptr : &it->second.context;
}

std::vector<PlanId> TableFiller::Plans() const {
  std::vector<PlanId> ids;
  for (const auto& [id, known] : plans_) ids.push_back(id);
  return ids;
}

std::vector<PlanId> TableFiller::PlansInScope(const PlanId& plan) const {
  std::vector<PlanId> ids;
  for (const auto& [id, known] : plans_) {
    if (plan.empty() ? known.context.plan.rule_set.empty() : id == plan) {
      ids.push_back(id);
    }
  }
  return ids;
}

YearKinds TableFiller::KindsOf(const IndicatorKey& key) const {
  const auto it = kinds_.find(key);
  if (it != kinds_.end()) return it->second;
  YearKinds fiscal;
  fiscal.baseline_fiscal = fiscal.target_fiscal = true;
  return fiscal;
}

std::set<IndicatorKey> TableFiller::OwnOf(const PlanId& plan) const {
  std::set<IndicatorKey> keys;
  for (auto it = own_.lower_bound({plan, IndicatorId()});
       it != own_.end() && it->plan == plan; ++it) {
    keys.insert(*it);
  }
  return keys;
}

void TableFiller::AddAll(const PlanId& plan,
                         std::set<IndicatorKey>* keys) const {
  for (IndicatorKey& key : KeysOf(table_->SelectPlan(plan))) {
    keys->insert(std::move(key));
  }
}

absl::StatusOr<TableFiller::OverridesByKey> TableFiller::OverridesUnder(
    StoreReader& reader, absl::Span<const IndicatorKey> keys,
    const RuleSet& rule_set) const {
  OverridesByKey overrides;
  for (const IndicatorKey& key : keys) {
    const auto plan = plans_.find(key.plan);
    if (plan == plans_.end()) continue;
    if (!plan->second.sets_parameters && !own_.contains(key)) continue;
    SHIRUBE_ASSIGN_OR_RETURN(const std::optional<Indicator> indicator,
                             reader.GetIndicator(key));
    if (!indicator) continue;
    SHIRUBE_ASSIGN_OR_RETURN(
        Overrides own, OverridesOf(*indicator, plan->second.context, rule_set));
    if (!own.empty()) overrides[key] = std::move(own);
  }
  return overrides;
}

absl::StatusOr<Overrides> TableFiller::OverridesOfRow(
    const Indicator& indicator, const PlanContext& context) {
  if (!IsOverridden(indicator, context)) return Overrides();
  const auto rule_set = rule_sets_->Get(context.rule_set);
  if (rule_set.ok()) return OverridesOf(indicator, context, **rule_set);
  without_set_.insert(indicator.plan);
  return Overrides();
}

absl::Status TableFiller::ApplyRow(
    const Indicator& indicator, const std::vector<Observation>& observations) {
  const PlanContext* context = FindPlan(indicator.plan);
  if (context == nullptr) return RemoveRow(indicator.key());
  SHIRUBE_ASSIGN_OR_RETURN(RowInput row, MakePlainRow(indicator, observations,
                                                      *context, std::nullopt));
  SHIRUBE_ASSIGN_OR_RETURN(row.overrides, OverridesOfRow(indicator, *context));
  SHIRUBE_RETURN_IF_ERROR(table_->Upsert(row));
  if (indicator.parameters.empty()) {
    own_.erase(row.key);
  } else {
    own_.insert(row.key);
  }
  const YearKinds kinds =
      YearKindsOf(indicator, BaselineAsOf(indicator, std::nullopt),
                  TargetAsOf(indicator, std::nullopt));
  const bool calendar_point = std::any_of(
      row.points.begin(), row.points.end(),
      [](const RowPoint& p) { return p.period.is_calendar_year(); });
  if (kinds.plain() && !calendar_point) {
    kinds_.erase(row.key);
  } else {
    kinds_[row.key] = kinds;
  }
  return absl::OkStatus();
}

absl::Status TableFiller::RemoveRow(const IndicatorKey& key) {
  kinds_.erase(key);
  own_.erase(key);
  return table_->Remove(key).status();
}

absl::Status TableFiller::Fill(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Plan> plans,
                           reader.ListPlans(ListQuery()));
  for (const Plan& plan : plans) {
    SHIRUBE_RETURN_IF_ERROR(NoteChanged(reader, plan.id));
    whole_due_.erase(plan.id);
    SHIRUBE_RETURN_IF_ERROR(
        StreamPlan(reader, plan.id,
                   [&](const Indicator& indicator,
                       const std::vector<Observation>& observations) {
                     return ApplyRow(indicator, observations);
                   }));
  }
  return absl::OkStatus();
}

absl::Status TableFiller::ApplyWholePlan(StoreReader& reader,
                                         const PlanId& plan,
                                         std::set<IndicatorKey>* to_judge) {
  // What is in the table and not in the store any more has to go.
  std::set<IndicatorKey> gone;
  AddAll(plan, &gone);
  without_set_.erase(plan);
  if (FindPlan(plan) != nullptr) {
    SHIRUBE_RETURN_IF_ERROR(
        StreamPlan(reader, plan,
                   [&](const Indicator& indicator,
                       const std::vector<Observation>& observations) {
                     gone.erase(indicator.key());
                     to_judge->insert(indicator.key());
                     return ApplyRow(indicator, observations);
                   }));
  }
  for (const IndicatorKey& key : gone) {
    to_judge->erase(key);
    SHIRUBE_RETURN_IF_ERROR(RemoveRow(key));
  }
  return absl::OkStatus();
}

absl::Status TableFiller::ApplyPlan(StoreReader& reader, const PlanId& plan,
                                    const std::set<IndicatorKey>& keys,
                                    std::set<IndicatorKey>* to_judge) {
  if (keys.size() >= kWholePlanFrom) {
    std::set<IndicatorKey> applied;
    SHIRUBE_RETURN_IF_ERROR(ApplyWholePlan(reader, plan, &applied));
    for (const IndicatorKey& key : keys) {
      if (applied.contains(key)) to_judge->insert(key);
    }
    return absl::OkStatus();
  }
  for (const IndicatorKey& key : keys) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::optional<Indicator> indicator,
                             reader.GetIndicator(key));
    if (!indicator || indicator->stamp.deleted()) {
      to_judge->erase(key);
      SHIRUBE_RETURN_IF_ERROR(RemoveRow(key));
      continue;
    }
    ListQuery query;
    query.plan = plan;
    query.indicator = key.indicator;
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Observation> observations,
                             reader.ListObservations(query));
    SHIRUBE_RETURN_IF_ERROR(ApplyRow(*indicator, observations));
    to_judge->insert(key);
  }
  return absl::OkStatus();
}

absl::Status TableFiller::MakeOverriddenAgain(StoreReader& reader,
                                              const PlanId& plan) {
  std::set<IndicatorKey> made;  // not due for that alone
  const auto known = plans_.find(plan);
  if (known == plans_.end()) return absl::OkStatus();
  if (known->second.sets_parameters) {
    return ApplyWholePlan(reader, plan, &made);
  }
  return ApplyPlan(reader, plan, OwnOf(plan), &made);
}

// Another set judges `plan`, or a set can be had again.
void TableFiller::SetRuleSet(const PlanId& plan, const RuleSetId& id) {
  Known& known = plans_[plan];
  if (known.context.rule_set != id || without_set_.contains(plan)) {
    overridden_due_.insert(plan);
  }
  known.context.rule_set = id;
}

absl::Status TableFiller::NoteActivated(StoreReader& reader, const Dirty& dirty,
                                        std::set<IndicatorKey>* to_judge) {
  for (const auto& [scope, judge] : dirty.activated) {
    if (scope.empty()) {
      SHIRUBE_ASSIGN_OR_RETURN(const RuleSetId id,
                               RuleSets::ActiveId(reader, RuleSetId()));
      for (const PlanId& plan : PlansInScope(scope)) SetRuleSet(plan, id);
    } else if (FindPlan(scope) != nullptr) {
      SHIRUBE_RETURN_IF_ERROR(NoteChanged(reader, scope));
    }
    if (!judge) continue;
    for (const PlanId& plan : PlansInScope(scope)) AddAll(plan, to_judge);
  }
  return absl::OkStatus();
}

absl::Status TableFiller::NoteChanged(StoreReader& reader, const PlanId& plan) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<PlanContext> context,
                           LoadPlanContext(reader, plan));
  const PlanContext* before = FindPlan(plan);
  if (!context || before == nullptr || !JudgesAlike(*before, *context)) {
    whole_due_.insert(plan);
  } else if (before->rule_set != context->rule_set) {
    overridden_due_.insert(plan);
  }
  if (!context) {
    plans_.erase(plan);
    without_set_.erase(plan);
    return absl::OkStatus();
  }
  const bool sets_parameters = context->SetsParameters();
  plans_[plan] = {*std::move(context), sets_parameters};
  return absl::OkStatus();
}

absl::Status TableFiller::Note(StoreReader& reader, const Dirty& dirty,
                               std::set<IndicatorKey>* to_judge) {
  SHIRUBE_RETURN_IF_ERROR(NoteActivated(reader, dirty, to_judge));
  for (const PlanId& plan : dirty.plans) {
    SHIRUBE_RETURN_IF_ERROR(NoteChanged(reader, plan));
  }
  for (const IndicatorKey& key : dirty.indicators) {
    if (FindPlan(key.plan) != nullptr || whole_due_.contains(key.plan)) {
      continue;
    }
    SHIRUBE_RETURN_IF_ERROR(NoteChanged(reader, key.plan));
  }
  for (const PlanId& plan : without_set_) {
    const PlanContext* context = FindPlan(plan);
    if (context == nullptr || rule_sets_->Get(context->rule_set).ok()) {
      whole_due_.insert(plan);
    }
  }
  return absl::OkStatus();
}

absl::Status TableFiller::Apply(StoreReader& reader, const Dirty& dirty,
                                std::set<IndicatorKey>* to_judge) {
  SHIRUBE_RETURN_IF_ERROR(Note(reader, dirty, to_judge));
  std::map<PlanId, std::set<IndicatorKey>> by_plan;
  for (const IndicatorKey& key : dirty.indicators) {
    by_plan[key.plan].insert(key);
  }
  while (!whole_due_.empty()) {
    const PlanId plan = *whole_due_.begin();
    SHIRUBE_RETURN_IF_ERROR(ApplyWholePlan(reader, plan, to_judge));
    by_plan.erase(plan);
    overridden_due_.erase(plan);
    whole_due_.erase(plan);
  }
  while (!overridden_due_.empty()) {
    const PlanId plan = *overridden_due_.begin();
    SHIRUBE_RETURN_IF_ERROR(MakeOverriddenAgain(reader, plan));
    overridden_due_.erase(plan);
  }
  for (const auto& [plan, keys] : by_plan) {
    SHIRUBE_RETURN_IF_ERROR(ApplyPlan(reader, plan, keys, to_judge));
  }
  return absl::OkStatus();
}

}  // namespace shirube
