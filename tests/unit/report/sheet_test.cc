#include "client/report/sheet.h"

#include "client/report/csv_table.h"
#include "gmock/gmock.h"
#include "tests/unit/report/reading.h"

namespace shirube::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

v1::PlanDocument Plan() {
  return ReadText(
             "indicator,unit,kind,window_start,target,target_period,owner,"
             "period,value,state,note\n"
             "\"額, 合計\",億円,CUMULATIVE,R3,120,R6,財政課,R4,75.6,,\n"
             "割合,%,,,100,R6,窓口課,R4,71.5,PROVISIONAL,速報\n"
             "回数,回,,,9,R6,,,,,\n",
             "plan.csv")
      .document;
}

SheetOptions ForYear(int year) { return {.period = *Period::FiscalYear(year)}; }

TEST(SheetTest, AsksForEveryFigureOfTheYear) {
  CsvTable sheet = ParseCsv(WriteSheet(Plan(), ForYear(2023)));
  ASSERT_EQ(sheet.rows.size(), 4u);
  EXPECT_THAT(sheet.rows[1].cells, ElementsAre("額, 合計", "億円", "財政課",
                                               "R5", "TO_DATE", "", "", ""));
  EXPECT_THAT(sheet.rows[3].cells,
              ElementsAre("回数", "回", "", "R5", "", "", "", ""));
}

TEST(SheetTest, ReadsBackWhatIsStoredWithoutChangingIt) {
  v1::PlanDocument plan = Plan();
  for (bool excel : {false, true}) {
    SheetOptions options = ForYear(2022);
    options.excel = excel;
    ReadOptions read;
    read.stored = &plan;
    ImportResult back = ReadText(WriteSheet(plan, options), "s.csv", read);
    EXPECT_THAT(Reasons(back.refusals), IsEmpty());
    ASSERT_EQ(back.document.observations_size(), 2);
    for (int i = 0; i < 2; ++i) {
      v1::Observation again = back.document.observations(i);
      *again.mutable_place() = plan.observations(i).place();
      EXPECT_EQ(again.SerializeAsString(),
                plan.observations(i).SerializeAsString());
    }
    EXPECT_FALSE(back.document.indicators(0).has_target());
  }
}

TEST(SheetTest, WritesForExcelWithMarkAndCrlf) {
  SheetOptions options = ForYear(2023);
  options.excel = true;
  std::string sheet = WriteSheet(Plan(), options);
  EXPECT_TRUE(sheet.starts_with("\xEF\xBB\xBFindicator,"));
  EXPECT_TRUE(sheet.ends_with("\r\n"));
}

TEST(SheetTest, KeepsToOneDepartment) {
  EXPECT_THAT(SheetOwners(Plan()), ElementsAre("財政課", "窓口課", ""));
  SheetOptions options = ForYear(2023);
  options.owner = "窓口課";
  EXPECT_EQ(ParseCsv(WriteSheet(Plan(), options)).rows.size(), 2u);
}

}  // namespace
}  // namespace shirube::report
