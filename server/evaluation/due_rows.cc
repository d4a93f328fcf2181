#include "server/evaluation/due_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace shirube {

void DueRows::Add(const std::set<IndicatorKey>& keys, Revision judged) {
  for (const IndicatorKey& key : keys) {
    const auto [rows, is_new] = plans_.try_emplace(key.plan);
    if (is_new) rows->second.judged = judged;
    rows->second.keys.insert(rows->second.keys.end(), key);
  }
}

void DueRows::Remove(const std::set<IndicatorKey>& keys) {
  for (const IndicatorKey& key : keys) {
    const auto rows = plans_.find(key.plan);
    if (rows == plans_.end()) continue;
    rows->second.keys.erase(key);
    if (rows->second.keys.empty()) plans_.erase(rows);
  }
}

DueRows::ByPlan DueRows::Take(const std::vector<PlanId>& plans) {
  ByPlan taken;
  for (const PlanId& plan : plans) taken.insert(plans_.extract(plan));
  return taken;
}

void DueRows::Put(ByPlan taken) {
  for (auto& [plan, rows] : taken) {
    const auto [there, is_new] = plans_.try_emplace(plan);
    there->second.judged =
        is_new ? rows.judged : std::min(there->second.judged, rows.judged);
    there->second.keys.merge(rows.keys);
  }
}

std::vector<std::vector<PlanId>> DueRows::Turns(
    const std::vector<PlanId>& plans, size_t rows, bool large) const {
  struct Candidate {
    size_t size;
    Revision judged;
    PlanId plan;
  };
  std::vector<Candidate> candidates;
  for (const PlanId& plan : plans) {
    const Rows& due = plans_.at(plan);
    candidates.push_back({due.keys.size(), due.judged, plan});
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) {
              return std::tie(a.size, a.judged, a.plan) <
                     std::tie(b.size, b.judged, b.plan);
            });
  std::vector<std::vector<PlanId>> turns;
  auto next = candidates.begin();
  std::vector<PlanId> few;
  for (size_t left = rows; next != candidates.end() && next->size <= left;
       ++next) {
    left -= next->size;
    few.push_back(next->plan);
  }
  if (!few.empty()) turns.push_back(std::move(few));
  const auto end =
      large ? candidates.end()
            : std::find_if(next, candidates.end(), [rows](const Candidate& c) {
                return c.size > rows;
              });
  const auto longest =
      std::min_element(next, end, [](const Candidate& a, const Candidate& b) {
        return a.judged < b.judged;
      });
  if (longest != end) turns.push_back({longest->plan});
  return turns;
}

Revision DueRows::JudgedThrough(Revision all) const {
  Revision through = all;
  for (const auto& [plan, rows] : plans_) {
    through = std::min(through, rows.judged);
  }
  return through;
}

}  // namespace shirube
