#include "server/evaluation/flip.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/evaluation/builders.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;

// Counts its questions.
struct Asked {
  int questions = 0;
  std::function<Status(int64_t)> rule;
  FlipAsker Asker() {
    return [this](const std::vector<int64_t>& units)
               -> absl::StatusOr<std::vector<Status>> {
      ++questions;
      std::vector<Status> statuses;
      for (int64_t value : units) statuses.push_back(rule(value));
      return statuses;
    };
  }
};

FlipQuestion Question(Direction direction, std::vector<int64_t> landmarks,
                      bool band = false) {
  FlipQuestion question;
  question.period = At("R5");
  question.scale = 1;
  question.band = band;
  question.direction = direction;
  question.landmarks = std::move(landmarks);
  return question;
}

TEST(FlipTest, FindsTheLeastValueUpwards) {
  Asked asked;
  asked.rule = [](int64_t x) {
    return x >= 24000    ? Status::kAchieved
           : x >= 21'437 ? Status::kOnTrack
                         : Status::kAtRisk;
  };
  const auto points = *FindFlipPoints(
      Question(Direction::kUp, {16190, 24000, 22330}), asked.Asker());
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].status, Status::kAchieved);
  EXPECT_EQ(points[0].value, Dec("2400.0"));
  EXPECT_EQ(points[1].value, Dec("2143.7"));
  EXPECT_EQ(points[2].omitted, "ALWAYS");
  EXPECT_EQ(points[1].period, At("R5"));
  EXPECT_LE(asked.questions, 6);
}

TEST(FlipTest, FindsTheGreatestValueDownwards) {
  Asked asked;
  asked.rule = [](int64_t x) {
    return x <= -7 ? Status::kAchieved
                   : (x <= 123'456'789 ? Status::kOnTrack : Status::kAtRisk);
  };
  const auto points =
      *FindFlipPoints(Question(Direction::kDown, {0}), asked.Asker());
  EXPECT_EQ(points[0].value, Dec("-0.7"));
  EXPECT_EQ(points[1].value, Dec("12345678.9"));
}

TEST(FlipTest, FindsAnIntervalForABand) {
  Asked asked;
  asked.rule = [](int64_t x) {
    if (x >= 400 && x <= 600) return Status::kAchieved;
    return x >= 361 && x <= 655 ? Status::kOnTrack : Status::kAtRisk;
  };
  const auto points = *FindFlipPoints(
      Question(Direction::kUnspecified, {400, 600, 332}, true), asked.Asker());
  EXPECT_EQ(points[0].lower, Dec("40.0"));
  EXPECT_EQ(points[0].upper, Dec("60.0"));
  EXPECT_FALSE(points[0].value.has_value());
  EXPECT_EQ(points[1].lower, Dec("36.1"));
  EXPECT_EQ(points[1].upper, Dec("65.5"));
}

TEST(FlipTest, LeavesOutWhatNoValueGives) {
  Asked asked;
  asked.rule = [](int64_t x) {
    return x >= 100 ? Status::kAchieved : Status::kAtRisk;
  };
  const auto points =
      *FindFlipPoints(Question(Direction::kUp, {100}), asked.Asker());
  EXPECT_EQ(points[0].value, Dec("10.0"));
  EXPECT_EQ(points[1].omitted, "OUT_OF_REACH");
  EXPECT_FALSE(points[1].value.has_value());
  EXPECT_EQ(points[2].omitted, "ALWAYS");
}

TEST(FlipTest, SaysThatAnswersFollowNoOrder) {
  Asked asked;
  asked.rule = [](int64_t x) {
    return (x / 50) % 2 == 0 ? Status::kOnTrack : Status::kAtRisk;
  };
  const auto points =
      *FindFlipPoints(Question(Direction::kUp, {0, 1000}), asked.Asker());
  EXPECT_EQ(points[1].omitted, "NOT_MONOTONE");
  // Against its direction is no order either.
  asked.rule = [](int64_t x) {
    return x <= 100 ? Status::kOnTrack : Status::kAtRisk;
  };
  EXPECT_EQ((*FindFlipPoints(Question(Direction::kUp, {0}), asked.Asker()))[1]
                .omitted,
            "NOT_MONOTONE");
}

TEST(FlipTest, SaysThatNothingIsJudged) {
  Asked asked;
  asked.rule = [](int64_t) { return Status::kNotEvaluated; };
  const auto points =
      FindFlipPoints(Question(Direction::kUp, {5}), asked.Asker());
  ASSERT_TRUE(points.ok()) << points.status();
  EXPECT_FALSE(points->empty());
  for (const FlipPoint& point : *points) {
    EXPECT_EQ(point.omitted, "NOT_EVALUATED");
  }
}

TEST(FlipTest, HandsOnTheErrorOfItsAsker) {
  const auto points = FindFlipPoints(
      Question(Direction::kUp, {5}),
      [](const std::vector<int64_t>&) -> absl::StatusOr<std::vector<Status>> {
        return absl::UnavailableError("no worker");
      });
  EXPECT_EQ(points.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace shirube
