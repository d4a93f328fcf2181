// Workers without a host around them: a spawner, an inspector, columns of no
// rows, and modules as bytes that a test may change.
#ifndef TESTS_RULE_HOST_WORKER_FIXTURE_H_
#define TESTS_RULE_HOST_WORKER_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/inspection.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/spawner.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

// What modules/confined/attempts.c tries.
struct Attempt {
  static constexpr int64_t kNothing = -1, kCrash = -2, kSpin = -3, kAbort = -4,
                           kExit = -5, kOldCall = -6, kAllocate = -7,
                           kOverflow = -8, kHide = -9;
  static constexpr int64_t kText = 0x7465'7874'6164'6472;  // address of `text`
  int64_t call = kNothing;
  std::vector<int64_t> arguments;
  std::string text;
};

// Modules as bytes.
class TinyBytes {
 protected:
  static std::string BytesOfFile(const std::string& path);
  // Of a tiny module.
  static std::string BytesOf(const std::string& module);
  // A module that makes the attempt; `where`: constructor, entry, create,
  // evaluate.
  static std::string Attempting(const std::string& where,
                                const Attempt& attempt);
};

class WorkerFixture : public ::testing::Test, protected TinyBytes {
 protected:
  WorkerFixture();

  // Starts a worker with these bytes, unverified; nullptr: see `problem`.
  std::unique_ptr<WorkerProcess> Start(const std::string& bytes,
                                       ModuleProblem* problem);
  // Why a worker with the attempt in `where` does not start.
  ModuleProblem LoadProblem(const std::string& where, const Attempt& attempt);
  // What becomes of a worker that is asked about no rows.
  ModuleOutcome Ask(WorkerProcess* worker);
  ModuleOutcome OutcomeInEvaluate(const Attempt& attempt);

  Spawner spawner_;
  WorkerProcess::Options options_;
  Inspector inspector_;
  frame::Fd columns_;
  absl::Duration call_deadline_ = absl::Seconds(5);
};

}  // namespace shirube

#endif  // TESTS_RULE_HOST_WORKER_FIXTURE_H_
