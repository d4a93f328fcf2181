#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/output/width.h"
#include "client/cli/view/explain.h"
#include "tests/unit/cli/view_messages.h"

namespace shirube::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using V = v1::Verdict;

constexpr Look kPlain{0, false, true};

std::string Cell(const Table& table, const std::string& item, size_t column) {
  for (const auto& row : table.rows) {
    if (row[0].text == item) return row[column].text;
  }
  return "(no row)";
}

TEST(ExplainTest, PutsTheSentenceFirst) {
  std::string text = Explanation(AnExplanation(), kPlain);
  EXPECT_LT(text.find("145.4人上回っている"), text.find("基準値    "));
}

TEST(ExplainTest, ShowsTheNumbersOfTheJudgement) {
  Table table = NumbersTable(AnExplanation(), true);
  EXPECT_EQ(Cell(table, "基準値", 1), "1,619人");
  EXPECT_EQ(Cell(table, "基準値", 2), "R1");
  EXPECT_EQ(Cell(table, "目標値", 1), "2,400人");
  EXPECT_EQ(Cell(table, "目標値", 2), "R6");
  EXPECT_EQ(Cell(table, "実績値", 1), "2,233人");
  EXPECT_EQ(Cell(table, "その時点の水準", 1), "2,087.6人");
  EXPECT_EQ(Cell(table, "水準との差", 1), "+145.4人");
  EXPECT_EQ(Cell(table, "進捗", 1), "78.6%");
  EXPECT_EQ(Cell(table, "進捗", 3), "目標までの781人のうち614人");
  EXPECT_EQ(Cell(table, "期間の経過", 1), "60.0%");
  EXPECT_EQ(Cell(table, "ペース比", 1), "1.31");
  EXPECT_EQ(Cell(table, "ペース比", 3), "0.80以上で順調");
}

TEST(ExplainTest, LeavesOutWhatDoesNotApply) {
  auto response = AnExplanation();
  response.mutable_derivation()->clear_pace_ratio();
  response.mutable_derivation()->clear_expected();
  response.mutable_derivation()->clear_gap();
  Table table = NumbersTable(response, true);
  EXPECT_EQ(Cell(table, "ペース比", 1), "(no row)");
  EXPECT_EQ(Cell(table, "その時点の水準", 1), "(no row)");
}

TEST(ExplainTest, SaysWhatIsMissingWithoutAFigure) {
  auto response = AnExplanation();
  response.mutable_derivation()->clear_actual();
  response.mutable_verdict()->set_status(V::STATUS_NOT_EVALUATED);
  response.mutable_verdict()->set_reason("NO_DATA");
  Table table = NumbersTable(response, true);
  EXPECT_EQ(Cell(table, "実績値", 1), "―");
  EXPECT_EQ(Cell(table, "実績値", 3), "実績値未公表");
}

TEST(ExplainTest, ShowsTheFactsOfOtherModules) {
  auto response = AnExplanation();
  v1::Fact* fact = response.mutable_verdict()->add_facts();
  fact->set_name("variability");
  fact->set_unit("ratio");
  fact->set_module("our_yardstick");
  *fact->mutable_value() = ARatio(1, 8);
  Table table = NumbersTable(response, true);
  EXPECT_EQ(Cell(table, "variability", 1), "0.125");
  EXPECT_EQ(Cell(table, "variability", 3), "our_yardstick");
}

TEST(ExplainTest, TellsWhichFigureWouldMeanWhat) {
  std::string text = Explanation(AnExplanation(), kPlain);
  EXPECT_THAT(text, HasSubstr("R5の実績がいくつなら\n"));
  EXPECT_THAT(text, HasSubstr("◎ 達成    2,400人以上\n"));
  EXPECT_THAT(text, HasSubstr("○ 順調    2,119人以上\n"));
  EXPECT_THAT(text, HasSubstr("▲ 要改善  2,119人を下回ると\n"));
}

TEST(ExplainTest, TurnsTheFlipPointsRoundWhereLessIsBetter) {
  auto response = AnExplanation();
  response.mutable_derivation()->set_direction(v1::Indicator::DIRECTION_DOWN);
  std::string text = Explanation(response, kPlain);
  EXPECT_THAT(text, HasSubstr("○ 順調    2,119人以下\n"));
  EXPECT_THAT(text, HasSubstr("▲ 要改善  2,119人を上回ると\n"));
}

TEST(ExplainTest, GivesABandItsInterval) {
  v1::FlipPoint flip;
  flip.set_lower("40");
  flip.set_upper("60");
  v1::Derivation derivation;
  derivation.set_unit("%");
  EXPECT_EQ(FlipText(flip, derivation, true), "40〜60%");
  EXPECT_EQ(FlipText(flip, derivation, false), "40 to 60%");
}

TEST(ExplainTest, PrintsFlipPointsWithoutNeedlessZeros) {
  auto response = AnExplanation();
  response.mutable_flip_points(0)->set_value("2400.0");
  response.mutable_flip_points(1)->set_value("2119.50");
  std::string text = Explanation(response, kPlain);
  EXPECT_THAT(text, HasSubstr("◎ 達成    2,400人以上\n"));
  EXPECT_THAT(text, HasSubstr("▲ 要改善  2,119.5人を下回ると\n"));
}

TEST(ExplainTest, SaysNothingOfFlipPointsWhereThereAreNone) {
  auto response = AnExplanation();
  for (v1::FlipPoint& flip : *response.mutable_flip_points()) {
    flip.clear_value();
    flip.set_omitted("NO_PERIOD");
  }
  EXPECT_THAT(Explanation(response, kPlain), Not(HasSubstr("いくつなら")));
}

TEST(ExplainTest, TellsWhatEachComingYearMustBring) {
  std::string text = Explanation(AnExplanation(), kPlain);
  EXPECT_THAT(text, HasSubstr("  R5  2,317人  +84人\n"));
  EXPECT_THAT(text, HasSubstr("  R6  2,400人  +83人\n"));
}

TEST(ExplainTest, NamesWhoJudgedAndByWhichSettings) {
  auto response = AnExplanation();
  response.mutable_parameters(0)->set_scope("plans/demo/initiatives/p1");
  response.mutable_parameters(0)->set_stricter_taken(true);
  std::string text = Explanation(response, kPlain);
  EXPECT_THAT(text, HasSubstr("判定: on_track 1.0.0"));
  EXPECT_THAT(text,
              HasSubstr("pace_threshold 0.80(施策で設定、厳しい方を採用)"));
}

TEST(ExplainTest, NamesAFailedModule) {
  auto response = AnExplanation();
  v1::ModuleFault* fault = response.mutable_verdict()->add_faults();
  fault->mutable_message()->set_ja("モジュール x が時間内に答えなかった。");
  EXPECT_THAT(Explanation(response, kPlain),
              HasSubstr("モジュール x が時間内に答えなかった。"));
}

TEST(ExplainTest, StaysWithinTheWidth) {
  for (int width : {40, 60, 80, 120}) {
    for (const std::string& line :
         LinesOf(Explanation(AnExplanation(), {width, false, true}))) {
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
  }
}

TEST(ExplainTest, SpeaksEnglish) {
  std::string text = Explanation(AnExplanation(), {0, false, false});
  EXPECT_THAT(text, HasSubstr("○ on track"));
  EXPECT_THAT(text, HasSubstr("level expected"));
  EXPECT_THAT(text, HasSubstr("2,119 人 or more"));
  EXPECT_THAT(text, HasSubstr("under 2,119 人"));
}

TEST(ExplainTest, NeverShowsAVerdictThatWaitsAsFresh) {
  v1::ExplainVerdictResponse response = AnExplanation();
  response.mutable_verdict()->set_waiting(true);
  response.mutable_verdict()->mutable_waiting_since()->set_seconds(
      1'700'000'000);
  v1::ModuleFault* fault = response.mutable_verdict()->add_faults();
  fault->set_module("ruleModules/on_track/versions/1.0.0");
  fault->mutable_message()->set_en("module on_track was set aside");
  const std::string text = Explanation(response, {0, false, false});
  EXPECT_THAT(text, HasSubstr("※ waiting: module on_track is out of service "
                              "(since 2023-11-14 22:13 UTC)"));
  EXPECT_THAT(text, HasSubstr("Shown is the verdict from before"));
  EXPECT_THAT(text, HasSubstr("module on_track was set aside"));
}

}  // namespace
}  // namespace shirube::cli
