#include "client/report/report.h"

#include <ctime>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/unit/report/reading.h"

namespace shirube::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kReport[] =
    "ある市の改革プランの取組状況\n"
    "\n"
    "令和4年度の主な取組実績\n"
    "\n"
    "第1 便利な窓口 ～ 待たせない ～\n"
    "\n"
    "1 手続の見直し\n"
    "\n"
    "- 様式を20件減らした\n"
    " - ・窓口：12件\n"
    " - ・郵送：8件\n"
    "\n"
    "2 情報の発信\n"
    "\n"
    "- 広報を改めた\n"
    "\n"
    "【主な目標指標】\n"
    "\n"
    "目標指標\t基準値\tR6目標値\tR4実績\n"
    "手続の割合\t1.5% (R2)\t100%\t71.5%\n"
    "節減額\t—\t120億円 (R3~R6年度累計)\t75.6億円\n"
    "\n"
    "令和5年度の主な取組計画\n"
    "\n"
    "2 情報の発信\n"
    "\n"
    "- 動画を作る\n";

std::string Table(const std::string& header, const std::string& rows) {
  return "令和4年度の主な取組実績\n第1 柱\n【主な目標指標】\n" + header + "\n" +
         rows;
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(ReportTest, BuildsTheTreeWithEntriesOfBothYears) {
  ImportResult result = ReadText(kReport);
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  const v1::PlanDocument& document = result.document;
  EXPECT_EQ(document.plan().display_name(), "ある市の改革プランの取組状況");
  ASSERT_EQ(document.initiatives_size(), 3);
  const v1::Initiative& pillar = document.initiatives(0);
  EXPECT_EQ(pillar.name(), "plans/-/initiatives/p1");
  EXPECT_EQ(pillar.label(), "第1");
  EXPECT_EQ(pillar.display_name(), "便利な窓口");
  EXPECT_EQ(pillar.subtitle(), "待たせない");
  const v1::Initiative& first = document.initiatives(1);
  EXPECT_EQ(first.parent_initiative(), pillar.name());
  ASSERT_EQ(first.entries_size(), 1);
  EXPECT_EQ(first.entries(0).children_size(), 2);
  EXPECT_EQ(first.entries(0).children(1).text(), "郵送：8件");
  const v1::Initiative& second = document.initiatives(2);
  ASSERT_EQ(second.entries_size(), 2);
  EXPECT_EQ(second.entries(1).type(), v1::Entry::TYPE_PLANNED);
  EXPECT_EQ(second.entries(1).fiscal_year(), "fy2023");
  EXPECT_EQ(second.entries(1).text(), "動画を作る");
}

TEST(ReportTest, NeverLinksWhatItOnlyPrintsBelowAPillar) {
  ImportResult result = ReadText(kReport);
  for (const v1::Indicator& indicator : result.document.indicators()) {
    EXPECT_EQ(indicator.printed_under(), "plans/-/initiatives/p1");
    EXPECT_EQ(indicator.links_size(), 0);
  }
}

TEST(ReportTest, GivesTheSameRowsFromTabsPipesAndSpaces) {
  ImportResult tabs = ReadText(kReport);
  for (const std::string separator : {" | ", "  ", "　　"}) {
    SCOPED_TRACE("[" + separator + "]");
    ImportResult other = ReadText(Replaced(kReport, "\t", separator));
    EXPECT_THAT(Reasons(other.refusals), IsEmpty());
    ASSERT_EQ(other.document.indicators_size(), 2);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(other.document.indicators(i).SerializeAsString(),
                tabs.document.indicators(i).SerializeAsString());
      EXPECT_EQ(other.document.observations(i).SerializeAsString(),
                tabs.document.observations(i).SerializeAsString());
    }
  }
}

TEST(ReportTest, ReadsMarkdownTables) {
  ImportResult result = ReadText(
      "目標の状況\n\n| 指標名 | 現況値 | 目標値(R8) | 最新値(R5) |\n"
      "|---|--:|:--:|---|\n| 園の数 | 10園(R2) | 20園 | 14園 |\n");
  ASSERT_EQ(result.document.indicators_size(), 1);
  const v1::Indicator& indicator = result.document.indicators(0);
  EXPECT_EQ(indicator.name(), "plans/-/indicators/i-01");
  EXPECT_EQ(indicator.baseline().value(), "10");
  EXPECT_EQ(indicator.baseline().period(), "fy2020");
  EXPECT_EQ(indicator.target().period(), "fy2026");
  ASSERT_EQ(result.document.observations_size(), 1);
  EXPECT_EQ(result.document.observations(0).period(), "fy2023");
  EXPECT_EQ(result.document.observations(0).value(), "14");
}

TEST(ReportTest, KeepsATitleThatIsNothingButItsMark) {
  ImportResult result =
      ReadText("#\n\n" + Table("目標指標\tR4実績", "園\t3園\n"));
  EXPECT_EQ(result.document.plan().display_name(), "#");
  EXPECT_EQ(result.document.observations_size(), 1);
}

TEST(ReportTest, JoinsRowsThatARenderingBrokeAfterACell) {
  ImportResult result = ReadText(
      "項目 | 目標値 | 基準値 | 最新値 | |\n---|---|---|---|---|\n"
      "第1分野 | ||||\n候補者の割合 | 35% (2025年) |\n17.8% (2017年) |\n"
      "20.0% (2021年) |\n|\n");
  ASSERT_EQ(result.document.indicators_size(), 1);
  EXPECT_EQ(result.document.indicators(0).baseline().period(), "cy2017");
  EXPECT_EQ(result.document.observations(0).value(), "20.0");
}

TEST(ReportTest, FindsColumnsByTheirWordsInAnyOrder) {
  ImportResult result =
      ReadText(Table("R4実績\tR6目標値\t目標指標\t単位\t備考\t達成率\t基準値",
                     "71.5\t100\t手続の割合\t%\t窓口課\t71%\t1.5(R2)\n"));
  const v1::Indicator* indicator = Find(result.document, "手続の割合");
  ASSERT_NE(indicator, nullptr);
  EXPECT_EQ(indicator->unit(), "%");
  EXPECT_EQ(indicator->target().value(), "100");
  EXPECT_EQ(indicator->baseline().value(), "1.5");
  EXPECT_THAT(indicator->notes(), ElementsAre("窓口課"));
  EXPECT_EQ(ObservationsOf(result.document, *indicator)[0].value(), "71.5");
}

TEST(ReportTest, TakesTheLastOfSeveralTargetsAndTheOthersAsMilestones) {
  ImportResult result =
      ReadText(Table("目標指標\t基準値(R2)\tR4目標値\tR6目標値\tR3実績\tR4実績",
                     "訪問者\t100人\t150人\t200人\t120人\t160人\n"));
  const v1::Indicator& indicator = result.document.indicators(0);
  EXPECT_EQ(indicator.target().value(), "200");
  ASSERT_EQ(indicator.milestones_size(), 1);
  EXPECT_EQ(indicator.milestones(0).period(), "fy2022");
  EXPECT_EQ(result.document.observations_size(), 2);
}

TEST(ReportTest, DeterminesTheKindFromWhatIsPrinted) {
  ImportResult result = ReadText(Table(
      "目標指標\t基準値\tR6目標値\tR4実績",
      "割合\t1%(R2)\t50%\t9%\n累計額\t—\t9億円(R3~R6年度累計)\t3億円\n"
      "維持\t99%(R2)\t95%以上(毎年度)\t98%\n幅\t33%(R2)\t40%以上60%以下\t35%\n"
      "寿命\t79.8歳(R2)\t延伸\t80.4歳\n会議の年間回数\t3回(R2)\t9回\t5回\n"));
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  auto kind = [&](const char* name) {
    return Find(result.document, name)->kind();
  };
  EXPECT_EQ(kind("割合"), v1::Indicator::KIND_LEVEL);
  EXPECT_EQ(kind("累計額"), v1::Indicator::KIND_CUMULATIVE);
  EXPECT_EQ(kind("維持"), v1::Indicator::KIND_MAINTAIN);
  EXPECT_EQ(kind("幅"), v1::Indicator::KIND_BAND);
  EXPECT_EQ(kind("寿命"), v1::Indicator::KIND_QUALITATIVE);
  EXPECT_TRUE(Find(result.document, "維持")->target().every_year());
  EXPECT_EQ(Find(result.document, "維持")->target().period(), "");
  EXPECT_EQ(Find(result.document, "幅")->target_upper(), "60");
  EXPECT_EQ(Find(result.document, "寿命")->target().words(), "延伸");
  EXPECT_EQ(Find(result.document, "会議の年間回数")->quantity(),
            v1::Indicator::QUANTITY_AMOUNT);
  EXPECT_EQ(Find(result.document, "割合")->quantity(),
            v1::Indicator::QUANTITY_UNSPECIFIED);
}

TEST(ReportTest, StoresTheRowAndKeepsUnreadNumbersAsText) {
  ImportResult result = ReadText(Table("目標指標\t基準値\tR6目標値\tR4実績",
                                       "受診率\t23.4〜30.7%(R2)\t50%\t31%\n"));
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  const v1::Baseline& baseline = result.document.indicators(0).baseline();
  EXPECT_EQ(baseline.value(), "");
  EXPECT_EQ(baseline.unread(), "23.4〜30.7%(R2)");
}

TEST(ReportTest, RefusesRowsWhoseCellsCannotBeToldApart) {
  ImportResult result =
      ReadText(Table("目標指標\t基準値\tR6目標値\tR4実績",
                     "死亡率\t96.268.670.0\t70\t69\n足りない行\t10%\t20%\n"
                     "多い行\t1\t2\t3\t4\n\t1\t2\t3\n良い行\t1%\t9%\t5%\n"));
  EXPECT_THAT(
      Reasons(result.refusals),
      ElementsAre("CELLS_RUN_TOGETHER", "CELL_COUNT", "CELL_COUNT", "NO_NAME"));
  EXPECT_EQ(result.refusals[0].line, 5);
  EXPECT_THAT(result.refusals[0].message_ja, testing::HasSubstr("96.268"));
  EXPECT_EQ(result.document.indicators_size(), 1);
}

TEST(ReportTest, RefusesTheSecondOfTwoRowsWithOneName) {
  ImportResult result =
      ReadText(Table("目標指標\t基準値\tR6目標値\tR4実績",
                     "割合\t1%\t9%\t5%\n割 合\t2%\t8%\t4%\n"));
  EXPECT_THAT(Reasons(result.refusals), ElementsAre("DUPLICATE_NAME"));
  EXPECT_EQ(result.document.observations_size(), 1);
}

TEST(ReportTest, NamesFiguresUnderAYearNobodyKnows) {
  ImportResult result = ReadText(
      Table("目標指標\t基準値\tR6目標値\tX4実績", "割合\t1%(R2)\t9%\t5%\n"));
  EXPECT_THAT(Reasons(result.refusals), ElementsAre("UNKNOWN_YEAR"));
  EXPECT_EQ(result.document.observations_size(), 0);
}

TEST(ReportTest, StoresNothingDatedBelowASectionOfAnUnknownEra) {
  ImportResult result = ReadText(Replaced(kReport, "令和5年度", "安永5年度"));
  EXPECT_THAT(Reasons(result.refusals),
              ElementsAre("UNKNOWN_YEAR", "NO_FISCAL_YEAR"));
  for (const v1::Initiative& initiative : result.document.initiatives()) {
    for (const v1::Entry& entry : initiative.entries()) {
      EXPECT_EQ(entry.fiscal_year(), "fy2022");
    }
  }
}

TEST(ReportTest, RefusesMeasuresThatOccurNeverOrTwice) {
  ImportResult never =
      ReadText(Replaced(kReport, "計画\n\n2 情報の発信", "計画\n\n2 別の施策"));
  EXPECT_THAT(Reasons(never.refusals),
              ElementsAre("UNKNOWN_MEASURE", "NO_MEASURE"));
  ImportResult twice = ReadText(
      Replaced(kReport, "【主な", "第2 別の柱\n\n1 情報の発信\n\n【主な"));
  EXPECT_THAT(Reasons(twice.refusals),
              ElementsAre("AMBIGUOUS_MEASURE", "NO_MEASURE"));
}

TEST(ReportTest, ReadsEveryWaveDashAsTheMarkOfASubtitle) {
  for (const char* dash : {"～", "〜", "~", "∼"}) {
    ImportResult result = ReadText(Replaced(kReport, "～", dash));
    EXPECT_EQ(result.document.initiatives(0).subtitle(), "待たせない") << dash;
  }
}

TEST(ReportTest, ReadsCrlfAndCountsTheSameLines) {
  ImportResult lf = ReadText(kReport);
  ImportResult crlf = ReadText(Replaced(kReport, "\n", "\r\n"));
  EXPECT_EQ(crlf.document.layout().line_end(), "CRLF");
  EXPECT_EQ(crlf.document.indicators(0).SerializeAsString(),
            lf.document.indicators(0).SerializeAsString());
}

TEST(ReportTest, RefusesWholeWhatIsNoReport) {
  for (const char* text :
       {"", "\n \n", "ただの文章です。\n数字は12件。\n", "- 一\n- 二\n",
        "1 見出し\n2 見出し\n", "{\"a\": 1}", "<html><p>目標値</p></html>"}) {
    ImportResult result = ReadText(text);
    EXPECT_TRUE(result.empty()) << text;
    ASSERT_EQ(result.refusals.size(), 1u) << text;
    EXPECT_FALSE(result.refusals[0].message_ja.empty());
    EXPECT_FALSE(result.refusals[0].message_en.empty());
  }
  EXPECT_THAT(Reasons(ReadText("abc\xFF\xFE目標").refusals),
              ElementsAre("UNKNOWN_ENCODING"));
}

TEST(ReportTest, RefusesTenMegabytesAndReadsLargeTextInBoundedTime) {
  EXPECT_THAT(Reasons(ReadText(std::string(10'000'000, 'x')).refusals),
              ElementsAre("FILE_TOO_LARGE"));
  // Of the processor's time: others may be busy on this machine.
  const std::clock_t start = std::clock();
  const size_t size = 2'000'000;
  ReadText(std::string(size, '('));
  ReadText(Replaced(std::string(size / 4, '1'), "1", "1\t|,"));
  std::string headings = "令和4年度の主な取組実績\n第1 柱\n";
  for (int i = 0; headings.size() < size / 4; ++i) {
    headings += "1 施策" + std::to_string(i) + "\n- 実績\n";
  }
  ReadText(headings);
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 120);
}

TEST(ReportTest, SaysWhichFileIsMissing) {
  auto file = LoadFile("/nonexistent/report.txt");
  EXPECT_TRUE(absl::IsNotFound(file.status()));
  EXPECT_FALSE(LoadFile("/").ok());
  EXPECT_FALSE(ReadReport({}, {}).ok());
}

TEST(ReportTest, MergesTheReportsOfTwoYears) {
  std::string next = Replaced(kReport, "令和5年度", "令和6年度");
  next = Replaced(next, "令和4年度", "令和5年度");
  next = Replaced(Replaced(next, "R4実績", "R5実績"), "71.5%", "80%");
  ImportResult result = ReadFiles({{"r5.txt", next}, {"r4.txt", kReport}});
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  EXPECT_EQ(result.document.initiatives_size(), 3);
  EXPECT_EQ(result.document.indicators_size(), 2);
  EXPECT_EQ(result.document.observations_size(), 4);
  EXPECT_EQ(result.document.layout().fiscal_year(), "fy2023");
  EXPECT_EQ(result.document.sources_size(), 2);
  EXPECT_EQ(result.document.initiatives(1).entries_size(), 2);
}

TEST(ReportTest, ReadsAFileGivenTwiceOnce) {
  ImportResult result = ReadFiles({{"a.txt", kReport}, {"b.txt", kReport}});
  EXPECT_THAT(Reasons(result.warnings), ElementsAre("SAME_FILE"));
  EXPECT_EQ(result.document.observations_size(), 2);
}

TEST(ReportTest, TakesTheNamesOfTheStoredPlan) {
  v1::PlanDocument stored = ReadText(kReport).document;
  stored.mutable_plan()->set_name("plans/demo");
  v1::Initiative* pillar = stored.mutable_initiatives(0);
  pillar->set_name("plans/demo/initiatives/old");
  for (int i : {1, 2}) {
    stored.mutable_initiatives(i)->set_parent_initiative(pillar->name());
  }
  stored.mutable_indicators(0)->set_name("plans/demo/indicators/kept");
  ReadOptions options;
  options.stored = &stored;
  ImportResult result = ReadText(kReport, "r.txt", options);
  EXPECT_EQ(result.document.plan().name(), "plans/demo");
  EXPECT_EQ(result.document.initiatives(0).name(), pillar->name());
  EXPECT_EQ(result.document.indicators(0).name(), "plans/demo/indicators/kept");
}

}  // namespace
}  // namespace shirube::report
