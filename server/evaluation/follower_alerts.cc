// What the follower does about alerts besides the verdicts that carry theirs:
// those of a published run, group by group from where the store says it
// stopped, and review dates and snoozes that have passed.
//
// Nothing here holds up judging: what the store refuses stays in its backlog,
// or stays snoozed, and is tried again.
#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/evaluation/follower.h"
#include "server/storage/store.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kExpandRows = 1000;
constexpr absl::Duration kLookAgain = absl::Hours(1);
constexpr absl::Duration kShortest = absl::Milliseconds(20);
constexpr absl::Duration kAfterFailure = absl::Seconds(5);

Mutation ByServer(MutationBody body) {
  Mutation mutation;
  mutation.actor.name = "shirube";
  mutation.body = std::move(body);
  return mutation;
}

absl::TimeZone Japan() { return absl::FixedTimeZone(9 * 60 * 60); }

absl::Time NextDayAfter(absl::Time now) {
  return absl::FromCivil(absl::ToCivilDay(now, Japan()) + 1, Japan());
}

}  // namespace

// A run's alerts are made before judged_through moves over it, so that whoever
// waits for its judging finds them.
absl::Status Follower::Publish(VerdictWriter* writer, Revision judged_through) {
  if (!writer->is_run()) return writer->Finish(judged_through);
  SHIRUBE_RETURN_IF_ERROR(writer->Finish(0));
  ExpandRuns();
  return writer->MoveOn(judged_through);
}

void Follower::ExpandRuns() {
  const absl::Status status = ExpandAll();
  alerts_left_ = !status.ok();
  if (!status.ok()) {
    LogWarning("alerts of a judging run wait: ", status.message());
  }
}

absl::Status Follower::ExpandAll() {
  for (bool left = true; left;) {
    ExpandRunAlerts body;
    body.limit = kExpandRows;
    {
      SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                               deps_.store->Snapshot());
      SHIRUBE_ASSIGN_OR_RETURN(const std::optional<AlertBacklog> backlog,
                               reader->NextAlertBacklog());
      if (!backlog) return absl::OkStatus();
      SHIRUBE_ASSIGN_OR_RETURN(
          const std::vector<RunVerdict> rows,
          reader->ListRunVerdicts(backlog->run, backlog->after, kExpandRows));
      std::vector<Verdict> verdicts;
      for (const RunVerdict& row : rows) verdicts.push_back(row.verdict);
      body.news = news_.Of(verdicts);
    }
    SHIRUBE_ASSIGN_OR_RETURN(
        const MutationResult result,
        deps_.ledger->SubmitAndWait(ByServer(std::move(body))));
    left = result.alerts_left;
    const std::lock_guard lock(mutex_);
    if (stop_) return absl::CancelledError("the evaluator has stopped");
  }
  return absl::OkStatus();
}

absl::Status Follower::Tick(absl::Time now) {
  TickAlerts body;
  body.today = absl::FormatCivilTime(absl::ToCivilDay(now, Japan()));
  SHIRUBE_RETURN_IF_ERROR(
      deps_.ledger->SubmitAndWait(ByServer(std::move(body))).status());
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  AlertQuery query;
  query.state = AlertState::kSnoozed;
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Alert> snoozed,
                           reader->ListAlerts(query));
  next_tick_ = NextDayAfter(now);
  for (const Alert& alert : snoozed) {
    if (!alert.snoozed_until) continue;
    next_tick_ = std::min(next_tick_, *alert.snoozed_until);
  }
  // One that stays snoozed although its time has come is no reason to spin.
  next_tick_ = std::max(next_tick_, now + kShortest);
  return absl::OkStatus();
}

void Follower::TickDueAlerts() {
  ForgetOldAlerts();
  const absl::Time now = deps_.clock();
  bool moved = false;
  {
    const std::lock_guard lock(mutex_);
    std::swap(moved, snoozes_moved_);
  }
  if (!moved && now < next_tick_) return;
  const absl::Status status = Tick(now);
  if (status.ok()) return;
  next_tick_ = now + kAfterFailure;
  LogWarning("alerts to be looked at again wait: ", status.message());
}

Clock::time_point Follower::NextAlertLook() const {
  const absl::Duration wait = std::clamp(
      alerts_left_ ? kAfterFailure
                   : std::min(next_tick_, next_forget_) - deps_.clock(),
      kShortest, kLookAgain);
  return Clock::now() + absl::ToChronoNanoseconds(wait);
}

}  // namespace shirube
