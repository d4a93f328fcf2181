#include "server/evaluation/flag_board.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr int kPage = 1000;

bool IsSameTree(const std::vector<Initiative>& a,
                const std::vector<Initiative>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Initiative& x, const Initiative& y) {
                      return x.id == y.id && x.parent == y.parent;
                    });
}

}  // namespace

FlagBoard::FlagBoard(std::vector<Initiative> initiatives, FlagPolicy policy)
    : policy_(std::move(policy)),
      initiatives_(std::move(initiatives)),
      tree_(initiatives_),
      tallies_(initiatives_.size()),
      lagging_(initiatives_.size()),
      links_(initiatives_.size(), 0) {
  for (size_t i = 0; i < initiatives_.size(); ++i) {
    position_[initiatives_[i].id] = i;
  }
  ReadEntries();
}

std::optional<size_t> FlagBoard::Find(const InitiativeId& id) const {
  const auto found = position_.find(id);
  if (found == position_.end()) return std::nullopt;
  return found->second;
}

void FlagBoard::ReadEntries() {
  planned_.assign(initiatives_.size(), {});
  for (size_t i = 0; i < initiatives_.size(); ++i) {
    for (const Entry& entry : initiatives_[i].entries) {
      if (entry.type == EntryType::kPlanned) {
        planned_[i].insert(entry.fiscal_year.fiscal_year());
      }
    }
    initiatives_[i].entries = {};
  }
}

absl::StatusOr<FlagBoard> FlagBoard::Load(StoreReader& reader,
                                          const Plan& plan) {
  ListQuery query;
  query.plan = plan.id;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Initiative> initiatives,
                           reader.ListInitiatives(query));
  FlagBoard board(std::move(initiatives), plan.flag_policy);
  query.limit = kPage;
  for (bool more = true; more;) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Indicator> indicators,
                             reader.ListIndicators(query));
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts,
                             reader.ListVerdicts(query));
    for (const Indicator& indicator : indicators) board.Define(indicator);
    for (const Verdict& verdict : verdicts) {
      // The last ones of its page may belong to indicators of the next.
      if (board.Knows(verdict.indicator.indicator)) board.Judge(verdict);
    }
    more = indicators.size() == static_cast<size_t>(kPage);
    if (more) query.after = indicators.back().id.value();
  }
  return board;
}

bool FlagBoard::TakeInitiatives(std::vector<Initiative> initiatives,
                                const FlagPolicy& policy) {
  if (!IsSameTree(initiatives_, initiatives)) return false;
  initiatives_ = std::move(initiatives);
  policy_ = policy;
  ReadEntries();
  return true;
}

void FlagBoard::Count(const IndicatorId& id, const Cell& cell, int by) {
  for (const uint32_t at : cell.counted_by) {
    tallies_[at].Add(cell.status, cell.numeric_target, by);
    if (cell.status != Status::kAtRisk) continue;
    if (by > 0) {
      lagging_[at].insert(id);
    } else {
      lagging_[at].erase(id);
    }
  }
  for (const uint32_t at : cell.linked_to) links_[at] += by;
}

FlagBoard::Positions FlagBoard::Define(const Indicator& indicator) {
  Cell& cell = cells_[indicator.id];
  Positions touched(cell.counted_by.begin(), cell.counted_by.end());
  Count(indicator.id, cell, -1);
  cell.numeric_target = HasNumericTarget(indicator);
  cell.counted_by.clear();
  for (const size_t at : tree_.CountedBy(indicator)) {
    cell.counted_by.push_back(static_cast<uint32_t>(at));
    touched.insert(at);
  }
  cell.linked_to.clear();
  for (const InitiativeId& link : indicator.links) {
    const std::optional<size_t> at = Find(link);
    if (at) cell.linked_to.push_back(static_cast<uint32_t>(*at));
  }
  Count(indicator.id, cell, 1);
  return touched;
}

FlagBoard::Positions FlagBoard::Judge(const Verdict& verdict) {
  const IndicatorId& id = verdict.indicator.indicator;
  Cell& cell = cells_[id];
  Count(id, cell, -1);
  cell.status = verdict.status;
  cell.severity = verdict.severity;
  cell.reason = verdict.reason;
  cell.period = verdict.period;
  Count(id, cell, 1);
  return {cell.counted_by.begin(), cell.counted_by.end()};
}

FlagBoard::Positions FlagBoard::Remove(const IndicatorId& id) {
  const auto found = cells_.find(id);
  if (found == cells_.end()) return {};
  const Cell cell = std::move(found->second);
  cells_.erase(found);
  Count(id, cell, -1);
  return {cell.counted_by.begin(), cell.counted_by.end()};
}

FlagBoard::Positions FlagBoard::All() const {
  Positions all;
  for (size_t i = 0; i < initiatives_.size(); ++i) all.insert(i);
  return all;
}

std::vector<const Initiative*> FlagBoard::Upwards(size_t at) const {
  std::vector<const Initiative*> found = {&initiatives_[at]};
  // The ledger lets no circle in; a broken one would end here.
  while (found.size() < initiatives_.size()) {
    const std::optional<size_t> above = Find(found.back()->parent);
    if (!above) break;
    found.push_back(&initiatives_[*above]);
  }
  return found;
}

FlagBoard::Standing FlagBoard::Of(size_t at) const {
  Standing standing;
  standing.status = DecideFlagStatus(tallies_[at], policy_);
  standing.counts = tallies_[at].counts;
  for (const IndicatorId& id : lagging_[at]) {
    const Cell& cell = cells_.at(id);
    standing.lagging.push_back({id, cell.severity, cell.reason, cell.period});
  }
  std::stable_sort(standing.lagging.begin(), standing.lagging.end(),
                   [](const Lagging& a, const Lagging& b) {
                     return a.severity > b.severity;
                   });
  return standing;
}

bool FlagBoard::HasPlanned(size_t at, int fiscal_year) const {
  for (size_t i = 0; i < initiatives_.size(); ++i) {
    if (!planned_[i].contains(fiscal_year)) continue;
    for (const Initiative* above : Upwards(i)) {
      if (above == &initiatives_[at]) return true;
    }
  }
  return false;
}

bool FlagBoard::HasPlannedAnywhere(int fiscal_year) const {
  return std::any_of(
      planned_.begin(), planned_.end(),
      [&](const std::set<int>& years) { return years.contains(fiscal_year); });
}

}  // namespace shirube
