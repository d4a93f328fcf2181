// Where the published texts lie that tests read when they are there.
#ifndef SHIRUBE_TESTS_E2E_DATA_H_
#define SHIRUBE_TESTS_E2E_DATA_H_

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/e2e/need.h"
#include "tests/paths.h"

namespace shirube::e2e {

inline std::filesystem::path DataFile(const std::string& name) {
  const char* folder = std::getenv("SHIRUBE_DATA");
  return std::filesystem::path(folder ? folder : SHIRUBE_DATA_DEFAULT) / name;
}

}  // namespace shirube::e2e

#define SHIRUBE_NEED_DATA(path) SHIRUBE_NEED(path, "set SHIRUBE_DATA")

#endif  // SHIRUBE_TESTS_E2E_DATA_H_
