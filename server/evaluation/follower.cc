#include "server/evaluation/follower.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/quarantine_inbox.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Clock::duration kStoreRetry = std::chrono::seconds(1);
constexpr Clock::duration kRuleSetRetry = std::chrono::seconds(5);

absl::Status NoModuleAnswers(const RunSummary& sum) {
  std::string names;
  for (const ModuleFault& fault : sum.out) {
    absl::StrAppend(&names, " ", fault.module, " (", fault.reason, ")");
  }
  return MakeError(
      absl::StatusCode::kUnavailable, "RULE_SET_NOT_SERVING",
      absl::StrCat("no module of the rule set answers; out of service:", names,
                   ". The last known verdicts are kept. Release a quarantined "
                   "module, or activate another rule set"),
      absl::StrCat(
          "判定基準のどのモジュールも回答できません。使えないモジュール"
          ":",
          names,
          "。最後に分かっている判定を残しています。"
          "隔離を解くか、別の判定基準に切り替えてください"));
}

}  // namespace

// What one round of judging found.
struct Follower::Round {
  explicit Round(JudgingRun r) : run(std::move(r)) {}

  JudgingRun run;
  std::set<IndicatorKey> waiting;  // their rule set cannot be had
  absl::Status why_waiting;
};

Follower::Follower(const Evaluator::Dependencies& dependencies,
                   const Evaluator::Options& options, RuleSets* rule_sets,
                   Progress* progress)
    : deps_(dependencies),
      options_(options),
      progress_(progress),
      rule_sets_(rule_sets),
      filler_(dependencies.table, rule_sets),
      news_(dependencies, rule_sets),
      initiatives_(dependencies.store, &filler_),
      figures_(dependencies.table, &filler_),
      modules_(&filler_),
      retries_(absl::ToChronoNanoseconds(options.first_retry)),
      retry_at_(Clock::time_point::max()) {}

Follower::~Follower() { Stop(); }

JudgingRun::Setup Follower::RunSetup() {
  JudgingRun::Setup setup;
  setup.deps = deps_;
  setup.filler = &filler_;
  setup.max_batch_rows = options_.max_batch_rows;
  setup.stopped = [this] {
    const std::lock_guard lock(mutex_);
    return stop_;
  };
  return setup;
}

void Follower::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return;
    stop_ = true;
    work_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
    deps_.ledger->RemoveListener(this);
    if (deps_.quarantines != nullptr) deps_.quarantines->SetWake(nullptr);
  }
  progress_->Close();
  std::deque<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& request : requests_) {
      request->done = true;
      request->result = absl::CancelledError("the evaluator has stopped");
    }
    requests_.clear();
    jobs.swap(jobs_);
    run_done_.notify_all();
  }
  for (Job& job : jobs) job.cancel();
}

void Follower::OnCommit(const CommittedGroup& group) {
  {
    const std::lock_guard lock(mutex_);
    for (const CommittedMutation& mutation : group.mutations) {
      incoming_.Add(mutation.change);
      for (const Touched& touched : mutation.change.touched) {
        snoozes_moved_ |= touched.kind == ResourceKind::kAlert;
      }
    }
    incoming_.through = std::max(incoming_.through, group.head.revision);
    moved_ = true;
    work_.notify_one();
  }
  progress_->SetJudged(group.head.judged_through);
}

absl::StatusOr<RunSummary> Follower::Run(const PlanId& plan,
                                         absl::Time deadline) {
  auto request = std::make_shared<RunRequest>();
  request->plan = plan;
  std::unique_lock lock(mutex_);
  if (stop_) return absl::CancelledError("the evaluator has stopped");
  requests_.push_back(request);
  work_.notify_one();
  while (!request->done) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return MakeError(absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
                       "the run goes on after the deadline; read the verdicts "
                       "later",
                       "期限までに判定が終わりませんでした。判定は続いていま"
                       "すので、後で結果をお読みください");
    }
    run_done_.wait_for(
        lock, absl::ToChronoMicroseconds(std::min(left, absl::Hours(1))));
  }
  return request->result;
}

bool Follower::WaitForWork(Requests* requests, std::optional<Job>* job) {
  std::unique_lock lock(mutex_);
  while (!stop_ && !moved_ && requests_.empty() && jobs_.empty()) {
    if (retry_at_ == Clock::time_point::max()) {
      work_.wait(lock);
    } else if (work_.wait_until(lock, retry_at_) == std::cv_status::timeout &&
               Clock::now() >= retry_at_) {
      break;
    }
  }
  if (stop_) return false;
  moved_ = false;
  requests->swap(requests_);
  if (!jobs_.empty()) {
    *job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  unapplied_.Add(std::exchange(incoming_, Dirty()));
  return true;
}

absl::Status Follower::Apply() {
  SHIRUBE_RETURN_IF_ERROR(StoreQuarantines());
  if (!has_default_) SHIRUBE_RETURN_IF_ERROR(FollowShipped());
  if (!unapplied_.modules.empty()) rule_sets_->ForgetProblems();
  if (!unapplied_.empty() || filler_.waits_for_rule_set()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    SHIRUBE_RETURN_IF_ERROR(filler_.Apply(*reader, unapplied_, &due_));
    AddJudgedBy(unapplied_.modules);
    if (!unapplied_.activated.empty()) {
      SHIRUBE_RETURN_IF_ERROR(PinRuleSets(*reader));
    }
    SHIRUBE_RETURN_IF_ERROR(initiatives_.Note(*reader, unapplied_));
    figures_due_.insert(unapplied_.indicators.begin(),
                        unapplied_.indicators.end());
    modules_due_ |= !unapplied_.modules.empty() ||
                    !unapplied_.activated.empty() || !unapplied_.plans.empty();
  }
  applied_ = std::max(applied_, unapplied_.through);
  unapplied_ = Dirty();
  progress_->SetApplied(applied_);
  return absl::OkStatus();
}

void Follower::AddKeys(const Selection& selection) {
  for (const SelectionPart& part : selection.parts) {
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (part.live(k)) due_.insert(part.key(k));
    }
  }
}

void Follower::AddRequested(const Requests& requests) {
  for (const auto& request : requests) {
    AddKeys(request->plan.empty() ? deps_.table->SelectAll()
                                  : deps_.table->SelectPlan(request->plan));
  }
}

absl::Status Follower::JudgeDue(const Requests& requests) {
  AddRequested(requests);
  Round round(JudgingRun(
      RunSetup(),
      VerdictWriter(deps_.ledger,
                    std::min(options_.group_rows, kMaxVerdictGroup), {},
                    [this](const std::vector<Verdict>& verdicts) {
                      return TidingsOf(verdicts);
                    })));
  std::map<RuleSetId, std::vector<IndicatorKey>> by_set;
  for (const IndicatorKey& key : due_) {
    const PlanContext* context = filler_.FindPlan(key.plan);
    if (context != nullptr) by_set[context->rule_set].push_back(key);
  }
  absl::Status status;
  for (const auto& [id, keys] : by_set) {
    absl::StatusOr<std::shared_ptr<const RuleSet>> rule_set =
        rule_sets_->Get(id);
    if (rule_set.ok()) {
      status = round.run.Judge(**rule_set, keys);
      if (!status.ok()) break;
    } else {
      round.waiting.insert(keys.begin(), keys.end());
      round.why_waiting = rule_set.status();
    }
  }
  why_waiting_ = std::string(round.why_waiting.message());
  if (status.ok()) {
    const bool moves = applied_ > progress_->judged();
    status =
        StoreAlerts(&round.run.writer(),
                    !round.waiting.empty() || !moves ? Revision(0) : applied_);
  }
  Finish(requests, &round, status);
  if (!status.ok()) return status;
  for (const IndicatorKey& key : round.waiting) due_.erase(key);
  retries_.Note(Clock::now(), due_, round.run.faulted());
  due_ = std::move(round.waiting);
  return absl::OkStatus();
}

void Follower::Finish(const Requests& requests, const Round* round,
                      const absl::Status& status) {
  const std::lock_guard lock(mutex_);
  for (const auto& request : requests) {
    request->done = true;
    if (!status.ok()) {
      request->result = status;
      continue;
    }
    RunSummary sum = round->run.Sum(request->plan);
    sum.judged_through = applied_;
    bool waits = false;
    for (const IndicatorKey& key : round->waiting) {
      waits |= request->plan.empty() || request->plan == key.plan;
    }
    if (waits) {
      request->result = round->why_waiting;
    } else if (sum.evaluated > 0 && !round->run.AnyAnswer(request->plan) &&
               !sum.out.empty()) {
      request->result = NoModuleAnswers(sum);
    } else {
      request->result = std::move(sum);
    }
  }
  run_done_.notify_all();
}

void Follower::StartModulesAgain() {
  std::set<RuleSetId> ids;
  for (const IndicatorKey& key : due_) {
    const PlanContext* context = filler_.FindPlan(key.plan);
    if (context != nullptr) ids.insert(context->rule_set);
  }
  for (const RuleSetId& id : ids) rule_sets_->StartAgain(id);
}

absl::Status Follower::RunRound(const Requests& requests) {
  if (retries_.TakeInto(Clock::now(), &due_)) StartModulesAgain();
  absl::Status status = Apply();
  if (status.ok()) {
    AddTurnedMonth();
    TickDueAlerts();
    ObserveOthers();
    ExpandRuns();  // that a crash or an activation left
    return JudgeDue(requests);
  }
  Finish(requests, nullptr, status);
  return status;
}

void Follower::PlanRetries(const absl::Status& status) {
  const Clock::time_point now = Clock::now();
  retry_at_ = std::min({retries_.next(), NextMonthLook(), NextAlertLook()});
  if (!status.ok()) {
    progress_->SetHeldUp(std::string(status.message()));
    retry_at_ = std::min(retry_at_, now + kStoreRetry);
  } else if (!due_.empty()) {
    progress_->SetHeldUp(why_waiting_);
    retry_at_ = std::min(retry_at_, now + kRuleSetRetry);
  } else {
    progress_->SetHeldUp("");
  }
}

void Follower::Loop() {
  Requests requests;
  std::optional<Job> job;
  // What was due at start-up is judged before anything is waited for.
  do {
    const absl::Status status = RunRound(requests);
    if (job) job->work(status);
    PlanRetries(status);
    requests.clear();
    job.reset();
  } while (WaitForWork(&requests, &job));
}

}  // namespace shirube
