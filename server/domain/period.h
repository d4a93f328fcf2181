// Periods as printed (fiscal year, its quarter, month, calendar year, date) and
// the index on which pace runs. Fiscal years start in April.
#ifndef SHIRUBE_SERVER_DOMAIN_PERIOD_H_
#define SHIRUBE_SERVER_DOMAIN_PERIOD_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace shirube {

enum class PeriodKind : uint8_t {
  kFiscalYear,     // fy2022: April 2022 to March 2023
  kFiscalQuarter,  // fy2022q3: October to December 2022
  kMonth,          // m2023-01
  kCalendarYear,   // cy2014
  kDate,           // d2020-03-31
};

class Period {
 public:
  // No period yet: only to be assigned to.
  Period() = default;

  // Years from 1868 to 2999 and real dates only; INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Period> FiscalYear(int year);
  static absl::StatusOr<Period> FiscalQuarter(int year, int quarter);
  static absl::StatusOr<Period> Month(int year, int month);
  static absl::StatusOr<Period> CalendarYear(int year);
  static absl::StatusOr<Period> Date(int year, int month, int day);

  // The ids above ("fy2022q3"); the error shows the forms.
  static absl::StatusOr<Period> ParseId(std::string_view id);
  std::string ToId() const;

  PeriodKind kind() const { return kind_; }
  int year() const { return year_; }
  int quarter() const { return kind_ == PeriodKind::kFiscalQuarter ? sub_ : 0; }
  int month() const { return sub_; }  // of kMonth and kDate
  int day() const { return day_; }    // of kDate

  // 12 x the index of years: FYy and CYy are 12y, a date counts as its fiscal
  // year, the k-th quarter of FYy is 12(y-1)+3k, the k-th month 12(y-1)+k.
  int32_t index12() const;
  // The fiscal year this period ends in (of a calendar year: the same number).
  int fiscal_year() const;
  // In months; a date is 0. Of two periods with one index the longer counts.
  int length_months() const;
  // Calendar years only: they mix badly with fiscal ones (MIXED_YEAR_KIND).
  bool is_calendar_year() const { return kind_ == PeriodKind::kCalendarYear; }

  // By index, then the longer one last, then as printed: a total order in which
  // the last of equals is the one that counts.
  friend std::strong_ordering operator<=>(const Period& a, const Period& b);
  friend bool operator==(const Period&, const Period&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Period& p) {
    return H::combine(std::move(h), p.kind_, p.year_, p.sub_, p.day_);
  }

 private:
  Period(PeriodKind kind, int year, int sub, int day)
      : kind_(kind), sub_(sub), day_(day), year_(year) {}
  PeriodKind kind_ = PeriodKind::kFiscalYear;
  uint8_t sub_ = 0;  // quarter or month
  uint8_t day_ = 0;
  int16_t year_ = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_PERIOD_H_
