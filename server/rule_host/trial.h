// One module on trial, outside of any rule set: rows made of cases, laid out in
// a column memory of their own and asked of one worker of its own, as often and
// in whatever selection somebody wants. The self-test and the tools for rule
// authors ask through it.
//
// One thread. Whatever the module does is an outcome; a worker that died is
// replaced for the next question. Leaves nothing behind.
#ifndef SHIRUBE_SERVER_RULE_HOST_TRIAL_H_
#define SHIRUBE_SERVER_RULE_HOST_TRIAL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/case_columns.h"
#include "server/rule_host/check.h"
#include "server/rule_host/exchange.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/rule_set.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

class Trial {
 public:
  struct Setup {
    const ModuleFile* file = nullptr;  // verified; outlives the trial
    // Starts a worker of the module over these columns.
    std::function<std::unique_ptr<WorkerProcess>(const frame::ColumnMemory&,
                                                 ModuleProblem*)>
        start;
    absl::Duration call_deadline;
    absl::Duration deadline;  // for all of it, on the wall
  };
  // Which rows, in this order, judged when.
  struct Question {
    std::vector<uint32_t> rows;
    int32_t as_of_index = INT32_MAX;
    int32_t today_index = 0;
    bool want_facts = false;
  };
  struct Reply {
    // By position in the question; what a row did that got no answer is in
    // `faults`.
    ModuleAnswers answers;
    std::vector<bool> masked;  // the host answered: the row lacks what the
                               // manifest requires
    // Not OK: asked together they failed so, and each was asked by itself.
    ModuleOutcome together;
  };

  explicit Trial(Setup setup);

  // Lays the cases out as rows 0 and up, and starts a worker: what that says of
  // the module.
  ModuleProblem Begin(std::vector<cases::Case> rows);

  // The rows together. Where that fails nothing is said of any row; a
  // BAD_OUTPUT names the position in the question.
  ModuleOutcome Ask(const Question& question, Reply* reply);
  // The same, and where it fails each row by itself, so that only those that
  // fail alone have no answer; `most` of them, then the rest is left out as
  // kNotRunning. A problem where no worker can be had any more.
  ModuleProblem AskAll(const Question& question, size_t most, Reply* reply);
  // Another worker in place of the one there is.
  ModuleProblem Restart();

  const std::vector<cases::Case>& rows() const { return rows_; }
  const Manifest& manifest() const { return manifest_; }
  // That a question ended because it, or all of them, took too long.
  bool timed_out() const { return timed_out_; }
  // CPU time of its workers since this was asked last.
  absl::Duration TakeCpu();
  // The most memory of its own that a worker was seen with, bytes.
  int64_t SampleMemory();

 private:
  ModuleOutcome AskPiece(const Exchange::Rows& rows, const AskOptions& options,
                         ModuleAnswers* answers);
  ModuleOutcome AwaitReply();
  ModuleProblem AskEach(const Question& question, size_t most, Reply* reply);

  const Setup setup_;
  const Manifest& manifest_;
  const ReasonTable reasons_;
  const RuleSet defaults_;  // the module alone, with its defaults
  absl::Time end_;
  bool timed_out_ = false;
  std::vector<cases::Case> rows_;
  std::unique_ptr<CaseColumns> columns_;
  std::unique_ptr<WorkerProcess> worker_;
  absl::Duration cpu_;  // of workers that are gone
  int64_t most_memory_ = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_TRIAL_H_
