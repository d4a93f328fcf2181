// One cell of a table: the number and everything printed around it (period in
// brackets, operator, band, 毎年度, 累計 window, notes), or why it is not one
// number. What the cell is for (baseline, target, actual) is the caller's
// knowledge. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_CELL_H_
#define SHIRUBE_CLIENT_REPORT_CELL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/report/period_text.h"
#include "server/domain/decimal.h"
#include "server/domain/period.h"
#include "shirube/v1/indicator.pb.h"
#include "shirube/v1/observation.pb.h"

namespace shirube::report {

struct Cell {
  enum class Outcome {
    kMissing,  // empty, — or なし
    kNumber,
    kWords,         // a target in words: 延伸
    kUnread,        // has a number in it that cannot be read without guessing
    kNotAvailable,  // 未公表, 精査中
    kRunTogether,   // several cells in one: the row is not readable
  };

  Outcome outcome = Outcome::kMissing;
  std::string raw;  // as printed, without the spaces around it
  Decimal value;
  std::optional<Decimal> upper;  // of a band; `value` is the lower end
  std::string unit;
  v1::Indicator::Operator op = v1::Indicator::OPERATOR_UNSPECIFIED;
  std::optional<Period> period;
  std::string period_raw;
  bool every_year = false;  // 毎年度
  bool maintain = false;    // 維持
  bool cumulative = false;  // 累計
  std::optional<Window> window;
  v1::Observation::State state = v1::Observation::STATE_UNSPECIFIED;
  std::string note;  // words in brackets that say nothing above
  bool oku_corrected = false;
  std::vector<std::string> steps;

  bool has_value() const {
    return outcome == Outcome::kNumber || outcome == Outcome::kUnread;
  }
};

Cell ReadCell(std::string_view raw);

// — ― ─ - なし and nothing at all.
bool IsMissingMark(std::u32string_view folded);

// 以上, >= and the like; nullopt for a text that is no operator.
std::optional<v1::Indicator::Operator> ReadOperator(std::u32string_view folded);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CELL_H_
