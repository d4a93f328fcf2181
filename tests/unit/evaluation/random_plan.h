// A made-up plan of all kinds of indicators: with milestones, revised targets,
// bands, sums, calendar years, parameters of their own.
#ifndef TESTS_UNIT_EVALUATION_RANDOM_PLAN_H_
#define TESTS_UNIT_EVALUATION_RANDOM_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "tests/unit/evaluation/world.h"

namespace shirube::testing {

struct RandomPlan {
  RandomPlan(uint32_t seed, const std::string& plan, int n);
  void AddTo(World& world) const;

  PlanId plan;
  Parameters parameters;  // of the plan
  std::vector<Indicator> indicators;
  std::vector<Observation> observations;
};

}  // namespace shirube::testing

#endif  // TESTS_UNIT_EVALUATION_RANDOM_PLAN_H_
