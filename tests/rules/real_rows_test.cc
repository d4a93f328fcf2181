// Published indicators: expected.csv of the data folder, read here into batches
// and asked of the modules. SHIRUBE_DATA says where the data are.
#include "tests/rules/real_rows.h"

#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/cases/case_batch.h"
#include "rules/cases/case_file.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/real_data.h"
#include "tests/rules/reason_names.h"

namespace shirube::rules_test {
namespace {

bool IsOneNumberOrNone(const std::string& text) {
  cases::Number number;
  return text.empty() || cases::ParseNumber(text, &number);
}

// "0.7107", as the file prints shares and pace ratios.
std::string Rounded(const Answers& answers, int fact, int decimals) {
  const double numerator = static_cast<double>(answers.numerator[fact].low);
  const double denominator = static_cast<double>(answers.denominator[fact].low);
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", decimals, numerator / denominator);
  return text;
}

class RealRowsTest : public RealDataTest {
 protected:
  void SetUp() override {
    std::ifstream file;
    Open("expected.csv", &file);
    if (!file.is_open()) return;
    rows_ = ReadCsv(file);
    for (const std::string& id : kModules) modules_.emplace_back(id);
  }

  // "STATUS REASON" of the three modules.
  std::string Verdict(const cases::CaseBatch& batch) const {
    static const char* const kStatuses[] = {"ACHIEVED", "ON_TRACK", "AT_RISK"};
    std::string verdict = "none";
    for (size_t i = 0; i < modules_.size(); ++i) {
      const Answers answers = modules_[i].Ask(batch.batch());
      if (answers.answer[0] == SHIRUBE_NOT_RAISED) continue;
      const bool raised = answers.answer[0] == SHIRUBE_RAISED;
      verdict = std::string(raised ? kStatuses[i] : "NOT_EVALUATED") + " " +
                ReasonName(answers.reason[0]);
    }
    return verdict;
  }

  const std::vector<cases::Parameter> parameters_ = {
      {"pace_threshold", 800000}, {"behind_threshold", 600000}};
  std::vector<Row> rows_;
  std::vector<ModuleUnderTest> modules_;
};

TEST_F(RealRowsTest, GetTheStatusAndReasonThatAreWrittenThere) {
  int plain = 0;
  for (const Row& row : rows_) {
    if (row.at("actual_period").empty()) continue;
    const bool single = IsOneNumberOrNone(row.at("baseline")) &&
                        IsOneNumberOrNone(row.at("actual"));
    plain += single;
    const cases::CaseBatch batch(ReadIndicator(row), parameters_);
    ASSERT_EQ(batch.error(), "") << row.at("indicator");
    EXPECT_EQ(Verdict(batch), row.at("status") + " " + row.at("reason"))
        << row.at("file") << " " << row.at("indicator");
  }
  EXPECT_EQ(plain, 41);
}

TEST_F(RealRowsTest, GetTheProgressAndThePaceThatAreWrittenThere) {
  int checked = 0;
  for (const Row& row : rows_) {
    if (row.at("actual_period").empty() || row.at("derived_P").empty())
      continue;
    cases::CaseBatch batch(ReadIndicator(row), parameters_);
    batch.set_want_facts(true);
    const Answers answers = modules_[1].Ask(batch.batch());
    EXPECT_EQ(Rounded(answers, 2, 4), row.at("derived_P"))
        << row.at("indicator");
    EXPECT_EQ(Rounded(answers, 3, 4), row.at("derived_E"))
        << row.at("indicator");
    EXPECT_EQ(Rounded(answers, 5, 3), row.at("derived_pace_ratio"))
        << row.at("indicator");
    ++checked;
  }
  EXPECT_GT(checked, 20);
}

}  // namespace
}  // namespace shirube::rules_test
