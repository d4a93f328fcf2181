#include "server/rule_host/statistics.h"

#include <algorithm>

namespace shirube {

void ModuleStatistics::CountAnswered(const Batch& batch) {
  const AnswerCounts& answers = batch.answers;
  const std::lock_guard lock(mu_);
  counts_.rows += answers.raised + answers.not_raised + answers.cannot_tell +
                  answers.unanswered;
  counts_.answers.raised += answers.raised;
  counts_.answers.not_raised += answers.not_raised;
  counts_.answers.cannot_tell += answers.cannot_tell;
  counts_.answers.unanswered += answers.unanswered;
  counts_.queue += batch.queue;
  counts_.evaluate += batch.evaluate;
  counts_.validate += batch.validate;
  counts_.last_success = batch.answered;
}

void ModuleStatistics::CountFailed(const ModuleOutcome& outcome) {
  const std::lock_guard lock(mu_);
  ++counts_.faults[std::string(outcome.word())];
  counts_.last_fault = outcome.ToString();
}

void ModuleStatistics::CountSent() {
  const std::lock_guard lock(mu_);
  ++counts_.batches;
}

void ModuleStatistics::CountFaultedRows(int64_t rows) {
  const std::lock_guard lock(mu_);
  counts_.rows += rows;
  counts_.faulted_rows += rows;
}

void ModuleStatistics::CountRestart() {
  const std::lock_guard lock(mu_);
  ++counts_.restarts;
}

void ModuleStatistics::CountIncident() {
  const std::lock_guard lock(mu_);
  ++counts_.incidents;
}

void ModuleStatistics::AddCpu(absl::Duration used) {
  const std::lock_guard lock(mu_);
  counts_.cpu += used;
}

void ModuleStatistics::NoteMemory(int64_t bytes) {
  const std::lock_guard lock(mu_);
  counts_.peak_memory_bytes = std::max(counts_.peak_memory_bytes, bytes);
}

StatisticsSnapshot ModuleStatistics::Snapshot() const {
  const std::lock_guard lock(mu_);
  return counts_;
}

}  // namespace shirube
