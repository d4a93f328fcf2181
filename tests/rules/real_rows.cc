#include "tests/rules/real_rows.h"

#include <optional>
#include <sstream>

#include "gtest/gtest.h"

namespace shirube::rules_test {
namespace {

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

}  // namespace

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

namespace {

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

}  // namespace

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

}  // namespace shirube::rules_test
