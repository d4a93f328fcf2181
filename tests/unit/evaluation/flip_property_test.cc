// Flip points of random indicators under the default judgement: the value has
// the status, one step worse has not, and every status has an answer.
#include <gtest/gtest.h>

#include <random>

#include "server/evaluation/derivation.h"
#include "server/evaluation/flip.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/pace_in_process.h"

namespace shirube {
namespace {

using testing::IndicatorBuilder;
using testing::JudgeInProcess;

std::string Year(int year) { return "fy" + std::to_string(year); }

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t Of(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine_);
  }
  std::string Value(int64_t low, int64_t high) {
    return Decimal::Make(Of(low, high), scale)->ToString();
  }
  int scale = 0;

 private:
  std::mt19937 engine_;
};

Indicator AnyIndicator(Random& random) {
  random.scale = static_cast<int>(random.Of(0, 2));
  IndicatorBuilder builder("件");
  const int kind = static_cast<int>(random.Of(0, 4));
  if (kind == 0) {
    builder.CumulativeFrom("fy2021");
  } else if (random.Of(0, 5) > 0) {
    builder.Baseline(random.Value(-5'000, 5'000), Year(2020));
  }
  const auto op = static_cast<Operator>(random.Of(0, 6));
  builder.Target(random.Value(-5'000, 5'000), random.Of(0, 5) ? Year(2026) : "",
                 kind == 1 ? Operator::kNone : op);
  if (kind == 1) builder.Upper(random.Value(5'001, 9'000));
  if (kind == 2) builder.Kind(IndicatorKind::kMaintain);
  if (kind >= 2 && random.Of(0, 3) == 0) {
    builder.Milestone(random.Value(-5'000, 5'000), Year(2023));
  }
  return builder.Build();
}

TEST(FlipPropertyTest, EveryFlipPointHoldsAndOneStepWorseDoesNot) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  Random random(seed);
  int found = 0;
  for (int n = 0; n < 80; ++n) {
    const Indicator i = AnyIndicator(random);
    const auto row_at = [&](int64_t units) {
      Observation observation = testing::Measured(i, Year(2024), Value());
      observation.value.number = *Decimal::Make(0, 2);
      RowInput row = *BuildRow(i, {observation}, {}, std::nullopt, 1);
      row.points[0].units = units;
      return row;
    };
    const auto status_at = [&](int64_t units) {
      return JudgeInProcess(row_at(units)).verdict.status;
    };
    FlipQuestion question;
    question.period = testing::At(Year(2024));
    question.scale = 2;
    question.band = i.kind == IndicatorKind::kBand;
    question.direction = DirectionOf(row_at(0), nullptr);
    const auto points = FindFlipPoints(
        question,
        [&](const std::vector<int64_t>& units)
            -> absl::StatusOr<std::vector<Status>> {
          std::vector<Status> statuses;
          RowInput row = row_at(0);
          for (int64_t value : units) {
            row.points[0].units = value;
            statuses.push_back(JudgeInProcess(row).verdict.status);
          }
          return statuses;
        });
    ASSERT_TRUE(points.ok());
    for (const FlipPoint& flip : *points) {
      EXPECT_NE(flip.omitted, "NOT_MONOTONE")
          << "indicator " << n << " " << StatusWord(flip.status);
      if (!flip.omitted.empty()) continue;
      ++found;
      const int worse = question.direction == Direction::kDown ? 1 : -1;
      const int64_t units =
          flip.value ? flip.value->units() : flip.lower->units();
      EXPECT_EQ(status_at(units), flip.status) << "indicator " << n;
      EXPECT_NE(status_at(units + worse), flip.status) << "indicator " << n;
      if (!flip.upper) continue;
      EXPECT_EQ(status_at(flip.upper->units()), flip.status);
      EXPECT_NE(status_at(flip.upper->units() + 1), flip.status);
    }
  }
  EXPECT_GT(found, 40);
}

}  // namespace
}  // namespace shirube
