// The published report itself, where it is at hand.
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "client/report/csv_table.h"
#include "server/domain/era.h"
#include "server/domain/period.h"
#include "tests/unit/report/reading.h"

namespace shirube::report {
namespace {

constexpr char kFile[] = "yamagata-r4.txt";

class PublishedReportTest : public testing::Test {
 protected:
  void SetUp() override {
    auto bytes = PublishedBytes(kFile);
    auto expected = PublishedBytes("expected.csv");
    if (!bytes || !expected) {
      if (InCi()) FAIL() << "the published data are missing; set SHIRUBE_DATA";
      GTEST_SKIP() << DataFile(kFile) << " is not there; set SHIRUBE_DATA";
    }
    bytes_ = *bytes;
    result_ = ReadText(bytes_, kFile);
    expected_ = ParseCsv(expected->substr(expected->find('\n') + 1));
  }

  std::string bytes_;
  ImportResult result_;
  CsvTable expected_;
};

std::string Id(const std::string& period) {
  if (period.empty()) return "";
  auto parsed = ParsePeriod(period);
  return parsed.ok() ? parsed->ToId() : "?" + period;
}

TEST_F(PublishedReportTest, GivesEveryIndicatorAsReadByHand) {
  std::map<std::string, size_t> column;
  const auto& header = expected_.rows[0].cells;
  for (size_t i = 0; i < header.size(); ++i) column[header[i]] = i;
  int rows = 0;
  for (const CsvRow& row : expected_.rows) {
    auto cell = [&](const char* name) { return row.cells[column[name]]; };
    if (cell("file") != kFile) continue;
    SCOPED_TRACE(cell("indicator"));
    const v1::Indicator& indicator = result_.document.indicators(rows++);
    EXPECT_EQ(NormalizedName(indicator.display_name()),
              NormalizedName(cell("indicator")));
    EXPECT_EQ(indicator.unit(), cell("unit"));
    EXPECT_EQ(indicator.target().value(), cell("target"));
    EXPECT_EQ(indicator.target().period(), Id(cell("target_period")));
    EXPECT_EQ(indicator.baseline().value(), cell("baseline"));
    EXPECT_EQ(indicator.baseline().period(), Id(cell("baseline_period")));
    EXPECT_EQ(indicator.direction(), v1::Indicator::DIRECTION_UNSPECIFIED);
    const bool cumulative = cell("kind") != "level";
    EXPECT_EQ(indicator.kind(), cumulative ? v1::Indicator::KIND_CUMULATIVE
                                           : v1::Indicator::KIND_LEVEL);
    EXPECT_EQ(indicator.window_start(), cumulative ? "fy2021" : "");
    auto observations = ObservationsOf(result_.document, indicator);
    ASSERT_EQ(observations.size(), 1u);
    EXPECT_EQ(observations[0].value(), cell("actual"));
    EXPECT_EQ(observations[0].period(), Id(cell("actual_period")));
    EXPECT_EQ(observations[0].assumed_to_date(), cumulative);
  }
  EXPECT_EQ(rows, 7);
  EXPECT_EQ(result_.document.indicators_size(), 7);
  EXPECT_TRUE(result_.refusals.empty());
  EXPECT_TRUE(result_.warnings.empty());
}

TEST_F(PublishedReportTest, ReattachesNextYearsEntriesByTitle) {
  int pillars = 0;
  int measures = 0;
  int accomplished = 0;
  int planned = 0;
  for (const v1::Initiative& initiative : result_.document.initiatives()) {
    pillars += initiative.kind() == v1::Initiative::KIND_PILLAR;
    measures += initiative.kind() == v1::Initiative::KIND_MEASURE;
    for (const v1::Entry& entry : initiative.entries()) {
      const bool plan = entry.type() == v1::Entry::TYPE_PLANNED;
      EXPECT_EQ(entry.fiscal_year(), plan ? "fy2023" : "fy2022");
      (plan ? planned : accomplished) += 1;
    }
  }
  EXPECT_EQ(pillars, 3);
  EXPECT_EQ(measures, 17);
  EXPECT_EQ(accomplished, 25);
  EXPECT_EQ(planned, 12);
}

TEST_F(PublishedReportTest, KeepsNamesAndMarksAsPrinted) {
  EXPECT_NE(Find(result_.document, "A I会議録作成支援システム活用数"), nullptr);
  EXPECT_EQ(result_.document.initiatives(0).subtitle(),
            "Society5.0 時代にふさわしいデジタル化の推進");
  bool ditto = false;
  for (const v1::Initiative& initiative : result_.document.initiatives()) {
    for (const v1::Entry& entry : initiative.entries()) {
      for (const v1::Entry& child : entry.children()) {
        ditto |= child.text() == "DX推進課の新設(〃)";
      }
    }
  }
  EXPECT_TRUE(ditto);
}

// Every printed line is in the document, so that an export can write it again.
TEST_F(PublishedReportTest, HoldsEveryPrintedLineAtItsPlace) {
  std::map<int, std::string> lines;
  const v1::Layout& layout = result_.document.layout();
  lines[layout.title_place().line()] = layout.title();
  for (const v1::LayoutSection& section : layout.sections()) {
    lines[section.place().line()] = section.heading();
    for (const auto& heading : section.headings()) {
      lines[heading.place().line()] = heading.raw();
    }
    for (const auto& table : section.tables()) {
      lines[table.place().line()] = table.heading();
      std::string header;
      for (const auto& column : table.columns()) {
        header += (header.empty() ? "" : "\t") + column.heading();
      }
      lines[table.columns_place().line()] = header;
      for (const auto& row : table.rows()) {
        std::string cells;
        for (const std::string& cell : row.cells()) {
          cells += (cells.empty() ? "" : "\t") + cell;
        }
        lines[row.place().line()] = cells;
      }
    }
  }
  for (const v1::Initiative& initiative : result_.document.initiatives()) {
    for (const v1::Entry& entry : initiative.entries()) {
      lines[entry.place().line()] = entry.marker() + " " + entry.text();
      for (const v1::Entry& child : entry.children()) {
        lines[child.place().line()] = " " + child.marker() + child.text();
      }
    }
  }
  std::istringstream in(bytes_);
  std::string printed;
  for (int number = 1; std::getline(in, printed); ++number) {
    EXPECT_EQ(printed, lines.count(number) ? lines[number] : "")
        << "line " << number;
  }
}

TEST_F(PublishedReportTest, SaysWhereItCameFrom) {
  const v1::Source& source = result_.document.sources(0);
  EXPECT_EQ(source.file(), kFile);
  EXPECT_EQ(source.encoding(), "UTF-8");
  EXPECT_EQ(source.sha256().size(), 64u);
  EXPECT_EQ(result_.document.layout().leading_blank_lines(), 4);
  EXPECT_FALSE(result_.document.layout().sections(1).pillars_repeated());
}

TEST(OtherPublishedReportsTest, RefusesScrambledTextWhole) {
  for (const char* name :
       {"reports/ja22_nagano_book_scrambled.txt",
        "reports/ja32_count_table_triangle.txt",
        "reports/ja36_mayor_manifesto2019.txt", "reports/ja24_miyawaka.txt"}) {
    auto bytes = PublishedBytes(name);
    if (!bytes) {
      if (InCi()) FAIL() << "the published data are missing; set SHIRUBE_DATA";
      GTEST_SKIP() << DataFile(name) << " is not there; set SHIRUBE_DATA";
    }
    ImportResult result = ReadText(*bytes, name);
    EXPECT_TRUE(result.empty()) << name;
    EXPECT_EQ(Reasons(result.refusals), std::vector<std::string>{"NO_LAYOUT"})
        << name;
  }
}

}  // namespace
}  // namespace shirube::report
