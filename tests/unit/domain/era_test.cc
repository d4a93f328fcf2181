#include "server/domain/era.h"

#include <utility>

#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

std::string IdOf(std::string_view text) {
  absl::StatusOr<Period> period = ParsePeriod(text);
  return period.ok() ? period->ToId() : DetailsOf(period.status()).reason;
}

TEST(EraTest, ReadsPeriodsAsPeopleWriteThem) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"FY2022", "fy2022"},
      {"fy2022", "fy2022"},
      {"R4", "fy2022"},
      {"Ｒ４", "fy2022"},
      {"H26", "fy2014"},
      {"R元", "fy2019"},
      {"R03", "fy2021"},
      {"令和4年度", "fy2022"},
      {"令和４年度", "fy2022"},
      {"令和元年度", "fy2019"},
      {"㋿4年度", "fy2022"},
      {"2022年度", "fy2022"},
      {"2025年度末", "fy2025"},
      {"令和7年度末", "fy2025"},
      {"FY2022Q3", "fy2022q3"},
      {"FY2022 Q3", "fy2022q3"},
      {"R4年度第3四半期", "fy2022q3"},
      {"2022年度第1四半期", "fy2022q1"},
      {"2022", "cy2022"},
      {"２０２５年", "cy2025"},
      {"令和4年", "cy2022"},
      {"平成26年", "cy2014"},
      {"R4年", "cy2022"},
      {"令和元年", "cy2019"},
      {"2023-01", "m2023-01"},
      {"令和5年1月", "m2023-01"},
      {"R5年1月", "m2023-01"},
      {"R3.4", "m2021-04"},
      {"2023年1月末", "m2023-01"},
      {"2020-03-31", "d2020-03-31"},
      {"2020/3/31", "d2020-03-31"},
      {"2020年3月31日", "d2020-03-31"},
      {"令和2年3月31日", "d2020-03-31"},
      {"R2.3.31", "d2020-03-31"},
      {"m2023-01", "m2023-01"},
      {"cy2014", "cy2014"},
      {"d2020-03-31", "d2020-03-31"},
      {" 令和 4 年度 ", "fy2022"},
      {"昭和63年度", "fy1988"},
      {"大正12年9月1日", "d1923-09-01"},
      {"M45", "fy1912"},
      {"慶応4年", "cy1868"}};
  for (const auto& [text, id] : kCases) EXPECT_EQ(IdOf(text), id) << text;
}

TEST(EraTest, ReadsYearsThatNeverCame) {
  EXPECT_EQ(IdOf("平成32年"), "cy2020");
  EXPECT_EQ(IdOf("平成32年度"), "fy2020");
  EXPECT_EQ(IdOf("昭和100年"), "cy2025");
  EXPECT_EQ(IdOf("平成31年度"), "fy2019");
}

TEST(EraTest, NamesAnEraThatDoesNotExist) {
  for (std::string_view text :
       {"霊和3年", "霊和元年度", "X5", "X5年度", "K4"}) {
    EXPECT_EQ(IdOf(text), "UNKNOWN_ERA") << text;
  }
  const ErrorDetails details = DetailsOf(ParsePeriod("霊和3年").status());
  EXPECT_NE(details.en.find("\"霊和3年\": there is no era \"霊和\""),
            std::string::npos);
  EXPECT_NE(details.en.find("令和 R"), std::string::npos);
  EXPECT_NE(details.ja.find("「霊和」という元号はありません"),
            std::string::npos);
}

TEST(EraTest, RefusesWhatIsNoPeriod) {
  for (std::string_view text : {"",
                                "未定",
                                "令和",
                                "令和4",
                                "令和0年",
                                "令和年",
                                "R",
                                "4年",
                                "第3年",
                                "FY2022end",
                                "FY22",
                                "2022Q3年",
                                "2022年13月",
                                "2023年2月29日",
                                "2020.3",
                                "1867",
                                "3000年度",
                                "fy2022q5",
                                "2022年度第5四半期",
                                "令和4年度まで",
                                "202２２",
                                "12,000",
                                "R1/2"}) {
    EXPECT_EQ(IdOf(text), "BAD_PERIOD") << text;
  }
}

TEST(EraTest, GoesByTheEraInForceAtTheEndOfAYear) {
  EXPECT_EQ(ShortJapanese(P("fy2019")), "R1");
  EXPECT_EQ(ShortJapanese(P("fy2018")), "H30");
  EXPECT_EQ(ShortJapanese(P("fy1989")), "H1");
  EXPECT_EQ(ShortJapanese(P("fy1988")), "S63");
  EXPECT_EQ(LongJapanese(P("fy2019")), "令和元年度");
  EXPECT_EQ(LongJapanese(P("cy2019")), "令和元年");
  EXPECT_EQ(LongJapanese(P("cy1989")), "平成元年");
}

TEST(EraTest, ChangesErasOnTheDay) {
  EXPECT_EQ(LongJapanese(P("d2019-04-30")), "平成31年4月30日");
  EXPECT_EQ(LongJapanese(P("d2019-05-01")), "令和元年5月1日");
  EXPECT_EQ(LongJapanese(P("d1989-01-07")), "昭和64年1月7日");
  EXPECT_EQ(LongJapanese(P("d1989-01-08")), "平成元年1月8日");
  EXPECT_EQ(LongJapanese(P("d1926-12-24")), "大正15年12月24日");
  EXPECT_EQ(LongJapanese(P("d1926-12-25")), "昭和元年12月25日");
  EXPECT_EQ(LongJapanese(P("d1912-07-29")), "明治45年7月29日");
  EXPECT_EQ(LongJapanese(P("d1912-07-30")), "大正元年7月30日");
  EXPECT_EQ(LongJapanese(P("m2019-04")), "平成31年4月");
  EXPECT_EQ(LongJapanese(P("m2019-05")), "令和元年5月");
}

TEST(EraTest, WritesEveryKindInThreeForms) {
  EXPECT_EQ(ShortJapanese(P("fy2022")), "R4");
  EXPECT_EQ(LongJapanese(P("fy2022")), "令和4年度");
  EXPECT_EQ(English(P("fy2022")), "FY2022");
  EXPECT_EQ(ShortJapanese(P("cy2022")), "R4年");
  EXPECT_EQ(English(P("cy2022")), "2022");
  EXPECT_EQ(ShortJapanese(P("fy2022q3")), "R4年度第3四半期");
  EXPECT_EQ(LongJapanese(P("fy2022q3")), "令和4年度第3四半期");
  EXPECT_EQ(English(P("fy2022q3")), "FY2022 Q3");
  EXPECT_EQ(ShortJapanese(P("m2023-01")), "R5年1月");
  EXPECT_EQ(English(P("m2023-01")), "January 2023");
  EXPECT_EQ(ShortJapanese(P("d2020-03-31")), "R2年3月31日");
  EXPECT_EQ(English(P("d2020-03-31")), "31 March 2020");
}

TEST(EraTest, ReadsBackWhatItWrites) {
  for (int year = 1869; year <= 2100; ++year) {
    for (const Period& period :
         {*Period::FiscalYear(year), *Period::CalendarYear(year),
          *Period::FiscalQuarter(year, 1 + year % 4),
          *Period::Month(year, 1 + year % 12),
          *Period::Date(year, 1 + year % 12, 1 + year % 28)}) {
      EXPECT_EQ(IdOf(ShortJapanese(period)), period.ToId());
      EXPECT_EQ(IdOf(LongJapanese(period)), period.ToId());
    }
  }
}

TEST(EraTest, ComparesNamesWithoutWidthAndSpaces) {
  EXPECT_EQ(NormalizedName("Ａ Ｉ　会議録"), "AI会議録");
  EXPECT_EQ(NormalizedName("ｶﾞｽ ㎡"), "ガスm2");
  EXPECT_EQ(NormalizedName(""), "");
  EXPECT_NE(NormalizedName("会議録"), NormalizedName("会議"));
}

}  // namespace
}  // namespace shirube
