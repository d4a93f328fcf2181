#include "server/domain/flag_policy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/domain/ratio.h"

namespace shirube {
namespace {

// Counts, PARTIAL and the span of the actuals: what a plan has too.
Flag Tally(const std::vector<FlagInput>& inputs) {
  Flag flag;
  flag.status = Status::kUnspecified;
  for (const FlagInput& input : inputs) {
    flag.counts.Add(input.status);
    if (!input.period) continue;
    if (!flag.oldest_period || *input.period < *flag.oldest_period) {
      flag.oldest_period = input.period;
    }
    if (!flag.newest_period || *input.period > *flag.newest_period) {
      flag.newest_period = input.period;
    }
  }
  flag.partial = flag.counts.evaluated() < flag.counts.total();
  return flag;
}

bool AtRisk(const StatusCounts& counts, const FlagPolicy& policy) {
  if (counts.at_risk == 0) return false;
  if (policy.kind == FlagPolicy::Kind::kWorst) return true;
  absl::int128 power = 1;
  for (int i = 0; i < policy.at_risk_share.scale(); ++i) power *= 10;
  return Ratio(counts.at_risk, counts.evaluated()) >=
         Ratio(policy.at_risk_share.units(), power);
}

// Every indicator with a numeric target is ACHIEVED. Where none has one, the
// statuses come from a module that judges words, and all of them have to be.
bool AllAchieved(const FlagTally& tally) {
  if (tally.numeric > 0) return tally.numeric_achieved == tally.numeric;
  return tally.counts.achieved == tally.counts.evaluated();
}

std::vector<IndicatorId> WithStatus(const std::vector<FlagInput>& inputs,
                                    Status status) {
  std::vector<IndicatorId> found;
  for (const FlagInput& input : inputs) {
    if (input.status == status) found.push_back(input.indicator);
  }
  return found;
}

// What keeps the flag from ACHIEVED: those on track, else those with a target
// and no answer.
std::vector<IndicatorId> DecidingOnTrack(const std::vector<FlagInput>& inputs) {
  std::vector<IndicatorId> found = WithStatus(inputs, Status::kOnTrack);
  if (!found.empty()) return found;
  for (const FlagInput& input : inputs) {
    if (input.numeric_target && input.status != Status::kAchieved) {
      found.push_back(input.indicator);
    }
  }
  return found;
}

FlagInput InputOf(const Indicator& indicator,
                  const std::map<IndicatorId, FlagInput>& inputs) {
  auto found = inputs.find(indicator.id);
  if (found != inputs.end()) return found->second;
  FlagInput input;
  input.indicator = indicator.id;
  input.numeric_target = HasNumericTarget(indicator);
  return input;
}

}  // namespace

void StatusCounts::Add(Status status, int by) {
  switch (status) {
    case Status::kAchieved:
      achieved += by;
      break;
    case Status::kOnTrack:
      on_track += by;
      break;
    case Status::kAtRisk:
      at_risk += by;
      break;
    case Status::kIndeterminate:
      indeterminate += by;
      break;
    case Status::kNotEvaluated:
    case Status::kUnspecified:
      not_evaluated += by;
      break;
  }
}

void FlagTally::Add(Status status, bool numeric_target, int by) {
  counts.Add(status, by);
  if (!numeric_target) return;
  numeric += by;
  if (status == Status::kAchieved) numeric_achieved += by;
}

Status DecideFlagStatus(const FlagTally& tally, const FlagPolicy& policy) {
  if (AtRisk(tally.counts, policy)) return Status::kAtRisk;
  if (tally.counts.indeterminate > 0) return Status::kIndeterminate;
  if (tally.counts.evaluated() == 0) return Status::kNotEvaluated;
  return AllAchieved(tally) ? Status::kAchieved : Status::kOnTrack;
}

Flag DecideFlag(const std::vector<FlagInput>& inputs,
                const FlagPolicy& policy) {
  Flag flag = Tally(inputs);
  FlagTally tally;
  for (const FlagInput& input : inputs) {
    tally.Add(input.status, input.numeric_target);
  }
  flag.status = DecideFlagStatus(tally, policy);
  if (inputs.empty()) {
    flag.reason = "NO_INDICATOR";
  } else if (flag.status == Status::kNotEvaluated) {
    flag.reason = "NONE_EVALUATED";
    for (const FlagInput& input : inputs) {
      flag.deciding.push_back(input.indicator);
    }
  } else if (flag.status == Status::kOnTrack) {
    flag.deciding = DecidingOnTrack(inputs);
  } else {
    flag.deciding = WithStatus(inputs, flag.status);
  }
  return flag;
}

FlagTree::FlagTree(const std::vector<Initiative>& initiatives) {
  for (const Initiative& initiative : initiatives) {
    position_[initiative.id] = parents_.size();
    parents_.push_back(initiative.parent);
  }
}

// `home` and everything above it. A circle, which the ledger never lets in,
// ends at the first node seen twice.
void FlagTree::Climb(const InitiativeId& home,
                     std::set<size_t>* reached) const {
  auto at = position_.find(home);
  while (at != position_.end() && reached->insert(at->second).second) {
    at = position_.find(parents_[at->second]);
  }
}

std::vector<size_t> FlagTree::CountedBy(const Indicator& indicator) const {
  std::set<size_t> reached;
  for (const InitiativeId& link : indicator.links) Climb(link, &reached);
  if (indicator.links.empty()) Climb(indicator.printed_under, &reached);
  return {reached.begin(), reached.end()};
}

PlanFlags DecidePlanFlags(const std::vector<Initiative>& initiatives,
                          const std::vector<Indicator>& indicators,
                          const std::map<IndicatorId, FlagInput>& inputs,
                          const FlagPolicy& policy) {
  const FlagTree tree(initiatives);
  std::vector<std::vector<FlagInput>> below(initiatives.size());
  std::vector<FlagInput> all;
  for (const Indicator& indicator : indicators) {
    const FlagInput input = InputOf(indicator, inputs);
    all.push_back(input);
    for (size_t home : tree.CountedBy(indicator)) below[home].push_back(input);
  }
  PlanFlags flags;
  flags.plan = Tally(all);
  for (size_t i = 0; i < initiatives.size(); ++i) {
    Flag flag = DecideFlag(below[i], policy);
    flag.initiative = initiatives[i].id;
    flags.initiatives.push_back(std::move(flag));
  }
  return flags;
}

}  // namespace shirube
