#include "server/evaluation/preview_flags.h"

#include <utility>

namespace shirube {
namespace {

std::vector<Initiative> InitiativesOf(const PlanContext& context) {
  std::vector<Initiative> initiatives;
  for (const auto& [id, initiative] : context.initiatives) {
    initiatives.push_back(initiative);
  }
  return initiatives;
}

}  // namespace

PreviewFlags::PreviewFlags(const PlanContext& context, size_t periods)
    : plan_(context.plan.id),
      policy_(context.plan.flag_policy),
      initiatives_(InitiativesOf(context)),
      tree_(initiatives_),
      tallies_(periods * initiatives_.size()) {}

void PreviewFlags::Add(size_t period, const std::vector<size_t>& counted_by,
                       bool numeric_target, Status before, Status after) {
  for (const size_t initiative : counted_by) {
    Pair& pair = tallies_[period * initiatives_.size() + initiative];
    pair.before.Add(before, numeric_target);
    pair.after.Add(after, numeric_target);
  }
}

std::vector<FlagChange> PreviewFlags::Changes(
    size_t period, const std::optional<Period>& as_of) const {
  std::vector<FlagChange> changes;
  for (size_t i = 0; i < initiatives_.size(); ++i) {
    const Pair& pair = tallies_[period * initiatives_.size() + i];
    FlagChange change;
    change.before = DecideFlagStatus(pair.before, policy_);
    change.after = DecideFlagStatus(pair.after, policy_);
    if (change.before == change.after) continue;
    change.plan = plan_;
    change.initiative = initiatives_[i].id;
    change.title = initiatives_[i].display_name;
    change.as_of = as_of;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace shirube
