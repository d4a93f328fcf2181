#include "client/cli/rule/case_report.h"

#include <algorithm>

#include "client/cli/output/table.h"
#include "client/cli/rule/errors.h"
#include "client/cli/rule/words.h"
#include "rules/cases/case_text.h"
#include "server/base/text.h"

namespace shirube::cli {
namespace {

std::string NameOf(const CaseResult& result) {
  return Displayable(result.one->name);
}

Json AnswerJson(const AnswerWords& words) {
  return {{"status", words.status}, {"reason", words.reason}};
}

Json ResultJson(const Context& context, const CaseResult& result) {
  Json json;
  json["file"] = result.one->file;
  json["line"] = result.expectation->line;
  json["case"] = result.one->name;
  json["caseLine"] = result.one->line;
  json["asOf"] = result.expectation->as_of_index == INT32_MAX
                     ? ""
                     : cases::PeriodText(result.expectation->as_of_index);
  json["passed"] = result.passed;
  json["wanted"] = AnswerJson(result.wanted);
  json["found"] = AnswerJson(result.found);
  json["byServer"] = result.masked;
  json["fault"] = result.fault ? FaultText(*result.fault) : "";
  if (result.judged) {
    json["period"] = cases::PeriodText(result.judged->index);
  }
  Json facts = Json::object();
  for (const CaseFact& fact : result.facts) {
    facts[fact.name] = FactText(fact, 0);
  }
  json["facts"] = std::move(facts);
  if (!result.passed) json["message"] = FoundText(context, result);
  return json;
}

Table ResultTable(const std::vector<CaseResult>& results) {
  Table table;
  for (const char* key : {"file", "line", "case", "as_of", "result", "wanted",
                          "found", "fault"}) {
    table.columns.push_back({key, key});
  }
  for (const CaseResult& result : results) {
    table.rows.push_back(
        {result.one->file, std::to_string(result.expectation->line),
         result.one->name,
         result.expectation->as_of_index == INT32_MAX
             ? ""
             : cases::PeriodText(result.expectation->as_of_index),
         result.passed ? "passed" : "failed", result.wanted.ToString(),
         result.found.ToString(),
         result.fault ? FaultText(*result.fault) : ""});
  }
  return table;
}

// Of a line that is too long the case's name is cut, not the answer.
void PrintPassed(const Context& context, const CaseResult& result) {
  const std::string place =
      PlaceText(result.one->file, result.expectation->line);
  const std::string when = MomentText(context, *result.expectation);
  const std::string rest =
      (when.empty() ? "" : "  " + when) + "  " + FoundText(context, result);
  std::string name = NameOf(result);
  if (context.width > 0) {
    constexpr int kMark = 2, kGap = 2, kShortest = 12;
    const int left =
        context.width - kMark - kGap - DisplayWidth(place) - DisplayWidth(rest);
    name = Truncate(name, std::max(kShortest, left));
  }
  context.out << context.Painted("✓", Tone::kGreen) << " " << place << "  "
              << name << rest << '\n';
}

std::string AskingText(const Context& context, CaseAsking asking) {
  switch (asking) {
    case CaseAsking::kFirst:
      return "";
    case CaseAsking::kWithFacts:
      return std::string(context.Say("(付随数値を求めたとき)",
                                     " (when facts were asked for)"));
    case CaseAsking::kAgainBackwards:
      return std::string(context.Say("(順を変えてもう一度問い合わせたとき)",
                                     " (when asked again in another order)"));
  }
  return "";
}

void PrintFailed(const Context& context, const CaseResult& result) {
  const std::string when = MomentText(context, *result.expectation);
  context.out << context.Painted("✗", Tone::kRed) << " "
              << context.Painted(
                     PlaceText(result.one->file, result.expectation->line),
                     Tone::kBold)
              << "  " << NameOf(result) << (when.empty() ? "" : "  " + when)
              << '\n';
  std::string wanted = result.wanted.ToString();
  const cases::Expectation& expectation = *result.expectation;
  if (!expectation.reason.empty() && result.wanted.reason.empty()) {
    wanted += context.Say(
        "(" + expectation.reason + " はこのモジュールの理由ではありません)",
        " (" + expectation.reason + " is no reason of this module)");
  }
  context.out << "    " << context.Say("期待", "wanted") << "  " << wanted
              << '\n';
  context.out << "    " << context.Say("結果", "found ") << "  "
              << context.Painted(FoundText(context, result), Tone::kRed);
  context.out << AskingText(context, result.asking);
  context.out << '\n';
  const std::string basis = BasisText(context, result);
  if (!basis.empty()) {
    context.out << "    " << context.Say("根拠", "by    ") << "  "
                << context.Painted(basis, Tone::kDim) << '\n';
  }
}

void PrintSummary(const Context& context, const CaseReport& report) {
  const auto all = static_cast<int64_t>(report.results.size());
  const int64_t failed = all - report.passed();
  if (report.together) {
    const std::string what = Displayable(FaultText(*report.together));
    context.out << context.Painted("✗", Tone::kRed) << " "
                << context.Say("複数のケースをまとめて問い合わせると " + what +
                                   "。1件ずつでは起きません。",
                               what +
                                   " over several cases together, over none of "
                                   "them alone")
                << '\n';
  }
  const std::string n = std::to_string(all);
  const std::string bad = std::to_string(failed);
  const std::string good = std::to_string(report.passed());
  const std::string text(
      context.Say("期待" + n + "件: 合格" + good + "件、不合格" + bad + "件",
                  n + (all == 1 ? " expectation: " : " expectations: ") + good +
                      " passed, " + bad + " failed"));
  context.out << context.Painted(text,
                                 report.well() ? Tone::kGreen : Tone::kRed)
              << '\n';
}

std::string RaisesText(const Context& context, const ManifestReason& reason) {
  if (reason.answer == kAnswerCannotTell) {
    return std::string(context.Say("判定不能", "cannot tell"));
  }
  return reason.mark.empty() ? std::string(StatusWord(reason.status))
                             : reason.mark;
}

int64_t NotRaised(const CaseReport& report) {
  return std::count_if(
      report.results.begin(), report.results.end(),
      [](const CaseResult& r) { return r.found.status == "NOT_RAISED"; });
}

Table CoverageTable(const Context& context,
                    const std::vector<ReasonCoverage>& coverage) {
  Table table;
  table.columns = {
      {std::string(context.Say("理由", "REASON")), "reason"},
      {std::string(context.Say("判定", "RAISES")), "raises"},
      {std::string(context.Say("期待の数", "EXPECTATIONS")), "expectations",
       Align::kRight},
      {std::string(context.Say("名称", "TITLE")), "title", Align::kLeft, true}};
  for (const ReasonCoverage& one : coverage) {
    const ManifestText& title = one.reason->title;
    const bool missing = one.expectations == 0;
    std::string name = context.japanese ? title.ja : title.en;
    if (one.by_server) {
      name += context.Say("(サーバーの判定)", " (the server's own answer)");
    }
    table.rows.push_back(
        {Cell(one.reason->id, missing ? Tone::kRed : Tone::kPlain),
         RaisesText(context, *one.reason),
         Cell(std::to_string(one.expectations),
              missing ? Tone::kRed : Tone::kPlain),
         Displayable(name)});
  }
  return table;
}

Json CoverageJson(const CaseReport& report,
                  const std::vector<ReasonCoverage>& coverage) {
  Json reasons = Json::array(), missing = Json::array();
  for (const ReasonCoverage& one : coverage) {
    Json row;
    row["reason"] = one.reason->id;
    row["code"] = one.reason->code;
    row["answer"] =
        one.reason->answer == kAnswerCannotTell ? "CANNOT_TELL" : "RAISED";
    row["status"] = one.reason->answer == kAnswerCannotTell
                        ? ""
                        : std::string(StatusWord(one.reason->status));
    row["mark"] = one.reason->mark;
    row["expectations"] = one.expectations;
    row["byServer"] = one.by_server;
    reasons.push_back(std::move(row));
    if (one.expectations == 0) missing.push_back(one.reason->id);
  }
  return {{"module", ModuleJson(report.path, *report.file)},
          {"reasons", std::move(reasons)},
          {"missing", std::move(missing)},
          {"notRaised", NotRaised(report)}};
}

}  // namespace

int64_t CaseReport::passed() const {
  return std::count_if(results.begin(), results.end(),
                       [](const CaseResult& r) { return r.passed; });
}

bool CaseReport::well() const {
  return !together && passed() == static_cast<int64_t>(results.size());
}

void PrintTests(const Context& context, const CaseReport& report) {
  switch (context.format) {
    case Format::kJson: {
      Json results = Json::array();
      for (const CaseResult& result : report.results) {
        results.push_back(ResultJson(context, result));
      }
      const Json all = {
          {"module", ModuleJson(report.path, *report.file)},
          {"expectations", report.results.size()},
          {"passed", report.passed()},
          {"failed",
           static_cast<int64_t>(report.results.size()) - report.passed()},
          {"together", report.together ? FaultText(*report.together) : ""},
          {"results", std::move(results)}};
      context.out << Printed(all, /*indented=*/true) << '\n';
      return;
    }
    case Format::kJsonl:
      for (const CaseResult& result : report.results) {
        context.out << Printed(ResultJson(context, result), false) << '\n';
      }
      return;
    case Format::kCsv:
      ResultTable(report.results).PrintCsv(context.out);
      return;
    case Format::kName:
      for (const CaseResult& result : report.results) {
        if (result.passed) continue;
        context.out << PlaceText(result.one->file, result.expectation->line)
                    << '\n';
      }
      return;
    default:
      break;
  }
  context.out << ModuleLine(context, report.path, *report.file) << "\n\n";
  for (const CaseResult& result : report.results) {
    result.passed ? PrintPassed(context, result) : PrintFailed(context, result);
  }
  context.out << '\n';
  PrintSummary(context, report);
}

std::vector<ReasonCoverage> CoverageOf(const CaseReport& report) {
  std::vector<ReasonCoverage> coverage;
  for (const ManifestReason& reason : report.file->manifest->reasons) {
    ReasonCoverage one{.reason = &reason};
    int64_t by_server = 0;
    for (const CaseResult& result : report.results) {
      if (result.found.reason != reason.id) continue;
      ++one.expectations;
      by_server += result.masked;
    }
    one.by_server = by_server > 0 && by_server == one.expectations;
    coverage.push_back(one);
  }
  return coverage;
}

void PrintCoverage(const Context& context, const CaseReport& report,
                   const std::vector<ReasonCoverage>& coverage) {
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    context.out << Printed(CoverageJson(report, coverage),
                           context.format == Format::kJson)
                << '\n';
    return;
  }
  if (context.format == Format::kCsv) {
    CoverageTable(context, coverage).PrintCsv(context.out);
    return;
  }
  std::string missing;
  int64_t reached = 0;
  for (const ReasonCoverage& one : coverage) {
    if (one.expectations > 0) {
      ++reached;
    } else if (context.format == Format::kName) {
      context.out << one.reason->id << '\n';
    } else {
      missing += (missing.empty()    ? ""
                  : context.japanese ? "、"
                                     : ", ") +
                 one.reason->id;
    }
  }
  if (context.format == Format::kName) return;
  context.out << ModuleLine(context, report.path, *report.file) << "\n\n";
  CoverageTable(context, coverage)
      .PrintText(context.out, context.width, context.color);
  const std::string all = std::to_string(coverage.size());
  const std::string n = std::to_string(reached);
  const std::string none = std::to_string(NotRaised(report));
  context.out << '\n'
              << context.Say(
                     "該当なし(NOT_RAISED)に終わった期待: " + none + "件\n",
                     "expectations that end in NOT_RAISED: " + none + "\n");
  if (missing.empty()) {
    context.out << context.Painted(
                       context.Say("宣言された理由" + all +
                                       "件のすべてにケースがあります。",
                                   "every one of the " + all +
                                       " declared reasons has a case"),
                       Tone::kGreen)
                << '\n';
    return;
  }
  context.out << context.Painted(
                     context.Say(
                         "宣言された理由" + all + "件のうち" + n +
                             "件にケースがあります。ないもの: " + missing,
                         n + " of " + all +
                             " declared reasons have a case; without "
                             "one: " +
                             missing),
                     Tone::kYellow)
              << '\n';
}

}  // namespace shirube::cli
