#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/output/width.h"
#include "client/cli/view/flags_html.h"
#include "client/cli/view/flags_tree.h"
#include "client/cli/view/tree_rows.h"
#include "client/cli/view/verdict_rows.h"
#include "tests/unit/cli/view_messages.h"

namespace shirube::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using V = v1::Verdict;

constexpr Look kPlain{0, false, true};

// The seven, with the second far behind and the fifth worse than its baseline.
std::vector<Figures> SomeLagging() {
  std::vector<Figures> figures = TheSeven();
  figures[1].actuals = "1750@2022";
  figures[1].status = V::STATUS_AT_RISK;
  figures[1].reason = "FAR_BEHIND";
  figures[4].actuals = "10.2@2022";
  figures[4].status = V::STATUS_AT_RISK;
  figures[4].reason = "REGRESSED";
  return figures;
}

TEST(FlagsTreeTest, CountsTheReportOnTop) {
  std::string text = FlagsTree(ATree(), {}, kPlain);
  EXPECT_THAT(text,
              HasSubstr("◎ 達成 2   ○ 順調 5   ▲ 要改善 0   ― 判定なし 0\n"));
  EXPECT_THAT(text, HasSubstr("R4の実績による判定"));
  EXPECT_THAT(text, Not(HasSubstr("判定不能")));
}

TEST(FlagsTreeTest, ShowsAnIndicatorWithStatusFiguresAndReason) {
  std::string text = FlagsTree(ATree(), {}, kPlain);
  EXPECT_THAT(text, HasSubstr("○ 順調    ・防災士の認証登録者数"));
  EXPECT_THAT(text, HasSubstr("2,233人(R4) → 2,400人(R6)"));
  EXPECT_THAT(text, HasSubstr("8,526回(R4) → 2,000回(R6)  前倒し達成"));
}

TEST(FlagsTreeTest, ShowsAnInitiativeWithoutIndicatorsAsADash) {
  std::string text = FlagsTree(ATree(), {}, kPlain);
  EXPECT_THAT(text, HasSubstr("—         1 行政のデジタル化の推進\n"));
}

TEST(FlagsTreeTest, ListsWhatLagsBeforeTheTree) {
  auto tree = ATree(SomeLagging());
  std::string text = FlagsTree(tree, {}, kPlain);
  size_t heading = text.find("▲ 要改善 2件\n");
  size_t pillar = text.find("第1 ");
  ASSERT_NE(heading, std::string::npos);
  std::string first = text.substr(heading, pillar - heading);
  EXPECT_THAT(first, HasSubstr("防災士の認証登録者数"));
  EXPECT_THAT(first, HasSubstr("男性職員の育休休業取得率"));
  EXPECT_THAT(text, HasSubstr("要改善1件・全2件"));
}

TEST(FlagsTreeTest, ListsTheMoreUrgentFirst) {
  auto tree = ATree(SomeLagging());
  tree.mutable_roots(2)->mutable_indicators(0)->mutable_verdict()->set_severity(
      V::SEVERITY_CRITICAL);
  auto lagging = IndicatorsThatAre(tree, V::STATUS_AT_RISK);
  ASSERT_EQ(lagging.size(), 2u);
  EXPECT_EQ(lagging[0]->indicator().name(), "plans/demo/indicators/i-p3-01");
}

TEST(FlagsTreeTest, SaysHowManyWereEvaluatedWhereNotAllWere) {
  auto figures = TheSeven();
  figures[6].actuals = "";
  figures[6].status = V::STATUS_NOT_EVALUATED;
  figures[6].reason = "NO_DATA";
  std::string text = FlagsTree(ATree(figures), {}, kPlain);
  EXPECT_THAT(text, HasSubstr("3件中2件判定"));
  EXPECT_THAT(text, HasSubstr("実績なし → 240回(R6)"));
  EXPECT_THAT(text, HasSubstr("実績値未公表"));
}

TEST(FlagsTreeTest, NumbersMarksOnlyWhereThereAreSeveral) {
  auto tree = ATree();
  auto* pillar = tree.mutable_roots(1);
  *pillar->mutable_indicators(0)->mutable_verdict()->add_marks() =
      "ASSUMED_TO_DATE";
  EXPECT_THAT(FlagsTree(tree, {}, kPlain), HasSubstr("75.6億円(R4)※ →"));
  *pillar->mutable_indicators(1)->mutable_verdict()->add_marks() =
      "PROVISIONAL";
  std::string text = FlagsTree(tree, {}, kPlain);
  EXPECT_THAT(text, HasSubstr("75.6億円(R4)※2 →"));
  EXPECT_THAT(text, HasSubstr("※1 速報値\n※2 累計とみなした値\n"));
}

TEST(FlagsTreeTest, StaysWithinTheWidthAndLosesNoTitle) {
  for (int width : {50, 60, 80, 100, 120}) {
    std::string text =
        FlagsTree(ATree(SomeLagging()), {}, {width, false, true});
    for (const std::string& line : LinesOf(text)) {
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
    EXPECT_THAT(text, HasSubstr("オンラインで利用"));
    EXPECT_THAT(text, Not(HasSubstr("…")));
  }
}

TEST(FlagsTreeTest, SpeaksEnglish) {
  std::string text = FlagsTree(ATree(SomeLagging()), {}, {0, false, false});
  EXPECT_THAT(text, HasSubstr("▲ at risk 2\n"));
  EXPECT_THAT(text, HasSubstr("1,750 人 (FY2022) → 2,400 人 (FY2024)"));
  EXPECT_THAT(text, HasSubstr("1 at risk, 2 indicators"));
}

TEST(FlagsTreeTest, SaysThatNothingFits) {
  TreeFilter filter{{V::STATUS_AT_RISK}, ""};
  std::string text = FlagsTree(Filtered(ATree(), filter), {"", true}, kPlain);
  EXPECT_THAT(text, HasSubstr("該当する施策・指標はありません。"));
  EXPECT_THAT(text, HasSubstr("件数は計画全体"));
}

TEST(TreeFilterTest, KeepsWhatHasTheStatusAndTheWayThere) {
  auto part = Filtered(ATree(SomeLagging()), {{V::STATUS_AT_RISK}, ""});
  ASSERT_EQ(part.roots_size(), 2);
  EXPECT_EQ(part.roots(0).initiative().label(), "第1");
  EXPECT_EQ(part.roots(0).indicators_size(), 1);
  EXPECT_EQ(part.roots(0).children_size(), 0);
  EXPECT_EQ(part.counts().total(), 7);
}

TEST(TreeFilterTest, KeepsAnOwnersInitiativesWithAllBelow) {
  auto tree = ATree();
  tree.mutable_roots(0)->mutable_initiative()->set_owner("総務課");
  tree.mutable_roots(2)->mutable_indicators(1)->mutable_indicator()->set_owner(
      "総務課");
  auto part = Filtered(tree, {{}, "総務課"});
  ASSERT_EQ(part.roots_size(), 2);
  EXPECT_EQ(part.roots(0).indicators_size(), 2);
  EXPECT_EQ(part.roots(0).children_size(), 2);
  EXPECT_EQ(part.roots(1).indicators_size(), 1);
}

TEST(TreeFilterTest, LagsWhereAFlagDoesOrAnIndicatorOfNoInitiative) {
  EXPECT_FALSE(Lags(ATree()));
  EXPECT_TRUE(Lags(ATree(SomeLagging())));
  auto tree = ATree();
  *tree.add_unplaced() = AnIndicator(SomeLagging()[1]);
  EXPECT_TRUE(Lags(tree));
}

TEST(TreeRowsTest, CountsAnIndicatorOnceThatStandsInTwoPlaces) {
  auto tree = ATree();
  *tree.mutable_roots(1)->add_indicators() = tree.roots(0).indicators(0);
  EXPECT_EQ(IndicatorsOf(tree).size(), 7u);
}

TEST(TreeRowsTest, PrintsEveryKindOfTarget) {
  v1::Indicator indicator = AnIndicator(TheSeven()[1]).indicator();
  indicator.set_operator_(v1::Indicator::OPERATOR_AT_LEAST);
  EXPECT_EQ(TargetText(indicator, true), "2,400人以上(R6)");
  EXPECT_EQ(TargetText(indicator, false), "≥ 2,400 人 (FY2024)");
  indicator.set_target_upper("3000");
  EXPECT_EQ(TargetText(indicator, true), "2,400〜3,000人(R6)");
  indicator.clear_target_upper();
  indicator.mutable_target()->clear_period();
  indicator.mutable_target()->set_every_year(true);
  EXPECT_EQ(TargetText(indicator, true), "2,400人以上(毎年度)");
  indicator.mutable_target()->Clear();
  indicator.mutable_target()->set_words("延伸");
  EXPECT_EQ(TargetText(indicator, true), "延伸");
  indicator.clear_target();
  EXPECT_EQ(TargetText(indicator, true), "");
}

TEST(FlagsHtmlTest, IsOneFileWithoutScriptsOrLinks) {
  Explanations explanations;
  explanations["plans/demo/indicators/i-p1-02"] = AnExplanation();
  std::string html = FlagsHtml(ATree(), {}, explanations, true);
  EXPECT_THAT(html, HasSubstr("<html lang=\"ja\">"));
  EXPECT_THAT(html, HasSubstr("size: A4"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("145.4人上回っている"));
  EXPECT_THAT(html, HasSubstr("○ 順調"));
  for (const char* outside : {"<script", "<link", "src=", "href=", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
}

TEST(FlagsHtmlTest, EscapesWhatPeopleTyped) {
  auto tree = ATree();
  tree.mutable_plan()->set_display_name("<script>alert(1)</script>");
  tree.mutable_roots(0)->mutable_initiative()->set_display_name("A & B");
  auto* item = tree.mutable_roots(0)->mutable_indicators(0);
  item->mutable_indicator()->set_display_name("\"><img onerror='x'>");
  std::string html = FlagsHtml(tree, {}, {}, true);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("A &amp; B"));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
}

TEST(FlagsHtmlTest, PutsWhatLagsFirst) {
  std::string html = FlagsHtml(ATree(SomeLagging()), {}, {}, true);
  size_t first = html.find("▲ 要改善 2件");
  ASSERT_NE(first, std::string::npos);
  EXPECT_LT(first, html.find("第1 "));
}

TEST(VerdictRowsTest, GivesProgramsBareWordsAndPlainNumbers) {
  auto item = AnIndicator(TheSeven()[1]);
  *item.mutable_verdict()->add_marks() = "PROVISIONAL";
  *item.mutable_verdict()->add_marks() = "CONFLICT";
  Table table = VerdictsForPrograms(
      {item.verdict()}, {{item.indicator().name(), item.indicator()}});
  std::vector<std::string> row;
  for (const Cell& cell : table.rows.at(0)) row.push_back(cell.text);
  EXPECT_THAT(row,
              ElementsAre("i-p1-02", "防災士の認証登録者数", "STATUS_ON_TRACK",
                          "ON_PACE", "PROVISIONAL CONFLICT", "fy2022", "2233",
                          "人", "2400", "fy2024", "ruleSets/rs-1f4c", ""));
}

TEST(VerdictRowsTest, KeepsARowWhoseIndicatorIsNotKnown) {
  auto item = AnIndicator(SomeLagging()[1]);
  Table table = VerdictsForPeople({item.verdict()}, {}, {}, true);
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][0].text, "▲ 要改善");
  EXPECT_EQ(table.rows[0][2].text, "1,750人(R4)");
  EXPECT_EQ(table.rows[0][3].text, "");
  EXPECT_EQ(table.rows[0][4].text, "遅れ");
}

// Two rows that wait for one module, and one for another.
v1::PlanTree ATreeThatWaits() {
  v1::PlanTree tree = ATree();
  auto wait = [](v1::PlanTreeIndicator* item, const char* module, int minute) {
    v1::Verdict* verdict = item->mutable_verdict();
    verdict->set_waiting(true);
    verdict->mutable_waiting_since()->set_seconds(1'700'000'000 + 60 * minute);
    v1::ModuleFault* fault = verdict->add_faults();
    fault->set_module(std::string("ruleModules/") + module + "/versions/1.0.0");
    fault->set_reason("QUARANTINED");
  };
  wait(tree.mutable_roots(0)->mutable_indicators(0), "on_track", 5);
  wait(tree.mutable_roots(0)->mutable_indicators(1), "on_track", 0);
  wait(tree.mutable_roots(1)->mutable_indicators(0), "stale", 9);
  return tree;
}

TEST(FlagsTreeTest, SaysBehindASignWhichVerdictsWaitAndSinceWhen) {
  const std::string text = FlagsTree(ATreeThatWaits(), {}, {0, false, true});
  EXPECT_THAT(text, HasSubstr("※ うち3件は判定待ち(停止前の判定を表示)"));
  EXPECT_THAT(text, HasSubstr("71.5%(R4)※1 → "));
  EXPECT_THAT(text, HasSubstr("2,233人(R4)※1 → "));
  EXPECT_THAT(text, HasSubstr("75.6億円(R4)※2 → "));
  EXPECT_THAT(text,
              HasSubstr("※1 判定待ち: モジュール on_track が停止中"
                        "(2023-11-15 07:13から)。示しているのは停止前の判定"));
  EXPECT_THAT(text, HasSubstr("※2 判定待ち: モジュール stale が停止中"));
  EXPECT_THAT(FlagsTree(ATree(), {}, {0, false, true}),
              Not(HasSubstr("判定待ち")));
}

TEST(FlagsHtmlTest, SaysWhichVerdictsWait) {
  const std::string html = FlagsHtml(ATreeThatWaits(), {}, {}, true);
  EXPECT_THAT(html, HasSubstr("※ うち3件は判定待ち"));
  EXPECT_THAT(html, HasSubstr("<p>※2 判定待ち: モジュール stale が停止中"));
}

}  // namespace
}  // namespace shirube::cli
