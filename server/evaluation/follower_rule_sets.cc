// What the follower does about whom to judge by: activations, quarantines and
// their release, and which sets stay loaded.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/activation.h"
#include "server/evaluation/follower.h"
#include "server/evaluation/quarantine_inbox.h"

namespace shirube {
namespace {

absl::Status Stopped() {
  return absl::CancelledError("the evaluator has stopped");
}

absl::Status GoesOn() {
  return MakeError(
      absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
      "the change of rule sets goes on after the deadline; list the "
      "activations later, or repeat the call with the same request_id",
      "期限までに終わりませんでした。処理は続いていますので、後で切り替えの"
      "履歴を確かめるか、同じ request_id でもう一度お試しください");
}

}  // namespace

template <typename T>
absl::StatusOr<T> Follower::OnThread(std::function<absl::StatusOr<T>()> work,
                                     absl::Time deadline,
                                     const absl::Status& late) {
  struct Ticket {
    bool done = false;
    absl::StatusOr<T> result = absl::UnknownError("not done yet");
  };
  auto ticket = std::make_shared<Ticket>();
  const auto finish = [this, ticket](absl::StatusOr<T> result) {
    const std::lock_guard lock(mutex_);
    ticket->result = std::move(result);
    ticket->done = true;
    run_done_.notify_all();
  };
  Job job;
  job.work = [work = std::move(work), finish](const absl::Status& round) {
    finish(round.ok() ? work() : absl::StatusOr<T>(round));
  };
  job.cancel = [finish] { finish(Stopped()); };
  std::unique_lock lock(mutex_);
  if (stop_) return Stopped();
  jobs_.push_back(std::move(job));
  work_.notify_one();
  while (!ticket->done) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return late;
    run_done_.wait_for(
        lock, absl::ToChronoMicroseconds(std::min(left, absl::Hours(1))));
  }
  return std::move(ticket->result);
}

absl::StatusOr<bool> Follower::WasCarriedOut(StoreReader& reader,
                                             const Mutation& mutation) const {
  if (!mutation.request || mutation.request->request_id.empty()) return false;
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<RequestRecord> record,
                           reader.GetRequest(mutation.request->method,
                                             mutation.request->request_id));
  return record.has_value();
}

absl::StatusOr<ActivationOutcome> Follower::Activate(Mutation mutation,
                                                     bool rollback,
                                                     absl::Time deadline) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                           WasCarriedOut(*reader, mutation));
  if (repeated) return Publish(std::move(mutation), nullptr);
  auto& body = std::get<ActivateRuleSet>(mutation.body);
  SHIRUBE_ASSIGN_OR_RETURN(const ResolvedActivation resolved,
                           ResolveActivation(*reader, rollback, &body));
  std::shared_ptr<const RuleSet> started;  // keeps its modules until it is done
  if (!resolved.already && !resolved.candidate.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(started, rule_sets_->GetWhole(resolved.candidate));
  }
  return OnThread<ActivationOutcome>(
      [this, mutation = std::move(mutation), started] {
        return ActivateNow(mutation);
      },
      deadline, GoesOn());
}

absl::StatusOr<ActivationOutcome> Follower::Publish(Mutation mutation,
                                                    const JudgingRun* run) {
  SHIRUBE_ASSIGN_OR_RETURN(MutationResult result,
                           deps_.ledger->SubmitAndWait(std::move(mutation)));
  if (!result.activation) {
    return absl::InternalError("the ledger gave back no activation");
  }
  ActivationOutcome outcome;
  outcome.activation = *std::move(result.activation);
  outcome.revision = result.revision;
  if (run != nullptr && !result.repeated) {
    outcome.evaluated = run->Sum(PlanId()).evaluated;
    outcome.changed = run->turned();
  }
  return outcome;
}

absl::StatusOr<ActivationOutcome> Follower::ActivateNow(Mutation mutation) {
  auto& body = std::get<ActivateRuleSet>(mutation.body);
  ResolvedActivation resolved;
  {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    // The same request may have come before, and was still under way.
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(*reader, mutation));
    if (repeated) return Publish(std::move(mutation), nullptr);
    SHIRUBE_ASSIGN_OR_RETURN(
        resolved, ResolveActivation(*reader, /*rollback=*/false, &body));
  }
  if (resolved.already) return Publish(std::move(mutation), nullptr);
  SHIRUBE_ASSIGN_OR_RETURN(const std::shared_ptr<const RuleSet> set,
                           rule_sets_->GetWhole(resolved.candidate));
  const std::vector<PlanId> plans = filler_.PlansInScope(body.plan);
  std::set<IndicatorKey> rows;
  for (const PlanId& plan : plans) filler_.AddAll(plan, &rows);
  const size_t group_rows = std::min(options_.group_rows, kMaxVerdictGroup);
  JudgingRun run(RunSetup(), VerdictWriter(deps_.ledger, group_rows, group_rows,
                                           set->id()));
  const absl::Status judged =
      run.JudgeCandidate(*set, {rows.begin(), rows.end()});
  // Whatever became of it: the ledger has to know before it decides.
  SHIRUBE_RETURN_IF_ERROR(StoreQuarantines());
  SHIRUBE_RETURN_IF_ERROR(judged);
  SHIRUBE_ASSIGN_OR_RETURN(body.run, run.writer().FinishUnpublished());
  Hold(plans, applied_);
  SHIRUBE_ASSIGN_OR_RETURN(ActivationOutcome outcome,
                           Publish(std::move(mutation), &run));
  due_.Remove(rows);
  retries_.Note(Retries::Clock::now(), rows, run.faulted());
  LogInfo("rule set ", set->id().value(), " judges ",
          body.plan.empty() ? "by default" : "plan " + body.plan.value(),
          " from revision ", outcome.revision, " on: ", outcome.evaluated,
          " rows judged, ", outcome.changed, " with another result");
  return outcome;
}

absl::StatusOr<MutationResult> Follower::Release(Mutation mutation,
                                                 absl::Time deadline) {
  return OnThread<MutationResult>(
      [this, mutation = std::move(mutation)] { return ReleaseNow(mutation); },
      deadline, GoesOn());
}

absl::StatusOr<MutationResult> Follower::ReleaseNow(Mutation mutation) {
  const std::string sha256 = std::get<ReleaseQuarantine>(mutation.body).sha256;
  SHIRUBE_RETURN_IF_ERROR(StoreQuarantines());
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                           WasCarriedOut(*reader, mutation));
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<QuarantineRecord> records,
                           reader->ListQuarantines());
  const auto record =
      std::find_if(records.begin(), records.end(),
                   [&](const auto& one) { return one.sha256 == sha256; });
  if (repeated || record == records.end()) {
    return deps_.ledger->SubmitAndWait(std::move(mutation));
  }
  SHIRUBE_RETURN_IF_ERROR(deps_.rule_host->Release(sha256));
  absl::StatusOr<MutationResult> result =
      deps_.ledger->SubmitAndWait(std::move(mutation));
  if (!result.ok()) {
    deps_.rule_host->SetQuarantined({record->sha256, record->module,
                                     record->version, record->reason,
                                     record->en, record->ja, record->time});
    return result;
  }
  LogInfo("rule module ", record->module, " ", record->version,
          " is released from quarantine");
  return result;
}

absl::Status Follower::StoreQuarantines() {
  if (deps_.quarantines == nullptr) return absl::OkStatus();
  for (QuarantineNotice& notice : deps_.quarantines->Take()) {
    quarantines_.push_back(std::move(notice));
  }
  while (!quarantines_.empty()) {
    const QuarantineNotice& notice = quarantines_.front();
    SetQuarantine body;
    body.quarantine = {notice.sha256, notice.module, notice.version,
                       notice.reason, notice.en,     notice.ja,
                       notice.time,   /*revision=*/0};
    Mutation mutation;
    mutation.actor.name = "shirube";
    mutation.body = std::move(body);
    SHIRUBE_RETURN_IF_ERROR(
        deps_.ledger->SubmitAndWait(std::move(mutation)).status());
    quarantines_.erase(quarantines_.begin());
  }
  return absl::OkStatus();
}

void Follower::AddJudgedBy(const std::set<std::string>& modules,
                           std::set<IndicatorKey>* keys) const {
  if (modules.empty()) return;
  for (const PlanId& plan : filler_.Plans()) {
    const auto set = rule_sets_->Get(filler_.FindPlan(plan)->rule_set);
    if (!set.ok()) continue;  // all of it is due until it can be had
    const auto& members = (*set)->modules();
    if (std::any_of(members.begin(), members.end(), [&](const auto& member) {
          return modules.contains(member.sha256);
        })) {
      filler_.AddAll(plan, keys);
    }
  }
}

absl::Status Follower::PinRuleSets(StoreReader& reader) {
  std::set<RuleSetId> ids;
  std::set<PlanId> scopes = {PlanId()};
  for (const PlanId& plan : filler_.Plans()) {
    const PlanContext& context = *filler_.FindPlan(plan);
    ids.insert(context.rule_set);
    if (!context.plan.rule_set.empty()) scopes.insert(plan);
  }
  for (const PlanId& scope : scopes) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::optional<ActivationRecord> active,
                             reader.GetActivation(scope));
    if (!active) continue;
    ids.insert(active->rule_set);
    ids.insert(active->previous);  // for going back
  }
  rule_sets_->Pin(std::move(ids));
  return absl::OkStatus();
}

}  // namespace shirube
