// What surrounds a text while it runs in a worker, as the kernel has it.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

using ::testing::IsSubsetOf;

class LuaConfinedTest : public RuleHostFixture {
 protected:
  LuaConfinedTest() {
    Install({"lua_steady", "steady"});
    StartHost({"lua_steady", "steady"});
    AddRows({50, 150});
    AskAll();
  }

  int PidOf(const std::string& module) const {
    return InfoOf(module).worker_pids.at(0);
  }
  // "" where the kernel has no such line.
  std::string Status(const std::string& module,
                     const std::string& field) const {
    std::ifstream status("/proc/" + std::to_string(PidOf(module)) + "/status");
    std::string word, value;
    while (status >> word) {
      if (word == field + ":" && status >> value) return value;
    }
    return "";
  }
};

TEST_F(LuaConfinedTest, NeverMeetsTheFilterThatLoadingNeeds) {
  if (Status("steady", "Seccomp") != "2") {
    GTEST_SKIP() << "this machine gives no filters";
  }
  EXPECT_EQ(Status("lua_steady", "Seccomp"), "2");
  if (Status("steady", "Seccomp_filters").empty()) {
    GTEST_SKIP() << "this kernel counts no filters";
  }
  // A container's own filters count as well.
  const auto filters = [&](const std::string& module) {
    return std::stoi(Status(module, "Seccomp_filters"));
  };
  std::ifstream own("/proc/self/status");
  int inherited = 0;
  for (std::string word; own >> word;) {
    if (word == "Seccomp_filters:") own >> inherited;
  }
  EXPECT_EQ(filters("steady"), inherited + 2);
  EXPECT_EQ(filters("lua_steady"), inherited + 1);
}

TEST_F(LuaConfinedTest, HoldsNothingButItsSocket) {
  namespace fs = std::filesystem;
  std::set<std::string> open;
  std::error_code error;
  for (fs::directory_iterator
           file("/proc/" + std::to_string(PidOf("lua_steady")) + "/fd", error),
       end;
       !error && file != end; file.increment(error)) {
    open.insert(file->path().filename());
  }
  if (open.empty()) GTEST_SKIP() << "only root sees a worker's descriptors";
  EXPECT_THAT(open, IsSubsetOf({"3"}));
  EXPECT_EQ(Status("lua_steady", "NoNewPrivs"), "1");
  EXPECT_EQ(Status("lua_steady", "Threads"), "1");
}

}  // namespace
}  // namespace shirube
