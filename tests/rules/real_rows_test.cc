// Published indicators: expected.csv of the data folder, read here into batches
// and asked of the modules. SHIRUBE_DATA says where the data are.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/cases/case_batch.h"
#include "rules/cases/case_file.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/reason_names.h"

namespace shirube::rules_test {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> SplitCsv(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Row> ReadCsv(std::istream& in) {
  std::vector<Row> rows;
  std::vector<std::string> header;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = SplitCsv(line);
    if (header.empty()) {
      header = cells;
      continue;
    }
    Row row;
    for (size_t i = 0; i < header.size() && i < cells.size(); ++i)
      row[header[i]] = cells[i];
    rows.push_back(row);
  }
  return rows;
}

// "FY2015end", "2020", "2020-03-31"; nothing for "" and "every FY".
std::optional<int32_t> PeriodIndex(std::string text) {
  if (text.empty() || text == "every FY") return std::nullopt;
  if (text.size() > 3 && text.compare(text.size() - 3, 3, "end") == 0)
    text.resize(text.size() - 3);
  if (text.compare(0, 2, "FY") == 0) text = "fy" + text.substr(2);
  if (text.size() == 10) text = "d" + text;
  int32_t index = 0;
  EXPECT_TRUE(cases::ParsePeriodIndex(text, &index)) << text;
  return index;
}

cases::Value Value(const std::string& text) {
  cases::Value value;
  if (text.empty()) return value;
  value.given = cases::ParseNumber(text, &value.number) ? cases::Given::kNumber
                                                        : cases::Given::kUnread;
  return value;
}

void ReadTarget(const Row& row, cases::Case* c) {
  static const std::map<std::string, shirube_operator> kOperators = {
      {"=", SHIRUBE_OP_NONE},           {"band", SHIRUBE_OP_NONE},
      {"qualitative", SHIRUBE_OP_NONE}, {">=", SHIRUBE_OP_AT_LEAST},
      {"<=", SHIRUBE_OP_AT_MOST},       {"<", SHIRUBE_OP_BELOW},
      {">", SHIRUBE_OP_ABOVE},          {"程度", SHIRUBE_OP_AROUND},
      {"約", SHIRUBE_OP_ABOUT}};
  const std::string& text = row.at("target");
  const std::string& word = row.at("target_op");
  ASSERT_TRUE(kOperators.count(word)) << word;
  c->op = kOperators.at(word);
  c->target_index = PeriodIndex(row.at("target_period"));
  c->every_year = row.at("target_period") == "every FY";
  if (word == "qualitative") {
    c->target.given = cases::Given::kWords;
  } else if (const size_t dots = text.find("..");
             word == "band" && dots != text.npos) {
    c->target = Value(text.substr(0, dots));
    ASSERT_TRUE(cases::ParseNumber(text.substr(dots + 2), &c->target_upper));
  } else {
    c->target = Value(text);
  }
}

void ReadMilestones(const std::string& text, cases::Case* c) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    const size_t colon = part.find(':');
    ASSERT_NE(colon, part.npos) << part;
    cases::Milestone milestone;
    milestone.index = PeriodIndex(part.substr(0, colon)).value_or(0);
    ASSERT_TRUE(cases::ParseNumber(part.substr(colon + 1), &milestone.value))
        << part;
    c->milestones.push_back(milestone);
  }
}

cases::Case ReadIndicator(const Row& row) {
  static const std::map<std::string, shirube_kind> kKinds = {
      {"level", SHIRUBE_KIND_LEVEL},
      {"cumulative", SHIRUBE_KIND_CUMULATIVE},
      {"maintain", SHIRUBE_KIND_MAINTAIN},
      {"band", SHIRUBE_KIND_BAND},
      {"qualitative", SHIRUBE_KIND_QUALITATIVE}};
  cases::Case c;
  c.name = row.at("indicator");
  const std::string& kind = row.at("kind");  // "cumulative FY2021-FY2024"
  const size_t space = kind.find(' ');
  EXPECT_TRUE(kKinds.count(kind.substr(0, space))) << kind;
  c.kind = kKinds.at(kind.substr(0, space));
  if (space != kind.npos)
    c.window_start_index = PeriodIndex(kind.substr(space + 1, 6));
  if (row.at("direction") == "up") c.direction = SHIRUBE_DIRECTION_UP;
  if (row.at("direction") == "down") c.direction = SHIRUBE_DIRECTION_DOWN;
  ReadTarget(row, &c);
  c.baseline = Value(row.at("baseline"));
  c.baseline_index = PeriodIndex(row.at("baseline_period"));
  ReadMilestones(row.at("milestones"), &c);
  cases::Point point;
  point.value = Value(row.at("actual"));
  point.index = PeriodIndex(row.at("actual_period")).value_or(0);
  if (point.value.given == cases::Given::kUnread)
    point.state = SHIRUBE_POINT_UNREAD;
  c.points.push_back(point);
  return c;
}

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

class RealRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("SHIRUBE_DATA");
    const std::string path =
        std::string(folder != nullptr ? folder : SHIRUBE_DATA_DEFAULT) +
        "/expected.csv";
    std::ifstream file(path);
    if (!file.is_open()) {
      const char* ci = std::getenv("CI");
      ASSERT_FALSE(ci != nullptr && std::string(ci) == "true") << "no " << path;
      GTEST_SKIP() << "no " << path
                   << "; set SHIRUBE_DATA to the folder of the real data";
    }
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
