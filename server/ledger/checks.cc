#include "server/ledger/checks.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/ledger/errors.h"

namespace shirube::ledger {

std::string Path(const std::string& prefix, const std::string& field) {
  return prefix.empty() ? field : absl::StrCat(prefix, ".", field);
}

Violation Unknown(const std::string& field, const std::string& name) {
  return {field, "RESOURCE_NOT_FOUND",
          absl::StrCat(name, " does not exist or is deleted; name another one"),
          absl::StrCat(name,
                       " はありません(または削除されています)。"
                       "別のものを指定してください。")};
}

void CheckChain(const Parents& parents, const InitiativeId& start,
                int max_depth, const std::string& field, Violations* out) {
  std::set<InitiativeId> seen{start};
  InitiativeId at = start;
  for (int depth = 1;; ++depth) {
    if (depth > max_depth) {
      out->push_back({field, "LIMIT_EXCEEDED",
                      absl::StrCat("the tree would be deeper than ", max_depth,
                                   " levels; choose a higher place"),
                      absl::StrCat("階層が", max_depth,
                                   "段を超えます。上の段に置いてください。")});
      return;
    }
    const auto parent = parents.find(at);
    if (parent == parents.end() || parent->second.empty()) return;
    at = parent->second;
    if (!seen.insert(at).second) {
      out->push_back({field, "CYCLE",
                      absl::StrCat(start.value(),
                                   " would stand below itself; choose a parent "
                                   "outside of it"),
                      absl::StrCat(start.value(),
                                   " が自分自身の下に入ります。別の親を指定"
                                   "してください。")});
      return;
    }
  }
}

absl::Status CheckTree(WriteContext* ctx, const Initiative& initiative,
                       bool below_too, const std::string& prefix,
                       Violations* out) {
  const std::string field = Path(prefix, "parent_initiative");
  if (initiative.parent.empty()) {
    if (!below_too) return absl::OkStatus();
  } else {
    const InitiativeKey key{initiative.plan, initiative.parent};
    SHIRUBE_ASSIGN_OR_RETURN(auto parent, Find(ctx->tx(), key));
    if (!parent.has_value() || parent->stamp.deleted()) {
      out->push_back(Unknown(field, NameOf(key)));
      return absl::OkStatus();
    }
  }
  Parents parents{{initiative.id, initiative.parent}};
  if (below_too) {
    ListQuery query;
    query.plan = initiative.plan;
    SHIRUBE_ASSIGN_OR_RETURN(auto all, ctx->tx()->ListInitiatives(query));
    for (const Initiative& other : all) parents.emplace(other.id, other.parent);
    const size_t before = out->size();
    CheckChain(parents, initiative.id, ctx->max_tree_depth(), field, out);
    for (const Initiative& other : all) {
      if (out->size() > before) break;
      CheckChain(parents, other.id, ctx->max_tree_depth(), field, out);
    }
    return absl::OkStatus();
  }
  // A new one has nothing below it: only the way up counts.
  InitiativeId at = initiative.parent;
  while (!at.empty() && parents.count(at) == 0 &&
         static_cast<int>(parents.size()) <= ctx->max_tree_depth()) {
    SHIRUBE_ASSIGN_OR_RETURN(
        auto next, Find(ctx->tx(), InitiativeKey{initiative.plan, at}));
    parents[at] = next.has_value() ? next->parent : InitiativeId();
    at = parents[at];
  }
  CheckChain(parents, initiative.id, ctx->max_tree_depth(), field, out);
  return absl::OkStatus();
}

void Normalize(Indicator* indicator) {
  const auto earlier = [](const auto& a, const auto& b) {
    return a.effective_from < b.effective_from;
  };
  std::stable_sort(indicator->baselines.begin(), indicator->baselines.end(),
                   earlier);
  std::stable_sort(indicator->targets.begin(), indicator->targets.end(),
                   earlier);
  std::stable_sort(indicator->milestones.begin(), indicator->milestones.end(),
                   [](const Milestone& a, const Milestone& b) {
                     return a.period < b.period;
                   });
  std::sort(indicator->links.begin(), indicator->links.end());
  indicator->links.erase(
      std::unique(indicator->links.begin(), indicator->links.end()),
      indicator->links.end());
}

absl::Status CheckPlacement(WriteContext* ctx, const Indicator& indicator,
                            const std::string& prefix, Violations* out) {
  const auto check = [&](const InitiativeId& id,
                         const std::string& field) -> absl::Status {
    const InitiativeKey key{indicator.plan, id};
    SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), key));
    if (!found.has_value() || found->stamp.deleted()) {
      out->push_back(Unknown(Path(prefix, field), NameOf(key)));
    }
    return absl::OkStatus();
  };
  if (!indicator.printed_under.empty()) {
    SHIRUBE_RETURN_IF_ERROR(check(indicator.printed_under, "printed_under"));
  }
  for (size_t i = 0; i < indicator.links.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(
        check(indicator.links[i], absl::StrCat("links[", i, "]")));
  }
  return absl::OkStatus();
}

absl::Status CheckSubject(WriteContext* ctx, const Assessment& assessment,
                          const std::string& prefix, Violations* out) {
  const std::string field = Path(prefix, "subject");
  if (!assessment.initiative.empty()) {
    const InitiativeKey key{assessment.plan, assessment.initiative};
    SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), key));
    if (!found.has_value() || found->stamp.deleted()) {
      out->push_back(Unknown(field, NameOf(key)));
    }
  }
  if (!assessment.indicator.empty()) {
    const IndicatorKey key{assessment.plan, assessment.indicator};
    SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(ctx->tx(), key));
    if (!found.has_value() || found->stamp.deleted()) {
      out->push_back(Unknown(field, NameOf(key)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRunsForward(const std::vector<Observation>& all,
                              const Observation& written,
                              const std::string& field) {
  const auto counts = [](const Observation& o) {
    return o.basis == Basis::kToDate && o.value.number.has_value() &&
           o.state != ObservationState::kNotAvailable;
  };
  if (!counts(written)) return absl::OkStatus();
  for (const Observation& other : all) {
    // Values in another unit cannot be compared here; judging marks them.
    if (!counts(other) || other.period == written.period ||
        other.value.unit != written.value.unit) {
      continue;
    }
    const bool other_first = other.period < written.period;
    const Observation& first = other_first ? other : written;
    const Observation& second = other_first ? written : other;
    if (*second.value.number < *first.value.number) {
      const auto say = [](const Observation& o) {
        return absl::StrCat(o.value.number->ToString(), " in ",
                            o.period.ToId());
      };
      return ValueDecreases(field, say(first), say(second));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FreeId(
    const std::function<std::string(int)>& candidate,
    const std::function<absl::StatusOr<bool>(const std::string&)>& taken) {
  // Doubling finds a free number, halving goes back to the first one when the
  // taken ones have no gap.
  int low = 0, high = 1;
  while (true) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool is_taken, taken(candidate(high)));
    if (!is_taken) break;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    SHIRUBE_ASSIGN_OR_RETURN(const bool is_taken, taken(candidate(middle)));
    (is_taken ? low : high) = middle;
  }
  return candidate(high);
}

}  // namespace shirube::ledger
