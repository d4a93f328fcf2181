#include "server/domain/period.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr int kFirstYear = 1868;
constexpr int kLastYear = 2999;
constexpr int kFirstMonth = 4;  // fiscal years start in April

absl::Status BadPeriod(std::string_view text, std::string_view en,
                       std::string_view ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "BAD_PERIOD",
                   absl::StrCat(Quoted(text), " is not a period: ",
                                absl::string_view(en.data(), en.size())),
                   absl::StrCat(QuotedJa(text), "は期間として読めません。",
                                absl::string_view(ja.data(), ja.size())));
}

absl::Status CheckYear(int year) {
  if (year >= kFirstYear && year <= kLastYear) return absl::OkStatus();
  return BadPeriod(
      absl::StrCat(year),
      absl::StrCat("years run from ", kFirstYear, " to ", kLastYear),
      absl::StrCat("年は", kFirstYear, "～", kLastYear, "です。"));
}

absl::Status CheckMonth(int year, int month) {
  if (month >= 1 && month <= 12) return CheckYear(year);
  return BadPeriod(absl::StrCat(year, "-", month), "months run from 1 to 12",
                   "月は1～12です。");
}

int FiscalYearOf(int year, int month) {
  return month >= kFirstMonth ? year : year - 1;
}

// Exactly `count` digits at `*at`.
std::optional<int> Number(std::string_view text, size_t* at, int count) {
  if (text.size() < *at + count) return std::nullopt;
  int value = 0;
  for (int i = 0; i < count; ++i) {
    const char c = text[*at + i];
    if (!absl::ascii_isdigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  *at += count;
  return value;
}

bool Eat(std::string_view text, size_t* at, std::string_view word) {
  if (text.substr(*at, word.size()) != word) return false;
  *at += word.size();
  return true;
}

}  // namespace

absl::StatusOr<Period> Period::FiscalYear(int year) {
  if (absl::Status status = CheckYear(year); !status.ok()) return status;
  return Period(PeriodKind::kFiscalYear, year, 0, 0);
}

absl::StatusOr<Period> Period::FiscalQuarter(int year, int quarter) {
  if (absl::Status status = CheckYear(year); !status.ok()) return status;
  if (quarter < 1 || quarter > 4) {
    return BadPeriod(absl::StrCat(year, "q", quarter),
                     "quarters run from 1 to 4", "四半期は1～4です。");
  }
  return Period(PeriodKind::kFiscalQuarter, year, quarter, 0);
}

absl::StatusOr<Period> Period::Month(int year, int month) {
  if (absl::Status status = CheckMonth(year, month); !status.ok()) {
    return status;
  }
  return Period(PeriodKind::kMonth, year, month, 0);
}

absl::StatusOr<Period> Period::CalendarYear(int year) {
  if (absl::Status status = CheckYear(year); !status.ok()) return status;
  return Period(PeriodKind::kCalendarYear, year, 0, 0);
}

absl::StatusOr<Period> Period::Date(int year, int month, int day) {
  if (absl::Status status = CheckMonth(year, month); !status.ok()) {
    return status;
  }
  // Abseil carries what does not exist over into the next month.
  const absl::CivilDay civil(year, month, day);
  if (day < 1 || day > 31 || civil.month() != month || civil.day() != day) {
    return BadPeriod(absl::StrFormat("%d-%d-%d", year, month, day),
                     "there is no such day", "その日は存在しません。");
  }
  return Period(PeriodKind::kDate, year, month, day);
}

absl::StatusOr<Period> Period::ParseId(std::string_view id) {
  size_t at = 0;
  const auto done = [&] { return at == id.size(); };
  if (Eat(id, &at, "fy")) {
    if (auto year = Number(id, &at, 4)) {
      if (done()) return FiscalYear(*year);
      if (Eat(id, &at, "q")) {
        auto quarter = Number(id, &at, 1);
        if (quarter && done()) return FiscalQuarter(*year, *quarter);
      }
    }
  } else if (Eat(id, &at, "cy")) {
    auto year = Number(id, &at, 4);
    if (year && done()) return CalendarYear(*year);
  } else if (Eat(id, &at, "m") || Eat(id, &at, "d")) {
    const bool is_month = id[0] == 'm';
    auto year = Number(id, &at, 4);
    if (year && Eat(id, &at, "-")) {
      auto month = Number(id, &at, 2);
      if (month && is_month && done()) return Month(*year, *month);
      if (month && !is_month && Eat(id, &at, "-")) {
        auto day = Number(id, &at, 2);
        if (day && done()) return Date(*year, *month, *day);
      }
    }
  }
  return BadPeriod(id,
                   "write fy2022, fy2022q3, m2023-01, cy2014 or d2020-03-31",
                   "fy2022、fy2022q3、m2023-01、cy2014、d2020-03-31"
                   "のように書いてください。");
}

std::string Period::ToId() const {
  switch (kind_) {
    case PeriodKind::kFiscalYear:
      return absl::StrFormat("fy%04d", year_);
    case PeriodKind::kFiscalQuarter:
      return absl::StrFormat("fy%04dq%d", year_, int{sub_});
    case PeriodKind::kMonth:
      return absl::StrFormat("m%04d-%02d", year_, int{sub_});
    case PeriodKind::kCalendarYear:
      return absl::StrFormat("cy%04d", year_);
    case PeriodKind::kDate:
      return absl::StrFormat("d%04d-%02d-%02d", year_, int{sub_}, int{day_});
  }
  return "";
}

int32_t Period::index12() const {
  switch (kind_) {
    case PeriodKind::kFiscalYear:
    case PeriodKind::kCalendarYear:
    case PeriodKind::kDate:
      return 12 * fiscal_year();
    case PeriodKind::kFiscalQuarter:
      return 12 * (year_ - 1) + 3 * sub_;
    case PeriodKind::kMonth:
      return 12 * (fiscal_year() - 1) + (sub_ + 12 - kFirstMonth) % 12 + 1;
  }
  return 0;
}

int Period::fiscal_year() const {
  const bool has_month =
      kind_ == PeriodKind::kMonth || kind_ == PeriodKind::kDate;
  return has_month ? FiscalYearOf(year_, sub_) : year_;
}

int Period::length_months() const {
  switch (kind_) {
    case PeriodKind::kFiscalYear:
    case PeriodKind::kCalendarYear:
      return 12;
    case PeriodKind::kFiscalQuarter:
      return 3;
    case PeriodKind::kMonth:
      return 1;
    case PeriodKind::kDate:
      return 0;
  }
  return 0;
}

std::strong_ordering operator<=>(const Period& a, const Period& b) {
  if (auto by = a.index12() <=> b.index12(); by != 0) return by;
  if (auto by = a.length_months() <=> b.length_months(); by != 0) return by;
  // A fiscal year counts before the calendar year of the same number: plans
  // run on fiscal years.
  if (auto by = b.is_calendar_year() <=> a.is_calendar_year(); by != 0) {
    return by;
  }
  if (auto by = a.year_ <=> b.year_; by != 0) return by;
  if (auto by = a.sub_ <=> b.sub_; by != 0) return by;
  return a.day_ <=> b.day_;
}

}  // namespace shirube
