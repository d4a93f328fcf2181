#include "server/evaluation/activation.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/rule_sets.h"
#include "server/ledger/errors.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

std::string ScopeOf(const PlanId& plan) {
  return plan.empty() ? "ruleSets/default" : NameOf(plan);
}

absl::Status NoPrevious(const PlanId& plan) {
  const std::string scope = ScopeOf(plan);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NO_PREVIOUS_RULE_SET",
      absl::StrCat(scope,
                   " has been judged by one rule set only: there is none "
                   "to go back to. Activate the wanted set by its name."),
      absl::StrCat(scope,
                   " の判定基準はまだ一度も切り替えられていないため、"
                   "戻せません。使いたい判定基準の名前を指定して切り替えて"
                   "ください。"),
      {{"scope", scope}});
}

// A plan went by the default before its first activation; the default had
// nothing.
absl::Status TakePrevious(const std::optional<ActivationRecord>& active,
                          ActivateRuleSet* body) {
  if (!active || (body->plan.empty() && active->previous.empty())) {
    return NoPrevious(body->plan);
  }
  if (!body->expected) body->expected = active->rule_set;
  body->rule_set = active->previous;
  return absl::OkStatus();
}

void DefaultIsEmpty(RuleSetId* id) {
  if (id->value() == "default") *id = RuleSetId();
}

}  // namespace

absl::StatusOr<ResolvedActivation> ResolveActivation(StoreReader& reader,
                                                     bool rollback,
                                                     ActivateRuleSet* body) {
  if (!body->plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::optional<Plan> plan,
                             reader.GetPlan(body->plan));
    if (!plan || plan->stamp.deleted()) {
      return ledger::NotFound(NameOf(body->plan));
    }
    DefaultIsEmpty(&body->rule_set);
    if (body->expected) DefaultIsEmpty(&*body->expected);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<ActivationRecord> active,
                           reader.GetActivation(body->plan));
  const RuleSetId present = active ? active->rule_set : RuleSetId();
  if (body->expected && *body->expected != present) {
    return ledger::RuleSetChanged(ScopeOf(body->plan), NameOf(present),
                                  NameOf(*body->expected));
  }
  if (rollback) SHIRUBE_RETURN_IF_ERROR(TakePrevious(active, body));
  if (body->plan.empty() &&
      (body->rule_set.empty() || body->rule_set.value() == "default")) {
    return ledger::NeedsRuleSet();
  }
  ResolvedActivation resolved;
  resolved.already = body->rule_set == present;
  SHIRUBE_ASSIGN_OR_RETURN(resolved.candidate,
                           RuleSets::ActiveId(reader, body->rule_set));
  return resolved;
}

}  // namespace shirube
