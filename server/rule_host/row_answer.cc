#include "server/rule_host/row_answer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rules/cases/case_text.h"
#include "server/rule_host/answer_words.h"

namespace shirube {
namespace {

std::string FactText(const std::pair<absl::int128, absl::int128>& fact) {
  if (fact.second == 0) return "none";
  return absl::StrFormat("%.9g", static_cast<double>(fact.first) /
                                     static_cast<double>(fact.second));
}

}  // namespace

bool RowAnswer::SameAnswer(const RowAnswer& other) const {
  return answer == other.answer && reason == other.reason &&
         judged_point == other.judged_point && fault == other.fault;
}

RowAnswer AnswerAt(const Trial::Reply& reply, uint32_t position,
                   bool with_facts) {
  const ModuleAnswers& a = reply.answers;
  RowAnswer row{a.answer[position],
                a.reason[position],
                a.judged_point[position],
                a.fault_at(position) != nullptr,
                {}};
  if (!with_facts) return row;
  for (size_t at = position; at < a.fact_numerator.size(); at += a.size()) {
    row.facts.emplace_back(a.fact_numerator[at], a.fact_denominator[at]);
  }
  return row;
}

std::string TextOf(const Manifest& manifest, const RowAnswer& answer,
                   const cases::Case& row) {
  ModuleAnswers one;
  one.answer = {answer.answer};
  one.reason = {answer.reason};
  std::string text = WordsOf(manifest, one, 0).ToString();
  if (answer.judged_point < row.points.size()) {
    absl::StrAppend(&text, " (",
                    cases::PeriodText(row.points[answer.judged_point].index),
                    ")");
  }
  return text;
}

std::optional<FactDifference> FirstDifference(const RowAnswer& first,
                                              const RowAnswer& then) {
  const size_t n = std::min(first.facts.size(), then.facts.size());
  for (size_t f = 0; f < n; ++f) {
    if (first.facts[f] == then.facts[f]) continue;
    return FactDifference{f, FactText(first.facts[f]), FactText(then.facts[f])};
  }
  return std::nullopt;
}

}  // namespace shirube
