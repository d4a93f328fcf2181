// Reads rule cases: text, one indicator a block, with the status and the reason
// that a module must give at several as-of. The format is described in
// rules/README.md. Pure; used by the tests, by the rule host's self-test and by
// the command for rule authors. A text with an error gives no cases at all.
#ifndef RULES_CASES_CASE_FILE_H_
#define RULES_CASES_CASE_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shirube/rule.h"

namespace shirube::cases {

// A decimal as printed: units x 10^-scale.
struct Number {
  int64_t units = 0;
  int scale = 0;
};

enum class Given { kAbsent, kNumber, kUnread, kOtherUnit, kWords };

// A value that may be there, be unreadable, or be in another unit.
struct Value {
  Given given = Given::kAbsent;
  Number number;  // kNumber only
};

struct Point {
  Value value;
  int32_t index = 0;
  shirube_point_state state = SHIRUBE_POINT_FINAL;
};

struct Milestone {
  Number value;
  int32_t index = 0;
};

struct ParameterValue {
  std::string name;
  int64_t millionths = 0;
  int line = 0;
};

// What must come out at one as-of.
struct Expectation {
  int32_t as_of_index = INT32_MAX;
  // The month in which is asked, as_of_index where that is earlier; 0 where the
  // case names none.
  int32_t today_index = 0;
  std::string status;  // the status raised, NOT_EVALUATED or NOT_RAISED
  std::string reason;  // empty for NOT_RAISED
  int line = 0;
};

struct Case {
  std::string name;
  std::string file;  // of the line numbers; for whoever reads several
  int line = 0;
  shirube_kind kind = SHIRUBE_KIND_LEVEL;
  shirube_measure measure = SHIRUBE_MEASURE_RATE;
  shirube_direction direction = SHIRUBE_DIRECTION_NONE;
  shirube_operator op = SHIRUBE_OP_NONE;
  Value baseline;
  std::optional<int32_t> baseline_index;
  Value target;
  Number target_upper;  // kind BAND
  std::optional<int32_t> target_index;
  bool every_year = false;
  std::optional<int32_t> window_start_index;
  Number noise_band;
  int publication_month = 0;  // 1 to 12; 0: none
  int publication_lag_years = 0;
  std::vector<Point> points;          // by index
  std::vector<Milestone> milestones;  // by index
  std::vector<ParameterValue> parameters;
  std::vector<Expectation> expectations;
};

struct ParseResult {
  std::vector<Case> cases;
  std::string
      error;  // empty: it was read; else the line, what is wrong, what is meant
  int error_line = 0;                // of the error
  std::string error_text, error_ja;  // the error without its line
};

// `first_line` is what the first line of the text is called: of cases that
// stand inside another file.
ParseResult ParseCases(std::string_view text, int first_line = 1);

// A plain decimal of at most 18 digits, as "-12.50". False: it is not one.
bool ParseNumber(std::string_view text, Number* number);

// 12 x the year: fy2022, cy2014, 2014 (calendar), fy2022q3, m2023-01,
// d2020-03-31.
bool ParsePeriodIndex(std::string_view text, int32_t* index);

}  // namespace shirube::cases

#endif  // RULES_CASES_CASE_FILE_H_
