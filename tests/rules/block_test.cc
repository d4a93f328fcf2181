// Whole columns against row by row: the default modules take 64 usual rows at a
// time, and that must change no answer. Both the built modules (compiled for
// this processor) and the plain code that any processor runs.
#define PACE_FOR_EACH_PROCESSOR
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/pace/module.h"
#include "tests/rules/indicator.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/random_indicator.h"

namespace shirube::rules_test {
namespace {

constexpr uint32_t kRows = 6'400;

// By whole columns and by a selection of the same rows.
struct Both {
  Answers columns, selected;
};

class BlockTest : public testing::Test {
 protected:
  BlockTest() : random_(SeedFromEnvironment()) {}

  // One value of each parameter for all rows, as almost every run has.
  static void SetParameters(Batch* batch, const int64_t* pace,
                            const int64_t* behind,
                            shirube_parameter parameters[2]) {
    parameters[0] = {pace, 0, 0};
    parameters[1] = {behind, 0, 0};
    batch->get()->parameters = parameters;
  }

  static void ExpectSame(const std::vector<Indicator>& rows, const Both& both,
                         const std::string& module) {
    for (uint32_t k = 0; k < rows.size(); ++k) {
      const bool same =
          both.columns.answer[k] == both.selected.answer[k] &&
          both.columns.reason[k] == both.selected.reason[k] &&
          both.columns.judged_point[k] == both.selected.judged_point[k];
      ASSERT_TRUE(same) << module << " row " << k << ": " << Describe(rows[k])
                        << "\nby columns " << both.columns.reason[k]
                        << ", by row " << both.selected.reason[k];
    }
  }

  template <pace::Status kMine>
  static Both AskPlainCode(const shirube_batch* batch) {
    std::vector<uint32_t> rows(batch->rows_count);
    std::iota(rows.begin(), rows.end(), 0U);
    const auto ask = [&](const uint32_t* selection) {
      Answers answers;
      answers.answer.resize(rows.size());
      answers.reason.resize(rows.size());
      answers.judged_point.resize(rows.size());
      shirube_verdicts verdicts = {};
      verdicts.struct_size = sizeof(verdicts);
      verdicts.answer = answers.answer.data();
      verdicts.reason = answers.reason.data();
      verdicts.judged_point = answers.judged_point.data();
      EXPECT_EQ(pace::Evaluate<kMine>(nullptr, batch, selection,
                                      batch->rows_count, &verdicts),
                0);
      return answers;
    };
    return {ask(nullptr), ask(rows.data())};
  }

  void ExpectSameAnswers(const std::vector<Indicator>& rows, int64_t pace,
                         int64_t behind, int32_t as_of = INT32_MAX) {
    Batch batch(rows, as_of);
    shirube_parameter parameters[2];
    SetParameters(&batch, &pace, &behind, parameters);
    std::vector<uint32_t> all(rows.size());
    std::iota(all.begin(), all.end(), 0U);
    for (const std::string& id : kModules) {
      const ModuleUnderTest module(id);
      ExpectSame(rows,
                 {module.Ask(batch.get()),
                  module.Ask(batch.get(), all.data(), batch.size())},
                 id);
    }
    ExpectSame(rows, AskPlainCode<pace::Status::kAchieved>(batch.get()),
               "plain achieved");
    ExpectSame(rows, AskPlainCode<pace::Status::kOnTrack>(batch.get()),
               "plain on_track");
    ExpectSame(rows, AskPlainCode<pace::Status::kAtRisk>(batch.get()),
               "plain at_risk");
  }

  // A usual row; now and then just not one.
  Indicator NearlyUsual(int64_t range) {
    Indicator x;
    x.baseline = random_.Between(-range, range);
    x.target = random_.OneIn(20) ? x.baseline : random_.Between(-range, range);
    x.baseline_index = 12 * static_cast<int32_t>(random_.Between(2000, 2020));
    x.target_index =
        *x.baseline_index + static_cast<int32_t>(random_.Between(1, 20) * 12);
    x.op = static_cast<uint8_t>(random_.OneIn(2) ? 0 : random_.Between(0, 6));
    x.direction =
        random_.OneIn(4) ? static_cast<int>(random_.Between(-1, 1)) : 0;
    int32_t index = *x.baseline_index;
    const int64_t points = random_.OneIn(40) ? 0 : random_.Between(1, 4);
    for (int64_t p = 0; p < points; ++p) {
      index += static_cast<int32_t>(random_.Between(0, 4) * 12) + (p > 0);
      // Often exactly on the line, on the target, or beside it.
      int64_t value = random_.Between(-range, range);
      if (random_.OneIn(3)) value = *x.target + random_.Between(-1, 1);
      const int64_t whole = *x.target_index - *x.baseline_index;
      if (random_.OneIn(3) && range < int64_t{1} << 40) {
        value =
            *x.baseline +
            (*x.target - *x.baseline) * (index - *x.baseline_index) / whole +
            random_.Between(-1, 1);
      }
      const bool odd = random_.OneIn(60);
      x.points.push_back({index, value,
                          static_cast<uint8_t>(odd ? random_.Between(0, 5)
                                                   : random_.Between(0, 2))});
    }
    if (random_.OneIn(60)) x.baseline.reset();
    if (random_.OneIn(60)) x.milestones.push_back({index, *x.target});
    if (random_.OneIn(60)) x.kind = SHIRUBE_KIND_CUMULATIVE;
    return x;
  }

  std::vector<Indicator> Rows(int64_t range) {
    std::vector<Indicator> rows;
    for (uint32_t i = 0; i < kRows; ++i) rows.push_back(NearlyUsual(range));
    return rows;
  }

  RandomIndicators random_;
};

TEST_F(BlockTest, AnswersAsRowByRowForSmallNumbers) {
  for (const int64_t range : {3, 100, 100'000}) {
    ExpectSameAnswers(Rows(range), 800'000, 600'000);
    ExpectSameAnswers(Rows(range), 1'000'000, 1'000'000);
    ExpectSameAnswers(Rows(range), 0, 0);
  }
}

TEST_F(BlockTest, AnswersAsRowByRowWhereProductsGrowOutOf64Bits) {
  for (const int64_t range :
       {int64_t{1} << 29, int64_t{1} << 30, (int64_t{1} << 31) + 5,
        int64_t{1} << 40, int64_t{499'999'999'999'999'999}}) {
    ExpectSameAnswers(Rows(range), 800'000, 600'000);
  }
}

TEST_F(BlockTest, AnswersAsRowByRowForWhateverParameters) {
  for (const auto& [pace, behind] :
       {std::pair<int64_t, int64_t>{600'000, 800'000},  // the wrong way round
        {-1, -1},
        {1'000'001, 5},
        {INT64_MAX / 4'000'000'000, 7}}) {
    ExpectSameAnswers(Rows(1'000), pace, behind);
  }
}

TEST_F(BlockTest, AnswersAsRowByRowAsOfAnyYear) {
  for (int32_t year = 2000; year < 2030; year += 3) {
    ExpectSameAnswers(Rows(1'000), 800'000, 600'000, 12 * year);
  }
}

TEST_F(BlockTest, AnswersAsRowByRowForRowsOfEveryKind) {
  std::vector<Indicator> rows;
  for (uint32_t i = 0; i < kRows; ++i) rows.push_back(random_.Next());
  ExpectSameAnswers(rows, 800'000, 600'000);
}

TEST_F(BlockTest, AnswersAsRowByRowAtTheEdgesOfWhatItTakes) {
  std::vector<Indicator> rows;
  for (const int64_t difference :
       {(int64_t{1} << 31) - 1, int64_t{1} << 31, (int64_t{1} << 31) + 1}) {
    for (const int32_t distance : {2'046, 2'047, 2'048, 2'049}) {
      for (int64_t past = -1; past <= 1; ++past) {
        Indicator x;
        x.baseline = 0;
        x.target = difference;
        x.baseline_index = 12 * 2000;
        x.target_index = *x.baseline_index + distance;
        // Exactly on the line at half the way, or one beside it.
        x.points.push_back({*x.baseline_index + distance / 2,
                            difference / 2 + past, SHIRUBE_POINT_FINAL});
        rows.push_back(x);
      }
    }
  }
  while (rows.size() % 64 != 0) rows.push_back(rows.front());
  ExpectSameAnswers(rows, 1'000'000, 999'999);
}

// The fast way is really taken: a whole block of usual rows is answered, and
// nothing is left to ask row by row.
TEST_F(BlockTest, TakesUsualRowsWithoutAskingAgain) {
  Indicator usual;
  usual.baseline = 10;
  usual.target = 20;
  usual.baseline_index = 12 * 2019;
  usual.target_index = 12 * 2024;
  usual.points.push_back({12 * 2021, 14, SHIRUBE_POINT_FINAL});
  std::vector<Indicator> rows(64, usual);
  rows[7].baseline.reset();
  Batch batch(rows);
  std::vector<uint8_t> answer(64), left(64);
  std::vector<uint16_t> reason(64), point(64);
  constexpr pace::BlockAnswers kAnswers = {
      {1, 1}, {2, 2}, {3, 3}, {1, 4}, {2, 5}};
  EXPECT_TRUE(pace::JudgeBlock(*batch.get(), 0, {800'000, 600'000}, kAnswers,
                               {answer.data(), reason.data(), point.data()},
                               left.data()));
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(left[i], i == 7 ? 0 : 1) << i;
    if (i == 7) continue;
    EXPECT_EQ(reason[i], 2) << i;  // 4 of 10, at 2 of 5 years
  }
}

}  // namespace
}  // namespace shirube::rules_test
