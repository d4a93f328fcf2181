#include "server/ledger/below.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/ledger/errors.h"

namespace shirube::ledger {

namespace {

// The ids of `top` and all below it.
std::set<InitiativeId> Subtree(const std::vector<Initiative>& all,
                               const InitiativeId& top) {
  std::set<InitiativeId> ids{top};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Initiative& initiative : all) {
      if (ids.count(initiative.parent) > 0 &&
          ids.insert(initiative.id).second) {
        grew = true;
      }
    }
  }
  return ids;
}

// Takes away the ties of `*indicator` to `gone`; false when it had none.
bool Untie(const std::set<InitiativeId>& gone, Indicator* indicator) {
  const size_t before = indicator->links.size();
  auto& links = indicator->links;
  links.erase(std::remove_if(links.begin(), links.end(),
                             [&](const InitiativeId& link) {
                               return gone.count(link) > 0;
                             }),
              links.end());
  const bool printed = gone.count(indicator->printed_under) > 0;
  if (printed) indicator->printed_under = InitiativeId();
  return printed || links.size() != before;
}

template <typename T>
void KeepDeletedAt(Revision revision, std::vector<T>* resources) {
  resources->erase(std::remove_if(resources->begin(), resources->end(),
                                  [revision](const T& r) {
                                    return !r.stamp.deleted() ||
                                           r.stamp.revision != revision;
                                  }),
                   resources->end());
}

absl::StatusOr<Below> DeletedWith(WriteContext* ctx, const PlanId& plan,
                                  Revision revision) {
  Below below;
  ListQuery query = InPlan(plan);
  query.show_deleted = true;
  SHIRUBE_ASSIGN_OR_RETURN(below.initiatives,
                           ctx->tx()->ListInitiatives(query));
  SHIRUBE_ASSIGN_OR_RETURN(below.indicators, ctx->tx()->ListIndicators(query));
  SHIRUBE_ASSIGN_OR_RETURN(below.assessments,
                           ctx->tx()->ListAssessments(query));
  KeepDeletedAt(revision, &below.initiatives);
  KeepDeletedAt(revision, &below.indicators);
  KeepDeletedAt(revision, &below.assessments);
  return below;
}

template <typename Key>
absl::Status Lives(WriteContext* ctx, const std::string& name, const Key& key) {
  SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), key));
  return found.has_value() && !found->stamp.deleted()
             ? absl::OkStatus()
             : ParentDeleted(name, NameOf(key));
}

}  // namespace

ListQuery InPlan(const PlanId& plan) {
  ListQuery query;
  query.plan = plan;
  return query;
}

// ---- Deleting. ----

absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Plan& plan) {
  Below below;
  const ListQuery query = InPlan(plan.id);
  SHIRUBE_ASSIGN_OR_RETURN(below.initiatives,
                           ctx->tx()->ListInitiatives(query));
  SHIRUBE_ASSIGN_OR_RETURN(below.indicators, ctx->tx()->ListIndicators(query));
  SHIRUBE_ASSIGN_OR_RETURN(below.assessments,
                           ctx->tx()->ListAssessments(query));
  for (const auto& r : below.initiatives) below.Note(NameOf(r.key()));
  for (const auto& r : below.indicators) below.Note(NameOf(r.key()));
  for (const auto& r : below.assessments) below.Note(NameOf(KeyOfResource(r)));
  return below;
}

absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Initiative& top) {
  Below below;
  const ListQuery query = InPlan(top.plan);
  SHIRUBE_ASSIGN_OR_RETURN(auto initiatives, ctx->tx()->ListInitiatives(query));
  const std::set<InitiativeId> gone = Subtree(initiatives, top.id);
  for (Initiative& initiative : initiatives) {
    if (initiative.id == top.id || gone.count(initiative.id) == 0) continue;
    below.Note(NameOf(initiative.key()));
    below.initiatives.push_back(std::move(initiative));
  }
  SHIRUBE_ASSIGN_OR_RETURN(auto indicators, ctx->tx()->ListIndicators(query));
  for (Indicator& indicator : indicators) {
    if (!Untie(gone, &indicator)) continue;
    below.Note(NameOf(indicator.key()));
    below.untied.push_back(std::move(indicator));
  }
  SHIRUBE_ASSIGN_OR_RETURN(auto assessments, ctx->tx()->ListAssessments(query));
  for (Assessment& assessment : assessments) {
    if (gone.count(assessment.initiative) == 0) continue;
    below.Note(NameOf(KeyOfResource(assessment)));
    below.assessments.push_back(std::move(assessment));
  }
  return below;
}

absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Indicator& indicator) {
  Below below;
  ListQuery query = InPlan(indicator.plan);
  query.indicator = indicator.id;
  SHIRUBE_ASSIGN_OR_RETURN(below.assessments,
                           ctx->tx()->ListAssessments(query));
  for (const auto& r : below.assessments) below.Note(NameOf(KeyOfResource(r)));
  // Observations have no life of their own: they hide with their indicator.
  query.limit = 1;
  SHIRUBE_ASSIGN_OR_RETURN(auto observations,
                           ctx->tx()->ListObservations(query));
  for (const auto& r : observations) below.Note(NameOf(KeyOfResource(r)));
  return below;
}

absl::StatusOr<Below> BelowOf(WriteContext*, const Assessment&) {
  return Below();
}

absl::Status DeleteAll(WriteContext* ctx, Below below) {
  for (Assessment& r : below.assessments) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kDeleted));
  }
  for (Indicator& r : below.untied) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kUpdated));
  }
  for (Indicator& r : below.indicators) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kDeleted));
  }
  for (Initiative& r : below.initiatives) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kDeleted));
  }
  return absl::OkStatus();
}

// ---- Undeleting: what was deleted in the same revision, below it. ----

absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Plan& plan) {
  return DeletedWith(ctx, plan.id, plan.stamp.revision);
}

absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Initiative& top) {
  SHIRUBE_ASSIGN_OR_RETURN(Below below,
                           DeletedWith(ctx, top.plan, top.stamp.revision));
  const std::set<InitiativeId> ids = Subtree(below.initiatives, top.id);
  auto& initiatives = below.initiatives;
  initiatives.erase(std::remove_if(initiatives.begin(), initiatives.end(),
                                   [&](const Initiative& r) {
                                     return r.id == top.id ||
                                            ids.count(r.id) == 0;
                                   }),
                    initiatives.end());
  auto& assessments = below.assessments;
  assessments.erase(std::remove_if(assessments.begin(), assessments.end(),
                                   [&](const Assessment& r) {
                                     return ids.count(r.initiative) == 0;
                                   }),
                    assessments.end());
  below.indicators.clear();
  return below;
}

absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Indicator& indicator) {
  SHIRUBE_ASSIGN_OR_RETURN(
      Below below, DeletedWith(ctx, indicator.plan, indicator.stamp.revision));
  auto& assessments = below.assessments;
  assessments.erase(std::remove_if(assessments.begin(), assessments.end(),
                                   [&](const Assessment& r) {
                                     return r.indicator != indicator.id;
                                   }),
                    assessments.end());
  below.indicators.clear();
  below.initiatives.clear();
  return below;
}

absl::StatusOr<Below> ToRestore(WriteContext*, const Assessment&) {
  return Below();
}

absl::Status CheckParentLives(WriteContext*, const Plan&) {
  return absl::OkStatus();
}

absl::Status CheckParentLives(WriteContext* ctx, const Initiative& r) {
  SHIRUBE_RETURN_IF_ERROR(Lives(ctx, NameOf(r.key()), r.plan));
  if (r.parent.empty()) return absl::OkStatus();
  return Lives(ctx, NameOf(r.key()), InitiativeKey{r.plan, r.parent});
}

absl::Status CheckParentLives(WriteContext* ctx, const Indicator& r) {
  return Lives(ctx, NameOf(r.key()), r.plan);
}

absl::Status CheckParentLives(WriteContext* ctx, const Assessment& r) {
  const std::string name = NameOf(KeyOfResource(r));
  SHIRUBE_RETURN_IF_ERROR(Lives(ctx, name, r.plan));
  if (!r.initiative.empty()) {
    return Lives(ctx, name, InitiativeKey{r.plan, r.initiative});
  }
  return Lives(ctx, name, IndicatorKey{r.plan, r.indicator});
}

absl::Status DropDeadTies(WriteContext* ctx, Indicator* indicator) {
  std::set<InitiativeId> named(indicator->links.begin(),
                               indicator->links.end());
  named.insert(indicator->printed_under);
  std::set<InitiativeId> gone;
  for (const InitiativeId& id : named) {
    if (id.empty()) continue;
    SHIRUBE_ASSIGN_OR_RETURN(
        auto found, Find(ctx->tx(), InitiativeKey{indicator->plan, id}));
    if (!found.has_value() || found->stamp.deleted()) gone.insert(id);
  }
  Untie(gone, indicator);
  return absl::OkStatus();
}

}  // namespace shirube::ledger
