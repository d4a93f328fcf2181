// A rules folder of tiny modules, a small table, and a rule host over both. The
// tiny modules raise MET (ACHIEVED) where the latest point reaches the target,
// and misbehave on rows whose target is kTrigger.
#ifndef TESTS_RULE_HOST_FIXTURE_H_
#define TESTS_RULE_HOST_FIXTURE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {

inline constexpr int64_t kTrigger = 666;

// An empty folder that goes away with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A row with one point of `value` in fiscal year 2022 and a target for 2024.
RowInput MakeRow(const std::string& id, int64_t target, int64_t value);

// Ends a worker from outside, and returns once it is dead.
void KillAndAwait(int pid);

class RuleHostFixture : public ::testing::Test {
 protected:
  RuleHostFixture();

  // The file of a module: those tiny ones that are in Lua are called lua_NAME,
  // others are where they lie in the rules folder.
  std::string FileNameOf(const std::string& module) const;
  // Copies tiny modules into the rules folder.
  void Install(const std::vector<std::string>& modules);
  // Starts a host and loads the set of `modules`, in this order: as far as they
  // are modules, and leaving out what cannot start.
  void StartHost(const std::vector<std::string>& modules);
  // Files of the rules folder, verified.
  std::vector<std::shared_ptr<const ModuleFile>> FilesOf(
      const std::vector<std::string>& modules);
  // A set of them, whole.
  absl::StatusOr<std::shared_ptr<const RuleSet>> Load(
      const std::vector<std::string>& modules,
      std::map<std::string, int64_t> parameters = {});
  // Adds rows with these targets, all with the value 100.
  void AddRows(const std::vector<int64_t>& targets);

  // The answers of every module for the whole table, which has one part.
  std::vector<ModuleAnswers> AskAll(const AskOptions& options = {});
  // That of StartHost.
  std::shared_ptr<const RuleSet> Set() { return set_; }
  ModuleInfo InfoOf(const std::string& id) const;

  TempDir rules_;
  RuleHostOptions options_;
  std::unique_ptr<Table> table_;  // before the host, which reads its memory
  std::unique_ptr<RuleHost> host_;
  std::shared_ptr<const RuleSet> set_;
  int rows_added_ = 0;
};

}  // namespace shirube

#endif  // TESTS_RULE_HOST_FIXTURE_H_
