// What a row tells a script.
#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using RowTest = EngineTest;

TEST_F(RowTest, TellsWhatWasHandedOver) {
  row_.direction = 1;
  row_.noise_band = 5;
  row_.milestones = {{2020 * 12, 150}, {2022 * 12, 175}};
  EXPECT_EQ(Value("return row:kind()"), "level");
  EXPECT_EQ(Value("return row:measure()"), "rate");
  EXPECT_EQ(Value("return row:op()"), "at_least");
  EXPECT_EQ(Value("return row:direction_given()"), "1");
  EXPECT_EQ(Value("return row:scale()"), "1");
  EXPECT_EQ(Value("return row:noise_band()"), "0.5");
  EXPECT_EQ(Value("return row:baseline()"), "10");
  EXPECT_EQ(Value("return row:baseline_index()"), "24180");
  EXPECT_EQ(Value("return row:target()"), "20");
  EXPECT_EQ(Value("return row:target_upper()"), "20");
  EXPECT_EQ(Value("return row:target_index()"), "24300");
  EXPECT_EQ(Value("return row:milestone_at(24264)"), "17.5");
  EXPECT_EQ(Value("return row:milestone_at(24265)"), "nil");
  EXPECT_EQ(Value("return row:milestones()[1].value"), "15");
  EXPECT_EQ(Value("return row:milestones()[2].index"), "24264");
  EXPECT_EQ(Value("return row:milestones()[2].number"), "2");
  EXPECT_EQ(Value("return #row:milestones()"), "2");
}

TEST_F(RowTest, TellsWhatIsMissingByNil) {
  row_ = {};
  for (const char* method :
       {"op", "baseline", "baseline_index", "target", "target_upper",
        "target_index", "window_start_index", "latest", "start", "start_index",
        "publication_month", "today_index"}) {
    EXPECT_EQ(Value("return row:" + std::string(method) + "()"), "nil")
        << method;
  }
  EXPECT_EQ(Value("return row:milestone_at(1)"), "nil");
  EXPECT_EQ(Value("return row:due_index(1)"), "nil");
  EXPECT_EQ(Value("return #row:points()"), "0");
  EXPECT_EQ(Value("return row:points()[1]"), "nil");
  EXPECT_EQ(Value("return row:has('target')"), "false");
  EXPECT_EQ(Value("return row:direction()"), "0");
}

TEST_F(RowTest, HasWordsForKindsAndOperators) {
  const char* const kinds[] = {"level", "cumulative", "maintain", "band",
                               "qualitative"};
  for (uint8_t kind = 0; kind < 5; ++kind) {
    row_.kind = kind;
    EXPECT_EQ(Value("return row:kind()"), kinds[kind]);
  }
  const char* const operators[] = {"nil",   "at_least", "at_most", "below",
                                   "above", "around",   "about"};
  for (uint8_t op = 0; op < 7; ++op) {
    row_.op = op;
    EXPECT_EQ(Value("return row:op()"), operators[op]);
  }
}

TEST_F(RowTest, TellsEveryPresence) {
  row_.target_words = true;
  row_.every_year = true;
  row_.baseline_unread = true;
  EXPECT_EQ(Value("return row:has('target_words')"), "true");
  EXPECT_EQ(Value("return row:has('target_every_year')"), "true");
  EXPECT_EQ(Value("return row:has('baseline_unread')"), "true");
  EXPECT_EQ(Value("return row:has('target_unread')"), "false");
  EXPECT_EQ(Value("return row:target_index()"), "nil");  // due every year
  EXPECT_THAT(Error("return row:has('tarket')"), HasSubstr("tarket"));
}

TEST_F(RowTest, GivesPointsByNumber) {
  row_.points[1].state = SHIRUBE_POINT_PROVISIONAL;
  EXPECT_EQ(Value("return #row:points()"), "3");
  EXPECT_EQ(Value("return row:points()[1].value"), "12.5");
  EXPECT_EQ(Value("return row:points()[2].state"), "provisional");
  EXPECT_EQ(Value("return row:latest().value"), "15.5");
  EXPECT_EQ(Value("return row:latest().index"), "24228");
  EXPECT_EQ(Value("return row:latest().number"), "3");
  EXPECT_EQ(Value("return row:latest().state"), "final");
  EXPECT_EQ(Value("return row:latest() == row:points()[3]"), "true");
  EXPECT_EQ(Value("local sum = ratio(0)\n"
                  "for i, p in ipairs(row:points()) do\n"
                  "  if p.number ~= i then error('number') end\n"
                  "  sum = sum + p.value\n"
                  "end\n"
                  "return sum"),
            "42");
  EXPECT_EQ(Value("local sum = ratio(0)\n"
                  "for i, p in pairs(row:points()) do\n"
                  "  sum = sum + i * p.value\n"
                  "end\n"
                  "return sum"),
            "87");
  EXPECT_EQ(Value("return row:points()[0]"), "nil");
  EXPECT_EQ(Value("return row:points()[4]"), "nil");
  EXPECT_EQ(Value("return tostring(row:points()) .. tostring(row:latest())"),
            "list of pointspoint");
}

TEST_F(RowTest, HasWordsForTheStatesOfPoints) {
  const char* const states[] = {"final",  "provisional", "restated",
                                "unread", "other_unit",  "gap"};
  for (uint8_t state = 0; state < 6; ++state) {
    row_.points[2].state = state;
    EXPECT_EQ(Value("return row:latest().state"), states[state]);
    EXPECT_EQ(Value("return row:latest().value"), state < 3 ? "15.5" : "nil");
  }
}

TEST_F(RowTest, KnowsNoPointsAfterAsOf) {
  as_of_ = 2018 * 12;
  EXPECT_EQ(Value("return #row:points()"), "2");
  EXPECT_EQ(Value("return row:latest().value"), "14");
}

TEST_F(RowTest, RefusesWhatPointsDoNotHave) {
  EXPECT_THAT(
      Error("return row:latest().val"),
      HasSubstr("a point has value, index, state and number, no 'val'"));
  EXPECT_THAT(Error("row:latest().value = 3"),
              HasSubstr("a point cannot be changed"));
  EXPECT_THAT(Error("row:points()[1] = 3"), HasSubstr("cannot be changed"));
  EXPECT_THAT(Error("return row:points().first"), HasSubstr("read by number"));
  EXPECT_THAT(Error("return row:latest()[1]"), HasSubstr("a point is no list"));
  EXPECT_THAT(Error("return row:lastest()"), HasSubstr("method 'lastest'"));
  EXPECT_THAT(Error("row.x = 1"), HasSubstr("row"));
}

TEST_F(RowTest, NeedsItsColon) {
  EXPECT_THAT(Error("return row.target()"), HasSubstr("write a colon"));
  EXPECT_THAT(Error("return row.target(row:latest())"), HasSubstr("colon"));
}

TEST_F(RowTest, GivesParametersByName) {
  row_.pace_threshold = 750000;
  EXPECT_EQ(Value("return row:parameter('pace')"), "0.75");
  EXPECT_EQ(Value("return row:parameter('behind')"), "0.6");
  const std::string text = Error("return row:parameter('place')");
  EXPECT_THAT(text, StartsWith(Place(1)));
  EXPECT_THAT(text, HasSubstr("no parameter 'place'"));
}

TEST_F(RowTest, HasItsOwnParametersByItsPlaceInTheSelection) {
  std::vector<rules_test::Indicator> rows(3, row_);
  rows[0].pace_threshold = 100000;
  rows[1].pace_threshold = 200000;
  rows[2].pace_threshold = 300000;
  rules_test::Batch batch(rows);
  batch.get()->want_facts = 1;
  Probe probe(
      "function judge(row)\n"
      "  return not_raise(nil, {progress = row:parameter('pace') * 10})\n"
      "end");
  const uint32_t selected[] = {2, 0};
  const Probe::Answers answers = probe.Ask(batch.get(), selected, 2);
  ASSERT_EQ(answers.result, 0) << probe.failure().text;
  EXPECT_EQ(answers.numerator[0].low, 1u);
  EXPECT_EQ(answers.numerator[1].low, 2u);
}

TEST_F(RowTest, KnowsStartAndDirection) {
  EXPECT_EQ(Value("return row:start()"), "10");
  EXPECT_EQ(Value("return row:start_index()"), "24180");
  EXPECT_EQ(Value("return row:direction()"), "1");
  row_.kind = SHIRUBE_KIND_CUMULATIVE;
  row_.window_start_index = 2016 * 12;
  EXPECT_EQ(Value("return row:start()"), "0");
  EXPECT_EQ(Value("return row:start_index()"), "24180");
  EXPECT_EQ(Value("return row:window_start_index()"), "24192");
  row_.kind = SHIRUBE_KIND_LEVEL;
  row_.op = SHIRUBE_OP_BELOW;
  EXPECT_EQ(Value("return row:direction()"), "-1");
}

TEST_F(RowTest, KnowsWhatIsMet) {
  EXPECT_EQ(Value("return row:met(20)"), "true");
  EXPECT_EQ(Value("return row:met(row:latest().value)"), "false");
  EXPECT_EQ(Value("return row:missing(row:latest().value)"), "4.5");
  EXPECT_EQ(Value("return row:missing(21)"), "0");
  // Between the units of the row.
  EXPECT_EQ(Value("return row:met(ratio(199999, 10000))"), "false");
  EXPECT_EQ(Value("return row:missing(ratio(199999, 10000))"), "0.0001");
  row_.op = SHIRUBE_OP_ABOVE;
  EXPECT_EQ(Value("return row:met(20)"), "false");
  row_.op = SHIRUBE_OP_AT_MOST;
  EXPECT_EQ(Value("return row:met(20)"), "true");
  EXPECT_EQ(Value("return row:missing(21)"), "1");
  row_.op = SHIRUBE_OP_BELOW;
  EXPECT_EQ(Value("return row:met(20)"), "false");
  row_.kind = SHIRUBE_KIND_BAND;
  row_.target_upper = 300;
  EXPECT_EQ(Value("return row:met(30)"), "true");
  EXPECT_EQ(Value("return row:missing(31)"), "1");
  EXPECT_EQ(Value("return row:missing(18)"), "2");
  EXPECT_EQ(Value("return row:missing(25)"), "0");
  EXPECT_THAT(Error("return row:met(1.5)"), HasSubstr("float"));
  row_.target.reset();
  EXPECT_THAT(Error("return row:met(1)"),
              HasSubstr("ask row:obstacle() first"));
}

// The same questions to rule.hpp.
TEST_F(RowTest, AnswersAsTheRowOfNativeModulesDoes) {
  for (uint8_t kind = 0; kind < 5; ++kind) {
    for (uint8_t op = 0; op < 7; ++op) {
      for (int direction = -1; direction <= 1; ++direction) {
        row_.kind = kind;
        row_.op = op;
        row_.direction = direction;
        row_.target_upper = 300;
        row_.window_start_index = 2016 * 12;
        rules_test::Batch batch({row_});
        const rule::Row native(batch.get(), 0, 0);
        std::string expected;
        for (const int64_t x : {0, 155, 200, 250, 301}) {
          expected += std::to_string(native.met(x)) + " " +
                      std::to_string(native.missing(x)) + " ";
        }
        expected += std::to_string(native.has_way()) + " " +
                    std::to_string(native.direction()) + " " +
                    std::to_string(native.obstacle() == rule::kNoObstacle);
        EXPECT_EQ(Value("local t = {}\n"
                        "for _, x in ipairs({0, 155, 200, 250, 301}) do\n"
                        "  local v = ratio(x, 10)\n"
                        "  t[#t + 1] = row:met(v) and 1 or 0\n"
                        "  t[#t + 1] = (row:missing(v) * 10):floor()\n"
                        "end\n"
                        "t[#t + 1] = row:has_way() and 1 or 0\n"
                        "t[#t + 1] = row:direction()\n"
                        "t[#t + 1] = row:obstacle() and 0 or 1\n"
                        "return table.concat(t, ' ')"),
                  expected)
            << int{kind} << " " << int{op} << " " << direction;
      }
    }
  }
}

TEST_F(RowTest, NamesTheObstacleAsTheManifestDoes) {
  EXPECT_EQ(Value("return row:obstacle()"), "nil");
  row_.target.reset();
  EXPECT_EQ(Value("return row:obstacle()"), "WITHOUT_TARGET");
  EXPECT_EQ(Value("return row:has_way()"), "true");
  row_.target = 200;
  row_.points.clear();
  EXPECT_EQ(Value("return row:obstacle()"), "NO_DATA");  // it declares none
  row_.target_words = true;
  EXPECT_EQ(Value("return row:obstacle()"), "QUALITATIVE_TARGET");
}

TEST_F(RowTest, KnowsTheCalendar) {
  row_.publication_month = 9;
  row_.publication_lag_years = 1;
  today_index_ = 2021 * 12 + 3;
  EXPECT_EQ(Value("return row:publication_month()"), "9");
  EXPECT_EQ(Value("return row:publication_lag_years()"), "1");
  EXPECT_EQ(Value("return row:due_index(24228) - 24228"), "18");
  EXPECT_EQ(Value("return row:today_index()"), "24255");
  EXPECT_THAT(Error("return row:due_index(1 << 40)"),
              HasSubstr("not an index"));
}

TEST_F(RowTest, IsThereInJudgeOnly) {
  Probe probe(
      "local kept\n"
      "function judge(row)\n"
      "  if kept then return raise('LOW', kept) end\n"
      "  kept = row:latest()\n"
      "end");
  rules_test::Batch batch({row_, row_});
  EXPECT_NE(probe.Ask(&batch).result, 0);
  EXPECT_THAT(probe.failure().text, HasSubstr("belongs to another row"));
}

TEST_F(RowTest, OfALongListIsReadToItsEnd) {
  row_.points.clear();
  for (int i = 0; i < 2000; ++i) row_.points.push_back({i, i});
  EXPECT_EQ(Value("local sum = 0\n"
                  "for _, p in ipairs(row:points()) do\n"
                  "  sum = sum + (p.value * 10):floor()\n"
                  "end\n"
                  "return sum"),
            std::to_string(1999 * 1000));
}

}  // namespace
}  // namespace shirube::lua
