// Rows of published reports, entered through the CSV that everybody can write,
// come out with the status and reason worked out by hand for them.
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "shirube/v1/evaluation_service.pb.h"
#include "tests/e2e/data.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> SplitCsv(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Row> ReadExpected(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> header;
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::vector<std::string> cells = SplitCsv(line);
    if (header.empty()) {
      header = cells;
      continue;
    }
    Row row;
    for (size_t i = 0; i < cells.size() && i < header.size(); ++i) {
      row[header[i]] = cells[i];
    }
    rows.push_back(row);
  }
  return rows;
}

bool IsNumber(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of("-.0123456789") == std::string::npos &&
         text.find("..") == std::string::npos;
}

// An actual with a period, and single numbers on both sides.
bool Usable(const Row& row) {
  return !row.at("actual_period").empty() && IsNumber(row.at("actual")) &&
         (row.at("baseline").empty() || IsNumber(row.at("baseline")));
}

// "FY2015end" and "every FY" in the words of the CSV.
std::string PeriodCell(std::string text) {
  if (text == "every FY") return "";
  if (text.ends_with("end")) text.resize(text.size() - 3);
  return text;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  return text;
}

constexpr char kHeader[] =
    "indicator,unit,kind,direction,operator,target,target_upper,target_period,"
    "baseline,baseline_period,window_start,role,period,value\n";

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty()) line += ',';
    line += '"' + cell + '"';
  }
  return line + "\n";
}

std::string ToCsv(const Row& row, bool with_direction) {
  std::string kind = row.at("kind"), window;
  if (size_t space = kind.find(' '); space != std::string::npos) {
    window = kind.substr(space + 1, kind.find('-') - space - 1);
    kind = kind.substr(0, space);
  }
  std::string target = row.at("target"), upper;
  if (size_t dots = target.find(".."); dots != std::string::npos) {
    upper = target.substr(dots + 2);
    target = target.substr(0, dots);
  }
  std::string op = row.at("target_op");
  if (op == "=" || op == "band") op.clear();
  std::string direction = row.at("direction");
  if (direction == "band" || !with_direction) direction.clear();
  std::string csv = CsvLine(
      {row.at("indicator"), row.at("unit"), Upper(kind), direction, op, target,
       upper, PeriodCell(row.at("target_period")), row.at("baseline"),
       PeriodCell(row.at("baseline_period")), window, "ACTUAL",
       PeriodCell(row.at("actual_period")), row.at("actual")});
  const std::string& milestone = row.at("milestones");
  if (size_t colon = milestone.find(':'); colon != std::string::npos) {
    csv += CsvLine({row.at("indicator"), row.at("unit"), "", "", "", "", "", "",
                    "", "", "", "MILESTONE", milestone.substr(0, colon),
                    milestone.substr(colon + 1)});
  }
  return csv;
}

void ExpectVerdicts(const Server& server, const std::string& plan,
                    const std::map<std::string, const Row*>& expected) {
  CommandResult result = server.Shirube({"verdicts", plan, "-o", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  v1::ListVerdictsResponse answer;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(result.out, &answer, options)
          .ok());
  EXPECT_EQ(static_cast<size_t>(answer.verdicts_size()), expected.size());
  for (const v1::Verdict& verdict : answer.verdicts()) {
    auto it = expected.find(verdict.indicator_display_name());
    ASSERT_NE(it, expected.end()) << verdict.indicator_display_name();
    const Row& row = *it->second;
    EXPECT_EQ(v1::Verdict::Status_Name(verdict.status()),
              "STATUS_" + row.at("status"))
        << plan << " " << it->first;
    if (!row.at("reason").empty()) {
      EXPECT_EQ(verdict.reason(), row.at("reason")) << plan << " " << it->first;
    }
  }
}

// Both as the file has it and without its direction, which then follows from
// the operator or the numbers.
class RealRowsTest : public ::testing::TestWithParam<bool> {};

TEST_P(RealRowsTest, ComeOutAsWorkedOutByHand) {
  const auto path = DataFile("expected.csv");
  SHIRUBE_NEED_DATA(path);
  const std::vector<Row> rows = ReadExpected(path);
  // Names repeat between reports: a plan each.
  std::map<std::string, std::map<std::string, const Row*>> by_report;
  int usable = 0;
  for (const Row& row : rows) {
    if (!Usable(row)) continue;
    by_report[row.at("file")][row.at("indicator")] = &row;
    ++usable;
  }
  EXPECT_EQ(usable, 41);
  TempDir folder;
  auto server = Server::Start({"--db", folder / "shirube.db", "--listen",
                               "unix:" + (folder / "socket").string()});
  ASSERT_NE(server, nullptr);
  int number = 0;
  for (const auto& [report, expected] : by_report) {
    const std::string plan = "report-" + std::to_string(++number);
    const std::string csv = folder / (plan + ".csv");
    std::ofstream out(csv);
    out << kHeader;
    for (const auto& [name, row] : expected) out << ToCsv(*row, GetParam());
    out.close();
    CommandResult imported =
        server->Shirube({"import", csv, "--plan", plan, "--yes"});
    EXPECT_EQ(imported.exit_code, 0) << report << "\n"
                                     << imported.out << imported.err;
    ExpectVerdicts(*server, plan, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Direction, RealRowsTest, ::testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "Given" : "Derived";
                         });

}  // namespace
}  // namespace shirube::e2e
