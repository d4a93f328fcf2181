#include "server/rule_host/trial.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/rule_host/exchange.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/mask.h"

namespace shirube {
namespace {

// How often a worker's memory is looked at.
constexpr absl::Duration kLook = absl::Milliseconds(1);

void Empty(uint32_t n, size_t facts, bool want_facts, Trial::Reply* reply) {
  reply->answers.answer.assign(n, kAnswerFault);
  reply->answers.reason.assign(n, kReasonNone);
  reply->answers.judged_point.assign(n, kNoPoint);
  reply->masked.assign(n, false);
  if (!want_facts) return;
  reply->answers.fact_numerator.assign(facts * n, 0);
  reply->answers.fact_denominator.assign(facts * n, 0);
}

// Row `from` of one reply as row `to` of another.
void CopyRow(const Trial::Reply& source, uint32_t from, Trial::Reply* reply,
             uint32_t to) {
  const ModuleAnswers& a = source.answers;
  ModuleAnswers& b = reply->answers;
  b.answer[to] = a.answer[from];
  b.reason[to] = a.reason[from];
  b.judged_point[to] = a.judged_point[from];
  reply->masked[to] = source.masked[from];
  const size_t facts = b.fact_numerator.size() / b.size();
  for (size_t f = 0; f < facts; ++f) {
    b.fact_numerator[f * b.size() + to] = a.fact_numerator[f * a.size() + from];
    b.fact_denominator[f * b.size() + to] =
        a.fact_denominator[f * a.size() + from];
  }
}

void SetFault(uint32_t position, const ModuleOutcome& outcome,
              ModuleAnswers* answers) {
  answers->fault.resize(answers->size(), 0);
  answers->faults.push_back(outcome);
  answers->fault[position] = static_cast<uint16_t>(answers->faults.size());
}

}  // namespace

Trial::Trial(Setup setup)
    : setup_(std::move(setup)),
      manifest_(*setup_.file->manifest),
      reasons_(manifest_),
      defaults_({{setup_.file->manifest, setup_.file->sha256}}, {}),
      end_(absl::Now() + setup_.deadline) {}

ModuleProblem Trial::Begin(std::vector<cases::Case> rows) {
  rows_ = std::move(rows);
  std::string error;
  columns_ = CaseColumns::Fill(rows_, manifest_, &error);
  if (columns_ == nullptr) {
    return {ModuleReason::kSelfTestFailed, error, error};
  }
  return Restart();
}

ModuleProblem Trial::Restart() {
  ModuleProblem problem;
  if (worker_ != nullptr) {
    worker_->Kill();
    cpu_ += worker_->TakeCpu();
  }
  worker_ = nullptr;
  worker_ = setup_.start(columns_->memory(), &problem);
  if (worker_ != nullptr) worker_->TakeCpu();  // that of its start
  return problem;
}

absl::Duration Trial::TakeCpu() {
  if (worker_ != nullptr) cpu_ += worker_->TakeCpu();
  return std::exchange(cpu_, absl::ZeroDuration());
}

int64_t Trial::SampleMemory() {
  if (worker_ != nullptr) {
    most_memory_ = std::max(most_memory_, worker_->SampleMemory(kLook));
  }
  return most_memory_;
}

ModuleOutcome Trial::Ask(const Question& question, Reply* reply) {
  const auto n = static_cast<uint32_t>(question.rows.size());
  const frame::Ask ask = {
      .rows_count = columns_->size(), .rows = question.rows.data(), .n = n};
  const shirube_batch columns = columns_->AsOf(question.as_of_index);
  Mask mask;
  BuildMask(ask, columns,
            {manifest_.requires_target, manifest_.requires_observation}, &mask);
  *reply = {};
  Empty(n, manifest_.facts.size(), question.want_facts, reply);
  for (const auto& [position, reason] : mask.answered) {
    reply->answers.answer[position] = kAnswerCannotTell;
    reply->answers.reason[position] = reason;
    reply->masked[position] = true;
  }
  const AskOptions options = {.as_of_index = question.as_of_index,
                              .want_facts = question.want_facts,
                              .today_index = question.today_index};
  const Exchange::Parameters parameters = columns_->ParametersOf(question.rows);
  Exchange::Rows rows = {&ask, &columns, &mask, &parameters, 0, 0};
  const uint32_t all = mask.count(ask);
  do {
    rows.n = std::min(frame::kFactRows, all - rows.first);
    // Every row was answered by the host.
    if (rows.n == 0 && n > 0) break;
    ModuleOutcome outcome = AskPiece(rows, options, &reply->answers);
    if (outcome.kind == ModuleOutcome::Kind::kBadOutput) {
      outcome.position = mask.position(rows.first + outcome.position);
    }
    if (!outcome.ok()) return outcome;
    rows.first += rows.n;
  } while (rows.first < all);
  return {};
}

ModuleOutcome Trial::AskPiece(const Exchange::Rows& rows,
                              const AskOptions& options,
                              ModuleAnswers* answers) {
  if (worker_ == nullptr) {
    return {.kind = ModuleOutcome::Kind::kNotRunning,
            .detail = "its worker could not be started"};
  }
  Exchange exchange(defaults_, options);
  const frame::Request request = exchange.Write(rows, manifest_, worker_.get());
  if (!worker_->Send(request)) return worker_->Autopsy();
  if (ModuleOutcome outcome = AwaitReply(); !outcome.ok()) return outcome;
  AnswerCounts counts;
  return exchange.Take(rows, manifest_, reasons_, worker_.get(), answers,
                       &counts);
}

ModuleOutcome Trial::AwaitReply() {
  ModuleOutcome outcome;
  while (true) {
    if (absl::Now() > end_) {
      timed_out_ = true;
      return {.kind = ModuleOutcome::Kind::kTimedOut,
              .detail = absl::StrCat("all of it takes longer than ",
                                     absl::FormatDuration(setup_.deadline))};
    }
    pollfd ready = {worker_->socket(), POLLIN, 0};
    poll(&ready, 1, /*timeout=*/5);
    if (const auto reply = worker_->Receive(&outcome)) {
      if (reply->status == frame::Reply::kAnswered) return {};
      // Which row it was about, it does not say.
      return {.kind = ModuleOutcome::Kind::kProtocolError,
              .detail = absl::StrCat("evaluate returned ", reply->value)};
    }
    if (!outcome.ok()) return outcome;
    outcome = worker_->CheckDeadline(setup_.call_deadline);
    if (!outcome.ok()) {
      timed_out_ = true;
      worker_->Kill();  // it still computes
      return outcome;
    }
  }
}

ModuleProblem Trial::AskAll(const Question& question, size_t most,
                            Reply* reply) {
  if (worker_ == nullptr || !worker_->IsAlive()) {
    if (ModuleProblem problem = Restart(); !problem.ok()) return problem;
  }
  const ModuleOutcome outcome = Ask(question, reply);
  if (outcome.ok()) return {};
  reply->together = outcome;
  return AskEach(question, most, reply);
}

ModuleProblem Trial::AskEach(const Question& question, size_t most,
                             Reply* reply) {
  const auto n = static_cast<uint32_t>(question.rows.size());
  // What the rows before left behind must not be held against one.
  ModuleProblem problem = Restart();
  Empty(n, manifest_.facts.size(), question.want_facts, reply);
  for (uint32_t k = 0; k < n; ++k) {
    if (!problem.ok()) return problem;
    if (reply->answers.faults.size() >= most) {
      SetFault(k,
               {.kind = ModuleOutcome::Kind::kNotRunning,
                .detail = "not asked: too many others failed"},
               &reply->answers);
      continue;
    }
    Question alone = question;
    alone.rows = {question.rows[k]};
    Reply own;
    ModuleOutcome outcome = Ask(alone, &own);
    outcome.position = k;
    if (outcome.ok()) {
      CopyRow(own, 0, reply, k);
      continue;
    }
    SetFault(k, outcome, &reply->answers);
    problem = Restart();
  }
  return problem;
}

}  // namespace shirube
