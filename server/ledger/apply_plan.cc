#include "server/ledger/apply_plan.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/era.h"
#include "server/domain/validation.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/fields.h"
#include "server/ledger/merge.h"

namespace shirube::ledger {

namespace {

template <typename T, typename Id>
void Sort(std::vector<T> all, std::map<Id, T>* live,
          std::set<std::string>* taken) {
  for (T& resource : all) {
    taken->insert(resource.id.value());
    if (!resource.stamp.deleted()) {
      live->emplace(resource.id, std::move(resource));
    }
  }
}

}  // namespace

std::string At(const char* list, size_t i) {
  return absl::StrCat("document.", list, "[", i, "]");
}

Violation Duplicate(const std::string& field, const std::string& what) {
  return {field, "DUPLICATE",
          absl::StrCat(Quoted(what),
                       " comes twice in the document; keep one, or rename one"),
          absl::StrCat(QuotedJa(what),
                       "が2件あります。1件にするか、名称を変えてください。")};
}

std::string InitiativeTitle(const Initiative& initiative) {
  return absl::StrCat(initiative.parent.value(), "\n",
                      NormalizedName(initiative.display_name));
}

std::string IndicatorTitle(const Indicator& indicator) {
  return absl::StrCat(NormalizedName(indicator.display_name), "\n",
                      NormalizedName(indicator.unit));
}

absl::StatusOr<Plan> PlanApplier::Run() {
  if (document_.plan.id.empty()) {
    violations_.push_back({"plan", "REQUIRED", "is missing; name the plan",
                           "計画を指定してください。"});
    return ViolationsToStatus(violations_);
  }
  SHIRUBE_RETURN_IF_ERROR(ReadStored());
  SHIRUBE_RETURN_IF_ERROR(ApplyPlanFields());
  CheckIds();
  // Ids that cannot be told apart make everything after them a guess.
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations_));
  SHIRUBE_RETURN_IF_ERROR(ApplyInitiatives());
  SHIRUBE_RETURN_IF_ERROR(ApplyIndicators());
  SHIRUBE_RETURN_IF_ERROR(ApplyAssessments());
  SHIRUBE_RETURN_IF_ERROR(ApplySources());
  if (options_.prune && violations_.empty()) SHIRUBE_RETURN_IF_ERROR(Prune());
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations_));
  return plan_;
}

absl::Status PlanApplier::ReadStored() {
  ListQuery query;
  query.plan = document_.plan.id;
  query.show_deleted = true;
  SHIRUBE_ASSIGN_OR_RETURN(auto initiatives,
                           ctx_->tx()->ListInitiatives(query));
  SHIRUBE_ASSIGN_OR_RETURN(auto indicators, ctx_->tx()->ListIndicators(query));
  SHIRUBE_ASSIGN_OR_RETURN(auto assessments,
                           ctx_->tx()->ListAssessments(query));
  Sort(std::move(initiatives), &initiatives_, &taken_initiatives_);
  Sort(std::move(indicators), &indicators_, &taken_indicators_);
  Sort(std::move(assessments), &assessments_, &taken_assessments_);
  for (const auto& [id, initiative] : initiatives_) {
    initiatives_by_title_[InitiativeTitle(initiative)].push_back(id);
  }
  for (const auto& [id, indicator] : indicators_) {
    indicators_by_title_[IndicatorTitle(indicator)].push_back(id);
  }
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplyPlanFields() {
  const std::string name = NameOf(document_.plan.id);
  SHIRUBE_ASSIGN_OR_RETURN(auto stored, ctx_->tx()->GetPlan(document_.plan.id));
  if (!stored.has_value()) {
    plan_ = document_.plan;
    plan_.stamp = Stamp();
    plan_.rule_set = RuleSetId();  // ActivateRuleSet alone names one
    ValidatePlan(plan_, "document.plan", &violations_);
    SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&plan_, ChangeType::kCreated));
    AddCreate(name, plan_.display_name, Provenance());
    return absl::OkStatus();
  }
  if (stored->stamp.deleted()) return Exists(name, true);
  std::vector<PlanChange> changes;
  plan_ = Merge(*stored, document_.plan, "plan", name, options_, &changes);
  for (PlanChange& change : changes) AddChange(std::move(change));
  if (SameContent(plan_, *stored)) return absl::OkStatus();
  ValidatePlan(plan_, "document.plan", &violations_);
  return ctx_->Put(&plan_, ChangeType::kUpdated);
}

// Ids of the document tie its parts together: each once, and no circles.
void PlanApplier::CheckIds() {
  Parents parents;
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    const Initiative& initiative = document_.initiatives[i];
    if (initiative.id.empty()) continue;
    if (!parents.emplace(initiative.id, initiative.parent).second) {
      violations_.push_back(
          Duplicate(At("initiatives", i) + ".name", initiative.id.value()));
    }
  }
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    if (document_.initiatives[i].id.empty()) continue;
    CheckChain(parents, document_.initiatives[i].id, ctx_->max_tree_depth(),
               At("initiatives", i) + ".parent_initiative", &violations_);
  }
  std::set<IndicatorId> indicators;
  for (size_t i = 0; i < document_.indicators.size(); ++i) {
    const Indicator& indicator = document_.indicators[i];
    if (!indicator.id.empty() && !indicators.insert(indicator.id).second) {
      violations_.push_back(
          Duplicate(At("indicators", i) + ".name", indicator.id.value()));
    }
  }
}

// ---- The difference. ----

void PlanApplier::AddChange(PlanChange change) {
  ++(change.held == PlanChange::Held::kNo ? difference_->applied
                                          : difference_->held);
  difference_->changes.push_back(std::move(change));
}

void PlanApplier::AddCreate(const std::string& name, const std::string& title,
                            Provenance place) {
  PlanChange change;
  change.kind = PlanChange::Kind::kCreate;
  change.name = name;
  change.display_name = title;
  change.place = std::move(place);
  AddChange(std::move(change));
}

void PlanApplier::AddName(const std::string& in_document,
                          const std::string& stored) {
  if (in_document != stored) difference_->names[in_document] = stored;
}

absl::Status Execute(WriteContext* ctx, const ApplyPlan& m,
                     MutationResult* result) {
  PlanApplier applier(ctx, m, &result->difference);
  SHIRUBE_ASSIGN_OR_RETURN(Plan plan, applier.Run());
  ctx->set_resource_name(NameOf(plan.id));
  result->resources.emplace_back(std::move(plan));
  return absl::OkStatus();
}

}  // namespace shirube::ledger
