// Judging without storing: rows of their own, made for one question (`as_of`,
// what-if, why, flip points) and gone after it. Any thread.
#ifndef SHIRUBE_SERVER_EVALUATION_SCRATCH_JUDGE_H_
#define SHIRUBE_SERVER_EVALUATION_SCRATCH_JUDGE_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/evaluation/explanation.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/row_source.h"

namespace shirube {

// One indicator with all that its judgement takes.
struct Subject {
  Indicator indicator;
  std::vector<Observation> observations;
  std::shared_ptr<const PlanContext> context;
  std::shared_ptr<const RuleSet> rule_set;
  std::optional<Period> as_of;
  RowInput row;  // made by MakeSubject
};

absl::StatusOr<Subject> MakeSubject(Indicator indicator,
                                    std::vector<Observation> observations,
                                    std::shared_ptr<const PlanContext> context,
                                    std::shared_ptr<const RuleSet> rule_set,
                                    std::optional<Period> as_of);

class ScratchJudge {
 public:
  ScratchJudge(Table* table, RuleHost* host, std::function<absl::Time()> clock)
      : table_(table), host_(host), clock_(std::move(clock)) {}

  // In their order. All have one rule set and one as_of.
  absl::StatusOr<std::vector<JudgedRow>> Judge(
      const std::vector<const Subject*>& subjects, bool want_facts) const;

  // Everything about one judged subject but its flip points. `stored`: the
  // verdict that stands, else the one in `judged`.
  Explanation Explain(const Subject& subject, const JudgedRow& judged,
                      const std::optional<Verdict>& stored) const;

  // `period` none: the one after the actual. Where a module failed on the row
  // itself nothing is asked: hundreds of rows like it would only cost workers.
  absl::StatusOr<std::vector<FlipPoint>> FlipPoints(
      const Subject& subject, const JudgedRow& judged,
      const std::optional<TrendPoint>& actual,
      std::optional<Period> period) const;

 private:
  absl::StatusOr<std::vector<Status>> StatusesOf(
      const RuleSet& rule_set, RowInput row, size_t point,
      const std::vector<int64_t>& units, bool* any_fault) const;

  Table* table_;
  RuleHost* host_;
  std::function<absl::Time()> clock_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_SCRATCH_JUDGE_H_
