#include "client/cli/view/words.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "client/cli/output/width.h"
#include "server/domain/decimal.h"
#include "server/domain/era.h"
#include "server/domain/verdict.h"

namespace shirube::cli {
namespace {

// The numbers of the two enums are the same, unknown ones are not evaluated.
Status DomainStatus(VerdictStatus status) {
  switch (status) {
    case v1::Verdict::STATUS_ACHIEVED:
      return Status::kAchieved;
    case v1::Verdict::STATUS_ON_TRACK:
      return Status::kOnTrack;
    case v1::Verdict::STATUS_AT_RISK:
      return Status::kAtRisk;
    case v1::Verdict::STATUS_INDETERMINATE:
      return Status::kIndeterminate;
    default:
      return Status::kNotEvaluated;
  }
}

int Order(const Ratio& a, const Ratio& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

}  // namespace

std::string_view StatusSymbol(VerdictStatus status) {
  switch (DomainStatus(status)) {
    case Status::kAchieved:
      return "◎";
    case Status::kOnTrack:
      return "○";
    case Status::kAtRisk:
      return "▲";
    case Status::kIndeterminate:
      return "?";
    default:
      return "―";
  }
}

Tone StatusTone(VerdictStatus status, v1::Verdict::Severity severity) {
  switch (DomainStatus(status)) {
    case Status::kAchieved:
      return Tone::kGreen;
    case Status::kOnTrack:
      return Tone::kBlue;
    case Status::kAtRisk:
      return severity == v1::Verdict::SEVERITY_CRITICAL ? Tone::kRed
                                                        : Tone::kYellow;
    case Status::kIndeterminate:
      return Tone::kPurple;
    default:
      return Tone::kDim;
  }
}

std::string StatusName(VerdictStatus status, bool japanese) {
  Status domain = DomainStatus(status);
  std::string_view name =
      japanese ? StatusJapanese(domain) : StatusEnglish(domain);
  name = name.substr(0, name.find('('));
  while (name.ends_with(' ')) name.remove_suffix(1);
  return std::string(name);
}

std::string StatusLabel(VerdictStatus status, bool japanese) {
  return std::string(StatusSymbol(status)) + " " + StatusName(status, japanese);
}

std::vector<std::string> Flow(const std::vector<std::string>& entries,
                              int indent, int width) {
  constexpr int kBetween = 3;
  std::vector<std::string> lines;
  int end = 0;
  for (const std::string& entry : entries) {
    int entry_width = DisplayWidth(entry);
    if (lines.empty() || (width > 0 && end + kBetween + entry_width > width)) {
      lines.push_back(std::string(indent, ' ') + entry);
      end = indent + entry_width;
    } else {
      lines.back() += std::string(kBetween, ' ') + entry;
      end += kBetween + entry_width;
    }
  }
  return lines;
}

std::string ReasonBeside(VerdictStatus status, std::string_view reason,
                         bool japanese) {
  // ON_PACE is the plain case of its status in both languages; a flag's reason
  // is the word of the status itself.
  if (reason.empty() || reason == "ON_PACE" ||
      reason == StatusWord(DomainStatus(status))) {
    return "";
  }
  return japanese ? ReasonJapanese(reason) : ReasonEnglish(reason);
}

std::string MarkName(std::string_view mark, bool japanese) {
  return japanese ? MarkJapanese(mark) : MarkEnglish(mark);
}

std::string Grouped(std::string_view plain) {
  size_t begin = plain.starts_with('-') ? 1 : 0;
  size_t end = std::min(plain.find('.'), plain.size());
  std::string text;
  for (size_t i = 0; i < plain.size(); ++i) {
    if (i > begin && i < end && (end - i) % 3 == 0) text += ',';
    text += plain[i];
  }
  return text;
}

std::string Quantity(std::string_view plain, std::string_view unit,
                     bool japanese) {
  if (plain.empty()) return "";
  std::string text = Grouped(plain);
  if (!japanese && !unit.empty() && unit != "%") text += ' ';
  return text + std::string(unit);
}

std::string Difference(std::string_view plain, std::string_view unit,
                       bool japanese) {
  if (unit != "%") return Quantity(plain, unit, japanese);
  return Quantity(plain, japanese ? "ポイント" : "points", japanese);
}

std::string PeriodName(std::string_view id, bool japanese) {
  absl::StatusOr<Period> period = Period::ParseId(id);
  if (!period.ok()) return std::string(id);
  return japanese ? ShortJapanese(*period) : English(*period);
}

std::optional<Ratio> NumberOf(const v1::Ratio& ratio) {
  absl::int128 numerator, denominator;
  if (!absl::SimpleAtoi(ratio.numerator(), &numerator) ||
      !absl::SimpleAtoi(ratio.denominator(), &denominator) ||
      denominator == 0) {
    return std::nullopt;
  }
  return Ratio(numerator, denominator);
}

double Approximate(const Ratio& ratio) {
  return static_cast<double>(ratio.numerator()) /
         static_cast<double>(ratio.denominator());
}

std::string Rounded(const Ratio& ratio, int decimals) {
  std::string text = ratio.ToShortest(decimals);
  while (ratio.sign() != 0 && decimals < 9 &&
         text.find_first_of("123456789") == std::string::npos) {
    text = ratio.ToShortest(++decimals);
  }
  return text;
}

std::string Percent(const Ratio& ratio) {
  return Grouped((ratio * Ratio(100, 1)).ToFixed(1)) + "%";
}

std::string BesideThreshold(const Ratio& ratio,
                            const std::optional<Ratio>& threshold) {
  int decimals = 2;
  std::string text = ratio.ToFixed(decimals);
  while (threshold && decimals < 9) {
    std::optional<Ratio> printed = ParseNumber(text);
    if (!printed || Order(*printed, *threshold) == Order(ratio, *threshold)) {
      break;
    }
    text = ratio.ToFixed(++decimals);
  }
  return text;
}

std::optional<Ratio> ParseNumber(std::string_view decimal) {
  absl::StatusOr<Decimal> number = Decimal::Parse(decimal);
  if (!number.ok()) return std::nullopt;
  absl::int128 denominator = 1;
  for (int i = 0; i < number->scale(); ++i) denominator *= 10;
  return Ratio(number->units(), denominator);
}

}  // namespace shirube::cli
