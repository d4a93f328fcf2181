// What the follower does when the month turns: rows with a publication calendar
// are looked at for figures that are overdue now, and are due again where a
// module of their set is told the month.
//
// The clock is asked once a round. A thread that has nothing else to do wakes
// for the turn, and once an hour besides, because clocks are set and machines
// sleep.
#include <algorithm>
#include <memory>

#include "server/base/logging.h"
#include "server/evaluation/follower.h"
#include "server/evaluation/today.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr absl::Duration kLookAgain = absl::Hours(1);
// A clock that stands still just before the turn does not keep the thread busy.
constexpr absl::Duration kShortest = absl::Milliseconds(20);

void AddCalendarRows(const Selection& selection, std::set<IndicatorKey>* keys) {
  for (const SelectionPart& part : selection.parts) {
    const uint8_t* calendar = part.columns().publication_month;
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (calendar[part.row(k)] != 0 && part.live(k)) keys->insert(part.key(k));
    }
  }
}

bool IsToldTheMonth(const RuleSet& set) {
  for (size_t m = 0; m < set.modules().size(); ++m) {
    if (set.manifest(m).requires_today) return true;
  }
  return false;
}

}  // namespace

void Follower::AddTurnedMonth() {
  const int32_t month = MonthIndexOf(deps_.clock());
  if (month == month_) return;
  month_ = month;
  std::set<IndicatorKey> due;
  std::map<RuleSetId, bool> told;
  for (const PlanId& plan : filler_.Plans()) {
    std::set<IndicatorKey> rows;
    AddCalendarRows(deps_.table->SelectPlan(plan), &rows);
    if (rows.empty()) continue;
    const RuleSetId& id = filler_.FindPlan(plan)->rule_set;
    const auto [known, is_new] = told.try_emplace(id);
    if (is_new) {
      const auto set = rule_sets_->Get(id);
      // One that cannot be had judges nothing now: its rows wait for it.
      known->second = !set.ok() || IsToldTheMonth(**set);
    }
    if (known->second) due.insert(rows.begin(), rows.end());
    figures_due_.merge(rows);
  }
  if (due.empty()) return;
  due_.Add(due, applied_);
  LogInfo("judging ", due.size(),
          " indicators with a publication calendar by the month");
}

Clock::time_point Follower::NextMonthLook() const {
  const absl::Time now = deps_.clock();
  const absl::Duration wait =
      std::clamp(NextMonthAfter(now) - now, kShortest, kLookAgain);
  return Clock::now() + absl::ToChronoNanoseconds(wait);
}

}  // namespace shirube
