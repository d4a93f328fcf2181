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
bool AllAchieved(const std::vector<FlagInput>& inputs,
                 const StatusCounts& counts) {
  bool any_numeric = false;
  for (const FlagInput& input : inputs) {
    if (!input.numeric_target) continue;
    any_numeric = true;
    if (input.status != Status::kAchieved) return false;
  }
  return any_numeric || counts.achieved == counts.evaluated();
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

// The initiatives of a plan as a forest, by position.
class Tree {
 public:
  explicit Tree(const std::vector<Initiative>& initiatives)
      : initiatives_(initiatives) {
    for (size_t i = 0; i < initiatives.size(); ++i) {
      position_[initiatives[i].id] = i;
    }
  }

  // `home` and everything above it. A circle, which the ledger never lets in,
  // ends at the first node seen twice.
  void Climb(const InitiativeId& home, std::set<size_t>* reached) const {
    auto at = position_.find(home);
    while (at != position_.end() && reached->insert(at->second).second) {
      at = position_.find(initiatives_[at->second].parent);
    }
  }

 private:
  const std::vector<Initiative>& initiatives_;
  std::map<InitiativeId, size_t> position_;
};

std::set<size_t> Homes(const Indicator& indicator, const Tree& tree) {
  std::set<size_t> reached;
  for (const InitiativeId& link : indicator.links) tree.Climb(link, &reached);
  if (indicator.links.empty()) tree.Climb(indicator.printed_under, &reached);
  return reached;
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

void StatusCounts::Add(Status status) {
  switch (status) {
    case Status::kAchieved:
      ++achieved;
      break;
    case Status::kOnTrack:
      ++on_track;
      break;
    case Status::kAtRisk:
      ++at_risk;
      break;
    case Status::kIndeterminate:
      ++indeterminate;
      break;
    case Status::kNotEvaluated:
    case Status::kUnspecified:
      ++not_evaluated;
      break;
  }
}

Flag DecideFlag(const std::vector<FlagInput>& inputs,
                const FlagPolicy& policy) {
  Flag flag = Tally(inputs);
  if (inputs.empty()) {
    flag.status = Status::kNotEvaluated;
    flag.reason = "NO_INDICATOR";
  } else if (AtRisk(flag.counts, policy)) {
    flag.status = Status::kAtRisk;
    flag.deciding = WithStatus(inputs, Status::kAtRisk);
  } else if (flag.counts.indeterminate > 0) {
    flag.status = Status::kIndeterminate;
    flag.deciding = WithStatus(inputs, Status::kIndeterminate);
  } else if (flag.counts.evaluated() == 0) {
    flag.status = Status::kNotEvaluated;
    flag.reason = "NONE_EVALUATED";
    for (const FlagInput& input : inputs) {
      flag.deciding.push_back(input.indicator);
    }
  } else if (AllAchieved(inputs, flag.counts)) {
    flag.status = Status::kAchieved;
    flag.deciding = WithStatus(inputs, Status::kAchieved);
  } else {
    flag.status = Status::kOnTrack;
    flag.deciding = DecidingOnTrack(inputs);
  }
  return flag;
}

PlanFlags DecidePlanFlags(const std::vector<Initiative>& initiatives,
                          const std::vector<Indicator>& indicators,
                          const std::map<IndicatorId, FlagInput>& inputs,
                          const FlagPolicy& policy) {
  const Tree tree(initiatives);
  std::vector<std::vector<FlagInput>> below(initiatives.size());
  std::vector<FlagInput> all;
  for (const Indicator& indicator : indicators) {
    const FlagInput input = InputOf(indicator, inputs);
    all.push_back(input);
    for (size_t home : Homes(indicator, tree)) below[home].push_back(input);
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
