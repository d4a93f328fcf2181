// A real server with a rules folder that a test drops modules into, and what
// an operator asks it: commands, verdicts, health. For the tests of the life of
// rule modules; from the test's thread, Verdicts and Health from any.
#ifndef SHIRUBE_TESTS_E2E_RULE_FIXTURE_H_
#define SHIRUBE_TESTS_E2E_RULE_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/lib/clients.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {

inline constexpr char kSample[] =
    SHIRUBE_SOURCE_DIR "/samples/reform-plan-r4.txt";

// A module of the server's own, or a tiny one of the tests of the rule host;
// those in Lua are called lua_NAME.
std::filesystem::path Shipped(const std::string& id);
std::filesystem::path Tiny(const std::string& id);

class RuleFixture : public ::testing::Test {
 protected:
  // Makes the rules folder, with the shipped modules in it.
  void SetUp() override;

  std::filesystem::path Rules() const { return folder_ / "rules"; }
  std::vector<std::string> Arguments() const;
  void Start() { Start(Arguments()); }
  void Start(const std::vector<std::string>& arguments);

  // Puts a module into the rules folder, as an operator would.
  void Drop(const std::filesystem::path& file, const std::string& name = "");

  std::string Done(const std::vector<std::string>& arguments);
  // What a command that must be refused said.
  std::string Refused(const std::vector<std::string>& arguments, int code);
  // The id that `rule register` gives.
  std::string Registered(std::vector<std::string> files);
  static std::string IdIn(const std::string& name);

  // Status and reason of every indicator, and whether it waits.
  std::map<std::string, std::string> Verdicts(
      const std::string& parent = "plans/-");
  std::string Health(const std::string& name = "");
  // Health is told from time to time; waits until it is what it should be.
  bool HealthBecomes(const std::string& name, const std::string& wanted);

  TempDir folder_;
  std::unique_ptr<Server> server_;
  client::Options options_;
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_RULE_FIXTURE_H_
