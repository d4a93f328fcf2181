// A workbench, and tiny modules and cases to try on it.
#ifndef TESTS_RULE_HOST_BENCH_FIXTURE_H_
#define TESTS_RULE_HOST_BENCH_FIXTURE_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/workbench.h"

namespace shirube {

class BenchFixture : public ::testing::Test {
 protected:
  explicit BenchFixture(Workbench::Limits limits = Patient())
      : bench_(SHIRUBE_WORKER, limits) {}

  // What a row may take; sanitized hosts are slow to look.
  static Workbench::Limits Patient() {
    Workbench::Limits limits;
    limits.call_deadline = absl::Milliseconds(100);
    return limits;
  }

  // The built tiny module, verified; "lua_NAME" is one in Lua.
  const ModuleFile& Open(const std::string& module) {
    const std::string ending = module.starts_with("lua_") ? ".lua" : ".so";
    const std::string folder = module.starts_with("lua_") ? "/lua/" : "/";
    const ModuleProblem problem =
        bench_.Open(SHIRUBE_TINY_MODULES + folder + module + ending, &file_);
    EXPECT_TRUE(problem.ok()) << problem.detail;
    return file_;
  }

  static std::vector<cases::Case> Cases(const std::string& text) {
    const cases::ParseResult read = cases::ParseCases(text);
    EXPECT_EQ(read.error, "");
    return read.cases;
  }

  Workbench bench_;
  ModuleFile file_;
};

}  // namespace shirube

#endif  // TESTS_RULE_HOST_BENCH_FIXTURE_H_
