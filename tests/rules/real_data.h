// Tests over real data: opens a file of the folder that SHIRUBE_DATA names.
// Where it is missing the test is skipped aloud, and fails under CI=true.
#ifndef TESTS_RULES_REAL_DATA_H_
#define TESTS_RULES_REAL_DATA_H_

#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/paths.h"

namespace shirube::rules_test {

class RealDataTest : public testing::Test {
 protected:
  // For SetUp(): what comes after it has to ask IsSkipped().
  void Open(const std::string& name, std::ifstream* file) {
    const char* folder = std::getenv("SHIRUBE_DATA");
    const std::string path =
        std::string(folder != nullptr ? folder : SHIRUBE_DATA_DEFAULT) + "/" +
        name;
    file->open(path);
    if (file->is_open()) return;
    const char* ci = std::getenv("CI");
    ASSERT_FALSE(ci != nullptr && std::string(ci) == "true") << "no " << path;
    GTEST_SKIP() << "no " << path
                 << "; set SHIRUBE_DATA to the folder of the real data";
  }
};

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_REAL_DATA_H_
