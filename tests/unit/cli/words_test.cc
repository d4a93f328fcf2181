#include "client/cli/view/words.h"

#include <gtest/gtest.h>

#include "tests/unit/cli/view_messages.h"

namespace shirube::cli {
namespace {

using V = v1::Verdict;

TEST(WordsTest, SaysAStatusBySymbolAndWord) {
  EXPECT_EQ(StatusLabel(V::STATUS_ACHIEVED, true), "◎ 達成");
  EXPECT_EQ(StatusLabel(V::STATUS_ON_TRACK, true), "○ 順調");
  EXPECT_EQ(StatusLabel(V::STATUS_AT_RISK, true), "▲ 要改善");
  EXPECT_EQ(StatusLabel(V::STATUS_NOT_EVALUATED, true), "― 判定なし");
  EXPECT_EQ(StatusLabel(V::STATUS_INDETERMINATE, true), "? 判定不能");
  EXPECT_EQ(StatusLabel(V::STATUS_INDETERMINATE, false), "? indeterminate");
}

TEST(WordsTest, ReadsAnUnknownStatusAsNotEvaluated) {
  EXPECT_EQ(StatusName(static_cast<V::Status>(99), true), "判定なし");
}

TEST(WordsTest, PaintsWhatIsCriticalOtherwiseThanAWarning) {
  EXPECT_EQ(StatusTone(V::STATUS_AT_RISK, V::SEVERITY_WARNING), Tone::kYellow);
  EXPECT_EQ(StatusTone(V::STATUS_AT_RISK, V::SEVERITY_CRITICAL), Tone::kRed);
}

TEST(WordsTest, GivesAReasonOnlyWhereItSaysMore) {
  EXPECT_EQ(ReasonBeside(V::STATUS_ON_TRACK, "ON_PACE", true), "");
  EXPECT_EQ(ReasonBeside(V::STATUS_AT_RISK, "AT_RISK", true), "");
  EXPECT_EQ(ReasonBeside(V::STATUS_ON_TRACK, "NEARLY_ON_PACE", true),
            "おおむね順調");
  EXPECT_EQ(ReasonBeside(V::STATUS_AT_RISK, "OUR_OWN_WORD", true),
            "OUR_OWN_WORD");
}

TEST(WordsTest, GroupsThousandsOfTheWholePartOnly) {
  EXPECT_EQ(Grouped("2233"), "2,233");
  EXPECT_EQ(Grouped("-1234567.89123"), "-1,234,567.89123");
  EXPECT_EQ(Grouped("-123"), "-123");
  EXPECT_EQ(Grouped("100"), "100");
}

TEST(WordsTest, PutsTheUnitBehindTheValue) {
  EXPECT_EQ(Quantity("2233", "人", true), "2,233人");
  EXPECT_EQ(Quantity("2233", "人", false), "2,233 人");
  EXPECT_EQ(Quantity("71.5", "%", false), "71.5%");
  EXPECT_EQ(Quantity("", "人", true), "");
  EXPECT_EQ(Difference("20.75", "%", true), "20.75ポイント");
  EXPECT_EQ(Difference("145.4", "人", true), "145.4人");
}

TEST(WordsTest, NamesPeriodsByTheirEra) {
  EXPECT_EQ(PeriodName("fy2022", true), "R4");
  EXPECT_EQ(PeriodName("fy2022", false), "FY2022");
  EXPECT_EQ(PeriodName("someday", true), "someday");
}

TEST(WordsTest, NeverPrintsNothingForSomething) {
  EXPECT_EQ(Rounded(Ratio(1, 100000), 2), "0.00001");
  EXPECT_EQ(Rounded(Ratio(0, 1), 2), "0");
  EXPECT_EQ(Rounded(Ratio(1454, 10), 2), "145.4");
}

TEST(WordsTest, KeepsAPaceOnItsSideOfTheThreshold) {
  // 0.7999 would print as 0.80 beside a threshold of 0.80.
  EXPECT_EQ(BesideThreshold(Ratio(7999, 10000), ParseNumber("0.80")), "0.7999");
  EXPECT_EQ(BesideThreshold(Ratio(4, 5), ParseNumber("0.80")), "0.80");
  EXPECT_EQ(BesideThreshold(Ratio(3070, 2343), ParseNumber("0.80")), "1.31");
  EXPECT_EQ(BesideThreshold(Ratio(2, 3), std::nullopt), "0.67");
}

TEST(WordsTest, TakesNoNumberForWhatIsNone) {
  EXPECT_FALSE(NumberOf(v1::Ratio()).has_value());
  v1::Ratio broken = ARatio(1, 1);
  broken.set_denominator("0");
  EXPECT_FALSE(NumberOf(broken).has_value());
  EXPECT_FALSE(ParseNumber("延伸").has_value());
}

}  // namespace
}  // namespace shirube::cli
