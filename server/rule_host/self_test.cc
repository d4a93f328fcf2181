#include "server/rule_host/self_test.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/text.h"
#include "server/domain/violation.h"
#include "server/rule_host/case_review.h"

namespace shirube {
namespace {

constexpr char kMend[] = "; mend the module or its case, and raise its version";
constexpr char kMendJa[] = "。モジュールかケースを直し、版を上げてください。";

// What is quoted of the cases is whatever stands there.
ModuleProblem Failed(const std::string& en, const std::string& ja) {
  return {ModuleReason::kSelfTestFailed, Displayable(en), Displayable(ja)};
}

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

ModuleProblem AtCase(const cases::Case& one, int line, const std::string& en,
                     const std::string& ja) {
  return Failed(absl::StrCat("case ", Quoted(one.name), " (line ", line,
                             "): ", en, kMend),
                absl::StrCat("ケース", QuotedJa(one.name), "(", line,
                             "行目): ", ja, kMendJa));
}

// Of all that failed: a fault before a wrong answer, because what comes after
// one may be nothing but its consequence.
const CaseResult* Worst(const std::vector<CaseResult>& results) {
  const CaseResult* worst = nullptr;
  for (const CaseResult& result : results) {
    if (result.passed) continue;
    if (result.fault) return &result;
    if (worst == nullptr) worst = &result;
  }
  return worst;
}

}  // namespace

int CountCases(const std::string& text) {
  return static_cast<int>(cases::ParseCases(text).cases.size());
}

SelfTest::SelfTest(const Trial::Setup& setup)
    : file_(*setup.file), trial_(setup) {}

ModuleProblem SelfTest::Begin() {
  cases::ParseResult read;
  if (!IsBlank(file_.cases)) {
    read = cases::ParseCases(file_.cases, file_.cases_line);
  }
  if (!read.error.empty()) {
    return Failed(absl::StrCat("its cases cannot be read: ", read.error),
                  absl::StrCat("ケースを読み取れません(", read.error_line,
                               "行目): ", read.error_ja));
  }
  ModuleProblem problem = RefuseCases(read.cases);
  return problem.ok() ? trial_.Begin(std::move(read.cases)) : problem;
}

ModuleProblem SelfTest::RefuseCases(
    const std::vector<cases::Case>& cases) const {
  std::vector<CaseProblem> problems = ReviewCases(cases, *file_.manifest);
  // The file may be shared with modules that do declare it.
  std::erase_if(problems, [](const CaseProblem& problem) {
    return problem.kind == CaseProblem::Kind::kUnknownReason;
  });
  if (problems.empty()) return {};
  const CaseProblem& first = problems.front();
  std::string en = absl::StrCat("line ", first.line, ": ", first.en);
  std::string ja = absl::StrCat(first.line, "行目: ", first.ja);
  if (problems.size() > 1) {
    absl::StrAppend(&en, " (and ", problems.size() - 1, " more)");
    absl::StrAppend(&ja, "(ほか", problems.size() - 1, "件)");
  }
  return Failed(en + "; mend the case", ja + "。ケースを直してください。");
}

ModuleProblem SelfTest::Run() {
  Trial::Reply nothing;
  if (ModuleOutcome outcome = trial_.Ask({}, &nothing); !outcome.ok()) {
    return Failed(absl::StrCat("asked about no rows: ", outcome.ToString()),
                  absl::StrCat("0行の問い合わせ: ", outcome.ToString()));
  }
  std::vector<CaseResult> results;
  std::optional<ModuleOutcome> together;
  ModuleProblem problem =
      RunCases(&trial_, {.most_faults = 1}, &results, &together);
  return problem.ok() ? Judge(results, together) : problem;
}

ModuleProblem SelfTest::Judge(
    const std::vector<CaseResult>& results,
    const std::optional<ModuleOutcome>& together) const {
  const CaseResult* worst = Worst(results);
  if (worst == nullptr && !together) return {};
  if (worst == nullptr) {
    const std::string what = FaultText(*together);
    return Failed(absl::StrCat(what, " over several cases together, over none ",
                               "of them alone", kMend),
                  absl::StrCat("複数のケースをまとめて問い合わせると ", what,
                               "、1件ずつでは起きません", kMendJa));
  }
  if (worst->fault) {
    const std::string what = FaultText(*worst->fault);
    return AtCase(*worst->one, worst->one->line, what, what);
  }
  const auto wrong = std::count_if(results.begin(), results.end(),
                                   [](const auto& r) { return !r.passed; });
  const std::string wanted = worst->wanted.ToString();
  const std::string found = worst->found.ToString();
  const bool again = worst->asking == CaseAsking::kAgainBackwards;
  std::string en =
      absl::StrCat("expected ", wanted, ", found ", found,
                   again ? " when asked again in another order" : "");
  std::string ja = absl::StrCat(again ? "順を変えてもう一度問い合わせると" : "",
                                wanted, "のはずが", found, "でした");
  if (wrong > 1) {
    absl::StrAppend(&en, " (and ", wrong - 1, " more)");
    absl::StrAppend(&ja, "(ほか", wrong - 1, "件)");
  }
  return AtCase(*worst->one, worst->expectation->line, en, ja);
}

}  // namespace shirube
