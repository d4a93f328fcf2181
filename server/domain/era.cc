#include "server/domain/era.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/domain/violation.h"
#include "unicode/calendar.h"
#include "unicode/dtfmtsym.h"
#include "unicode/normalizer2.h"
#include "unicode/smpdtfmt.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"

namespace shirube {
namespace {

struct Era {
  std::string name;    // 令和
  std::string letter;  // R; the name again where there is no letter
  int base_year = 0;   // of its year 1
  // First day, as 10000 y + 100 m + d.
  int first_day = 0;
};

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

int Get(icu::Calendar& calendar, UCalendarDateFields field) {
  UErrorCode error = U_ZERO_ERROR;
  return calendar.get(field, error);
}

int DayNumber(icu::Calendar& calendar) {
  return Get(calendar, UCAL_EXTENDED_YEAR) * 10000 +
         (Get(calendar, UCAL_MONTH) + 1) * 100 + Get(calendar, UCAL_DATE);
}

// The day on which `era` begins: no year number is smaller than 1, so the
// calendar's own day 1 of year 1 is moved to the first day it calls by that
// name.
int FirstDay(icu::Calendar& calendar, int era, int base_year) {
  UErrorCode error = U_ZERO_ERROR;
  calendar.clear();
  calendar.set(UCAL_EXTENDED_YEAR, base_year);
  calendar.set(UCAL_MONTH, UCAL_JANUARY);
  calendar.set(UCAL_DATE, 1);
  for (int i = 0; i < 366 && Get(calendar, UCAL_ERA) != era; ++i) {
    calendar.add(UCAL_DATE, 1, error);
  }
  return DayNumber(calendar);
}

// The eras from the one in force in 1868 on, oldest first, as ICU knows them.
std::vector<Era> LoadEras() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Locale locale("ja_JP@calendar=japanese");
  std::unique_ptr<icu::Calendar> calendar(
      icu::Calendar::createInstance(*icu::TimeZone::getGMT(), locale, error));
  if (U_FAILURE(error)) return {};
  // Only a format asks for the symbols of its locale's calendar.
  const icu::SimpleDateFormat format(u"G", locale, error);
  if (U_FAILURE(error)) return {};
  const icu::DateFormatSymbols& symbols = *format.getDateFormatSymbols();
  int names = 0, letters = 0;
  const icu::UnicodeString* name = symbols.getEras(names);
  const icu::UnicodeString* letter = symbols.getNarrowEras(letters);
  std::vector<Era> eras;
  for (int era = 0; era < names && era < letters; ++era) {
    calendar->clear();
    calendar->set(UCAL_ERA, era);
    calendar->set(UCAL_YEAR, 1);
    calendar->set(UCAL_MONTH, UCAL_DECEMBER);
    calendar->set(UCAL_DATE, 31);
    const int base_year = Get(*calendar, UCAL_EXTENDED_YEAR);
    if (base_year < 1865) continue;  // over before 1868
    eras.push_back({ToUtf8(name[era]), ToUtf8(letter[era]), base_year,
                    FirstDay(*calendar, era, base_year)});
  }
  return eras;
}

// Never destroyed; loaded once, by whichever thread comes first.
const std::vector<Era>& Eras() {
  static const auto* const eras = new std::vector<Era>(LoadEras());
  return *eras;
}

// The era by which a day goes: of a year its last day, so that FY2019 and 2019
// are R1, FY1988 is S63.
const Era* EraOf(int year, int month, int day) {
  const int number = year * 10000 + month * 100 + day;
  const Era* found = nullptr;
  for (const Era& era : Eras()) {
    if (era.first_day <= number) found = &era;
  }
  return found;
}

const Era* EraOf(const Period& period) {
  switch (period.kind()) {
    case PeriodKind::kDate:
      return EraOf(period.year(), period.month(), period.day());
    case PeriodKind::kMonth:
      return EraOf(period.year(), period.month(), 31);
    default:
      return EraOf(period.year(), 12, 31);
  }
}

icu::UnicodeString Nfkc(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  const auto source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  if (U_FAILURE(error)) return source;
  icu::UnicodeString normal = nfkc->normalize(source, error);
  return U_FAILURE(error) ? source : normal;
}

// ---- Reading. ----

absl::Status BadPeriod(std::string_view text) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "BAD_PERIOD",
      absl::StrCat(
          Quoted(text),
          " is not a period; write for example FY2022, R4 or 令和4年度 "
          "(fiscal year), FY2022Q3 (quarter), 2022 or 令和4年 (calendar "
          "year), 2023-01 (month), 2020-03-31 (date)"),
      absl::StrCat(QuotedJa(text),
                   "は期間として読めません。FY2022・R4・令和4年度(年度)、"
                   "FY2022Q3(四半期)、2022・令和4年(暦年)、2023-01(月)、"
                   "2020-03-31(日)のように書いてください。"));
}

absl::Status UnknownEra(std::string_view text, std::string_view name) {
  std::string known;
  for (const Era& era : Eras()) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", era.name,
                    era.letter == era.name ? "" : " " + era.letter);
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "UNKNOWN_ERA",
                   absl::StrCat(Quoted(text), ": there is no era ",
                                Quoted(name), "; the eras are ", known,
                                ". Correct it, or write the "
                                "year in the western calendar"),
                   absl::StrCat(QuotedJa(text), ": ", QuotedJa(name),
                                "という元号はありません(使える元号: ", known,
                                ")。元号を直すか、西暦で書いてください。"));
}

// A reader over normalized text, left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  bool Eat(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Between `least` and `most` ASCII digits, all that are there.
  std::optional<int> Number(size_t least, size_t most) {
    size_t size = 0;
    int value = 0;
    while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') {
      if (++size > most) return std::nullopt;
      value = value * 10 + (rest_[size - 1] - '0');
    }
    if (size < least) return std::nullopt;
    rest_.remove_prefix(size);
    return value;
  }

 private:
  std::string_view rest_;
};

// A year as it begins a period, and how it was written.
struct Year {
  int year = 0;
  bool era = false;     // 令和4, R4
  bool letter = false;  // R4
};

// The year of an era: 元 or 1 to 3 digits, not 0.
std::optional<int> EraYear(Cursor* in) {
  if (in->Eat("元")) return 1;
  std::optional<int> number = in->Number(1, 3);
  return number && *number > 0 ? number : std::nullopt;
}

std::optional<Year> ReadYear(Cursor* in) {
  for (const Era& era : Eras()) {
    const bool named = in->Eat(era.name);
    if (!named && !in->Eat(era.letter)) continue;
    std::optional<int> number = EraYear(in);
    if (!number) return std::nullopt;
    return Year{era.base_year + *number - 1, true, !named};
  }
  std::optional<int> number = in->Number(4, 4);
  if (!number) return std::nullopt;
  return Year{*number, false, false};
}

// After "2020年", "R2." and the like: the month, and the day if there is one.
absl::StatusOr<Period> ReadMonthAndDay(std::string_view text, int year,
                                       bool kanji, Cursor in) {
  std::optional<int> month = in.Number(1, 2);
  if (!month) return BadPeriod(text);
  if (kanji) {
    if (!in.Eat("月")) return BadPeriod(text);
    if (in.done() || (in.Eat("末") && in.done())) {
      return Period::Month(year, *month);
    }
    std::optional<int> day = in.Number(1, 2);
    if (!day || !in.Eat("日") || !in.done()) return BadPeriod(text);
    return Period::Date(year, *month, *day);
  }
  if (!in.Eat("-") && !in.Eat("/") && !in.Eat(".")) return BadPeriod(text);
  std::optional<int> day = in.Number(1, 2);
  if (!day || !in.done()) return BadPeriod(text);
  return Period::Date(year, *month, *day);
}

absl::StatusOr<Period> ReadFiscal(std::string_view text, int year, Cursor in) {
  if (in.done() || (in.Eat("末") && in.done())) return Period::FiscalYear(year);
  const bool kanji = in.Eat("第");
  if (!kanji && !in.Eat("Q")) return BadPeriod(text);
  std::optional<int> quarter = in.Number(1, 1);
  if (!quarter || (kanji && !in.Eat("四半期")) || !in.done()) {
    return BadPeriod(text);
  }
  return Period::FiscalQuarter(year, *quarter);
}

absl::StatusOr<Period> ReadAfterYear(std::string_view text, const Year& year,
                                     Cursor in) {
  if (in.Eat("年度")) return ReadFiscal(text, year.year, in);
  if (in.Eat("年")) {
    if (in.done() || (in.Eat("末") && in.done())) {
      return Period::CalendarYear(year.year);
    }
    return ReadMonthAndDay(text, year.year, /*kanji=*/true, in);
  }
  if (in.done()) {
    if (year.letter) return Period::FiscalYear(year.year);
    if (!year.era) return Period::CalendarYear(year.year);
    return BadPeriod(text);  // 令和4: of the year or the fiscal year?
  }
  if (year.letter && in.rest() == "末") return Period::FiscalYear(year.year);
  if (year.letter && in.rest().starts_with("Q")) {
    return ReadFiscal(text, year.year, in);
  }
  if (!year.era && in.Eat("-")) {
    Cursor month_only = in;
    std::optional<int> month = month_only.Number(2, 2);
    if (month && month_only.done()) return Period::Month(year.year, *month);
    return ReadMonthAndDay(text, year.year, /*kanji=*/false, in);
  }
  const bool point = in.rest().starts_with(".");
  if (in.Eat(".") || in.Eat("/")) {
    Cursor month_only = in;
    std::optional<int> month = month_only.Number(1, 2);
    if (year.letter && point && month && month_only.done()) {  // R3.4
      return Period::Month(year.year, *month);
    }
    return ReadMonthAndDay(text, year.year, /*kanji=*/false, in);
  }
  return BadPeriod(text);
}

// "霊和" of 霊和3年, "X" of X5: one letter or two kanji that would be an era,
// were there one; nothing when the text is of another form.
std::optional<std::string> EraLikeName(const icu::UnicodeString& text) {
  int length = 0;
  while (length < text.length() && length < 3 && !u_isdigit(text[length]) &&
         text[length] != u'元') {
    ++length;
  }
  const bool letter = length == 1 && text[0] >= u'A' && text[0] <= u'Z';
  bool kanji = length == 2;
  for (int i = 0; i < length && kanji; ++i) {
    kanji = u_hasBinaryProperty(text[i], UCHAR_IDEOGRAPHIC);
  }
  const std::string rest = ToUtf8(icu::UnicodeString(text, length));
  Cursor in(rest);
  if ((!letter && !kanji) || !EraYear(&in)) return std::nullopt;
  if (!in.done() && !in.Eat("年") && !in.Eat(".")) return std::nullopt;
  return ToUtf8(icu::UnicodeString(text, 0, length));
}

// ---- Writing. ----

std::string Japanese(const Period& period, bool is_long) {
  const Era* era = EraOf(period);
  std::string year;
  if (era == nullptr) {
    year = absl::StrCat(period.year());
  } else {
    const int number = period.year() - era->base_year + 1;
    year = absl::StrCat(is_long ? era->name : era->letter,
                        is_long && number == 1 ? "元" : absl::StrCat(number));
  }
  switch (period.kind()) {
    case PeriodKind::kFiscalYear:
      return is_long || era == nullptr || era->letter == era->name
                 ? year + "年度"
                 : year;
    case PeriodKind::kFiscalQuarter:
      return absl::StrCat(year, "年度第", period.quarter(), "四半期");
    case PeriodKind::kCalendarYear:
      return year + "年";
    case PeriodKind::kMonth:
      return absl::StrCat(year, "年", period.month(), "月");
    case PeriodKind::kDate:
      return absl::StrCat(year, "年", period.month(), "月", period.day(), "日");
  }
  return year;
}

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

}  // namespace

absl::StatusOr<Period> ParsePeriod(std::string_view text) {
  if (auto id = Period::ParseId(text); id.ok()) return id;
  icu::UnicodeString wide =
      icu::UnicodeString::fromUTF8(NormalizedName(text)).toUpper();
  const std::string normal = ToUtf8(wide);
  Cursor in(normal);
  if (in.Eat("FY")) {
    std::optional<int> year = in.Number(4, 4);
    return year ? ReadFiscal(text, *year, in) : BadPeriod(text);
  }
  Cursor id = in;
  if ((id.Eat("CY") || id.Eat("M") || id.Eat("D")) && id.Number(4, 4)) {
    return Period::ParseId(ToUtf8(wide.toLower()));
  }
  if (std::optional<Year> year = ReadYear(&in)) {
    return ReadAfterYear(text, *year, in);
  }
  if (auto name = EraLikeName(wide)) {
    for (const Era& era : Eras()) {
      if (era.name == *name || era.letter == *name) return BadPeriod(text);
    }
    return UnknownEra(text, *name);
  }
  return BadPeriod(text);
}

std::string ShortJapanese(const Period& period) {
  return Japanese(period, /*is_long=*/false);
}

std::string LongJapanese(const Period& period) {
  return Japanese(period, /*is_long=*/true);
}

std::string English(const Period& period) {
  switch (period.kind()) {
    case PeriodKind::kFiscalYear:
      return absl::StrCat("FY", period.year());
    case PeriodKind::kFiscalQuarter:
      return absl::StrCat("FY", period.year(), " Q", period.quarter());
    case PeriodKind::kCalendarYear:
      return absl::StrCat(period.year());
    case PeriodKind::kMonth:
      return absl::StrFormat("%s %d", kMonths[period.month() - 1],
                             period.year());
    case PeriodKind::kDate:
      return absl::StrFormat("%d %s %d", period.day(),
                             kMonths[period.month() - 1], period.year());
  }
  return "";
}

std::string NormalizedName(std::string_view text) {
  const icu::UnicodeString normal = Nfkc(text);
  icu::UnicodeString out;
  for (int i = 0; i < normal.length(); ++i) {
    if (!u_isUWhiteSpace(normal[i])) out.append(normal[i]);
  }
  return ToUtf8(out);
}

}  // namespace shirube
