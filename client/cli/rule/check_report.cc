#include "client/cli/rule/check_report.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "client/cli/output/table.h"
#include "client/cli/rule/errors.h"
#include "client/cli/rule/words.h"
#include "server/base/text.h"
#include "server/domain/violation.h"

namespace shirube::cli {
namespace {

using Outcome = CheckResult::Outcome;

constexpr int kIndent = 4;

struct Step {
  const char* id;
  const char* en;
  const char* ja;
  std::vector<ModuleReason> reasons;
};

// In the order in which a file is looked at.
const std::vector<Step>& Steps() {
  using R = ModuleReason;
  static const std::vector<Step> kSteps = {
      {"file",
       "a regular file that only its owner can change",
       "所有者だけが変更できる通常のファイル",
       {R::kNotFound, R::kNotARegularFile, R::kUnsafePermissions,
        R::kFileTooLarge, R::kHashMismatch, R::kNameTaken}},
      {"format",
       "a shared library for this machine, or Lua as text",
       "この機械用の共有ライブラリー、またはテキストのLua",
       {R::kNotElf, R::kNotText, R::kTruncated, R::kWrongArch}},
      {"notes",
       "carries a manifest",
       "マニフェストがある",
       {R::kNoManifest, R::kManifestTooLarge}},
      {"exports",
       "exports one function and needs no other libraries",
       "公開する関数は1つで、許されないライブラリーに依存しない",
       {R::kMissingSymbol, R::kExtraExports, R::kForbiddenDependency}},
      {"manifest",
       "the manifest is valid",
       "マニフェストが正しい",
       {R::kManifestInvalid}},
      {"abi",
       "made for this version of the ABI",
       "このABIの版用である",
       {R::kAbiTooNew, R::kAbiTooOld}}};
  return kSteps;
}

const char* OutcomeWord(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

int64_t Count(const CheckReport& report, Outcome outcome) {
  return std::count_if(
      report.checks.begin(), report.checks.end(),
      [outcome](const CheckResult& check) { return check.outcome == outcome; });
}

Json CheckJson(const Context& context, const CheckResult& check) {
  Json findings = Json::array();
  for (const Finding& finding : check.findings) {
    findings.push_back({{"row", finding.row},
                        {"case", finding.own},
                        {"file", finding.file},
                        {"line", finding.line},
                        {"asOf", finding.as_of},
                        {"first", finding.first},
                        {"then", finding.then},
                        {"fault", finding.fault},
                        {"rowAsCase", finding.row_text}});
  }
  Json json;
  json["check"] = check.id;
  json["title"] = context.Say(check.ja, check.en);
  json["outcome"] = OutcomeWord(check.outcome);
  json["note"] = context.Say(check.note_ja, check.note_en);
  json["findings"] = std::move(findings);
  json["moreFindings"] = check.more;
  return json;
}

Table CheckTable(const CheckReport& report) {
  Table table;
  for (const char* key :
       {"check", "outcome", "note", "row", "as_of", "first", "then"}) {
    table.columns.push_back({key, key});
  }
  for (const CheckResult& check : report.checks) {
    if (check.findings.empty()) {
      table.rows.push_back({check.id, OutcomeWord(check.outcome), check.note_en,
                            "", "", "", ""});
    }
    for (const Finding& finding : check.findings) {
      table.rows.push_back({check.id, OutcomeWord(check.outcome), check.note_en,
                            finding.row, finding.as_of, finding.first,
                            finding.then});
    }
  }
  return table;
}

// Lines of a text, each behind spaces, none wider than the terminal.
void PrintIndented(const Context& context, const std::string& text, Tone tone) {
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const std::vector<std::string> parts =
        context.width > 0 ? Wrap(line, std::max(20, context.width - kIndent))
                          : std::vector<std::string>{line};
    for (const std::string& part : parts) {
      context.out << std::string(kIndent, ' ') << context.Painted(part, tone)
                  << '\n';
    }
  }
}

std::string RowText(const Context& context, const Finding& finding) {
  std::string text = finding.row;
  if (finding.own) {
    text = std::string(context.Say("ケース" + QuotedJa(finding.row),
                                   "case " + Quoted(finding.row)));
    if (finding.line > 0) {
      text = PlaceText(finding.file, finding.line) + "  " + text;
    }
  }
  if (finding.as_of.empty()) return text;
  return text + std::string(context.Say("  " + finding.as_of + "時点",
                                        "  as of " + finding.as_of));
}

void PrintFinding(const Context& context, const Finding& finding,
                  bool with_row) {
  PrintIndented(context, RowText(context, finding), Tone::kBold);
  const std::string gap = "  ";
  if (!finding.first.empty()) {
    PrintIndented(
        context,
        gap + std::string(context.Say("初め  ", "first  ")) + finding.first,
        Tone::kPlain);
  }
  const char* then_ja = finding.first.empty() ? "結果  " : "次    ";
  const char* then_en = finding.first.empty() ? "found  " : "then   ";
  PrintIndented(context,
                gap + std::string(context.Say(then_ja, then_en)) + finding.then,
                Tone::kRed);
  if (!with_row) return;
  std::istringstream lines(finding.row_text);
  std::string line;
  while (std::getline(lines, line)) {
    context.out << std::string(kIndent + 4, ' ')
                << context.Painted(Displayable(line), Tone::kDim) << '\n';
  }
}

// `shown` are the rows that stand above already.
void PrintCheck(const Context& context, const CheckResult& check,
                std::set<std::string>* shown) {
  switch (check.outcome) {
    case Outcome::kPassed:
      context.out << context.Painted("✓", Tone::kGreen);
      break;
    case Outcome::kFailed:
      context.out << context.Painted("✗", Tone::kRed);
      break;
    case Outcome::kSkipped:
      context.out << context.Painted("–", Tone::kDim);
      break;
  }
  const bool failed = check.outcome == Outcome::kFailed;
  const std::string title(context.Say(check.ja, check.en));
  const std::string note(context.Say(check.note_ja, check.note_en));
  context.out << " "
              << context.Painted(title, failed ? Tone::kBold : Tone::kPlain);
  if (!failed && !note.empty()) {
    context.out << context.Painted("  " + note, Tone::kDim);
  } else if (check.outcome == Outcome::kSkipped) {
    context.out << context.Painted(
        context.Say("  (行っていません)", "  (not done)"), Tone::kDim);
  }
  context.out << '\n';
  if (failed && !note.empty()) PrintIndented(context, note, Tone::kRed);
  for (size_t i = 0; i < check.findings.size(); ++i) {
    const Finding& finding = check.findings[i];
    const bool with_row = i == 0 && shown->insert(finding.row_text).second;
    PrintFinding(context, finding, with_row);
  }
  if (check.more > 0) {
    const std::string more = std::to_string(check.more);
    PrintIndented(
        context,
        std::string(context.Say("ほか" + more + "件", "and " + more + " more")),
        Tone::kDim);
  }
}

// No check found two answers about one row.
bool AlwaysTheSame(const CheckReport& report) {
  return std::none_of(
      report.checks.begin(), report.checks.end(), [](const CheckResult& check) {
        return !check.findings.empty() && !check.findings[0].first.empty();
      });
}

}  // namespace

bool CheckReport::well() const { return Count(*this, Outcome::kFailed) == 0; }

std::vector<CheckResult> VerificationChecks(const ModuleFile& file,
                                            const ModuleProblem& problem) {
  std::vector<CheckResult> checks;
  bool ended = false;
  for (const Step& step : Steps()) {
    const bool native_only = std::string_view(step.id) == "exports";
    if (native_only && file.language == ModuleLanguage::kLua) continue;
    CheckResult check{.id = step.id, .en = step.en, .ja = step.ja};
    const auto& reasons = step.reasons;
    if (ended) {
      check.outcome = Outcome::kSkipped;
    } else if (std::find(reasons.begin(), reasons.end(), problem.reason) !=
               reasons.end()) {
      const std::string word(ReasonWord(problem.reason));
      check.outcome = Outcome::kFailed;
      check.note_en = Displayable(word + ": " + problem.detail);
      check.note_ja = Displayable(
          word + ": " + (problem.ja.empty() ? problem.detail : problem.ja));
      ended = true;
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

CheckResult CasesCheck(int cases, const std::vector<CaseProblem>& problems) {
  const std::string n = std::to_string(cases);
  CheckResult check{.id = "case_texts",
                    .en = "its cases can be read and agree with the manifest",
                    .ja = "ケースが読め、マニフェストと矛盾しない",
                    .note_en = n + (cases == 1 ? " case" : " cases"),
                    .note_ja = n + "件"};
  if (problems.empty()) return check;
  check.outcome = Outcome::kFailed;
  check.note_en.clear();
  check.note_ja.clear();
  for (const CaseProblem& problem : problems) {
    const std::string place = PlaceText(problem.file, problem.line) + ": ";
    const std::string between = check.note_en.empty() ? "" : "\n";
    check.note_en += between + place + problem.en;
    check.note_ja += between + place + problem.ja;
  }
  return check;
}

void PrintChecks(const Context& context, const CheckReport& report) {
  switch (context.format) {
    case Format::kJson: {
      Json checks = Json::array();
      for (const CheckResult& check : report.checks) {
        checks.push_back(CheckJson(context, check));
      }
      const Json all = {{"module", ModuleJson(report.path, *report.file)},
                        {"passed", report.well()},
                        {"seed", report.seed},
                        {"checks", std::move(checks)}};
      context.out << Printed(all, /*indented=*/true) << '\n';
      return;
    }
    case Format::kJsonl:
      for (const CheckResult& check : report.checks) {
        context.out << Printed(CheckJson(context, check), false) << '\n';
      }
      return;
    case Format::kCsv:
      CheckTable(report).PrintCsv(context.out);
      return;
    case Format::kName:
      for (const CheckResult& check : report.checks) {
        if (check.outcome == Outcome::kFailed) context.out << check.id << '\n';
      }
      return;
    default:
      break;
  }
  if (report.file->manifest != nullptr) {
    context.out << ModuleLine(context, report.path, *report.file) << "\n\n";
  } else {
    context.out << context.Painted(report.path, Tone::kBold) << "\n\n";
  }
  std::set<std::string> shown;
  for (const CheckResult& check : report.checks) {
    PrintCheck(context, check, &shown);
  }
  if (!AlwaysTheSame(report)) {
    context.out << '\n';
    PrintIndented(
        context,
        std::string(context.Say(
            "モジュールは状態を持てません。行をまたいで残る変数("
            "Cのstatic、Luaの"
            "judgeの外のlocal)、初期化していない変数、ほかの行を見ている箇所を"
            "探してください。",
            "A module keeps no state. Look for what outlives a row (static in "
            "C, a local outside of judge in Lua), for variables without a "
            "first value, and for answers that go by other rows.")),
        Tone::kPlain);
  }
  const std::string all = std::to_string(report.checks.size());
  const std::string bad = std::to_string(Count(report, Outcome::kFailed));
  const std::string left = std::to_string(Count(report, Outcome::kSkipped));
  std::string text(
      report.well()
          ? context.Say("問題はありません(" + all + "項目)",
                        "nothing is wrong (" + all + " checks)")
          : context.Say(all + "項目のうち" + bad + "項目に問題があります",
                        bad + " of " + all + " checks failed"));
  if (left != "0") {
    text += context.Say("。行っていないもの" + left + "項目",
                        ", " + left + " not done");
  }
  context.out << '\n'
              << context.Painted(text,
                                 report.well() ? Tone::kGreen : Tone::kRed)
              << '\n';
}

}  // namespace shirube::cli
