#include "client/cli/output/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace shirube::cli {
namespace {

using ::testing::ElementsAre;

Table ATable() {
  Table table;
  table.columns = {{"指標", "indicator", Align::kLeft, true},
                   {"実績", "value", Align::kRight}};
  table.rows = {{"防災士の認証登録者数", "2,233"}, {"AI", "705"}};
  return table;
}

std::string Text(const Table& table, int width, bool color = false) {
  std::ostringstream out;
  table.PrintText(out, width, color);
  return out.str();
}

TEST(WidthTest, CountsTwoColumnsForJapaneseCharacters) {
  EXPECT_EQ(DisplayWidth("R4実績"), 6);
  EXPECT_EQ(DisplayWidth("ｶﾅ"), 2);
  EXPECT_EQ(DisplayWidth("か\xe3\x82\x99"), 2);  // a combining voiced mark
  EXPECT_EQ(DisplayWidth("\x1b[1;31m要改善\x1b[0m"), 6);
  EXPECT_EQ(DisplayWidth("\xff"), 1);
}

TEST(WidthTest, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(Truncate("防災士の認証", 12), "防災士の認証");
  EXPECT_EQ(Truncate("防災士の認証", 8), "防災士…");
  EXPECT_EQ(Truncate("防災士の認証", 7), "防災士…");
  EXPECT_EQ(Truncate("防災士", 0), "");
}

TEST(WidthTest, PadsByColumns) {
  EXPECT_EQ(Pad("達成", 6), "達成  ");
  EXPECT_EQ(Pad("達成", 6, Align::kRight), "  達成");
  EXPECT_EQ(Pad("判定なし", 4), "判定なし");
}

TEST(WidthTest, WrapsJapaneseButNotBeforeAFullStop) {
  EXPECT_THAT(Wrap("計画を見直す。", 12), ElementsAre("計画を見直", "す。"));
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("", 7), ElementsAre(""));
}

TEST(TableTest, KeepsARowOnOneLine) {
  Table table = ATable();
  table.rows = {{"防災士の\n登録者数", "2,233"}};
  EXPECT_EQ(Text(table, 0),
            "指標                実績\n防災士の 登録者数  2,233\n");
}

TEST(TableTest, AlignsByDisplayWidth) {
  EXPECT_EQ(Text(ATable(), 0),
            "指標                   実績\n"
            "防災士の認証登録者数  2,233\n"
            "AI                      705\n");
}

TEST(TableTest, ShrinksTheColumnThatMay) {
  std::string text = Text(ATable(), 22);
  EXPECT_THAT(text, ::testing::HasSubstr("防災士の認証登…  2,233"));
}

TEST(TableTest, PaintsHeadingsOnlyWhereColourIsWanted) {
  EXPECT_THAT(Text(ATable(), 0, true), ::testing::HasSubstr("\x1b[1m指標"));
}

TEST(TableTest, WritesCsvByKeysAndQuotesWhatMustBe) {
  Table table = ATable();
  table.rows.push_back({"\"見直し\", 改善", "1\n2"});
  std::ostringstream out;
  table.PrintCsv(out);
  EXPECT_EQ(out.str(),
            "indicator,value\n"
            "防災士の認証登録者数,\"2,233\"\n"
            "AI,705\n"
            "\"\"\"見直し\"\", 改善\",\"1\n2\"\n");
}

}  // namespace
}  // namespace shirube::cli
