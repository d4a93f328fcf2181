// What this process holds: for tests that nothing is left behind.
#ifndef TESTS_RULE_HOST_FOOTPRINT_H_
#define TESTS_RULE_HOST_FOOTPRINT_H_

#include <cstdint>

namespace shirube {

struct Footprint {
  int descriptors = 0;
  int children = 0;  // processes, dead ones that nobody waited for included
  int64_t resident_bytes = 0;

  static Footprint Now();
};

}  // namespace shirube

#endif  // TESTS_RULE_HOST_FOOTPRINT_H_
