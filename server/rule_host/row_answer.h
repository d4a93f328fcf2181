// One row's answer with everything that belongs to it, to be held against what
// the same module answered about the same row another time. Pure.
#ifndef SHIRUBE_SERVER_RULE_HOST_ROW_ANSWER_H_
#define SHIRUBE_SERVER_RULE_HOST_ROW_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/trial.h"

namespace shirube {

struct RowAnswer {
  uint8_t answer = 0;
  uint16_t reason = 0, judged_point = 0;
  bool fault = false;
  // Numerator and denominator of each declared fact; empty where facts were not
  // asked for.
  std::vector<std::pair<absl::int128, absl::int128>> facts;

  bool SameAnswer(const RowAnswer& other) const;  // facts aside
};

RowAnswer AnswerAt(const Trial::Reply& reply, uint32_t position,
                   bool with_facts);

// "ON_TRACK ON_PACE (fy2022)": with the period it was judged by.
std::string TextOf(const Manifest& manifest, const RowAnswer& answer,
                   const cases::Case& row);

struct FactDifference {
  size_t fact;
  std::string first, then;
};
// Of two answers about one row that both have facts.
std::optional<FactDifference> FirstDifference(const RowAnswer& first,
                                              const RowAnswer& then);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_ROW_ANSWER_H_
