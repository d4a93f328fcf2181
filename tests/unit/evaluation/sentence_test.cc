#include "server/evaluation/sentence.h"

#include <gtest/gtest.h>

#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/pace_in_process.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::ExplainInProcess;
using testing::IndicatorBuilder;
using testing::Measured;

std::string Ja(const Indicator& indicator,
               const std::vector<Observation>& observations) {
  return ExplainInProcess(indicator, observations).sentence.ja;
}
std::string En(const Indicator& indicator,
               const std::vector<Observation>& observations) {
  return ExplainInProcess(indicator, observations).sentence.en;
}

Indicator Firefighters() {
  return IndicatorBuilder("人")
      .Baseline("1619", "R1")
      .Target("2400", "R6")
      .Build();
}

TEST(SentenceTest, SaysHowFarAnIncreaseIsAheadOfAnEvenPath) {
  const Indicator i = Firefighters();
  EXPECT_EQ(Ja(i, {Measured(i, "R4", "2233")}),
            "R4実績2,233人は、基準値1,619人(R1)から目標値2,400人(R6)まで"
            "毎年度均等に増加した場合のR4時点の水準2,087.6人を145.4人"
            "上回っている(目標までの増加分に対する進捗78.6%、期間の経過"
            "60.0%)。判定:順調");
  EXPECT_EQ(En(i, {Measured(i, "R4", "2233")}),
            "The FY2022 figure of 2,233 人 is 145.4 人 above 2,087.6 人, the "
            "level at FY2022 of an even increase every fiscal year from the "
            "baseline of 1,619 人 (FY2019) to the target of 2,400 人 (FY2024) "
            "(78.6% of the increase to the target covered, 60.0% of the time "
            "elapsed). Judgement: on track");
}

TEST(SentenceTest, CountsDifferencesOfPercentagesInPoints) {
  const Indicator i =
      IndicatorBuilder("%").Baseline("1.5", "R2").Target("100", "R6").Build();
  EXPECT_EQ(Ja(i, {Measured(i, "R4", "71.5")}),
            "R4実績71.5%は、基準値1.5%(R2)から目標値100%(R6)まで毎年度均等に"
            "増加した場合のR4時点の水準50.75%を20.75ポイント上回っている"
            "(目標までの増加分に対する進捗71.1%、期間の経過50.0%)。"
            "判定:順調");
  EXPECT_NE(
      En(i, {Measured(i, "R4", "71.5")}).find("20.75 points above 50.75%"),
      std::string::npos);
}

TEST(SentenceTest, SaysThatADecreaseIsAhead) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("105000", "H25")
                          .Target("21000", "R4")
                          .Build();
  EXPECT_EQ(Ja(i, {Measured(i, "H28", "74000")}),
            "H28実績74,000人は、基準値105,000人(H25)から目標値21,000人(R4)"
            "まで毎年度均等に減少した場合の水準77,000人を3,000人下回っており、"
            "想定より減少が進んでいる(目標までの減少分に対する進捗36.9%、"
            "期間の経過33.3%)。判定:順調");
  EXPECT_NE(Ja(i, {Measured(i, "H28", "80000")})
                .find("水準77,000人を3,000人上回っており、想定より減少が遅れて"
                      "いる"),
            std::string::npos);
}

TEST(SentenceTest, AddsUpACumulativeTargetAndSaysWhatWasAssumed) {
  const Indicator i =
      IndicatorBuilder("億円").CumulativeFrom("R3").Target("120", "R6").Build();
  Observation measured = Measured(i, "R4", "75.6");
  measured.assumed_to_date = true;
  EXPECT_EQ(Ja(i, {measured}),
            "R3からR4までの累計75.6億円は、R6までの累計目標120億円を均等に"
            "積み上げた場合のR4時点の水準60億円を15.6億円上回っている(累計目標"
            "に対する進捗63.0%、期間の経過50.0%)。※R4実績をR3からの累計と"
            "みなした。判定:順調");
  EXPECT_EQ(En(i, {measured}),
            "The total of 75.6 億円 from FY2021 to FY2022 is 15.6 億円 above "
            "60 億円, the level at FY2022 of an even build-up to the "
            "cumulative target of 120 億円 (FY2024) (63.0% of the cumulative "
            "target covered, 50.0% of the time elapsed). ※ The FY2022 figure "
            "was taken as a total from FY2021 to date. Judgement: on track");
}

TEST(SentenceTest, ComparesWithAMilestoneOfTheYear) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("-3703", "H26")
                          .Target("-2000", "R1")
                          .Milestone("-2700", "H29")
                          .Build();
  EXPECT_EQ(Ja(i, {Measured(i, "H29", "-2530")}),
            "H29実績-2,530人は、H29の目安値-2,700人を170人上回っている(目標"
            "までの増加分に対する進捗68.9%、目安値までの進捗58.9%、期間の経過"
            "60.0%)。判定:順調");
  EXPECT_NE(Ja(i, {Measured(i, "H28", "-2900")})
                .find("H28の目安値-3,034.33人(前後の"
                      "値を結んだ線上)を134.33人"),
            std::string::npos);
}

TEST(SentenceTest, NamesTheReasonWhereItDiffersFromTheStatus) {
  const Indicator i =
      IndicatorBuilder("%").Baseline("86.5", "H24").Target("92", "H29").Build();
  const std::string text = Ja(i, {Measured(i, "H27", "89.5")});
  EXPECT_TRUE(
      text.ends_with("を0.3ポイント下回っている(目標までの増加分に"
                     "対する進捗54.5%、期間の経過60.0%)。判定:"
                     "おおむね順調"))
      << text;
}

TEST(SentenceTest, SaysWhenATargetWasMet) {
  const Indicator early =
      IndicatorBuilder("回").Baseline("319", "R1").Target("2000", "R6").Build();
  EXPECT_EQ(Ja(early, {Measured(early, "R4", "8526")}),
            "R4実績8,526回は、目標値2,000回(R6)を6,526回上回り、期限より2年"
            "早く達成した。判定:前倒し達成");
  EXPECT_EQ(Ja(early, {Measured(early, "R6", "2000")}),
            "R6実績2,000回は、目標値2,000回(R6)に達し、期限内に達成した。"
            "判定:期限内達成");
  EXPECT_EQ(Ja(early, {Measured(early, "R7", "2500")}),
            "R7実績2,500回は、目標値2,000回(R6)を500回上回り、期限を過ぎて"
            "達成した。判定:期限後達成");
  const Indicator undated = IndicatorBuilder("%")
                                .Baseline("25.7", "H22")
                                .Target("30", "", Operator::kAround)
                                .Build();
  EXPECT_EQ(Ja(undated, {Measured(undated, "H27", "36.6")}),
            "H27実績36.6%は、目標値30%程度を6.6ポイント上回り、達成した。"
            "判定:達成(期限の定めなし)");
  EXPECT_EQ(En(early, {Measured(early, "R4", "8526")}),
            "The FY2022 figure of 8,526 回 is 6,526 回 above the target of "
            "2,000 回 (FY2024): achieved 2 years early. Judgement: met early");
}

TEST(SentenceTest, SaysThatATargetWasMissed) {
  const Indicator i = Firefighters();
  EXPECT_EQ(Ja(i, {Measured(i, "R6", "2399")}),
            "R6実績2,399人は、目標値2,400人(R6)を1人下回り、達成できなかった。"
            "判定:未達成");
}

TEST(SentenceTest, SaysThatAFigureIsWorseThanTheBaseline) {
  const Indicator i = IndicatorBuilder("%")
                          .Baseline("16.7", "2009年")
                          .Target("30", "2020年")
                          .Build();
  EXPECT_EQ(Ja(i, {Measured(i, "2014年", "16.6")}),
            "H26年実績16.6%は、基準値16.7%(H21年)を0.1ポイント下回り、目標値"
            "30%(R2年)から遠ざかっている。判定:基準値より後退");
}

TEST(SentenceTest, SpeaksOfALevelToBeKept) {
  const Indicator i = IndicatorBuilder("%")
                          .Kind(IndicatorKind::kMaintain)
                          .Baseline("36.8", "2020-04-01")
                          .Target("35", "", Operator::kAtLeast)
                          .EveryYear()
                          .Build();
  EXPECT_EQ(Ja(i, {Measured(i, "2020-04-01", "36.8")}),
            "R2年4月1日実績36.8%は、毎年度の目標値35%以上を1.8ポイント上回り、"
            "水準を維持している。判定:水準維持");
  EXPECT_EQ(Ja(i, {Measured(i, "2021-04-01", "34")}),
            "R3年4月1日実績34%は、基準値36.8%(R2年4月1日)では満たしていた"
            "毎年度の目標値35%以上を1ポイント下回っている。判定:目標水準割れ");
}

TEST(SentenceTest, SpeaksOfACeilingOfATotal) {
  const Indicator i = IndicatorBuilder("件")
                          .CumulativeFrom("R3")
                          .Target("100", "R6", Operator::kAtMost)
                          .Build();
  EXPECT_EQ(
      Ja(i, {Measured(i, "R4", "40")}),
      "R3からR4までの累計40件は、R6までの累計の上限100件以下を60件下回り、"
      "上限の範囲に収まっている。判定:水準維持");
  EXPECT_EQ(Ja(i, {Measured(i, "R3", "120")}),
            "R3の累計120件は、R6までの累計の上限100件以下を20件上回り、満たして"
            "いない。判定:未達成");
}

TEST(SentenceTest, MeasuresABandByWhatIsMissing) {
  const Indicator i = IndicatorBuilder("%")
                          .Baseline("33.2", "2009年")
                          .Target("40", "2020年")
                          .Upper("60")
                          .Build();
  EXPECT_EQ(Ja(i, {Measured(i, "2014年", "35.4")}),
            "H26年実績35.4%は、目標の範囲40%～60%(R2年)まで4.6ポイントの差が"
            "あり、基準値33.2%(H21年)から毎年度均等に近づいた場合のH26年時点の"
            "差3.709ポイントを0.891ポイント上回っている(目標の範囲までの差に"
            "対する進捗32.4%、期間の経過45.5%)。判定:やや遅れ");
  EXPECT_EQ(Ja(i, {Measured(i, "2014年", "45")}),
            "H26年実績45%は、目標の範囲40%～60%(R2年)に入り、期限より6年早く"
            "達成した。判定:前倒し達成");
}

TEST(SentenceTest, SaysWhatIsMissingWhereNothingCouldBeJudged) {
  const Indicator i = Firefighters();
  EXPECT_EQ(Ja(i, {}),
            "目標値2,400人(R6)に対する実績値がまだ公表されていないため、判定"
            "していない。判定:実績値未公表");
  EXPECT_EQ(Ja(i, {Measured(i, "R1", "1700")}),
            "R1実績1,700人は基準時点(R1)の値であり、その後の実績値がまだない"
            "ため、判定していない。判定:判定時期未到来");
  const Indicator no_target =
      IndicatorBuilder("人").Baseline("1", "R1").Build();
  EXPECT_EQ(Ja(no_target, {Measured(no_target, "R4", "5")}),
            "目標値が定められていないため、判定していない。判定:目標値なし");
  const Indicator words = IndicatorBuilder("歳").Words("延伸").Build();
  EXPECT_EQ(Ja(words, {Measured(words, "R4", "80")}),
            "目標が「延伸」という文言であり、数値で定められていないため、判定"
            "していない。判定:数値目標なし");
  const Indicator range = IndicatorBuilder("%")
                              .Baseline(testing::Unread("23.4~30.7"), "H23")
                              .Target("50", "R5")
                              .Build();
  EXPECT_EQ(Ja(range, {Measured(range, "R2", "23.1")}),
            "基準値「23.4~30.7」を一つの数値として読み取れないため、判定して"
            "いない。判定:要確認(読取不能)");
  const Indicator no_base =
      IndicatorBuilder("人").Target("10", "R6", Operator::kAtLeast).Build();
  EXPECT_EQ(Ja(no_base, {Measured(no_base, "R4", "5")}),
            "R4実績5人について、基準値も目安値もなく、見込まれる水準を求められ"
            "ないため、判定していない。判定:基準値なし");
  const Indicator band =
      IndicatorBuilder("人").Target("10", "R6").Upper("12").Build();
  EXPECT_EQ(
      Ja(band, {Measured(band, "R4", "5")}),
      "R4実績5人について、基準値がなく、見込まれる水準を求められないため、"
      "判定していない。判定:基準値なし");
  const Indicator unknown = IndicatorBuilder("人").Target("10", "R6").Build();
  EXPECT_NE(Ja(unknown, {Measured(unknown, "R4", "5")})
                .find("増やす目標か減らす目標かが分からない"),
            std::string::npos);
  const Indicator undated =
      IndicatorBuilder("人").Baseline("1", "R1").Target("10", "").Build();
  EXPECT_NE(Ja(undated, {Measured(undated, "R4", "5")})
                .find("目標の年度が定められておらず"),
            std::string::npos);
  EXPECT_EQ(En(i, {}),
            "Not judged: no figure for the target of 2,400 人 (FY2024) has "
            "been published yet. Judgement: no figure yet");
}

TEST(SentenceTest, NamesTheUnitThatDoesNotFit) {
  const Indicator i = Firefighters();
  Observation measured = Measured(i, "R4", "10");
  measured.value.unit = "km";
  EXPECT_EQ(Ja(i, {measured}),
            "R4実績値の単位「km」が目標指標の単位「人」と合わないため、判定して"
            "いない。判定:単位不一致");
}

TEST(SentenceTest, SaysThatAGapInATotalIsTheReason) {
  const Indicator i =
      IndicatorBuilder("億円").CumulativeFrom("R3").Target("120", "R6").Build();
  Observation measured = Measured(i, "R4", "30");
  measured.basis = Basis::kPeriod;
  EXPECT_EQ(Ja(i, {measured}),
            "累計に必要な年度の実績値が欠けているため、判定していない。"
            "判定:実績値未公表");
}

TEST(SentenceTest, NamesTheModuleThatFailed) {
  const Indicator i = Firefighters();
  Explanation e = ExplainInProcess(i, {Measured(i, "R4", "2233")});
  e.verdict.status = Status::kIndeterminate;
  e.verdict.reason = "CRASHED";
  e.verdict.failed = {{"on_track", "CRASHED"}};
  SentenceInput input;
  input.indicator = &i;
  input.derivation = &e.derivation;
  input.verdict = &e.verdict;
  EXPECT_EQ(WriteSentence(input).ja,
            "判定モジュール on_track が回答できなかったため、R4実績2,233人を"
            "判定できない。判定:判定不能(障害)");
  EXPECT_EQ(WriteSentence(input).en,
            "The FY2022 figure of 2,233 人 could not be judged: no answer from "
            "rule module on_track. Judgement: indeterminate (fault)");
}

TEST(SentenceTest, PrintsEveryMarkInOrder) {
  const Indicator i = IndicatorBuilder("%")
                          .Baseline("18.2", "2009年")
                          .Target("23", "H27")
                          .Build();
  Observation measured = Measured(i, "2014年", "21.4");
  measured.state = ObservationState::kProvisional;
  const std::string text = Ja(i, {measured});
  EXPECT_TRUE(text.ends_with(
      "。※H26年実績は速報値である。※年と年度が混在しており、同じ数字の年として"
      "比べた。判定:おおむね順調"))
      << text;
}

TEST(SentenceTest, FillsTheMessageOfAnotherModule) {
  const Indicator i = Firefighters();
  Explanation e = ExplainInProcess(i, {Measured(i, "R4", "2233")});
  e.verdict.reason = "SONNE";
  SentenceInput input;
  input.indicator = &i;
  input.derivation = &e.derivation;
  input.verdict = &e.verdict;
  input.facts = e.facts;
  input.message = LocalizedText{
      "{actual_period}実績{actual}は想定{expected}、進捗{progress}、{不明}。",
      "{actual} against {target} by {target_period}."};
  input.reason_title = LocalizedText{"晴れ", "sunny"};
  EXPECT_EQ(WriteSentence(input).ja,
            "R4実績2,233人は想定2,087.6人、進捗78.6%、{不明}。判定:晴れ");
  EXPECT_EQ(WriteSentence(input).en,
            "2,233 人 against 2,400 人 by FY2024. Judgement: sunny");
}

}  // namespace
}  // namespace shirube
