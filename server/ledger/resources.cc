// Create, Update, Delete and Undelete of plans, initiatives, indicators and
// assessments.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/ledger/below.h"
#include "server/ledger/checks.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/fields.h"

namespace shirube::ledger {

namespace {

// ---- What differs from type to type. ----

const char* IdPrefix(const Plan&) { return "plan"; }
const char* IdPrefix(const Initiative&) { return "n"; }
const char* IdPrefix(const Indicator&) { return "i"; }
const char* IdPrefix(const Assessment&) { return "a"; }

absl::Status CheckParent(WriteContext*, const Plan&) {
  return absl::OkStatus();
}
template <typename T>
absl::Status CheckParent(WriteContext* ctx, const T& resource) {
  return ctx->Live(resource.plan).status();
}

template <typename T>
void Tidy(T*) {}
void Tidy(Indicator* indicator) { Normalize(indicator); }

// A plan gets another rule set only by being judged by it: ActivateRuleSet.
template <typename T>
void KeepRuleSet(const T&, T*) {}
void KeepRuleSet(const Plan& before, Plan* now) {
  now->rule_set = before.rule_set;
}

template <typename T>
std::vector<std::string>* ManualFieldsOf(T* resource) {
  return &resource->manual_fields;
}
std::vector<std::string>* ManualFieldsOf(Assessment*) { return nullptr; }

// All violations of `now`; `before` is what is stored, none for a new one.
absl::Status Check(WriteContext*, const Plan& now, const Plan*,
                   const std::string& prefix, Violations* out) {
  ValidatePlan(now, prefix, out);
  return absl::OkStatus();
}

absl::Status Check(WriteContext* ctx, const Initiative& now,
                   const Initiative* before, const std::string& prefix,
                   Violations* out) {
  ValidateInitiative(now, prefix, out);
  if (before != nullptr && before->parent == now.parent) {
    return absl::OkStatus();
  }
  // The domain has said it already.
  if (!now.parent.empty() && now.parent == now.id) return absl::OkStatus();
  return CheckTree(ctx, now, before != nullptr, prefix, out);
}

absl::Status Check(WriteContext* ctx, const Indicator& now,
                   const Indicator* before, const std::string& prefix,
                   Violations* out) {
  std::vector<Observation> observations;
  if (before != nullptr) {
    ListQuery query = InPlan(now.plan);
    query.indicator = now.id;
    SHIRUBE_ASSIGN_OR_RETURN(observations, ctx->tx()->ListObservations(query));
  }
  ValidateIndicator(now, observations, prefix, out);
  return CheckPlacement(ctx, now, prefix, out);
}

absl::Status Check(WriteContext* ctx, const Assessment& now, const Assessment*,
                   const std::string& prefix, Violations* out) {
  ValidateAssessment(now, prefix, out);
  return CheckSubject(ctx, now, prefix, out);
}

template <typename T, typename Key>
absl::StatusOr<T> LiveWithEtag(WriteContext* ctx, const Key& key,
                               const std::string& etag) {
  SHIRUBE_ASSIGN_OR_RETURN(T current, ctx->Live(key));
  if (!etag.empty() && etag != EtagOf(current.stamp)) {
    return EtagMismatch(NameOf(key));
  }
  return current;
}

}  // namespace

template <typename T>
absl::Status Execute(WriteContext* ctx, const Create<T>& m,
                     MutationResult* result) {
  T resource = m.resource;
  resource.stamp = Stamp();
  KeepRuleSet(T(), &resource);
  SHIRUBE_RETURN_IF_ERROR(CheckParent(ctx, resource));
  if (resource.id.empty()) {
    const auto taken = [&](const std::string& id) -> absl::StatusOr<bool> {
      T probe = resource;
      probe.id = decltype(probe.id)(id);
      SHIRUBE_ASSIGN_OR_RETURN(auto found,
                               Find(ctx->tx(), KeyOfResource(probe)));
      return found.has_value();
    };
    SHIRUBE_ASSIGN_OR_RETURN(const std::string id,
                             FreeId(
                                 [&](int n) {
                                   return absl::StrFormat(
                                       "%s-%02d", IdPrefix(resource), n);
                                 },
                                 taken));
    resource.id = decltype(resource.id)(id);
  }
  Tidy(&resource);
  Violations violations;
  SHIRUBE_RETURN_IF_ERROR(Check(ctx, resource, nullptr, m.prefix, &violations));
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  const auto key = KeyOfResource(resource);
  SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), key));
  if (found.has_value()) return Exists(NameOf(key), found->stamp.deleted());
  if (auto* manual = ManualFieldsOf(&resource)) {
    manual->clear();
    NoteManualFields(T(), resource, manual);
  }
  SHIRUBE_RETURN_IF_ERROR(ctx->Put(&resource, ChangeType::kCreated));
  ctx->set_resource_name(NameOf(key));
  result->resources.emplace_back(std::move(resource));
  return absl::OkStatus();
}

template <typename T>
absl::Status Execute(WriteContext* ctx, const Update<T>& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(const T before, LiveWithEtag<T>(ctx, m.key, m.etag));
  T now = before;
  SHIRUBE_RETURN_IF_ERROR(m.patch(now));
  // What a patch has no say in.
  now.stamp = before.stamp;
  now.id = before.id;
  KeepRuleSet(before, &now);
  if constexpr (!std::is_same_v<T, Plan>) now.plan = before.plan;
  Tidy(&now);
  ctx->set_resource_name(NameOf(m.key));
  if (!SameContent(before, now)) {
    if (auto* manual = ManualFieldsOf(&now)) {
      NoteManualFields(before, now, manual);
    }
    Violations violations;
    SHIRUBE_RETURN_IF_ERROR(Check(ctx, now, &before, m.prefix, &violations));
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&now, ChangeType::kUpdated));
  }
  result->resources.emplace_back(std::move(now));
  return absl::OkStatus();
}

template <typename T>
absl::Status DeleteWithChildren(WriteContext* ctx, T resource) {
  SHIRUBE_ASSIGN_OR_RETURN(Below below, BelowOf(ctx, resource));
  SHIRUBE_RETURN_IF_ERROR(DeleteAll(ctx, std::move(below)));
  return ctx->Put(&resource, ChangeType::kDeleted);
}

template <typename T>
absl::Status Execute(WriteContext* ctx, const Delete<T>& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(T current, LiveWithEtag<T>(ctx, m.key, m.etag));
  SHIRUBE_ASSIGN_OR_RETURN(Below below, BelowOf(ctx, current));
  if (!m.force && !below.first.empty()) {
    return HasChildren(NameOf(m.key), below.first);
  }
  SHIRUBE_RETURN_IF_ERROR(DeleteAll(ctx, std::move(below)));
  SHIRUBE_RETURN_IF_ERROR(ctx->Put(&current, ChangeType::kDeleted));
  ctx->set_resource_name(NameOf(m.key));
  result->resources.emplace_back(std::move(current));
  return absl::OkStatus();
}

template <typename T>
absl::Status Execute(WriteContext* ctx, const Undelete<T>& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), m.key));
  if (!found.has_value()) return NotFound(NameOf(m.key));
  T resource = *std::move(found);
  if (!resource.stamp.deleted()) return NotDeleted(NameOf(m.key));
  SHIRUBE_RETURN_IF_ERROR(CheckParentLives(ctx, resource));
  SHIRUBE_ASSIGN_OR_RETURN(Below below, ToRestore(ctx, resource));
  SHIRUBE_RETURN_IF_ERROR(DropDeadTies(ctx, &resource));
  SHIRUBE_RETURN_IF_ERROR(ctx->Put(&resource, ChangeType::kUndeleted));
  for (Initiative& r : below.initiatives) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kUndeleted));
  }
  for (Indicator& r : below.indicators) {
    SHIRUBE_RETURN_IF_ERROR(DropDeadTies(ctx, &r));
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kUndeleted));
  }
  for (Assessment& r : below.assessments) {
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&r, ChangeType::kUndeleted));
  }
  ctx->set_resource_name(NameOf(m.key));
  result->resources.emplace_back(std::move(resource));
  return absl::OkStatus();
}

#define SHIRUBE_INSTANTIATE(T)                                     \
  template absl::Status Execute(WriteContext*, const Create<T>&,   \
                                MutationResult*);                  \
  template absl::Status Execute(WriteContext*, const Update<T>&,   \
                                MutationResult*);                  \
  template absl::Status Execute(WriteContext*, const Delete<T>&,   \
                                MutationResult*);                  \
  template absl::Status Execute(WriteContext*, const Undelete<T>&, \
                                MutationResult*);                  \
  template absl::Status DeleteWithChildren(WriteContext*, T resource)
SHIRUBE_INSTANTIATE(Plan);
SHIRUBE_INSTANTIATE(Initiative);
SHIRUBE_INSTANTIATE(Indicator);
SHIRUBE_INSTANTIATE(Assessment);
#undef SHIRUBE_INSTANTIATE

namespace {

template <typename Change>
absl::Status ChangeLinks(WriteContext* ctx, const IndicatorKey& key,
                         MutationResult* result, const Change& change) {
  Update<Indicator> update;
  update.key = key;
  update.prefix = "indicator";
  update.patch = [&](Indicator& indicator) {
    change(&indicator.links);
    return absl::OkStatus();
  };
  return Execute(ctx, update, result);
}

}  // namespace

absl::Status Execute(WriteContext* ctx, const LinkIndicator& m,
                     MutationResult* result) {
  SHIRUBE_RETURN_IF_ERROR(ctx->Live(m.indicator).status());
  SHIRUBE_RETURN_IF_ERROR(
      ctx->Live(InitiativeKey{m.indicator.plan, m.initiative}).status());
  return ChangeLinks(ctx, m.indicator, result,
                     [&](std::vector<InitiativeId>* links) {
                       links->push_back(m.initiative);
                     });
}

absl::Status Execute(WriteContext* ctx, const UnlinkIndicator& m,
                     MutationResult* result) {
  return ChangeLinks(
      ctx, m.indicator, result, [&](std::vector<InitiativeId>* links) {
        links->erase(std::remove(links->begin(), links->end(), m.initiative),
                     links->end());
      });
}

}  // namespace shirube::ledger
