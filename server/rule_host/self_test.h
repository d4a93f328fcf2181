// A module's own cases (rules/README.md), asked of it before anything else is:
// in a worker of its own over a column memory of its own, a row a case, once
// without and once with facts, and every answer compared with what the case
// expects. And the empty batch, which every module has to stand.
//
// Module::Start makes one and is done with it; one thread. Leaves nothing
// behind, whatever the module does.
#ifndef SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_
#define SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/case_columns.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

// How many cases a text holds; 0 where it cannot be read.
int CountCases(const std::string& text);

class SelfTest {
 public:
  struct Setup {
    const Module* module;
    // Starts a worker of the module over these columns.
    std::function<std::unique_ptr<WorkerProcess>(const frame::ColumnMemory&,
                                                 ModuleProblem*)>
        start;
    absl::Duration call_deadline;
    absl::Duration deadline;  // for all of it, on the wall
  };
  explicit SelfTest(const Setup& setup);

  // Reads the cases and starts a worker: what that says of the module.
  ModuleProblem Begin();
  // Asks. SELF_TEST_FAILED names a case, its line, what was expected and what
  // was found.
  ModuleProblem Run();
  // That it ended because all of it, or a call, took too long.
  bool timed_out() const { return timed_out_; }

 private:
  // What is expected of a row.
  struct Expected {
    uint32_t row;
    const cases::Expectation* expectation;
  };
  using Group = std::vector<Expected>;
  // Rows that were asked together, and what came back.
  struct Asked {
    std::vector<uint32_t> rows;
    int32_t as_of_index = INT32_MAX;
    int32_t today_index = 0;
    bool want_facts = false;
    ModuleAnswers answers;
    std::vector<bool> masked;  // the host answered
  };

  ModuleProblem AskGroup(const Group& group, bool want_facts);
  ModuleOutcome Ask(Asked* asked);
  ModuleOutcome AskPiece(const Exchange::Rows& rows, const AskOptions& options,
                         ModuleAnswers* answers);
  ModuleOutcome AwaitReply();
  // Which of the rows does it by itself.
  ModuleProblem BlameRow(const Asked& together, const ModuleOutcome& outcome);

  bool Declares(const std::string& reason) const;
  std::string Wanted(const cases::Expectation& expectation) const;
  std::string Found(const ModuleAnswers& answers, uint32_t k) const;
  bool Matches(const Expected& expected, const Asked& asked, uint32_t k) const;
  ModuleProblem Mismatch(const Expected& first, const std::string& found,
                         size_t others) const;
  ModuleProblem Failure(uint32_t row, const ModuleOutcome& outcome) const;

  const Setup setup_;
  const Manifest& manifest_;
  const RuleSet defaults_;  // the module alone, with its defaults
  absl::Time end_;
  bool timed_out_ = false;
  std::vector<cases::Case> cases_;
  std::unique_ptr<CaseColumns> columns_;
  std::unique_ptr<WorkerProcess> worker_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_
