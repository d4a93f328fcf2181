#include "client/report/cell.h"

#include "client/report/chars.h"
#include "client/report/period_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace shirube::report {
namespace {

using Outcome = Cell::Outcome;

std::string Read(const std::string& raw) {
  Cell cell = ReadCell(raw);
  if (cell.outcome != Outcome::kNumber) return "none";
  return cell.value.ToString() + " " + cell.unit;
}

TEST(CellTest, ReadsNumbersInThePrintedUnit) {
  EXPECT_EQ(Read("71.5%"), "71.5 %");
  EXPECT_EQ(Read("2,400人"), "2400 人");
  EXPECT_EQ(Read("１，６１９人"), "1619 人");
  EXPECT_EQ(Read("120億円"), "120 億円");
  EXPECT_EQ(Read("8万時間"), "8 万時間");
  EXPECT_EQ(Read("3,297百万円"), "3297 百万円");
  EXPECT_EQ(Read("100.0"), "100.0 ");
}

TEST(CellTest, ReadsMixedMultipliersInTheSmallestUnit) {
  EXPECT_EQ(Read("13億776万円"), "130776 万円");
  EXPECT_EQ(Read("1兆7,319億円"), "17319 億円");
  EXPECT_EQ(Read("4億2,148万1千円"), "421481 千円");
  EXPECT_EQ(Read("1万2,345人"), "12345 人");
  EXPECT_EQ(Read("7時間30分"), "450 分");
}

TEST(CellTest, RefusesMixedMultipliersThatRunUpwards) {
  EXPECT_EQ(Read("776万13億円"), "none");
  EXPECT_EQ(Read("1.5億300万円"), "none");
  EXPECT_EQ(Read("1億20000万円"), "none");
}

TEST(CellTest, TakesTrianglesAsMinusOnlyBeforeANumber) {
  EXPECT_EQ(Read("▲3,703"), "-3703 ");
  EXPECT_EQ(Read("△739"), "-739 ");
  EXPECT_EQ(Read("−5.5%"), "-5.5 %");
  EXPECT_EQ(ReadCell("▲").outcome, Outcome::kWords);
}

TEST(CellTest, TreatsDashesAndNashiAsMissing) {
  for (const char* mark : {"", "—", "―", "─", "-", "－", "なし", "　"}) {
    EXPECT_EQ(ReadCell(mark).outcome, Outcome::kMissing) << mark;
  }
}

TEST(CellTest, ReadsThePeriodInBrackets) {
  EXPECT_EQ(ReadCell("100%(R7)").period->ToId(), "fy2025");
  EXPECT_EQ(ReadCell("1.5% (R2)").period->ToId(), "fy2020");
  EXPECT_EQ(ReadCell("23%(平成27年度末)").period->ToId(), "fy2015");
  EXPECT_EQ(ReadCell("30%（平成32年）").period->ToId(), "cy2020");
  EXPECT_EQ(ReadCell("25.4%(2020年3月31日)").period->ToId(), "d2020-03-31");
  EXPECT_EQ(ReadCell("5.1% 平成20年度 (※平成21年1月現在)").period->ToId(),
            "fy2008");
}

TEST(CellTest, KeepsAnUnknownEraUnread) {
  EXPECT_EQ(ReadCell("100%(X7)").outcome, Outcome::kUnread);
}

TEST(CellTest, ReadsWindowsWithEveryWaveDash) {
  for (const char* raw :
       {"120億円 (R3~R6年度累計)", "120億円（R3～R6年度累計）",
        "120億円(R3〜R6年度累計)", "120億円(R3∼R6累計)",
        "120億円(令和3~6年度累計)", "120億円(R3からR6までの累計)"}) {
    Cell cell = ReadCell(raw);
    ASSERT_TRUE(cell.window) << raw;
    EXPECT_EQ(cell.window->start.ToId(), "fy2021") << raw;
    EXPECT_EQ(cell.window->end.ToId(), "fy2024") << raw;
    EXPECT_EQ(cell.value.ToString(), "120") << raw;
  }
}

TEST(CellTest, ReadsOperators) {
  EXPECT_EQ(ReadCell("35%以上").op, v1::Indicator::OPERATOR_AT_LEAST);
  EXPECT_EQ(ReadCell("10人以下").op, v1::Indicator::OPERATOR_AT_MOST);
  EXPECT_EQ(ReadCell("5%未満").op, v1::Indicator::OPERATOR_BELOW);
  EXPECT_EQ(ReadCell("30%程度").op, v1::Indicator::OPERATOR_ABOUT);
  EXPECT_EQ(ReadCell("約70兆円").op, v1::Indicator::OPERATOR_APPROXIMATELY);
  EXPECT_EQ(ReadCell("100%").op, v1::Indicator::OPERATOR_UNSPECIFIED);
}

TEST(CellTest, ReadsBandsWithBothEnds) {
  Cell cell = ReadCell("40%以上,60%以下(平成32年)");
  ASSERT_TRUE(cell.upper);
  EXPECT_EQ(cell.value.ToString(), "40");
  EXPECT_EQ(cell.upper->ToString(), "60");
  EXPECT_EQ(cell.unit, "%");
  EXPECT_EQ(cell.period->ToId(), "cy2020");
}

TEST(CellTest, MarksTargetsOfEveryYear) {
  EXPECT_TRUE(ReadCell("35%以上(毎年度)").every_year);
  EXPECT_TRUE(ReadCell("毎年度500人以上").every_year);
  EXPECT_TRUE(ReadCell("100%維持").maintain);
}

TEST(CellTest, KeepsWhatIsNotOneNumberUnread) {
  for (const char* raw : {"23.4〜30.7%", "8割減", "700億円の増",
                          "男性79.83、女性84.35", "小83.1% 中75.1%", "1,2345人",
                          "12..5", "1234567890123456789人", "〃"}) {
    EXPECT_EQ(ReadCell(raw).outcome, Outcome::kUnread) << raw;
  }
}

TEST(CellTest, TellsTargetsInWordsFromNumbers) {
  EXPECT_EQ(ReadCell("延伸").outcome, Outcome::kWords);
  EXPECT_EQ(ReadCell("限りなく100%に近づける").outcome, Outcome::kWords);
}

TEST(CellTest, RefusesCellsThatRunTogether) {
  EXPECT_EQ(ReadCell("96.268.670.0").outcome, Outcome::kRunTogether);
}

TEST(CellTest, PassesOverNotes) {
  EXPECT_EQ(Read("16.6%(注3)"), "16.6 %");
  EXPECT_EQ(Read("7,612(全国23位)"), "7612 ");
  EXPECT_EQ(Read("16,041人※1"), "16041 人");
}

TEST(CellTest, KnowsFiguresThatAreNotOutYet) {
  EXPECT_EQ(ReadCell("未公表").outcome, Outcome::kNotAvailable);
  EXPECT_EQ(ReadCell("71.5%(速報値)").state,
            v1::Observation::STATE_PROVISIONAL);
}

TEST(CellTest, CorrectsOkuAndSaysSo) {
  Cell cell = ReadCell("5憶8,211万円");
  EXPECT_EQ(cell.value.ToString(), "58211");
  EXPECT_EQ(cell.unit, "万円");
  EXPECT_TRUE(cell.oku_corrected);
}

TEST(PeriodTextTest, FindsThePeriodOfAHeading) {
  auto id = [](const char* text) {
    auto found = FindPeriod(FoldUtf8(text));
    return found ? found->period.ToId() : std::string("none");
  };
  EXPECT_EQ(id("R6目標値"), "fy2024");
  EXPECT_EQ(id("目標値（Ｒ８）"), "fy2026");
  EXPECT_EQ(id("令和元年度実績"), "fy2019");
  EXPECT_EQ(id("基準値(H26)"), "fy2014");
  EXPECT_EQ(id("目標値(2025年)"), "cy2025");
  EXPECT_EQ(id("最新値"), "none");
  EXPECT_EQ(id("X6目標値"), "none");
  EXPECT_TRUE(ClaimsUnknownYear(FoldUtf8("X6目標値")));
  EXPECT_TRUE(ClaimsUnknownYear(FoldUtf8("30年度実績")));
  EXPECT_FALSE(ClaimsUnknownYear(FoldUtf8("最新値")));
}

}  // namespace
}  // namespace shirube::report
