// The flip point: the worst value at a period that keeps or wins each status,
// found by asking whatever judges, so that every rule module has one. Pure but
// for the questions it asks.
#ifndef SHIRUBE_SERVER_EVALUATION_FLIP_H_
#define SHIRUBE_SERVER_EVALUATION_FLIP_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/indicator.h"
#include "server/domain/verdict.h"
#include "server/evaluation/explanation.h"

namespace shirube {

struct FlipQuestion {
  Period period;
  int scale = 0;
  bool band = false;  // a status may hold on an interval
  // kUp: more is better; kDown; unspecified: whichever the answers show.
  Direction direction = Direction::kUnspecified;
  // Values where answers may change: baseline, target, milestones, measured.
  std::vector<int64_t> landmarks;
};

// The statuses that `units` would have, in their order. Asked some hundreds of
// values at a time, and few times.
using FlipAsker = std::function<absl::StatusOr<std::vector<Status>>(
    const std::vector<int64_t>& units)>;

// One for each of ACHIEVED, ON_TRACK and AT_RISK. Answers that do not follow
// one order are NOT_MONOTONE; errors are the asker's.
absl::StatusOr<std::vector<FlipPoint>> FindFlipPoints(
    const FlipQuestion& question, const FlipAsker& ask);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_FLIP_H_
