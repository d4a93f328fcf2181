#include "server/evaluation/two_sets.h"

#include <utility>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

using Difference = TwoSets::Difference;

// By what does not depend on the row.
Difference Compare(const Verdict& before, const Verdict& after) {
  if (before.status != after.status) return Difference::kStatus;
  if (before.reason != after.reason || before.marks != after.marks) {
    return Difference::kReworded;
  }
  return Difference::kNone;
}

}  // namespace

absl::Status TwoSets::Judge(const Selection& selection,
                            const JudgeOptions& before,
                            const JudgeOptions& after, const Sink& sink) {
  answers_before_.resize(selection.parts.size());
  SHIRUBE_RETURN_IF_ERROR(AskRows(*host_, before_.rule_set(), selection, before,
                                  [&](size_t part, PartAnswers& answers) {
                                    std::swap(answers_before_[part], answers);
                                  }));
  return AskRows(
      *host_, after_.rule_set(), selection, after,
      [&](size_t part, PartAnswers& answers) {
        const PartAnswers& other = answers_before_[part];
        const SelectionPart& rows = selection.parts[part];
        Row row{part, 0, nullptr, nullptr, Difference::kNone};
        const Verdicts verdicts = [&] {
          return std::pair(
              JudgeRow(this->before(), selection, before, part, row.k, other)
                  .verdict,
              JudgeRow(this->after(), selection, after, part, row.k, answers)
                  .verdict);
        };
        for (; row.k < rows.size(); ++row.k) {
          if (!rows.live(row.k)) continue;
          row.before = &before_.Of(other, row.k);
          row.after = &after_.Of(answers, row.k);
          row.difference = Compare(row.before->verdict, row.after->verdict);
          // The same words about another point may come with other marks.
          if (row.difference == Difference::kNone &&
              JudgedPoint(other, row.before->deciding, row.k) !=
                  JudgedPoint(answers, row.after->deciding, row.k)) {
            const auto [a, b] = verdicts();
            row.difference = Compare(a, b);
          }
          sink(row, verdicts);
        }
      });
}

}  // namespace shirube
