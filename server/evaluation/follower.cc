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

// Those of `keys` that the table does not have (any more).
std::set<IndicatorKey> GoneOf(const Table& table, std::set<IndicatorKey> keys) {
  const std::vector<IndicatorKey> ordered(keys.begin(), keys.end());
  for (const IndicatorKey& key : KeysOf(table.SelectKeys(ordered))) {
    keys.erase(key);
  }
  return keys;
}

}  // namespace

// Some plans' rows, judged together.
struct Follower::Turn {
  explicit Turn(JudgingRun r) : run(std::move(r)) {}

  DueRows::ByPlan rows;
  JudgingRun run;
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
    std::set<IndicatorKey> to_judge;
    const absl::Status filled = filler_.Apply(*reader, unapplied_, &to_judge);
    if (filled.ok()) AddJudgedBy(unapplied_.modules, &to_judge);
    due_.Add(to_judge, applied_);
    SHIRUBE_RETURN_IF_ERROR(filled);
    due_.Remove(GoneOf(*deps_.table, unapplied_.redefined));
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

void Follower::AddRequested(const Requests& requests) {
  std::set<IndicatorKey> keys;
  for (const auto& request : requests) {
    const PlanId& wanted = request->plan;
    for (const PlanId& plan :
         wanted.empty() ? filler_.Plans() : std::vector<PlanId>{wanted}) {
      filler_.AddAll(plan, &keys);
    }
  }
  due_.Add(keys, applied_);
}

Revision Follower::Through() const {
  Revision through = due_.JudgedThrough(applied_);
  for (const auto& [plan, judged] : held_) through = std::min(through, judged);
  return through;
}

// Plans with rows due that can be judged now; finds those that wait for their
// rule set, and drops those that are gone.
std::vector<PlanId> Follower::FindReady() {
  std::vector<PlanId> ready, gone;
  waiting_.clear();
  for (const auto& [plan, rows] : due_.plans()) {
    const PlanContext* context = filler_.FindPlan(plan);
    if (context == nullptr) {
      gone.push_back(plan);
    } else if (!held_.contains(plan)) {
      const auto rule_set = rule_sets_->Get(context->rule_set);
      if (rule_set.ok()) {
        ready.push_back(plan);
      } else {
        waiting_[plan] = rule_set.status();
      }
    }
  }
  due_.Take(gone);
  return ready;
}

absl::Status Follower::JudgeTurn(Turn* turn, bool whole) {
  std::map<RuleSetId, std::vector<IndicatorKey>> by_set;
  for (const auto& [plan, rows] : turn->rows) {
    auto& keys = by_set[filler_.FindPlan(plan)->rule_set];
    keys.insert(keys.end(), rows.keys.begin(), rows.keys.end());
  }
  for (const auto& [id, keys] : by_set) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::shared_ptr<const RuleSet> rule_set,
                             rule_sets_->Get(id));
    SHIRUBE_RETURN_IF_ERROR(turn->run.Judge(*rule_set, keys));
  }
  return StoreAlerts(&turn->run.writer(), turn->rows, whole);
}

absl::Status Follower::JudgeDue(const Requests& requests, bool whole) {
  AddRequested(requests);
  const std::vector<PlanId> ready = FindReady();
  std::vector<std::vector<PlanId>> turns = {ready};
  if (!whole && !ready.empty()) {
    turns =
        due_.Turns(ready, std::min(options_.direct_rows, options_.group_rows),
                   /*large=*/!backlog_);
  }
  for (const std::vector<PlanId>& plans : turns) {
    Turn turn(JudgingRun(
        RunSetup(),
        VerdictWriter(deps_.ledger, options_.direct_rows,
                      std::min(options_.group_rows, kMaxVerdictGroup), {},
                      [this](const std::vector<Verdict>& verdicts) {
                        return TidingsOf(verdicts);
                      })));
    turn.rows = due_.Take(plans);
    const absl::Status status = JudgeTurn(&turn, whole);
    Finish(requests, &turn, status);
    if (!status.ok()) {
      due_.Put(std::move(turn.rows));
      return status;
    }
    std::set<IndicatorKey> judged;
    for (auto& [plan, rows] : turn.rows) judged.merge(rows.keys);
    retries_.Note(Clock::now(), judged, turn.run.faulted());
  }
  return absl::OkStatus();
}

void Follower::Finish(const Requests& requests, const Turn* turn,
                      const absl::Status& status) {
  const std::lock_guard lock(mutex_);
  for (const auto& request : requests) {
    request->done = true;
    if (!status.ok()) {
      request->result = status;
      continue;
    }
    RunSummary sum = turn->run.Sum(request->plan);
    sum.judged_through = Through();
    const auto waits =
        request->plan.empty() ? waiting_.begin() : waiting_.find(request->plan);
    if (waits != waiting_.end()) {
      request->result = waits->second;
    } else if (sum.evaluated > 0 && !turn->run.AnyAnswer(request->plan) &&
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
  for (const auto& [plan, rows] : due_.plans()) {
    const PlanContext* context = filler_.FindPlan(plan);
    if (context != nullptr) ids.insert(context->rule_set);
  }
  for (const RuleSetId& id : ids) rule_sets_->StartAgain(id);
}

absl::Status Follower::RunRound(const Requests& requests, bool whole) {
  std::set<IndicatorKey> again;
  const bool module_out = retries_.TakeInto(Clock::now(), &again);
  due_.Add(again, applied_);
  if (module_out) StartModulesAgain();
  absl::Status status = Apply();
  if (status.ok()) {
    AddTurnedMonth();
    TickDueAlerts();
    ObserveOthers();
    status = whole ? ExpandAll() : ExpandSome();
  }
  if (status.ok()) return JudgeDue(requests, whole);
  Finish(requests, nullptr, status);
  return status;
}

void Follower::PlanRetries(const absl::Status& status) {
  const Clock::time_point now = Clock::now();
  retry_at_ = std::min({retries_.next(), NextMonthLook(), NextAlertLook()});
  if (!status.ok()) {
    progress_->SetHeldUp(std::string(status.message()));
    retry_at_ = std::min(retry_at_, now + kStoreRetry);
  } else {
    // What cannot be judged is worth more than that others are being judged.
    std::string held_up;
    if (!waiting_.empty()) {
      held_up = std::string(waiting_.begin()->second.message());
      retry_at_ = std::min(retry_at_, now + kRuleSetRetry);
    } else if (backlog_) {
      held_up = "the alerts of many indicators are being made";
    }
    progress_->SetHeldUp(held_up);
    if (backlog_ || due_.plans().size() > waiting_.size()) retry_at_ = now;
  }
}

void Follower::Loop() {
  Requests requests;
  std::optional<Job> job;
  // What was due at start-up is judged before anything is waited for.
  do {
    const bool whole = !requests.empty() || job.has_value();
    const absl::Status status = RunRound(requests, whole);
    if (job) job->work(status);
    PlanRetries(status);
    requests.clear();
    job.reset();
  } while (WaitForWork(&requests, &job));
}

}  // namespace shirube
