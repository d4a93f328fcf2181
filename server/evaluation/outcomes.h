// What the answers of a rule set's modules add up to: each combination of
// answers is worked out once, however many rows gave it. Millions of rows are
// judged for a few dozen combinations. Of one thread.
#ifndef SHIRUBE_SERVER_EVALUATION_OUTCOMES_H_
#define SHIRUBE_SERVER_EVALUATION_OUTCOMES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "server/domain/verdict.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/rule_set.h"

namespace shirube {

// Which module's answer became the verdict; 0 where no module did.
size_t DecidingModule(const RuleSet& rule_set, const Verdict& verdict);

// The point of a row that was judged: the deciding module's, else that of the
// next one that names one; kNoPoint.
uint16_t JudgedPoint(const std::vector<ModuleAnswers>& answers, size_t deciding,
                     uint32_t k);

struct Outcome {
  Verdict verdict;  // without what depends on the row: point, its marks
  size_t deciding = 0;
};

class Outcomes {
 public:
  explicit Outcomes(std::shared_ptr<const RuleSet> rule_set)
      : rule_set_(std::move(rule_set)), nodes_(1) {}

  // Stays where it is as long as this.
  const Outcome& Of(const std::vector<ModuleAnswers>& answers, uint32_t k);
  const RuleSet& rule_set() const { return *rule_set_; }

 private:
  // A tree by the modules' answers, one level a module; what a node's branches
  // lead to is the next node, after the last module an outcome.
  struct Node {
    std::vector<std::pair<uint32_t, size_t>> branches;
  };
  size_t Follow(size_t node, uint32_t answer, bool last,
                const std::vector<ModuleAnswers>& answers, uint32_t k);
  size_t Add(const std::vector<ModuleAnswers>& answers, uint32_t k);

  const std::shared_ptr<const RuleSet> rule_set_;
  std::deque<Node> nodes_;
  std::deque<Outcome> outcomes_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_OUTCOMES_H_
