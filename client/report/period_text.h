// Periods inside printed text: a year in a heading (R6目標値), in brackets
// ((平成27年度末)), and windows of years (R3~R6年度累計). What is a period is
// decided by server/domain; here is only where it stands. Pure functions on
// folded text.
#ifndef SHIRUBE_CLIENT_REPORT_PERIOD_TEXT_H_
#define SHIRUBE_CLIENT_REPORT_PERIOD_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/domain/period.h"

namespace shirube::report {

struct FoundPeriod {
  Period period;
  size_t begin = 0;  // code points of the folded text
  size_t end = 0;
};

// First period written in `text`, the longest one that begins there. A bare
// number is one only with four digits of a year.
std::optional<FoundPeriod> FindPeriod(std::u32string_view text);

// `text` as a whole, without 時点, 現在 and the like behind it; also R4.3.
std::optional<Period> WholePeriod(std::u32string_view text);

struct Window {
  Period start;
  Period end;
};

// R3~R6年度累計, 令和3~6年度, H28から R2年度まで: two years with a range
// between them and nothing else but 累計, 合計 or 計.
std::optional<Window> ReadWindow(std::u32string_view text);

// Whether it claims a year that FindPeriod cannot read: X6, 安永3年度, 30年度.
bool ClaimsUnknownYear(std::u32string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_PERIOD_TEXT_H_
