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

std::vector<IndicatorKey> KeysOf(const Selection& selection) {
  std::vector<IndicatorKey> keys;
  for (const SelectionPart& part : selection.parts) {
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (part.live(k)) keys.push_back(part.key(k));
    }
  }
  return keys;
}

}  // namespace

const PlanContext* TableFiller::FindPlan(const PlanId& plan) const {
  const auto it = plans_.find(plan);
  return it == plans_.end() ? nullptr : &it->second;
}

std::vector<PlanId> TableFiller::Plans() const {
  std::vector<PlanId> ids;
  for (const auto& [id, context] : plans_) ids.push_back(id);
  return ids;
}

YearKinds TableFiller::KindsOf(const IndicatorKey& key) const {
  const auto it = kinds_.find(key);
  if (it != kinds_.end()) return it->second;
  YearKinds fiscal;
  fiscal.baseline_fiscal = fiscal.target_fiscal = true;
  return fiscal;
}

std::shared_ptr<const RuleSet> TableFiller::RuleSetOf(
    const PlanContext& context) const {
  auto found = host_->FindRuleSet(context.plan.rule_set);
  // Without a set nothing is judged; when one comes, everything is dirty.
  static const auto* const kNone =
      new std::shared_ptr<const RuleSet>(std::make_shared<const RuleSet>(
          std::vector<RuleSetMember>(), std::map<std::string, int64_t>()));
  return found.ok() ? *std::move(found) : *kNone;
}

absl::Status TableFiller::ApplyRow(
    const Indicator& indicator, const std::vector<Observation>& observations) {
  const auto context = plans_.find(indicator.plan);
  if (context == plans_.end()) return RemoveRow(indicator.key());
  const std::shared_ptr<const RuleSet> rule_set = RuleSetOf(context->second);
  SHIRUBE_ASSIGN_OR_RETURN(const RowInput row,
                           MakeRow(indicator, observations, context->second,
                                   *rule_set, std::nullopt));
  SHIRUBE_RETURN_IF_ERROR(table_->Upsert(row));
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
  return table_->Remove(key).status();
}

absl::Status TableFiller::LoadPlan(StoreReader& reader, const PlanId& plan,
                                   bool* judges_alike) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<PlanContext> context,
                           LoadPlanContext(reader, plan));
  const auto it = plans_.find(plan);
  *judges_alike =
      context && it != plans_.end() && JudgesAlike(it->second, *context);
  if (!context) {
    plans_.erase(plan);
  } else {
    plans_[plan] = *std::move(context);
  }
  return absl::OkStatus();
}

absl::Status TableFiller::Fill(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Plan> plans,
                           reader.ListPlans(ListQuery()));
  for (const Plan& plan : plans) {
    bool judges_alike = false;
    SHIRUBE_RETURN_IF_ERROR(LoadPlan(reader, plan.id, &judges_alike));
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
  for (IndicatorKey& key : KeysOf(table_->SelectPlan(plan))) {
    gone.insert(std::move(key));
  }
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

absl::Status TableFiller::Apply(StoreReader& reader, const Dirty& dirty,
                                std::set<IndicatorKey>* to_judge) {
  std::set<PlanId> changed = dirty.plans;
  std::set<PlanId> whole;
  std::map<PlanId, std::set<IndicatorKey>> by_plan;
  for (const IndicatorKey& key : dirty.indicators) {
    by_plan[key.plan].insert(key);
    if (FindPlan(key.plan) == nullptr) changed.insert(key.plan);
  }
  if (dirty.everything) {
    for (const PlanId& plan : Plans()) whole.insert(plan);
  }
  for (const PlanId& plan : changed) {
    bool judges_alike = false;
    SHIRUBE_RETURN_IF_ERROR(LoadPlan(reader, plan, &judges_alike));
    if (!judges_alike) whole.insert(plan);
  }
  for (const PlanId& plan : whole) {
    by_plan.erase(plan);
    SHIRUBE_RETURN_IF_ERROR(ApplyWholePlan(reader, plan, to_judge));
  }
  for (const auto& [plan, keys] : by_plan) {
    SHIRUBE_RETURN_IF_ERROR(ApplyPlan(reader, plan, keys, to_judge));
  }
  return absl::OkStatus();
}

}  // namespace shirube
