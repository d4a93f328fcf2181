// What the follower does about alerts: what verdicts that become visible mean
// for them and for the initiatives above; those of a published run, a piece
// each round from where the store says it stopped; figures overdue and modules
// out of service; review dates and snoozes that have passed.
//
// What the store refuses stays in its backlog, or stays snoozed, and is tried
// again. The plans of a run are judged no further until its alerts are made: a
// later verdict of the same figure would take them for known.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/time/civil_time.h"
#include "server/base/japan.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/evaluation/follower.h"
#include "server/evaluation/today.h"
#include "server/storage/store.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kExpandRows = 256;
// Of one such piece: a storm of alerts is to be over within a minute or so.
constexpr absl::Duration kPieceFlipTime = absl::Milliseconds(60);
constexpr size_t kObservedAtOnce = 1000;
constexpr absl::Duration kLookAgain = absl::Hours(1);
constexpr absl::Duration kShortest = absl::Milliseconds(20);
constexpr absl::Duration kAfterFailure = absl::Seconds(5);

Mutation ByServer(MutationBody body) {
  Mutation mutation;
  mutation.actor.name = "shirube";
  mutation.body = std::move(body);
  return mutation;
}

absl::Time NextDayAfter(absl::Time now) {
  return absl::FromCivil(DayInJapan(now) + 1, JapanTime());
}

}  // namespace

absl::StatusOr<Tidings> Follower::TidingsOf(
    const std::vector<Verdict>& verdicts) {
  Tidings tidings;
  tidings.news = news_.Of(verdicts);
  SHIRUBE_ASSIGN_OR_RETURN(tidings.observed, initiatives_.Of(verdicts, held_));
  return tidings;
}

absl::Status Follower::StoreAlerts(VerdictWriter* writer,
                                   const DueRows::ByPlan& judged, bool whole) {
  absl::Status status = Publish(writer, judged, whole);
  // Where there was no verdict to commit, or only a run's.
  if (status.ok() && initiatives_.IsPending(held_)) {
    auto observed = initiatives_.Of({}, held_);
    status = observed.ok() ? Observe(*std::move(observed)) : observed.status();
  }
  if (status.ok()) initiatives_.Keep();
  if (!status.ok() || writer->dropped() > 0) initiatives_.Forget();
  return status;
}

absl::Status Follower::Observe(std::vector<Observed> observed) {
  for (size_t from = 0; from < observed.size(); from += kObservedAtOnce) {
    const size_t to = std::min(observed.size(), from + kObservedAtOnce);
    ObserveAlerts body;
    body.observed.assign(std::make_move_iterator(observed.begin() + from),
                         std::make_move_iterator(observed.begin() + to));
    SHIRUBE_RETURN_IF_ERROR(
        deps_.ledger->SubmitAndWait(ByServer(std::move(body))).status());
  }
  return absl::OkStatus();
}

absl::Status Follower::LookAtFigures() {
  if (figures_due_.empty()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(
      std::vector<Observed> observed,
      figures_.Of(*reader, figures_due_, MonthIndexOf(deps_.clock())));
  SHIRUBE_RETURN_IF_ERROR(Observe(std::move(observed)));
  figures_.Keep();
  figures_due_.clear();
  return absl::OkStatus();
}

absl::Status Follower::LookAtModules() {
  if (!modules_due_) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observed> observed,
                           modules_.Of(*reader));
  SHIRUBE_RETURN_IF_ERROR(Observe(std::move(observed)));
  modules_.Keep();
  modules_due_ = false;
  return absl::OkStatus();
}

void Follower::ObserveOthers() {
  observe_left_ = false;
  for (const absl::Status& status : {LookAtFigures(), LookAtModules()}) {
    if (status.ok()) continue;
    observe_left_ = true;
    LogWarning("alerts of figures or modules wait: ", status.message());
  }
}

// A run's alerts are made before judged_through moves over it, so that whoever
// waits for its judging finds them.
absl::Status Follower::Publish(VerdictWriter* writer,
                               const DueRows::ByPlan& judged, bool whole) {
  const auto through = [this] {
    return Through() > progress_->judged() ? Through() : Revision(0);
  };
  if (!writer->is_run()) return writer->Finish(through());
  for (const auto& [plan, rows] : judged) Hold({plan}, rows.judged);
  SHIRUBE_RETURN_IF_ERROR(writer->Finish(0));
  if (!whole) return absl::OkStatus();
  SHIRUBE_RETURN_IF_ERROR(ExpandAll());
  return writer->MoveOn(through());
}

// Before a run of these plans is published: whatever the store answers, it may
// have been.
void Follower::Hold(const std::vector<PlanId>& plans, Revision judged) {
  backlog_ = true;
  for (const PlanId& plan : plans) {
    const auto due = due_.plans().find(plan);
    held_[plan] = due == due_.plans().end()
                      ? judged
                      : std::min(judged, due->second.judged);
  }
}

absl::Status Follower::ExpandAll() {
  while (backlog_) {
    SHIRUBE_RETURN_IF_ERROR(ExpandSome());
    const std::lock_guard lock(mutex_);
    if (stop_) return absl::CancelledError("the evaluator has stopped");
  }
  return absl::OkStatus();
}

absl::Status Follower::ExpandSome() {
  if (!backlog_) return absl::OkStatus();
  const absl::Status status = ExpandPiece();
  if (!status.ok()) initiatives_.Forget();
  if (!backlog_) held_.clear();
  return status;
}

absl::Status Follower::ExpandPiece() {
  ExpandRunAlerts body;
  body.limit = kExpandRows;
  {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(const std::optional<AlertBacklog> backlog,
                             reader->NextAlertBacklog());
    backlog_ = backlog.has_value();
    if (!backlog_) return absl::OkStatus();
    SHIRUBE_ASSIGN_OR_RETURN(
        const std::vector<RunVerdict> rows,
        reader->ListRunVerdicts(backlog->run, backlog->after, kExpandRows));
    std::vector<Verdict> verdicts;
    for (const RunVerdict& row : rows) verdicts.push_back(row.verdict);
    body.news = news_.Of(verdicts, kPieceFlipTime);
    SHIRUBE_RETURN_IF_ERROR(initiatives_.NoteVisible(*reader, verdicts));
    if (rows.size() < kExpandRows) {
      SHIRUBE_ASSIGN_OR_RETURN(body.observed, initiatives_.Of({}, {}));
    }
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const MutationResult result,
      deps_.ledger->SubmitAndWait(ByServer(std::move(body))));
  backlog_ = result.alerts_left;
  if (!backlog_) initiatives_.Keep();
  return absl::OkStatus();
}

absl::Status Follower::Tick(absl::Time now) {
  TickAlerts body;
  body.today = absl::FormatCivilTime(DayInJapan(now));
  body.now = now;
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
      observe_left_ ? kAfterFailure
                    : std::min(next_tick_, next_forget_) - deps_.clock(),
      kShortest, kLookAgain);
  return Clock::now() + absl::ToChronoNanoseconds(wait);
}

}  // namespace shirube
