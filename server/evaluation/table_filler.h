// Keeps the table as the store has it: filled once at start-up, then row by row
// with what was touched. Owned by the follower; one thread at a time.
//
// Rows carry the parameters that their plan's active rule set has for them.
// While that set cannot be had, they carry none and are made again later.
#ifndef SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_
#define SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/evaluation/dirty.h"
#include "server/evaluation/marks.h"
#include "server/evaluation/row_source.h"
#include "server/evaluation/rule_sets.h"
#include "server/table/table.h"

namespace shirube {

class TableFiller {
 public:
  TableFiller(Table* table, RuleSets* rule_sets)
      : table_(table), rule_sets_(rule_sets) {}

  // All indicators of the store, streamed in the order of their keys.
  absl::Status Fill(StoreReader& reader);

  // Applies what was touched and adds the rows that must be judged again to
  // `to_judge` (of `dirty.modules` none: that is the caller's). After an error
  // call it again with the same `dirty`.
  absl::Status Apply(StoreReader& reader, const Dirty& dirty,
                     std::set<IndicatorKey>* to_judge);
  // Whether Apply has something to do without anything touched.
  bool waits_for_rule_set() const { return !without_set_.empty(); }

  // Empty where the plan does not exist (any more).
  const PlanContext* FindPlan(const PlanId& plan) const;
  std::vector<PlanId> Plans() const;
  // Adds the rows of a plan.
  void AddAll(const PlanId& plan, std::set<IndicatorKey>* keys) const;
  // Those that follow the default (`plan` empty), else the one.
  std::vector<PlanId> PlansInScope(const PlanId& plan) const;
  YearKinds KindsOf(const IndicatorKey& key) const;

  // What some rows, in order, would be judged by under another set, read from
  // the store: only those that anything overrides.
  using OverridesByKey = absl::flat_hash_map<IndicatorKey, Overrides>;
  absl::StatusOr<OverridesByKey> OverridesUnder(
      StoreReader& reader, absl::Span<const IndicatorKey> keys,
      const RuleSet& rule_set) const;

 private:
  struct Known {
    PlanContext context;
    bool sets_parameters = false;  // the plan or an initiative of it
  };

  absl::Status Note(StoreReader& reader, const Dirty& dirty,
                    std::set<IndicatorKey>* to_judge);
  absl::Status NoteChanged(StoreReader& reader, const PlanId& plan);
  absl::Status NoteActivated(StoreReader& reader, const Dirty& dirty,
                             std::set<IndicatorKey>* to_judge);
  void SetRuleSet(const PlanId& plan, const RuleSetId& id);
  absl::Status ApplyPlan(StoreReader& reader, const PlanId& plan,
                         const std::set<IndicatorKey>& keys,
                         std::set<IndicatorKey>* to_judge);
  absl::Status ApplyWholePlan(StoreReader& reader, const PlanId& plan,
                              std::set<IndicatorKey>* to_judge);
  absl::Status MakeOverriddenAgain(StoreReader& reader, const PlanId& plan);
  absl::Status ApplyRow(const Indicator& indicator,
                        const std::vector<Observation>& observations);
  absl::StatusOr<Overrides> OverridesOfRow(const Indicator& indicator,
                                           const PlanContext& context);
  absl::Status RemoveRow(const IndicatorKey& key);
  // Rows of one plan among which any has parameters of its own.
  std::set<IndicatorKey> OwnOf(const PlanId& plan) const;

  Table* table_;
  RuleSets* rule_sets_;
  std::map<PlanId, Known> plans_;
  std::set<IndicatorKey> own_;    // indicators that set parameters themselves
  std::set<PlanId> without_set_;  // have rows made without their rule set
  // Known to be applied, and kept until they were: whole plans, and plans whose
  // rows with parameters are to be made again.
  std::set<PlanId> whole_due_, overridden_due_;
  // Only of indicators with a calendar year among their periods.
  absl::flat_hash_map<IndicatorKey, YearKinds> kinds_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_TABLE_FILLER_H_
