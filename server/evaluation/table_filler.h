// Keeps the table as the store has it: filled once at start-up, then row by row
// with what was touched. Owned by the follower; one thread at a time.
#ifndef SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_
#define SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "server/evaluation/dirty.h"
#include "server/evaluation/marks.h"
#include "server/evaluation/row_source.h"
#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {

class TableFiller {
 public:
  TableFiller(Table* table, const RuleHost* host)
      : table_(table), host_(host) {}

  // All indicators of the store, streamed in the order of their keys.
  absl::Status Fill(StoreReader& reader);

  // Applies what was touched and adds the rows that must be judged again to
  // `to_judge`. After an error call it again with the same `dirty`.
  absl::Status Apply(StoreReader& reader, const Dirty& dirty,
                     std::set<IndicatorKey>* to_judge);

  // Empty where the plan does not exist (any more).
  const PlanContext* FindPlan(const PlanId& plan) const;
  std::vector<PlanId> Plans() const;
  YearKinds KindsOf(const IndicatorKey& key) const;

 private:
  absl::Status LoadPlan(StoreReader& reader, const PlanId& plan,
                        bool* judges_alike);
  absl::Status ApplyPlan(StoreReader& reader, const PlanId& plan,
                         const std::set<IndicatorKey>& keys,
                         std::set<IndicatorKey>* to_judge);
  absl::Status ApplyWholePlan(StoreReader& reader, const PlanId& plan,
                              std::set<IndicatorKey>* to_judge);
  absl::Status ApplyRow(const Indicator& indicator,
                        const std::vector<Observation>& observations);
  absl::Status RemoveRow(const IndicatorKey& key);
  std::shared_ptr<const RuleSet> RuleSetOf(const PlanContext& context) const;

  Table* table_;
  const RuleHost* host_;
  std::map<PlanId, PlanContext> plans_;
  // Only of indicators with a calendar year among their periods.
  absl::flat_hash_map<IndicatorKey, YearKinds> kinds_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_
