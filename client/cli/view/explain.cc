#include "client/cli/view/explain.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <vector>

#include "client/cli/output/width.h"
#include "client/cli/view/rule_words.h"
#include "client/cli/view/tree_rows.h"
#include "client/cli/view/trend.h"

namespace shirube::cli {
namespace {

constexpr int kMargin = 2;
constexpr int kRemarksFrom = 60;  // narrower terminals show numbers alone
constexpr int kReadable = 88;     // lines of a sentence get no longer

std::string OmittedText(const std::string& word, bool japanese) {
  struct Text {
    std::string_view word, ja, en;
  };
  static constexpr Text kTexts[] = {
      {"OUT_OF_REACH", "どの値でもならない", "by no value"},
      {"ALWAYS", "どの値でもなる", "by any value"},
      {"NO_PERIOD", "次の時点がない", "there is no next period"},
      {"NOT_EVALUATED", "判定できないため示せない", "cannot be judged"},
      {"NOT_MONOTONE", "境目が一つに定まらない", "there is no single edge"},
      {"INDETERMINATE", "モジュールが回答できない", "a module gives no answer"},
  };
  for (const Text& text : kTexts) {
    if (text.word == word) return std::string(japanese ? text.ja : text.en);
  }
  return word;
}

// Flip points come at the indicator's scale; "120.0" would stand beside a
// target of "120".
std::string Trimmed(const std::string& decimal) {
  std::optional<Ratio> number = ParseNumber(decimal);
  return number ? number->ToShortest(18) : decimal;
}

std::string RunName(const std::string& name) {
  std::string short_name = name;
  if (size_t at = short_name.find('/'); at != std::string::npos) {
    short_name = short_name.substr(at + 1);
  }
  if (size_t at = short_name.find("/versions/"); at != std::string::npos) {
    short_name.replace(at, 10, " ");
  }
  return short_name;
}

class Page {
 public:
  Page(const v1::ExplainVerdictResponse& response, const Look& look)
      : response_(response),
        derivation_(response.derivation()),
        verdict_(response.verdict()),
        look_(look) {}

  std::string Make() {
    AddHeader();
    AddSentence();
    AddNumbers();
    AddTrend();
    AddFlips();
    AddNeeds();
    AddSource();
    return out_;
  }

 private:
  std::string Say(std::string_view ja, std::string_view en) const {
    return std::string(look_.Say(ja, en));
  }

  void Line(const std::string& text = "") {
    std::string line = text;
    while (line.ends_with(' ')) line.pop_back();
    out_ += line + "\n";
  }
  void Indented(const std::string& text) {
    Line(std::string(kMargin, ' ') + text);
  }
  void Heading(const std::string& text) {
    Line();
    Line(look_.Painted(text, Tone::kBold));
  }

  std::vector<std::string> Wrapped(const std::string& text) const {
    if (look_.width <= 0) return {text};
    return Wrap(text, std::max(20, std::min(look_.width - kMargin, kReadable)));
  }

  // The name, and below it the status with its reason and marks.
  void AddHeader() {
    std::string name = response_.indicator().display_name();
    if (name.empty()) name = verdict_.indicator_display_name();
    for (const std::string& line : Wrapped(name)) {
      Line(look_.Painted(line, Tone::kBold));
    }
    std::string status = StatusLabel(verdict_.status(), look_.japanese);
    std::string reason =
        ReasonBeside(verdict_.status(), verdict_.reason(), look_.japanese);
    if (!reason.empty()) status += Say("・", ": ") + reason;
    if (verdict_.severity() == v1::Verdict::SEVERITY_CRITICAL) {
      status += Say("(要対応)", " (critical)");
    }
    Line(look_.Painted(status,
                       StatusTone(verdict_.status(), verdict_.severity())));
    if (verdict_.waiting()) {
      AddPurple("※ " + WaitingText(WaitsFor(verdict_, look_.japanese),
                                   verdict_.waiting_since(), look_.japanese));
    }
    if (IsKept(verdict_)) {
      AddPurple(
          Say("示しているのは停止前の判定。モジュールが戻れば判定し直す。",
              "Shown is the verdict from before; it is judged again "
              "when the module is back."));
    }
    for (const v1::ModuleFault& fault : verdict_.faults()) {
      AddPurple(look_.japanese ? fault.message().ja() : fault.message().en());
    }
  }

  // What keeps the verdict from being today's.
  void AddPurple(const std::string& text) {
    for (const std::string& line : Wrapped(text)) {
      Line(look_.Painted(line, Tone::kPurple));
    }
  }

  void AddSentence() {
    const std::string& sentence =
        look_.japanese ? response_.sentence().ja() : response_.sentence().en();
    if (sentence.empty()) return;
    Line();
    for (const std::string& line : Wrapped(sentence)) Indented(line);
  }

  void AddNumbers() {
    Table table = NumbersTable(response_, look_.japanese);
    if (look_.width > 0 && look_.width < kRemarksFrom) {
      table.columns.pop_back();
      for (auto& row : table.rows) row.pop_back();
    }
    std::ostringstream text;
    table.PrintText(text, look_.width > 0 ? look_.width - kMargin : 0,
                    look_.color);
    std::istringstream lines(text.str());
    std::string line;
    std::getline(lines, line);  // the headings say nothing a reader needs
    Line();
    while (std::getline(lines, line)) Indented(line);
  }

  void AddTrend() {
    Look inner = look_;
    if (inner.width > 0) inner.width -= kMargin;
    std::vector<std::string> lines =
        DrawTrend(derivation_, verdict_.status(), inner);
    if (!lines.empty()) Line();
    for (const std::string& line : lines) Indented(line);
  }

  // "R5の実績で": each status with the value that wins or keeps it.
  void AddFlips() {
    if (response_.flip_points().empty()) return;
    std::string period;
    bool all_omitted = true;
    for (const v1::FlipPoint& flip : response_.flip_points()) {
      if (period.empty()) period = PeriodName(flip.period(), look_.japanese);
      if (flip.omitted().empty()) all_omitted = false;
    }
    if (all_omitted) return;
    Heading(look_.japanese ? period + "の実績がいくつなら"
                           : "What a figure of " + period + " would mean");
    int width = 0;
    for (const v1::FlipPoint& flip : response_.flip_points()) {
      width = std::max(
          width, DisplayWidth(StatusLabel(flip.status(), look_.japanese)));
    }
    for (const v1::FlipPoint& flip : response_.flip_points()) {
      Indented(
          look_.Painted(Pad(StatusLabel(flip.status(), look_.japanese), width),
                        StatusTone(flip.status())) +
          "  " + MeaningOf(flip));
    }
  }

  // AT_RISK is won by what is worse than the edge of ON_TRACK: nobody aims at
  // it, so the edge is told from that side.
  std::string MeaningOf(const v1::FlipPoint& flip) const {
    if (flip.status() == v1::Verdict::STATUS_AT_RISK) {
      for (const v1::FlipPoint& other : response_.flip_points()) {
        if (other.status() == v1::Verdict::STATUS_ON_TRACK &&
            !other.value().empty()) {
          return Beyond(other.value());
        }
      }
      // Where nothing is merely on track, what misses the target lags.
      for (const v1::FlipPoint& other : response_.flip_points()) {
        if (other.status() == v1::Verdict::STATUS_ACHIEVED &&
            !other.value().empty() && flip.omitted() != "OUT_OF_REACH") {
          return Beyond(other.value());
        }
      }
    }
    return FlipText(flip, derivation_, look_.japanese);
  }

  std::string Beyond(const std::string& value) const {
    bool down = derivation_.direction() == v1::Indicator::DIRECTION_DOWN;
    std::string text =
        Quantity(Trimmed(value), derivation_.unit(), look_.japanese);
    if (!look_.japanese) return (down ? "over " : "under ") + text;
    return text + (down ? "を上回ると" : "を下回ると");
  }

  void AddNeeds() {
    if (response_.needs().empty()) return;
    Heading(Say("目標に届くために必要な実績値",
                "What each period must bring to meet the target"));
    Table table;
    table.columns = {
        {"", ""}, {"", "", Align::kRight}, {"", "", Align::kRight}};
    for (const v1::Need& need : response_.needs()) {
      std::string change;
      if (auto number = NumberOf(need.change())) {
        change = Difference(Rounded(*number, derivation_.scale() + 1),
                            derivation_.unit(), look_.japanese);
        if (number->sign() > 0) change = "+" + change;
      }
      table.rows.push_back(
          {{PeriodName(need.period(), look_.japanese), Tone::kDim},
           Quantity(need.value(), derivation_.unit(), look_.japanese),
           {change, Tone::kDim}});
    }
    std::ostringstream text;
    table.PrintText(text, 0, look_.color);
    std::istringstream lines(text.str());
    std::string line;
    std::getline(lines, line);  // no headings
    while (std::getline(lines, line)) Indented(line);
  }

  std::string ScopeText(const v1::ParameterSource& source) const {
    std::string scope;
    const std::string& name = source.scope();
    if (name.find("/indicators/") != std::string::npos) {
      scope = Say("指標で設定", "set at the indicator");
    } else if (name.find("/initiatives/") != std::string::npos) {
      scope = Say("施策で設定", "set at an initiative");
    } else if (name.starts_with("plans/")) {
      scope = Say("計画で設定", "set at the plan");
    } else {
      scope = Say("判定基準", "rule set");
    }
    if (source.stricter_taken()) {
      scope += Say("、厳しい方を採用", ", the stricter of two");
    }
    return scope;
  }

  // What judged it and by which settings.
  void AddSource() {
    std::string text;
    auto add = [&text](const std::string& part) {
      text += (text.empty() ? "" : "  ") + part;
    };
    if (!verdict_.deciding_module().empty()) {
      add(Say("判定: ", "decided by ") + RunName(verdict_.deciding_module()));
    }
    if (!verdict_.conflicting_module().empty()) {
      add(Say("不一致: ", "against ") + RunName(verdict_.conflicting_module()));
    }
    if (!verdict_.rule_set().empty()) {
      add(Say("判定基準: ", "rule set ") + RunName(verdict_.rule_set()));
    }
    for (const v1::ParameterSource& source : response_.parameters()) {
      add(source.parameter() + " " + source.value() + Say("(", " (") +
          ScopeText(source) + ")");
    }
    if (text.empty()) return;
    Line();
    for (const std::string& line : Wrapped(text)) {
      Line(look_.Painted(line, Tone::kDim));
    }
  }

  const v1::ExplainVerdictResponse& response_;
  const v1::Derivation& derivation_;
  const v1::Verdict& verdict_;
  const Look& look_;
  std::string out_;
};

}  // namespace

std::string FlipText(const v1::FlipPoint& flip,
                     const v1::Derivation& derivation, bool japanese) {
  if (!flip.omitted().empty()) return OmittedText(flip.omitted(), japanese);
  const std::string& unit = derivation.unit();
  if (!flip.lower().empty() || !flip.upper().empty()) {
    return Grouped(Trimmed(flip.lower())) + (japanese ? "〜" : " to ") +
           Quantity(Trimmed(flip.upper()), unit, japanese);
  }
  bool down = derivation.direction() == v1::Indicator::DIRECTION_DOWN;
  std::string value = Quantity(Trimmed(flip.value()), unit, japanese);
  if (!japanese) return value + (down ? " or less" : " or more");
  return value + (down ? "以下" : "以上");
}

std::string Explanation(const v1::ExplainVerdictResponse& response,
                        const Look& look) {
  return Page(response, look).Make();
}

}  // namespace shirube::cli
