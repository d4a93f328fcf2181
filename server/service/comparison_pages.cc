#include "server/service/comparison_pages.h"

#include <algorithm>
#include <utility>

namespace shirube {

ComparedPlan ComparedPlan::Of(const Comparison& comparison,
                              bool only_disagreements) {
  ComparedPlan plan;
  plan.columns = comparison.columns;
  plan.total = static_cast<int>(comparison.rows.size());
  for (const ComparedRow& row : comparison.rows) {
    plan.disagreements += row.disagreement ? 1 : 0;
    if (row.disagreement || !only_disagreements) {
      plan.listed.push_back(row.key.indicator);
    }
  }
  return plan;
}

std::shared_ptr<const ComparedPlan> ComparisonPages::Find(
    const std::string& request, absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  Forget(now);
  const auto found =
      std::find_if(entries_.begin(), entries_.end(),
                   [&](const Entry& e) { return e.request == request; });
  if (found == entries_.end()) return nullptr;
  found->used = now;
  entries_.splice(entries_.begin(), entries_, found);
  return found->plan;
}

void ComparisonPages::Keep(const std::string& request,
                           std::shared_ptr<const ComparedPlan> plan,
                           absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  Forget(now);
  entries_.remove_if([&](const Entry& e) { return e.request == request; });
  entries_.push_front({request, now, std::move(plan)});
  if (entries_.size() > kMost) entries_.pop_back();
}

void ComparisonPages::Forget(absl::Time now) {
  entries_.remove_if([now](const Entry& e) { return e.used + kKept < now; });
}

}  // namespace shirube
