#include "client/cli/view/trend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "client/cli/output/width.h"
#include "client/cli/view/plot.h"
#include "client/cli/view/svg_trend.h"
#include "tests/unit/cli/view_messages.h"

namespace shirube::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kOnTrack = v1::Verdict::STATUS_ON_TRACK;

std::vector<std::string> Draw(const v1::Derivation& derivation, int width,
                              bool color = false) {
  return DrawTrend(derivation, kOnTrack, {width, color, true});
}

// The line of the chart that starts with a label.
std::string LineOf(const std::vector<std::string>& lines,
                   const std::string& label) {
  for (const std::string& line : lines) {
    if (line.find(label) != std::string::npos) return line;
  }
  return "";
}

TEST(TrendTest, LabelsBaselineActualAndTargetAtTheirHeights) {
  auto lines = Draw(ADerivation(TheSeven()[1]), 80);
  EXPECT_THAT(lines.front(), StartsWith("2,400人 ┤╌"));
  EXPECT_THAT(lines.front(), HasSubstr("◇"));
  EXPECT_THAT(LineOf(lines, "2,233人"), HasSubstr("●"));
  EXPECT_THAT(LineOf(lines, "1,619人"), HasSubstr("┤□"));
  std::string years = lines[10];
  for (const char* year : {"R1", "R2", "R3", "R4", "R5", "R6"}) {
    EXPECT_THAT(years, HasSubstr(year));
  }
  EXPECT_THAT(lines.back(), HasSubstr("均等に進む道筋"));
}

TEST(TrendTest, StandsTheActualOverItsYear) {
  auto lines = Draw(ADerivation(TheSeven()[1]), 80);
  std::string line = LineOf(lines, "●");
  int point = DisplayWidth(line.substr(0, line.find("●")));
  int year = DisplayWidth(lines[10].substr(0, lines[10].find("R4")));
  EXPECT_EQ(point, year + 1);  // "R4" is centred below it
}

TEST(TrendTest, StaysWithinTheWidth) {
  for (const Figures& figures : TheSeven()) {
    for (int width : {50, 63, 80, 120}) {
      for (const std::string& line : Draw(ADerivation(figures), width)) {
        EXPECT_LE(DisplayWidth(line), width) << figures.name << "\n" << line;
      }
    }
  }
}

TEST(TrendTest, FallsAwayWhereTheTerminalIsNarrow) {
  EXPECT_THAT(Draw(ADerivation(TheSeven()[1]), 49), IsEmpty());
  EXPECT_THAT(Draw(ADerivation(TheSeven()[1]), 0), Not(IsEmpty()));
}

TEST(TrendTest, FallsAwayWhereNothingIsMeasured) {
  Figures figures = TheSeven()[1];
  figures.actuals = "";
  EXPECT_THAT(Draw(ADerivation(figures), 80), IsEmpty());
}

TEST(TrendTest, KeepsATargetVisibleThatIsPassedFourTimesOver) {
  auto lines = Draw(ADerivation(TheSeven()[5]), 80);
  EXPECT_THAT(lines.front(), StartsWith("8,526回"));
  EXPECT_THAT(LineOf(lines, "2,000回"), HasSubstr("◇"));
  EXPECT_THAT(LineOf(lines, "319回"), HasSubstr("□"));
}

TEST(TrendTest, DrawsADecreaseDownwards) {
  auto lines = Draw(
      ADerivation({"x", "", "人", "105000@2013", "21000@2022", "74000@2016"}),
      80);
  EXPECT_THAT(lines.front(), StartsWith("105,000人 ┤□"));
  EXPECT_THAT(lines[8], HasSubstr("◇"));
}

TEST(TrendTest, DrawsBothEdgesOfABand) {
  auto derivation =
      ADerivation({"x", "", "%", "33.2@2009", "40@2020", "35.4@2014"});
  *derivation.mutable_target_upper() =
      APoint(v1::Point::ROLE_TARGET, "60", 2020);
  auto lines = Draw(derivation, 80);
  EXPECT_THAT(LineOf(lines, "60%"), HasSubstr("╌"));
  EXPECT_THAT(LineOf(lines, "40%"), HasSubstr("╌"));
}

// A floor to be held every year: no baseline, no path, one figure.
TEST(TrendTest, DrawsASinglePointOverATargetWithoutADate) {
  auto derivation = ADerivation({"x", "", "%", "", "35@2025", "36.8@2020"});
  derivation.clear_path();
  derivation.mutable_target()->clear_period();
  derivation.mutable_target()->clear_index();
  auto lines = Draw(derivation, 80);
  EXPECT_THAT(lines.front(), HasSubstr("●"));
  EXPECT_THAT(LineOf(lines, "35%"), HasSubstr("╌"));
  EXPECT_THAT(lines.back(), HasSubstr("╌ 目標値"));
  EXPECT_THAT(lines.back(), Not(HasSubstr("道筋")));
}

TEST(TrendTest, ColoursNothingUnlessAsked) {
  auto derivation = ADerivation(TheSeven()[1]);
  EXPECT_THAT(absl::StrJoin(Draw(derivation, 80), "\n"),
              Not(HasSubstr("\x1b")));
  EXPECT_THAT(absl::StrJoin(Draw(derivation, 80, true), "\n"),
              HasSubstr("\x1b"));
}

TEST(PlotTest, DatesAPointByItsPeriodWhereNoIndexIsGiven) {
  auto derivation = ADerivation(TheSeven()[1]);
  derivation.mutable_trend(0)->clear_index();
  auto plot = PlotOf(derivation, true);
  ASSERT_TRUE(plot.has_value());
  EXPECT_DOUBLE_EQ(plot->measured.back().x, 2022);
}

TEST(PlotTest, CountsYearsByTheCalendarWhereThePlanDoes) {
  auto derivation = ADerivation(TheSeven()[1]);
  for (auto* points : {derivation.mutable_path(), derivation.mutable_trend()}) {
    for (v1::Point& point : *points) {
      point.set_period("cy" + point.period().substr(2));
    }
  }
  auto plot = PlotOf(derivation, true);
  ASSERT_TRUE(plot.has_value());
  EXPECT_EQ(plot->ticks.front().label, "2019");
}

TEST(PlotTest, SkipsYearsThatHaveNoRoomBackFromTheLast) {
  auto plot = PlotOf(
      ADerivation({"x", "", "人", "105000@2013", "21000@2022", "74000@2016"}),
      true);
  ASSERT_TRUE(plot.has_value());
  auto ticks = TicksThatFit(*plot, 27, 5);  // 3 columns a year
  ASSERT_EQ(ticks.size(), 5u);
  EXPECT_EQ(ticks.back().label, "R4");
  EXPECT_EQ(ticks.front().label, "H26");
}

TEST(SvgTrendTest, DrawsEveryKindOfPointInAShapeOfItsOwn) {
  std::string svg = SvgTrend(ADerivation(TheSeven()[1]), kOnTrack, true);
  EXPECT_THAT(svg, StartsWith("<svg"));
  EXPECT_THAT(svg, HasSubstr("<rect"));     // baseline
  EXPECT_THAT(svg, HasSubstr("<polygon"));  // target
  EXPECT_THAT(svg, HasSubstr("<circle"));   // actual
  EXPECT_THAT(svg, HasSubstr("2,233人"));
}

TEST(SvgTrendTest, EscapesTheUnit) {
  Figures figures = TheSeven()[1];
  figures.unit = "<b>";
  std::string svg = SvgTrend(ADerivation(figures), kOnTrack, true);
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
}

}  // namespace
}  // namespace shirube::cli
