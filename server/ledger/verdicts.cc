// What evaluation gives back.
#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/ledger/alerts.h"
#include "server/ledger/execute.h"

namespace shirube::ledger {

namespace {

absl::Status Fault(const std::string& what) {
  return MakeError(absl::StatusCode::kInternal, "INTERNAL_FAULT",
                   absl::StrCat("Fault of the server: ", what),
                   absl::StrCat("サーバーの不具合: ", what));
}

class Filter {
 public:
  Filter(WriteContext* ctx, const RuleSetId& candidate)
      : ctx_(ctx), candidate_(candidate) {}

  absl::StatusOr<bool> Keep(const Verdict& verdict) {
    const PlanId& plan = verdict.indicator.plan;
    auto active = active_.find(plan);
    if (active == active_.end()) {
      SHIRUBE_ASSIGN_OR_RETURN(auto read, ActiveRuleSet(ctx_, plan));
      active = active_.emplace(plan, std::move(read)).first;
    }
    if (!active->second.has_value()) return false;
    const RuleSetId& rule_set =
        candidate_.empty() ? *active->second : candidate_;
    if (!rule_set.empty() && rule_set != verdict.rule_set) return false;
    SHIRUBE_ASSIGN_OR_RETURN(stored_,
                             ctx_->tx()->GetVerdict(verdict.indicator));
    if (stored_.has_value()) {
      return verdict.input_revision >= stored_->input_revision;
    }
    SHIRUBE_ASSIGN_OR_RETURN(auto indicator,
                             ctx_->tx()->GetIndicator(verdict.indicator));
    return indicator.has_value() && !indicator->stamp.deleted();
  }

  // The visible verdict of the indicator that was kept last.
  const std::optional<Verdict>& stored() const { return stored_; }

 private:
  WriteContext* const ctx_;
  const RuleSetId candidate_;
  std::optional<Verdict> stored_;
  std::map<PlanId, std::optional<RuleSetId>> active_;
};

}  // namespace

absl::StatusOr<std::optional<RuleSetId>> ActiveRuleSet(WriteContext* ctx,
                                                       const PlanId& id) {
  SHIRUBE_ASSIGN_OR_RETURN(auto plan, ctx->tx()->GetPlan(id));
  if (!plan.has_value() || plan->stamp.deleted()) {
    return std::optional<RuleSetId>();
  }
  if (!plan->rule_set.empty()) return std::optional<RuleSetId>(plan->rule_set);
  SHIRUBE_ASSIGN_OR_RETURN(auto active, ctx->tx()->GetActivation(PlanId()));
  return std::optional<RuleSetId>(active.has_value() ? active->rule_set
                                                     : RuleSetId());
}

absl::Status Execute(WriteContext* ctx, const StoreVerdicts& m,
                     MutationResult* result) {
  if (m.verdicts.size() > kMaxVerdictGroup) {
    return Fault(absl::StrCat(m.verdicts.size(), " verdicts in one group"));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, ctx->tx()->Head());
  if (m.judged_through > head.revision) {
    return Fault(absl::StrCat("judged through ", m.judged_through,
                              ", but the head is ", head.revision));
  }
  if (!m.candidate.empty() && (m.run == 0 || m.publish)) {
    return Fault("verdicts of a set that is not active would be seen");
  }
  Filter filter(ctx, m.candidate);
  const NewsByKey news(m.news);
  for (const Verdict& verdict : m.verdicts) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool keep, filter.Keep(verdict));
    if (!keep) {
      ++result->dropped;
      continue;
    }
    Verdict stored = verdict;
    stored.revision = ctx->revision();
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutVerdict(stored, m.run));
    ctx->set_changed();
    if (m.run == 0) {
      SHIRUBE_RETURN_IF_ERROR(
          AlertsOfVerdict(ctx, stored, filter.stored(), news));
    }
    ctx->committed().verdicts.push_back(std::move(stored));
  }
  SHIRUBE_RETURN_IF_ERROR(AlertsOfOthers(ctx, m.observed));
  ctx->committed().run = m.run;
  if (m.publish && m.run != 0) {
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PublishRun(m.run, ctx->revision()));
    ctx->set_changed();
    ctx->committed().published_run = m.run;
    SHIRUBE_RETURN_IF_ERROR(
        ctx->tx()->PutAlertBacklog({m.run, ctx->revision(), 0}));
  }
  return absl::OkStatus();
}

}  // namespace shirube::ledger
