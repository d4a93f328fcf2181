// Checks what a module wrote, after it was copied out of the module's reach.
#ifndef SHIRUBE_SERVER_RULE_HOST_CHECK_H_
#define SHIRUBE_SERVER_RULE_HOST_CHECK_H_

#include <cstdint>
#include <vector>

#include "rules/include/shirube/rule.h"
#include "server/rule_host/manifest.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/statistics.h"

namespace shirube {

// Which reasons fit which answers: of one manifest. Kept as ranges of codes,
// because a whole column is compared with a range in a few vector instructions
// and a manifest has only a few ranges.
class ReasonTable {
 public:
  struct Range {
    uint16_t answer;
    uint16_t first, length;  // codes first to first + length, both included
  };
  explicit ReasonTable(const Manifest& manifest);
  bool Fits(uint8_t answer, uint16_t reason) const;
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

// n answers, already copied out. points_count(i) is how many points the row of
// answer i has: points_count[rows[i]], or points_count[i] without rows.
struct AnswerColumns {
  uint8_t* answer;
  uint16_t* reason;
  uint16_t* judged_point;
  uint32_t n;
  const uint16_t* points_count;
  const uint32_t* rows;
};

// BAD_OUTPUT names the first position and field that no module may write. If
// all is well, the answers are counted, and those left UNSET become CANNOT_TELL
// (UNANSWERED).
ModuleOutcome CheckAnswers(const ReasonTable& reasons,
                           const AnswerColumns& columns, AnswerCounts* counts);

// A denominator is positive, or 0 where the row does not have the fact.
ModuleOutcome CheckFacts(const shirube_int128* denominators, uint32_t n,
                         const std::string& fact);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CHECK_H_
