// Every case that a built module carries, asked of that module; and what the
// case reader refuses.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/cases/case_batch.h"
#include "rules/cases/case_file.h"
#include "tests/rules/json.h"
#include "tests/rules/loaded_module.h"

namespace shirube::rules_test {
namespace {

struct DeclaredReason {
  std::string id, answer, status;
};

std::vector<DeclaredReason> ReasonsOf(const Json& manifest,
                                      std::vector<int>* codes) {
  std::vector<DeclaredReason> reasons;
  for (const Json& reason : manifest["reasons"].items) {
    codes->push_back(std::stoi(reason["code"].text));
    reasons.push_back(
        {reason["id"].text, reason["answer"].text, reason["status"].text});
  }
  return reasons;
}

std::vector<cases::Parameter> ParametersOf(const Json& manifest) {
  std::vector<cases::Parameter> parameters;
  for (const Json& parameter : manifest["parameters"].items) {
    cases::Number number;
    EXPECT_TRUE(cases::ParseNumber(parameter["default"].text, &number));
    for (; number.scale < 6; ++number.scale) number.units *= 10;
    parameters.push_back({parameter["name"].text, number.units});
  }
  return parameters;
}

class ModuleCasesTest : public testing::TestWithParam<std::string> {
 protected:
  ModuleCasesTest()
      : module_(GetParam()),
        path_(ModuleUnderTest::PathOf(GetParam())),
        manifest_(
            Json::Parse(ModuleUnderTest::Note(path_, SHIRUBE_NOTE_MANIFEST))),
        reasons_(ReasonsOf(manifest_, &codes_)),
        read_(cases::ParseCases(
            ModuleUnderTest::Note(path_, SHIRUBE_NOTE_CASES))) {}

  // What the module said, in the words of an expectation.
  std::string Ask(cases::CaseBatch* batch) {
    const Answers answers = module_.Ask(batch->batch());
    if (answers.answer[0] == SHIRUBE_NOT_RAISED) return "NOT_RAISED";
    const auto code =
        std::find(codes_.begin(), codes_.end(), answers.reason[0]);
    if (code == codes_.end())
      return "a code that the manifest does not declare";
    const DeclaredReason& reason = reasons_[code - codes_.begin()];
    const std::string answer =
        answers.answer[0] == SHIRUBE_RAISED ? "RAISED" : "CANNOT_TELL";
    if (reason.answer != answer) return "a reason of another answer";
    return (answer == "RAISED" ? reason.status : "NOT_EVALUATED") + " " +
           reason.id;
  }

  bool Declares(const std::string& reason) const {
    return std::any_of(reasons_.begin(), reasons_.end(),
                       [&](const DeclaredReason& r) { return r.id == reason; });
  }

  ModuleUnderTest module_;
  std::string path_;
  Json manifest_;
  std::vector<int> codes_;
  std::vector<DeclaredReason> reasons_;
  cases::ParseResult read_;
};

TEST_P(ModuleCasesTest, AnswersEveryCaseItCarries) {
  ASSERT_EQ(read_.error, "");
  ASSERT_GT(read_.cases.size(), 30u);
  for (const cases::Case& c : read_.cases) {
    cases::CaseBatch batch(c, ParametersOf(manifest_));
    ASSERT_EQ(batch.error(), "") << c.name;
    for (const cases::Expectation& expected : c.expectations) {
      batch.set_as_of_index(expected.as_of_index);
      const std::string wanted = Declares(expected.reason)
                                     ? expected.status + " " + expected.reason
                                     : "NOT_RAISED";
      EXPECT_EQ(Ask(&batch), wanted) << c.name << ", line " << expected.line;
    }
  }
}

TEST_P(ModuleCasesTest, HasACaseForEveryReasonItDeclares) {
  std::set<std::string> reached;
  for (const cases::Case& c : read_.cases) {
    for (const cases::Expectation& expected : c.expectations)
      reached.insert(expected.reason);
  }
  for (const DeclaredReason& reason : reasons_)
    EXPECT_TRUE(reached.count(reason.id)) << reason.id;
}

TEST_P(ModuleCasesTest, AnswersTheCasesOfTheOtherModules) {
  for (const std::string& other : kModules) {
    const cases::ParseResult read = cases::ParseCases(ModuleUnderTest::Note(
        ModuleUnderTest::PathOf(other), SHIRUBE_NOTE_CASES));
    for (const cases::Case& c : read.cases) {
      cases::CaseBatch batch(c, ParametersOf(manifest_));
      for (const cases::Expectation& expected : c.expectations) {
        batch.set_as_of_index(expected.as_of_index);
        const bool mine = Declares(expected.reason);
        EXPECT_EQ(Ask(&batch),
                  mine ? expected.status + " " + expected.reason : "NOT_RAISED")
            << c.name << ", line " << expected.line;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Defaults, ModuleCasesTest, testing::ValuesIn(kModules),
                         [](const auto& info) { return info.param; });

std::string ErrorOf(const std::string& text) {
  const cases::ParseResult read = cases::ParseCases(text);
  EXPECT_TRUE(read.cases.empty()) << text;
  return read.error;
}

TEST(CaseFileTest, NamesTheLineAndTheMistake) {
  EXPECT_EQ(ErrorOf(""), "line 0: there is no `case` in this text");
  EXPECT_EQ(ErrorOf("kind level\n"),
            "line 1: a text of cases starts with `case NAME`");
  EXPECT_EQ(ErrorOf("case a\n\n  colour red\n"),
            "line 3: unknown word `colour`");
  EXPECT_EQ(ErrorOf("case a\n  target 1..2 at 20x4\n"),
            "line 2: `20x4` is no period; write it as fy2022, fy2022q3, "
            "m2023-01, cy2014, 2014 or "
            "d2020-03-31");
  EXPECT_EQ(ErrorOf("case a\n  baseline 1e5\n"),
            "line 2: `1e5` is no decimal number of at most 18 digits");
  EXPECT_EQ(ErrorOf("case a\n  value 1\n"),
            "line 2: write `value NUMBER at PERIOD [provisional | restated]`");
  EXPECT_EQ(ErrorOf("case a\n  target 1\n"),
            "line 1: case `a` expects nothing");
  EXPECT_EQ(ErrorOf("case a\n  value 1 at fy2020\n  value 2 at cy2020\n  "
                    "expect NOT_RAISED\n"),
            "line 1: case `a` has two values for one period");
  EXPECT_EQ(ErrorOf("case a\n  expect ON_TRACK\n"),
            "line 2: write `expect STATUS REASON [as of PERIOD]` or `expect "
            "NOT_RAISED [...]`");
}

TEST(CaseFileTest, ReadsPeriodsAsTwelvefoldYears) {
  const auto index = [](const char* text) {
    int32_t value = -1;
    return cases::ParsePeriodIndex(text, &value) ? value : -1;
  };
  EXPECT_EQ(index("fy2022"), 12 * 2022);
  EXPECT_EQ(index("cy2014"), 12 * 2014);
  EXPECT_EQ(index("2014"), 12 * 2014);
  EXPECT_EQ(index("fy2022q1"), 12 * 2021 + 3);
  EXPECT_EQ(index("fy2022q4"), 12 * 2022);
  EXPECT_EQ(index("m2022-04"), 12 * 2021 + 1);
  EXPECT_EQ(index("m2023-03"), 12 * 2022);
  EXPECT_EQ(index("d2020-03-31"), 12 * 2019);
  EXPECT_EQ(index("d2020-04-01"), 12 * 2020);
  for (const char* wrong :
       {"", "fy", "fy22", "fy2022q5", "m2022-13", "d2020-00-01", "2020-03"}) {
    EXPECT_EQ(index(wrong), -1) << wrong;
  }
}

TEST(CaseFileTest, ReadsDecimalsWithTheirScale) {
  cases::Number number;
  ASSERT_TRUE(cases::ParseNumber("-12.50", &number));
  EXPECT_EQ(number.units, -1250);
  EXPECT_EQ(number.scale, 2);
  EXPECT_TRUE(cases::ParseNumber("999999999999999999", &number));
  for (const char* wrong : {"", "-", "1.", ".5", "1..2", "1,000", "1e3", "１",
                            "1000000000000000000"}) {
    EXPECT_FALSE(cases::ParseNumber(wrong, &number)) << wrong;
  }
}

TEST(CaseBatchTest, SaysWhyACaseCannotBeAsked) {
  const auto error = [](const std::string& line) {
    const cases::ParseResult read =
        cases::ParseCases("case a\n" + line + "\nexpect NOT_RAISED\n");
    EXPECT_EQ(read.error, "");
    return cases::CaseBatch(read.cases[0], {{"pace_threshold", 800000}})
        .error();
  };
  EXPECT_EQ(error("parameter other 1"),
            "line 2: the module has no parameter `other`");
  EXPECT_EQ(error("baseline 100000000000000000\ntarget 0.01"),
            "a value has more than 18 digits at the scale of the case");
  EXPECT_EQ(error("parameter pace_threshold 0.9"), "");
}

}  // namespace
}  // namespace shirube::rules_test
