// Made-up indicators of every kind that may be stored, with missing parts,
// small numbers that often coincide, and now and then the largest ones.
#ifndef TESTS_RULES_RANDOM_INDICATOR_H_
#define TESTS_RULES_RANDOM_INDICATOR_H_

#include <cstdint>
#include <random>

#include "tests/rules/indicator.h"

namespace shirube::rules_test {

// SHIRUBE_SEED, or one fixed seed; printed either way.
uint64_t SeedFromEnvironment();

class RandomIndicators {
 public:
  explicit RandomIndicators(uint64_t seed) : random_(seed) {}

  Indicator Next();

  // An indicator with one readable point and a target that is a number.
  Indicator NextWithOnePoint();

  int64_t Between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  bool OneIn(int n) { return Between(1, n) == 1; }

 private:
  int64_t Value();
  int32_t Index();
  void Target(Indicator* x);
  void Start(Indicator* x);
  void Points(Indicator* x);
  void Milestones(Indicator* x);
  void Parameters(Indicator* x);

  std::mt19937_64 random_;
  int64_t range_ = 0;
};

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_RANDOM_INDICATOR_H_
