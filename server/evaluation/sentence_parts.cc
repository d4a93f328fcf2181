#include "server/evaluation/sentence_parts.h"

#include "absl/strings/str_cat.h"
#include "server/base/japan.h"
#include "server/domain/era.h"
#include "server/evaluation/waiting.h"

namespace shirube {
namespace {

int Sign(std::strong_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

std::string DayJapanese(absl::Time time) {
  const absl::CivilDay day = DayInJapan(time);
  return absl::StrCat(day.year(), "年", day.month(), "月", day.day(), "日");
}

std::string DayEnglish(absl::Time time) {
  constexpr const char* kMonths[] = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const absl::CivilDay day = DayInJapan(time);
  return absl::StrCat(day.day(), " ", kMonths[day.month() - 1], " ",
                      day.year());
}

std::string SentenceParts::KeptFigure() const {
  const Verdict& verdict = *input_.verdict;
  if (!verdict.period || !verdict.value) return "";
  const std::string figure = value(*verdict.value);
  return language_ == Language::kJapanese
             ? absl::StrCat(ShortJapanese(*verdict.period), "の値", figure)
             : absl::StrCat("the ", English(*verdict.period), " figure of ",
                            figure);
}

std::vector<std::string> SentenceParts::ModulesOut() const {
  std::vector<std::string> modules;
  for (const ModuleFault& fault : input_.verdict->failed) {
    if (IsOutOfService(fault)) modules.push_back(fault.module);
  }
  return modules;
}

bool SentenceParts::is_kept() const {
  return derivation().kind == IndicatorKind::kMaintain ||
         (cumulative() && derivation().missing_at_baseline.has_value() &&
          derivation().missing_at_baseline->sign() == 0);
}

std::string SentenceParts::value(const Decimal& number) const {
  return PrintValue(number, derivation().unit, language_);
}

std::string SentenceParts::number(const Ratio& value) const {
  return PrintWithUnit(PrintComputed(value, derivation().scale),
                       derivation().unit, language_);
}

std::string SentenceParts::difference(const Ratio& value) const {
  const Ratio size = value.sign() < 0 ? Ratio() - value : value;
  return PrintDifference(PrintComputed(size, derivation().scale),
                         derivation().unit, language_);
}

std::optional<PrintedComparison> SentenceParts::CompareTo(
    const Ratio& level) const {
  if (!derivation().actual) return std::nullopt;
  const Ratio actual = ToRatio(derivation().actual->value);
  const LevelText text = PrintLevel(actual, level, derivation().scale);
  PrintedComparison result;
  result.order = Sign(actual <=> level);
  result.level = PrintWithUnit(text.level, derivation().unit, language_);
  result.distance =
      PrintDifference(text.distance, derivation().unit, language_);
  return result;
}

std::optional<PrintedComparison> SentenceParts::ToTarget() const {
  const Derivation& d = derivation();
  if (!d.target || !d.actual) return std::nullopt;
  const Ratio target = ToRatio(d.target->value);
  if (band() && d.target_upper) {
    const Ratio upper = ToRatio(d.target_upper->value);
    if (ToRatio(d.actual->value) > upper) return CompareTo(upper);
  }
  return CompareTo(target);
}

std::optional<PrintedComparison> SentenceParts::ToBaseline() const {
  if (!derivation().baseline) return std::nullopt;
  return CompareTo(ToRatio(derivation().baseline->value));
}

std::optional<PrintedComparison> SentenceParts::ToExpected() const {
  if (!derivation().expected) return std::nullopt;
  return CompareTo(*derivation().expected);
}

std::optional<PrintedComparison> SentenceParts::MissingToExpected() const {
  const Derivation& d = derivation();
  if (!d.missing_at_actual || !d.missing_at_baseline || !d.expected_share) {
    return std::nullopt;
  }
  const Ratio left = *d.missing_at_baseline * (Ratio(1, 1) - *d.expected_share);
  const LevelText text = PrintLevel(*d.missing_at_actual, left, d.scale);
  PrintedComparison result;
  result.order = Sign(*d.missing_at_actual <=> left);
  result.level = PrintDifference(text.level, d.unit, language_);
  result.distance = PrintDifference(text.distance, d.unit, language_);
  return result;
}

std::optional<ShareText> SentenceParts::shares() const {
  const Derivation& d = derivation();
  if (!d.progress || !d.expected_share) return std::nullopt;
  return PrintShares(*d.progress, *d.expected_share, input_.pace_threshold,
                     input_.behind_threshold);
}

std::optional<std::string> SentenceParts::time() const {
  if (!derivation().time_share) return std::nullopt;
  return PrintPercent(*derivation().time_share);
}

std::optional<int> SentenceParts::MonthsLeft() const {
  const Derivation& d = derivation();
  if (!d.target || !d.target->period || !d.actual || !d.actual->period) {
    return std::nullopt;
  }
  return d.target->period->index12() - d.actual->period->index12();
}

bool SentenceParts::HasOwnMilestone() const {
  const Derivation& d = derivation();
  if (!d.actual || !d.actual->period) return false;
  for (const TrendPoint& point : d.path) {
    if (point.role == TrendPoint::Role::kMilestone && point.period &&
        point.period->index12() == d.actual->period->index12()) {
      return true;
    }
  }
  return false;
}

bool SentenceParts::IsFirstOfWindow() const {
  const auto& start = input_.indicator->window_start;
  const auto& actual = derivation().actual;
  return start && actual && actual->period == *start;
}

}  // namespace shirube
