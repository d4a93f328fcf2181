// The CSV everybody can write.
#include <string>

#include "client/report/csv_table.h"
#include "gmock/gmock.h"
#include "tests/unit/report/reading.h"

namespace shirube::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ImportResult Csv(const std::string& text,
                 const v1::PlanDocument* stored = nullptr) {
  ReadOptions options;
  options.stored = stored;
  return ReadText(text, "data.csv", options);
}

v1::PlanDocument StoredPlan() {
  return ReadText(
             "令和4年度の主な取組実績\n第1 柱A\n1 窓口\n2 広報\n第2 柱B\n"
             "1 広報\n2 財政/税\n")
      .document;
}

TEST(CsvTableTest, ReadsQuotedFieldsWithCommasQuotesAndLineBreaks) {
  CsvTable table = ParseCsv("a,b\r\n\"x,\"\"y\"\"\",\"1\n2\"\r\n\r\nc,d");
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_THAT(table.rows[1].cells, ElementsAre("x,\"y\"", "1\n2"));
  EXPECT_EQ(table.rows[1].line, 2);
  EXPECT_EQ(table.rows[2].line, 5);
  for (const char* text : {"", "plain", "a,b", "say \"x\"", "1\n2", " edge"}) {
    EXPECT_EQ(ParseCsv(CsvField(text) + ",z").rows[0].cells[0], text);
  }
}

TEST(CsvTest, ReadsEveryColumn) {
  ImportResult result =
      Csv("indicator,unit,kind,quantity,direction,operator,target,target_upper,"
          "target_period,baseline,baseline_period,window_start,effective_from,"
          "role,basis,period,value,state,note,owner,source,pace_threshold,"
          "publication\n"
          "額,億円,CUMULATIVE,,up,以上,120,,R6,0,FY2020,R3,R4,,PERIOD,R4,39.4,"
          "PROVISIONAL,決算前,財政課,決算書,0.9,11+2\n"
          "時間,h,,AMOUNT,down,<=,8,,2025,19,2020-03-31,,,,,2023-01,15.5,,,,,,"
          "９月\n"
          "幅,%,,,,,40,60,R7,33,R2,,,MILESTONE,,R4,36,,,,,,\n");
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  const v1::Indicator& sum = result.document.indicators(0);
  EXPECT_EQ(sum.kind(), v1::Indicator::KIND_CUMULATIVE);
  EXPECT_EQ(sum.direction(), v1::Indicator::DIRECTION_UP);
  EXPECT_EQ(sum.operator_(), v1::Indicator::OPERATOR_AT_LEAST);
  EXPECT_EQ(sum.target().value(), "120");
  EXPECT_EQ(sum.target().effective_from(), "fy2022");
  EXPECT_EQ(sum.baseline().period(), "fy2020");
  EXPECT_EQ(sum.window_start(), "fy2021");
  EXPECT_EQ(sum.owner(), "財政課");
  EXPECT_EQ(sum.source(), "決算書");
  EXPECT_EQ(sum.parameters().at("pace_threshold"), "0.9");
  EXPECT_EQ(sum.publication().month(), 11);
  EXPECT_EQ(sum.publication().lag_years(), 2);
  const v1::Observation& first = result.document.observations(0);
  EXPECT_EQ(first.basis(), v1::Observation::BASIS_PERIOD);
  EXPECT_FALSE(first.assumed_to_date());
  EXPECT_EQ(first.state(), v1::Observation::STATE_PROVISIONAL);
  EXPECT_EQ(first.note(), "決算前");
  EXPECT_EQ(first.name(), "plans/-/indicators/i-01/observations/fy2022-period");
  const v1::Indicator& hours = result.document.indicators(1);
  EXPECT_EQ(hours.quantity(), v1::Indicator::QUANTITY_AMOUNT);
  EXPECT_EQ(hours.operator_(), v1::Indicator::OPERATOR_AT_MOST);
  EXPECT_EQ(hours.target().period(), "cy2025");
  EXPECT_EQ(hours.publication().month(), 9);
  EXPECT_EQ(hours.publication().lag_years(), 0);
  EXPECT_EQ(hours.baseline().period(), "d2020-03-31");
  EXPECT_EQ(result.document.observations(1).period(), "m2023-01");
  const v1::Indicator& band = result.document.indicators(2);
  EXPECT_EQ(band.kind(), v1::Indicator::KIND_BAND);
  EXPECT_FALSE(band.has_publication());
  EXPECT_EQ(band.target_upper(), "60");
  EXPECT_EQ(band.milestones(0).period(), "fy2022");
}

TEST(CsvTest, ReadsTheSameFromBomCrlfAndCp932) {
  const std::string utf8 = "indicator,unit,period,value\n割合,%,R4,71.5\n";
  const std::string bom =
      "\xEF\xBB\xBFindicator,unit,period,value\r\n割合,%,R4,71.5\r\n";
  const std::string cp932 =
      "indicator,unit,period,value\r\n\x8A\x84\x8D\x87,%,R4,71.5\r\n";
  ImportResult expected = Csv(utf8);
  for (const std::string& text : {bom, cp932}) {
    ImportResult result = Csv(text);
    ASSERT_EQ(result.document.indicators_size(), 1);
    EXPECT_EQ(result.document.indicators(0).SerializeAsString(),
              expected.document.indicators(0).SerializeAsString());
    EXPECT_EQ(result.document.observations(0).SerializeAsString(),
              expected.document.observations(0).SerializeAsString());
  }
  EXPECT_EQ(Csv(cp932).document.sources(0).encoding(), "CP932");
}

TEST(CsvTest, RefusesUnknownColumnsByNameAndReadsNothing) {
  ImportResult result = Csv("indicator,valeu,期間\n割合,1,R4\n");
  EXPECT_TRUE(result.empty());
  EXPECT_THAT(Reasons(result.refusals),
              ElementsAre("UNKNOWN_COLUMN", "UNKNOWN_COLUMN"));
  EXPECT_EQ(result.refusals[0].text, "valeu");
  EXPECT_THAT(result.refusals[0].message_en, HasSubstr("\"valeu\""));
  EXPECT_THAT(Reasons(Csv("name,value\nx,1\n").refusals),
              ElementsAre("UNKNOWN_COLUMN"));
  EXPECT_THAT(Reasons(Csv("unit,value\n%,1\n").refusals),
              ElementsAre("NO_INDICATOR_COLUMN"));
  EXPECT_THAT(Reasons(Csv("indicator,value,value\nx,1,2\n").refusals),
              ElementsAre("DUPLICATE_COLUMN"));
}

TEST(CsvTest, AddsAValueForARowThatRepeatsAnIndicator) {
  ImportResult result =
      Csv("indicator,unit,target,period,value\n割合,%,100,R3,60\n"
          "割合,,,R4,71.5\n割 合,%,100.0,R5,80\n");
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  EXPECT_EQ(result.document.indicators_size(), 1);
  EXPECT_EQ(result.document.observations_size(), 3);
}

TEST(CsvTest, RefusesTheRowWhoseFilledCellsDisagree) {
  ImportResult result =
      Csv("indicator,unit,target,target_period,period,value\n"
          "割合,%,100,R6,R3,60\n割合,%,90,R6,R4,70\n割合,%,100,R7,R5,80\n");
  EXPECT_THAT(Reasons(result.refusals),
              ElementsAre("CELLS_DISAGREE", "CELLS_DISAGREE"));
  EXPECT_EQ(result.refusals[0].line, 3);
  EXPECT_THAT(result.refusals[0].message_en, HasSubstr("target: \"90\""));
  EXPECT_EQ(result.document.observations_size(), 1);
}

TEST(CsvTest, RefusesAnotherValueForTheSamePeriod) {
  ImportResult result = Csv(
      "indicator,period,value\n割合,R4,60\n割合,R4,61\n割合,令和4年度,60\n");
  EXPECT_THAT(Reasons(result.refusals), ElementsAre("VALUES_DISAGREE"));
  EXPECT_THAT(Reasons(result.warnings), ElementsAre("DUPLICATE_ROW"));
  EXPECT_EQ(result.document.observations(0).value(), "60");
}

TEST(CsvTest, LinksToTheInitiativeOfAPathOrATitle) {
  v1::PlanDocument stored = StoredPlan();
  ImportResult result = Csv(
      "indicator,initiative\na,第2/1\nb,窓口\nc,柱B/広報\nd,財政/税\ne,第1\n",
      &stored);
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  auto link = [&](int i) { return result.document.indicators(i).links(0); };
  EXPECT_EQ(link(0), "plans/-/initiatives/p2-m1");
  EXPECT_EQ(link(1), "plans/-/initiatives/p1-m1");
  EXPECT_EQ(link(2), "plans/-/initiatives/p2-m1");
  EXPECT_EQ(link(3), "plans/-/initiatives/p2-m2");
  EXPECT_EQ(link(4), "plans/-/initiatives/p1");
}

TEST(CsvTest, RefusesAnUnknownOrAmbiguousInitiativeByRow) {
  v1::PlanDocument stored = StoredPlan();
  ImportResult result =
      Csv("indicator,initiative,period,value\na,広報,R4,1\nb,第9/1,R4,1\n"
          "c,窓口,R4,1\nd,1,R4,1\n",
          &stored);
  EXPECT_THAT(Reasons(result.refusals),
              ElementsAre("AMBIGUOUS_INITIATIVE", "UNKNOWN_INITIATIVE",
                          "AMBIGUOUS_INITIATIVE"));
  EXPECT_EQ(result.refusals[1].line, 3);
  EXPECT_EQ(result.document.indicators_size(), 1);
}

TEST(CsvTest, KeepsAnIndicatorWithoutAFigureYet) {
  ImportResult result =
      Csv("indicator,unit,target,target_period,period,value,state,note\n"
          "割合,%,100,R6,R4,,,\n受講者,人,9,R6,R4,,NOT_AVAILABLE,精査中\n");
  EXPECT_EQ(result.document.indicators_size(), 2);
  ASSERT_EQ(result.document.observations_size(), 1);
  EXPECT_EQ(result.document.observations(0).state(),
            v1::Observation::STATE_NOT_AVAILABLE);
  EXPECT_EQ(result.document.observations(0).note(), "精査中");
}

TEST(CsvTest, KeepsWhatIsNoNumberUnread) {
  ImportResult result =
      Csv("indicator,target,baseline,period,value\n割合,検討中,12..5,R4,NaN\n");
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  EXPECT_EQ(result.document.indicators(0).target().unread(), "検討中");
  EXPECT_EQ(result.document.indicators(0).baseline().unread(), "12..5");
  EXPECT_EQ(result.document.observations(0).unread(), "NaN");
}

TEST(CsvTest, TakesTheUnitOfTheCellsWhereNoColumnHasIt) {
  ImportResult result =
      Csv("indicator,target,period,value\n割合,100%,R4,71.5%\n");
  EXPECT_EQ(result.document.indicators(0).unit(), "%");
  EXPECT_EQ(result.document.observations(0).value(), "71.5");
  EXPECT_EQ(result.document.observations(0).unit(), "");
}

TEST(CsvTest, TakesATargetInWordsOfAQualitativeIndicator) {
  ImportResult result =
      Csv("indicator,kind,target,target_period\n寿命,QUALITATIVE,延伸,R6\n");
  EXPECT_EQ(result.document.indicators(0).target().words(), "延伸");
}

TEST(CsvTest, AssumesToDateWhereACumulativeRowDoesNotSay) {
  ImportResult result =
      Csv("indicator,kind,window_start,basis,period,value\n額,,,,R3,1\n"
          "額,CUMULATIVE,R3,TO_DATE,R4,2\n");
  ASSERT_EQ(result.document.observations_size(), 2);
  EXPECT_TRUE(result.document.observations(0).assumed_to_date());
  EXPECT_FALSE(result.document.observations(1).assumed_to_date());
}

TEST(CsvTest, RefusesRowsByTheCellThatIsWrong) {
  ImportResult result =
      Csv("indicator,kind,period,value,basis,direction\na,LEVELL,R4,1,,\n"
          "b,,X4,1,,\nc,,,1,,\n,,R4,1,,\ne,,R4,1,TO_DATE,\nf,,R4,1,,sideways\n"
          "g,,R4,1234567890123456789,,\nh,,R4,1,,,extra\nok,,R4,1,,up\n");
  EXPECT_THAT(Reasons(result.refusals),
              testing::UnorderedElementsAre(
                  "BAD_CELL", "UNKNOWN_PERIOD", "NO_PERIOD", "NO_NAME",
                  "BAD_CELL", "BAD_CELL", "TOO_MANY_DIGITS", "CELL_COUNT"));
  EXPECT_NE(Find(result.document, "ok"), nullptr);
}

TEST(CsvTest, RefusesAPublicationThatIsNoMonth) {
  const ImportResult result =
      Csv("indicator,publication,period,value\na,soon,R4,1\nb,11+,R4,1\n"
          "c,+2,R4,1\nd,111,R4,1\ne,2024-11,R4,1\nf,11-2,R4,1\n");
  EXPECT_THAT(Reasons(result.refusals), testing::Each("BAD_CELL"));
  EXPECT_EQ(result.refusals.size(), 6u);
  EXPECT_THAT(result.refusals[0].message_en, HasSubstr("11+2"));
}

TEST(CsvTest, LeavesTheEndsOfABandToTheServersValidation) {
  ImportResult result =
      Csv("indicator,target,target_upper,target_period\n幅,60,40,R6\n");
  EXPECT_THAT(Reasons(result.refusals), IsEmpty());
  EXPECT_EQ(result.document.indicators(0).target().value(), "60");
  EXPECT_EQ(result.document.indicators(0).target_upper(), "40");
}

TEST(CsvTest, RefusesAQuoteThatNeverCloses) {
  ImportResult result =
      Csv("indicator,period,value\na,R4,1\n\"b,R4,1\nc,R4,1\n");
  EXPECT_THAT(Reasons(result.refusals), ElementsAre("UNCLOSED_QUOTE"));
  EXPECT_EQ(result.refusals[0].line, 3);
  EXPECT_EQ(result.document.indicators_size(), 1);
}

TEST(CsvTest, AddsTheLinkToThoseOfTheStoredIndicator) {
  v1::PlanDocument stored = StoredPlan();
  v1::Indicator* indicator = stored.add_indicators();
  indicator->set_name("plans/-/indicators/x");
  indicator->set_display_name("割合");
  indicator->set_unit("%");
  indicator->set_kind(v1::Indicator::KIND_CUMULATIVE);
  indicator->add_links("plans/-/initiatives/p1");
  ImportResult result =
      Csv("indicator,initiative,period,value\n割合,第2/1,R4,3\n", &stored);
  ASSERT_EQ(result.document.indicators_size(), 1);
  const v1::Indicator& read = result.document.indicators(0);
  EXPECT_EQ(read.name(), "plans/-/indicators/x");
  EXPECT_EQ(read.unit(), "%");
  EXPECT_THAT(read.links(), ElementsAre("plans/-/initiatives/p1",
                                        "plans/-/initiatives/p2-m1"));
  EXPECT_TRUE(result.document.observations(0).assumed_to_date());
}

}  // namespace
}  // namespace shirube::report
