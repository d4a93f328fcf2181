// What one module (by its bytes) did since the server started. Evaluations
// count by piece, so that counting costs nothing beside judging; anybody may
// read from any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_STATISTICS_H_
#define SHIRUBE_SERVER_RULE_HOST_STATISTICS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "server/rule_host/outcome.h"

namespace shirube {

// Rows by what became of them; each row is counted in one of them.
struct AnswerCounts {
  int64_t raised = 0;
  int64_t not_raised = 0;
  int64_t cannot_tell = 0;
  int64_t unanswered = 0;  // left UNSET
};

struct StatisticsSnapshot {
  int64_t batches = 0;  // requests sent to workers
  int64_t rows = 0;     // asked: the answers and faulted_rows together
  AnswerCounts answers;
  int64_t faulted_rows = 0;
  absl::Duration queue;     // of batches, until a worker was free
  absl::Duration evaluate;  // from sending a batch to its reply
  absl::Duration validate;  // copying answers out and checking them
  absl::Duration cpu;       // of its workers
  std::map<std::string, int64_t> faults;  // failures by outcome's word
  // The last of them in words: "CRASHED (name.lua:12: attempt to …)".
  std::string last_fault;
  int64_t restarts = 0;           // workers replaced
  int64_t incidents = 0;          // hunts, however many deaths each took
  int64_t poison_rows = 0;        // remembered now
  int64_t peak_memory_bytes = 0;  // seen of one worker; 0: never seen
  absl::Time last_success = absl::InfinitePast();  // batch answered; or never
};

class ModuleStatistics {
 public:
  struct Batch {
    AnswerCounts answers;
    absl::Duration queue, evaluate, validate;
    absl::Time answered;
  };
  void CountAnswered(const Batch& batch);
  void CountFailed(const ModuleOutcome& outcome);  // one death or refusal
  void CountSent();
  void CountFaultedRows(int64_t rows);
  void CountRestart();
  void CountIncident();
  void AddCpu(absl::Duration used);
  void NoteMemory(int64_t bytes);

  // Without poison_rows.
  StatisticsSnapshot Snapshot() const;

 private:
  mutable std::mutex mu_;
  StatisticsSnapshot counts_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_STATISTICS_H_
