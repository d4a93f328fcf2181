// Where the published texts lie that tests read when they are there.
#ifndef SHIRUBE_TESTS_E2E_DATA_H_
#define SHIRUBE_TESTS_E2E_DATA_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/paths.h"

namespace shirube::e2e {

inline std::filesystem::path DataFile(const std::string& name) {
  const char* folder = std::getenv("SHIRUBE_DATA");
  return std::filesystem::path(folder ? folder : SHIRUBE_DATA_DEFAULT) / name;
}

}  // namespace shirube::e2e

// Skips the test aloud where `path` is missing; in CI that is a failure.
#define SHIRUBE_NEED_DATA(path)                                        \
  if (!std::filesystem::exists(path)) {                                \
    if (std::getenv("CI") != nullptr) FAIL() << path << " is missing"; \
    GTEST_SKIP() << path << " is missing: set SHIRUBE_DATA";           \
  }                                                                    \
  static_assert(true)

#endif  // SHIRUBE_TESTS_E2E_DATA_H_
