// The same rows judged by two rule sets: what each says, and whether that
// differs. Rows that both judge alike cost no text. Of one thread; made by
// Preview.
#ifndef SHIRUBE_SERVER_EVALUATION_TWO_SETS_H_
#define SHIRUBE_SERVER_EVALUATION_TWO_SETS_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/outcomes.h"
#include "server/rule_host/rule_host.h"
#include "server/table/selection.h"

namespace shirube {

class TwoSets {
 public:
  enum class Difference : uint8_t {
    kNone,
    kReworded,  // the same status for another reason or with other marks
    kStatus,
  };
  struct Row {
    size_t part;
    uint32_t k;
    const Outcome* before;
    const Outcome* after;
    Difference difference;
  };
  // `verdicts` makes the two in full; only while the sink runs.
  using Verdicts = std::function<std::pair<Verdict, Verdict>()>;
  using Sink = std::function<void(const Row& row, const Verdicts& verdicts)>;

  TwoSets(RuleHost* host, std::shared_ptr<const RuleSet> before,
          std::shared_ptr<const RuleSet> after)
      : host_(host), before_(std::move(before)), after_(std::move(after)) {}

  // Asks both about the selection, which the caller keeps, and calls `sink` for
  // every row in order. The options differ in their overrides alone.
  absl::Status Judge(const Selection& selection, const JudgeOptions& before,
                     const JudgeOptions& after, const Sink& sink);

  const RuleSet& before() const { return before_.rule_set(); }
  const RuleSet& after() const { return after_.rule_set(); }

 private:
  using PartAnswers = std::vector<ModuleAnswers>;

  RuleHost* const host_;
  Outcomes before_, after_;
  std::vector<PartAnswers> answers_before_;  // of the rows asked, by part
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_TWO_SETS_H_
