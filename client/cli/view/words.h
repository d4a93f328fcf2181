// The words, symbols and numbers that everything shown to people has in common:
// a status is a symbol, a word and a colour at once, a number is grouped by
// thousands and carries its unit. Pure; from any thread.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_WORDS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_WORDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/output/style.h"
#include "server/domain/ratio.h"
#include "shirube/v1/derivation.pb.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube::cli {

// How a text is to look.
struct Look {
  int width = 0;  // of the terminal; 0: as wide as it gets
  bool color = false;
  bool japanese = true;

  std::string_view Say(std::string_view ja, std::string_view en) const {
    return japanese ? ja : en;
  }
  std::string Painted(std::string_view text, Tone tone) const {
    return Paint(text, tone, color);
  }
};

using VerdictStatus = v1::Verdict::Status;

// One column each: ◎ 達成, ○ 順調, ▲ 要改善, ― 判定なし, ? 判定不能.
std::string_view StatusSymbol(VerdictStatus status);
Tone StatusTone(VerdictStatus status,
                v1::Verdict::Severity severity = v1::Verdict::SEVERITY_WARNING);
// "要改善" / "at risk"; no remark in parentheses.
std::string StatusName(VerdictStatus status, bool japanese);
// "▲ 要改善".
std::string StatusLabel(VerdictStatus status, bool japanese);
// Entries behind each other, three spaces apart, each line behind `indent`
// spaces; a new line where one would get wider than `width` (0: never).
std::vector<std::string> Flow(const std::vector<std::string>& entries,
                              int indent, int width);

// The reason's name; empty where it says no more than the status does.
std::string ReasonBeside(VerdictStatus status, std::string_view reason,
                         bool japanese);
std::string MarkName(std::string_view mark, bool japanese);

// "2233.50" is "2,233.50".
std::string Grouped(std::string_view plain);
// With its unit: "2,233人"; English sets words apart: "2,233 人", "71.5%".
std::string Quantity(std::string_view plain, std::string_view unit,
                     bool japanese);
// A difference of percentages is in points.
std::string Difference(std::string_view plain, std::string_view unit,
                       bool japanese);
// "R4" / "FY2022" of "fy2022"; what is no period id comes back as it is.
std::string PeriodName(std::string_view id, bool japanese);

// None where the message holds no number.
std::optional<Ratio> NumberOf(const v1::Ratio& ratio);
double Approximate(const Ratio& ratio);
// At most `decimals` places; more where it would print as 0 without being 0.
std::string Rounded(const Ratio& ratio, int decimals);
// "78.6%".
std::string Percent(const Ratio& ratio);
// With two decimals, and as many more as are needed to stand on the same side
// of `threshold` as it does.
std::string BesideThreshold(const Ratio& ratio,
                            const std::optional<Ratio>& threshold);
// A decimal of the API ("0.80"); none where it is not one.
std::optional<Ratio> ParseNumber(std::string_view decimal);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_WORDS_H_
