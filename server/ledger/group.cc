#include "server/ledger/group.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/ledger/alerts.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

void GroupCommit::Run(std::vector<Task>* tasks,
                      const std::function<bool()>& keep_trying) {
  absl::Status done = CarryOutAll(tasks);
  if (done.ok() && wrote_) done = CommitOrFindOut(keep_trying);
  tx_.reset();
  if (done.ok()) {
    moved_ = head_.revision != start_.revision ||
             head_.judged_through != start_.judged_through;
    group_.head = head_;
    return;
  }
  // Nothing was stored: whoever was told of success so far was told too early.
  moved_ = false;
  group_ = CommittedGroup();
  answers_.resize(tasks->size(), done);
  for (auto& answer : answers_) {
    if (answer.ok()) answer = done;
  }
}

absl::Status GroupCommit::CarryOutAll(std::vector<Task>* tasks) {
  SHIRUBE_ASSIGN_OR_RETURN(tx_, store_->Begin());
  SHIRUBE_ASSIGN_OR_RETURN(start_, tx_->Head());
  head_ = start_;
  // Whole microseconds, as they are stored; never before the last commit.
  now_ = std::max(absl::FromUnixMicros(absl::ToUnixMicros(options_.clock())),
                  start_.commit_time);
  for (const Task& task : *tasks) SHIRUBE_RETURN_IF_ERROR(CarryOut(task));
  return ForgetOldRequests();
}

absl::Status GroupCommit::CarryOut(const Task& task) {
  SHIRUBE_RETURN_IF_ERROR(tx_->Mark());
  absl::StatusOr<MutationResult> answer = InMark(task);
  if (!answer.ok() || ValidateOnly(task.mutation.body)) {
    SHIRUBE_RETURN_IF_ERROR(tx_->UndoToMark());
  }
  answers_.push_back(std::move(answer));
  return absl::OkStatus();
}

absl::StatusOr<MutationResult> GroupCommit::InMark(const Task& task) {
  const StoreHead before = head_;
  CommittedMutation committed;
  absl::StatusOr<MutationResult> answer = Attempt(task, &committed);
  if (ValidateOnly(task.mutation.body)) {
    head_ = before;
    return answer;
  }
  if (answer.ok()) {
    if (absl::Status kept = tx_->KeepSinceMark(); !kept.ok()) answer = kept;
  }
  if (!answer.ok()) {
    head_ = before;
    return answer;
  }
  if (!answer->repeated) wrote_ = true;
  if (answer->changed) group_.mutations.push_back(std::move(committed));
  return answer;
}

absl::StatusOr<MutationResult> GroupCommit::Attempt(
    const Task& task, CommittedMutation* committed) {
  MutationResult result;
  result.revision = head_.revision;
  if (task.work) {
    SHIRUBE_RETURN_IF_ERROR(task.work(tx_.get()));
    return result;
  }
  const Mutation& mutation = task.mutation;
  SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                           AnswerRepeat(mutation, &result));
  if (repeated) return result;
  WriteContext ctx(tx_.get(), mutation, head_.revision + 1, now_, options_);
  SHIRUBE_RETURN_IF_ERROR(
      std::visit([&](const auto& body) { return Execute(&ctx, body, &result); },
                 mutation.body));
  if (ValidateOnly(mutation.body)) return result;
  SHIRUBE_RETURN_IF_ERROR(AlertsAfter(&ctx, mutation.body));
  if (ctx.changed()) {
    Change& change = ctx.committed().change;
    change.action = ActionOf(mutation.body);
    change.causes_judging = CausesJudging(mutation.body);
    SHIRUBE_RETURN_IF_ERROR(tx_->AppendChange(change));
    result.changed = true;
    result.revision = head_.revision = ctx.revision();
    head_.commit_time = now_;
  }
  SHIRUBE_RETURN_IF_ERROR(MoveJudgedThrough(mutation));
  if (mutation.request.has_value() && !mutation.request->request_id.empty()) {
    const RequestKey& key = *mutation.request;
    SHIRUBE_RETURN_IF_ERROR(tx_->PutRequest(
        {key.method, key.request_id, key.payload_hash, ctx.resource_name(),
         result.revision, now_, result.count}));
  }
  *committed = std::move(ctx.committed());
  return result;
}

absl::StatusOr<bool> GroupCommit::AnswerRepeat(const Mutation& mutation,
                                               MutationResult* result) {
  if (!mutation.request.has_value() || mutation.request->request_id.empty() ||
      ValidateOnly(mutation.body)) {
    return false;
  }
  const RequestKey& key = *mutation.request;
  SHIRUBE_ASSIGN_OR_RETURN(auto record,
                           tx_->GetRequest(key.method, key.request_id));
  if (!record.has_value() || record->time < now_ - options_.keep_requests) {
    return false;
  }
  if (record->payload_hash != key.payload_hash) {
    return RequestIdReused(key.request_id);
  }
  SHIRUBE_RETURN_IF_ERROR(Reread(tx_.get(), mutation.body, *record, result));
  return true;
}

// Everything that causes no judging counts as judged as soon as what stands
// before it is; a published run as soon as its alerts are made.
absl::Status GroupCommit::MoveJudgedThrough(const Mutation& mutation) {
  if (CausesJudging(mutation.body)) return absl::OkStatus();
  Revision through = head_.judged_through;
  if (const auto* verdicts = std::get_if<StoreVerdicts>(&mutation.body)) {
    through = std::max(through, verdicts->judged_through);
  }
  SHIRUBE_ASSIGN_OR_RETURN(auto cause, tx_->FirstCauseAfter(through));
  through = cause.has_value() ? *cause - 1 : head_.revision;
  SHIRUBE_ASSIGN_OR_RETURN(auto backlog, tx_->NextAlertBacklog());
  if (backlog.has_value()) through = std::min(through, backlog->published - 1);
  if (through <= head_.judged_through) return absl::OkStatus();
  SHIRUBE_RETURN_IF_ERROR(tx_->SetJudgedThrough(through));
  head_.judged_through = through;
  return absl::OkStatus();
}

absl::Status GroupCommit::ForgetOldRequests() {
  if (!wrote_) return absl::OkStatus();
  return tx_->DeleteRequestsBefore(now_ - options_.keep_requests);
}

absl::Status GroupCommit::CommitOrFindOut(
    const std::function<bool()>& keep_trying) {
  const absl::Status committed = tx_->Commit();
  if (committed.ok()) return committed;
  // The transaction may be stored all the same: nobody is answered before the
  // head says so.
  tx_.reset();
  do {
    absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_->Snapshot();
    if (!reader.ok()) continue;
    absl::StatusOr<StoreHead> head = (*reader)->Head();
    if (!head.ok()) continue;
    const bool stored = head->revision != start_.revision
                            ? head->revision >= head_.revision
                            : head_.revision == start_.revision &&
                                  head->judged_through != start_.judged_through;
    return stored ? absl::OkStatus() : committed;
  } while (keep_trying());
  return OutcomeUnknown();
}

}  // namespace shirube::ledger
