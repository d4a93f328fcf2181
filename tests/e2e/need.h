// What a test needs of the machine that it runs on.
#ifndef SHIRUBE_TESTS_E2E_NEED_H_
#define SHIRUBE_TESTS_E2E_NEED_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

// Skips the test aloud where `path` is missing, with advice; in CI that is a
// failure.
#define SHIRUBE_NEED(path, advice)                     \
  if (!std::filesystem::exists(path)) {                \
    if (std::getenv("CI") != nullptr) {                \
      FAIL() << path << " is missing: " << advice;     \
    }                                                  \
    GTEST_SKIP() << path << " is missing: " << advice; \
  }                                                    \
  static_assert(true)

// What ./dev installs.
#define SHIRUBE_NEED_SETUP(path) SHIRUBE_NEED(path, "./dev setup test")

#endif  // SHIRUBE_TESTS_E2E_NEED_H_
