#include "server/domain/publication.h"

#include <algorithm>

namespace shirube {

namespace {

// From the end of a fiscal year to the month in which its figure is due: 1 is
// the April after it.
int32_t MonthsUntilDue(const Publication& publication) {
  return (publication.month + 8) % 12 + 1 + 12 * publication.lag_years;
}

}  // namespace

std::optional<Period> OverdueFigure(const AwaitedFigures& awaited,
                                    int32_t month) {
  if (awaited.publication.month == 0 || !awaited.known) return std::nullopt;
  const int32_t due_by = month - 1 - MonthsUntilDue(awaited.publication);
  int32_t index = due_by - due_by % 12;
  if (awaited.last) index = std::min(index, *awaited.last);
  if (*awaited.known >= index) return std::nullopt;
  // A target within a year is that year's.
  const auto year = Period::FiscalYear((index + 11) / 12);
  return year.ok() ? std::optional<Period>(*year) : std::nullopt;
}

Period MonthOfPublication(const Period& fiscal_year,
                          const Publication& publication) {
  const int after = publication.month >= 4 ? 1 : 2;
  return *Period::Month(
      fiscal_year.fiscal_year() + after + publication.lag_years,
      publication.month);
}

}  // namespace shirube
