// The columns of a table by their heading words (基準値, R6目標値, 最新値 …),
// never by position alone. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_COLUMNS_H_
#define SHIRUBE_CLIENT_REPORT_COLUMNS_H_

#include <optional>
#include <string>
#include <vector>

#include "client/report/period_text.h"
#include "server/domain/period.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

struct Column {
  enum class Extra { kNone, kOwner, kSource };

  std::string heading;  // as printed
  v1::LayoutColumn::Role role = v1::LayoutColumn::ROLE_UNSPECIFIED;
  Extra extra = Extra::kNone;  // of NOTE columns that say who or wherefrom
  std::optional<Period> period;
  std::string period_raw;
  std::optional<Window> window;
  bool cumulative = false;    // the heading says 累計
  bool unknown_year = false;  // it claims a year that nobody knows
  std::string unit;           // 目標値(億円)

  bool is_value() const;
};

// The columns that the cells of one printed line head, or nothing when the line
// is no heading of a table of indicators: it needs one column of names and one
// of values.
std::optional<std::vector<Column>> ReadColumns(
    const std::vector<std::string>& cells);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_COLUMNS_H_
