// The initiatives of a document.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/ledger/apply_plan.h"
#include "server/ledger/errors.h"
#include "server/ledger/fields.h"
#include "server/ledger/merge.h"

namespace shirube::ledger {

// ---- Initiatives. ----

absl::Status PlanApplier::ApplyInitiatives() {
  // Parents before children, else as printed.
  Parents parents;
  for (const Initiative& initiative : document_.initiatives) {
    parents.emplace(initiative.id, initiative.parent);
  }
  const auto depth = [&](size_t i) {
    int depth = 0;
    for (InitiativeId at = document_.initiatives[i].parent; !at.empty();) {
      ++depth;
      const auto parent = parents.find(at);
      at = parent == parents.end() ? InitiativeId() : parent->second;
    }
    return depth;
  };
  std::vector<std::pair<int, size_t>> order;
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    order.emplace_back(depth(i), i);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [unused, i] : order) {
    SHIRUBE_RETURN_IF_ERROR(ApplyInitiative(i));
  }
  if (initiatives_.size() > limits::kMaxInitiatives) {
    violations_.push_back(
        {"document.initiatives", "LIMIT_EXCEEDED",
         absl::StrCat("a plan holds at most ", limits::kMaxInitiatives,
                      " initiatives; split the plan"),
         absl::StrCat("1つの計画の施策は", limits::kMaxInitiatives,
                      "件までです。計画を分けてください。")});
  }
  CheckTreeAfter();
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplyInitiative(size_t i) {
  const std::string prefix = At("initiatives", i);
  Initiative wanted = document_.initiatives[i];
  const InitiativeId in_document = wanted.id;
  wanted.plan = plan_.id;
  wanted.parent = Resolve(wanted.parent, prefix + ".parent_initiative");
  const int position = ++positions_[absl::StrCat(
      "n/", wanted.parent.value(), "/", static_cast<int>(wanted.kind))];
  SHIRUBE_ASSIGN_OR_RETURN(const Initiative* stored, MatchInitiative(wanted));
  InitiativeId id;
  if (stored == nullptr) {
    id = wanted.id = NewInitiativeId(wanted, position);
    if (options_.match_by == MatchBy::kId &&
        taken_initiatives_.count(id.value()) > 0) {
      return Exists(NameOf(wanted.key()), true);
    }
    taken_initiatives_.insert(id.value());
    ValidateInitiative(wanted, prefix, &violations_);
    wanted.stamp = Stamp();
    SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&wanted, ChangeType::kCreated));
    AddCreate(NameOf(wanted.key()), wanted.display_name,
              wanted.entries.empty() ? Provenance()
                                     : wanted.entries.front().provenance);
    written_initiatives_[id] = prefix;
    initiatives_by_title_[InitiativeTitle(wanted)].push_back(id);
    initiatives_[id] = std::move(wanted);
  } else {
    id = stored->id;
    if (matched_.count(NameOf(stored->key())) > 0) {
      violations_.push_back(
          Duplicate(prefix + ".display_name", wanted.display_name));
    }
    std::vector<PlanChange> changes;
    Initiative merged = Merge(*stored, std::move(wanted), "initiatives",
                              NameOf(stored->key()), options_, &changes);
    for (PlanChange& change : changes) AddChange(std::move(change));
    if (!SameContent(merged, *stored)) {
      ValidateInitiative(merged, prefix, &violations_);
      SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&merged, ChangeType::kUpdated));
      written_initiatives_[id] = prefix;
      initiatives_[id] = std::move(merged);
    }
  }
  const InitiativeKey key{plan_.id, id};
  matched_.insert(NameOf(key));
  if (!in_document.empty()) {
    initiative_ids_[in_document] = id;
    AddName(NameOf(InitiativeKey{plan_.id, in_document}), NameOf(key));
  }
  return absl::OkStatus();
}

absl::StatusOr<const Initiative*> PlanApplier::MatchInitiative(
    const Initiative& wanted) {
  if (options_.match_by == MatchBy::kId) {
    const auto found = initiatives_.find(wanted.id);
    return found == initiatives_.end() ? nullptr : &found->second;
  }
  const auto& matches = initiatives_by_title_[InitiativeTitle(wanted)];
  if (matches.empty()) return nullptr;
  if (matches.size() > 1) {
    return AmbiguousMatch(wanted.display_name,
                          NameOf(InitiativeKey{plan_.id, matches[0]}),
                          NameOf(InitiativeKey{plan_.id, matches[1]}));
  }
  return &initiatives_.at(matches.front());
}

InitiativeId PlanApplier::Resolve(const InitiativeId& id,
                                  const std::string& field) {
  if (id.empty()) return id;
  const auto known = initiative_ids_.find(id);
  if (known != initiative_ids_.end()) return known->second;
  // Not in this part of the document: as it is stored.
  if (initiatives_.count(id) > 0) return id;
  violations_.push_back(Unknown(field, NameOf(InitiativeKey{plan_.id, id})));
  return InitiativeId();
}

InitiativeId PlanApplier::NewInitiativeId(const Initiative& wanted,
                                          int position) {
  if (options_.match_by == MatchBy::kId && !wanted.id.empty()) {
    return wanted.id;
  }
  const char* letter = "n";
  if (wanted.kind == InitiativeKind::kPillar) letter = "p";
  if (wanted.kind == InitiativeKind::kMeasure) letter = "m";
  if (wanted.kind == InitiativeKind::kAction) letter = "a";
  std::string stem = letter;
  if (!wanted.parent.empty()) {
    stem = absl::StrCat(wanted.parent.value(), "-", letter);
  }
  // A deep tree would outgrow the length of ids.
  if (stem.size() > limits::kMaxIdBytes - 6) stem = "n";
  std::string id;
  do {
    id = absl::StrCat(stem, position++);
  } while (taken_initiatives_.count(id) > 0);
  return InitiativeId(id);
}

void PlanApplier::CheckTreeAfter() {
  Parents parents;
  for (const auto& [id, initiative] : initiatives_) {
    parents.emplace(id, initiative.parent);
  }
  for (const auto& [id, prefix] : written_initiatives_) {
    CheckChain(parents, id, ctx_->max_tree_depth(),
               prefix + ".parent_initiative", &violations_);
  }
}

}  // namespace shirube::ledger
