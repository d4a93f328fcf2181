#include "server/evaluation/follower.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kChangePage = 10'000;
constexpr int kVerdictPage = 10'000;
// From so many rows on, stored verdicts are read by plan.
constexpr size_t kByPlanFrom = 64;
constexpr Clock::duration kStoreRetry = std::chrono::seconds(1);
constexpr Clock::duration kRuleSetRetry = std::chrono::seconds(5);
constexpr Clock::duration kLongestRetry = std::chrono::minutes(5);

void AddTo(const RunSummary& part, RunSummary* sum) {
  sum->evaluated += part.evaluated;
  sum->changed += part.changed;
  sum->counts.achieved += part.counts.achieved;
  sum->counts.on_track += part.counts.on_track;
  sum->counts.at_risk += part.counts.at_risk;
  sum->counts.not_evaluated += part.counts.not_evaluated;
  sum->counts.indeterminate += part.counts.indeterminate;
}

// The verdicts that stand now, of some rows.
class StoredVerdicts {
 public:
  absl::Status Load(Store* store, absl::Span<const IndicatorKey> keys) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             store->Snapshot());
    std::set<PlanId> plans;
    for (const IndicatorKey& key : keys) {
      if (keys.size() >= kByPlanFrom) {
        plans.insert(key.plan);
        continue;
      }
      SHIRUBE_ASSIGN_OR_RETURN(std::optional<Verdict> verdict,
                               reader->GetVerdict(key));
      if (verdict) verdicts_[key] = *std::move(verdict);
    }
    for (const PlanId& plan : plans) {
      SHIRUBE_RETURN_IF_ERROR(LoadPlan(*reader, plan));
    }
    return absl::OkStatus();
  }

  const Verdict* Find(const IndicatorKey& key) const {
    const auto it = verdicts_.find(key);
    return it == verdicts_.end() ? nullptr : &it->second;
  }

 private:
  absl::Status LoadPlan(StoreReader& reader, const PlanId& plan) {
    ListQuery query;
    query.plan = plan;
    query.limit = kVerdictPage;
    while (true) {
      SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> page,
                               reader.ListVerdicts(query));
      const bool last = page.size() < static_cast<size_t>(kVerdictPage);
      if (!last) query.after = page.back().indicator.indicator.value();
      for (Verdict& verdict : page) {
        const IndicatorKey key = verdict.indicator;
        verdicts_[key] = std::move(verdict);
      }
      if (last) return absl::OkStatus();
    }
  }

  absl::flat_hash_map<IndicatorKey, Verdict> verdicts_;
};

}  // namespace

// What one round of judging found.
struct Follower::Round {
  explicit Round(VerdictWriter w) : writer(std::move(w)) {}

  VerdictWriter writer;
  std::map<PlanId, RunSummary> by_plan;
  std::set<IndicatorKey> faulted;
  std::set<IndicatorKey> waiting;  // their rule set cannot be asked
  absl::Status why_waiting;
};

Follower::Follower(const Evaluator::Dependencies& dependencies,
                   const Evaluator::Options& options, Progress* progress)
    : deps_(dependencies),
      options_(options),
      progress_(progress),
      filler_(dependencies.table, dependencies.rule_host),
      next_delay_(absl::ToChronoNanoseconds(options.first_retry)),
      retry_at_(Clock::time_point::max()),
      retry_faulted_at_(Clock::time_point::max()) {}

Follower::~Follower() { Stop(); }

absl::Status Follower::StoreActiveRuleSet() {
  absl::StatusOr<std::shared_ptr<const RuleSet>> found =
      deps_.rule_host->FindRuleSet();
  // The server is up without it; verdicts wait.
  if (!found.ok() || (*found)->id() == stored_rule_set_) {
    return absl::OkStatus();
  }
  const RuleSet& rule_set = **found;
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<RuleSetId> active,
                           reader->GetRuleSetAlias("default"));
  if (active != rule_set.id()) {
    StoreRuleSet body;
    body.alias = "default";
    body.rule_set.id = rule_set.id();
    body.rule_set.canonical_json = rule_set.canonical();
    for (const RuleSetMember& member : rule_set.modules()) {
      body.rule_set.modules.push_back(
          {member.manifest->id, member.manifest->version, member.sha256});
    }
    Mutation mutation;
    mutation.actor.name = "shirube";
    mutation.body = std::move(body);
    SHIRUBE_RETURN_IF_ERROR(
        deps_.ledger->SubmitAndWait(std::move(mutation)).status());
  }
  stored_rule_set_ = rule_set.id();
  return absl::OkStatus();
}

absl::Status Follower::FindDue(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader.Head());
  Dirty dirty;
  Revision after = head.judged_through;
  while (after < head.revision) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Change> changes,
                             reader.ListChanges(after, kChangePage));
    if (changes.empty()) break;
    for (const Change& change : changes) dirty.Add(change);
    after = changes.back().revision;
  }
  SHIRUBE_RETURN_IF_ERROR(filler_.Apply(reader, dirty, &due_));
  // The table was filled after these changed: whether they judge differently
  // cannot be seen any more.
  for (const PlanId& plan : dirty.plans) AddKeys(deps_.table->SelectPlan(plan));
  ListQuery query;
  for (const PlanId& plan : filler_.Plans()) {
    query.plan = plan;
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts,
                             reader.ListVerdicts(query));
    for (const Verdict& verdict : verdicts) {
      if (verdict.status == Status::kIndeterminate) {
        due_.insert(verdict.indicator);
      }
    }
  }
  applied_ = head.revision;
  progress_->SetApplied(head.revision);
  progress_->SetJudged(head.judged_through);
  return absl::OkStatus();
}

absl::Status Follower::Start() {
  // First listen, then look: what is committed between comes twice, not never.
  deps_.ledger->AddListener(this);
  absl::Status status = StoreActiveRuleSet();
  if (status.ok()) {
    absl::StatusOr<std::unique_ptr<StoreReader>> reader =
        deps_.store->Snapshot();
    status = reader.status();
    if (status.ok()) status = filler_.Fill(**reader);
    if (status.ok()) status = FindDue(**reader);
  }
  if (!status.ok()) {
    deps_.ledger->RemoveListener(this);
    return status;
  }
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
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
  }
  progress_->Close();
  const std::lock_guard lock(mutex_);
  for (const auto& request : requests_) {
    request->done = true;
    request->result = absl::CancelledError("the evaluator has stopped");
  }
  requests_.clear();
  run_done_.notify_all();
}

void Follower::OnCommit(const CommittedGroup& group) {
  {
    const std::lock_guard lock(mutex_);
    for (const CommittedMutation& mutation : group.mutations) {
      incoming_.Add(mutation.change);
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

bool Follower::WaitForWork(Requests* requests) {
  std::unique_lock lock(mutex_);
  while (!stop_ && !moved_ && requests_.empty()) {
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
  unapplied_.indicators.merge(incoming_.indicators);
  unapplied_.plans.merge(incoming_.plans);
  unapplied_.everything |= incoming_.everything;
  unapplied_.through = std::max(unapplied_.through, incoming_.through);
  incoming_ = Dirty();
  return true;
}

absl::Status Follower::Apply() {
  if (waits_for_rule_set_ && deps_.rule_host->FindRuleSet().ok()) {
    unapplied_.everything = true;  // rows were made without its parameters
  }
  if (!unapplied_.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    SHIRUBE_RETURN_IF_ERROR(filler_.Apply(*reader, unapplied_, &due_));
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

absl::Status Follower::JudgeBatch(const RuleSet& rule_set,
                                  absl::Span<const IndicatorKey> keys,
                                  Round* round) {
  StoredVerdicts stored;
  SHIRUBE_RETURN_IF_ERROR(stored.Load(deps_.store, keys));
  std::vector<Verdict> changed;
  {
    const Selection selection = deps_.table->SelectKeys(keys);
    JudgeOptions options;
    options.now = deps_.clock();
    options.year_kinds = [&](size_t part, uint32_t k) {
      return filler_.KindsOf(selection.parts[part].key(k));
    };
    SHIRUBE_RETURN_IF_ERROR(JudgeRows(
        *deps_.rule_host, rule_set, selection, options,
        [&](size_t, uint32_t, JudgedRow row) {
          Verdict& verdict = row.verdict;
          RunSummary& summary = round->by_plan[verdict.indicator.plan];
          ++summary.evaluated;
          summary.counts.Add(verdict.status);
          if (verdict.status == Status::kIndeterminate) {
            round->faulted.insert(verdict.indicator);
          }
          const Verdict* before = stored.Find(verdict.indicator);
          if (before != nullptr && SaysTheSame(*before, verdict)) return;
          ++summary.changed;
          changed.push_back(std::move(verdict));
        }));
  }
  for (Verdict& verdict : changed) {
    SHIRUBE_RETURN_IF_ERROR(round->writer.Add(std::move(verdict)));
  }
  return absl::OkStatus();
}

absl::Status Follower::JudgeSet(const RuleSet& rule_set,
                                const std::vector<IndicatorKey>& keys,
                                Round* round) {
  for (size_t from = 0; from < keys.size(); from += options_.max_batch_rows) {
    const size_t n = std::min(options_.max_batch_rows, keys.size() - from);
    SHIRUBE_RETURN_IF_ERROR(JudgeBatch(
        rule_set, absl::MakeConstSpan(keys).subspan(from, n), round));
  }
  return absl::OkStatus();
}

absl::Status Follower::JudgeDue(const Requests& requests) {
  AddRequested(requests);
  Round round(VerdictWriter(deps_.ledger,
                            std::min(options_.group_rows, kMaxVerdictGroup)));
  std::map<RuleSetId, std::vector<IndicatorKey>> by_set;
  for (const IndicatorKey& key : due_) {
    const PlanContext* context = filler_.FindPlan(key.plan);
    if (context != nullptr) by_set[context->plan.rule_set].push_back(key);
  }
  absl::Status status;
  for (const auto& [id, keys] : by_set) {
    absl::StatusOr<std::shared_ptr<const RuleSet>> rule_set =
        deps_.rule_host->FindRuleSet(id);
    if (rule_set.ok()) {
      status = JudgeSet(**rule_set, keys, &round);
      if (!status.ok()) break;
    } else {
      round.waiting.insert(keys.begin(), keys.end());
      round.why_waiting = rule_set.status();
    }
  }
  waits_for_rule_set_ = !round.waiting.empty();
  why_waiting_ = std::string(round.why_waiting.message());
  if (status.ok()) {
    const bool moves = applied_ > progress_->judged();
    status = round.writer.Finish(waits_for_rule_set_ || !moves ? 0 : applied_);
  }
  Finish(requests, round, status);
  if (!status.ok()) return status;
  for (const IndicatorKey& key : due_) faulted_.erase(key);
  faulted_.insert(round.faulted.begin(), round.faulted.end());
  due_ = round.waiting;
  return absl::OkStatus();
}

void Follower::Finish(const Requests& requests, const Round& round,
                      const absl::Status& status) {
  const std::lock_guard lock(mutex_);
  for (const auto& request : requests) {
    RunSummary sum;
    bool waits = false;
    for (const auto& [plan, part] : round.by_plan) {
      if (request->plan.empty() || request->plan == plan) AddTo(part, &sum);
    }
    for (const IndicatorKey& key : round.waiting) {
      waits |= request->plan.empty() || request->plan == key.plan;
    }
    sum.judged_through = applied_;
    if (!status.ok()) {
      request->result = status;
    } else if (waits) {
      request->result = round.why_waiting;
    } else {
      request->result = sum;
    }
    request->done = true;
  }
  run_done_.notify_all();
}

absl::Status Follower::RunRound(const Requests& requests) {
  absl::Status status = Apply();
  if (status.ok()) status = StoreActiveRuleSet();
  if (status.ok()) return JudgeDue(requests);
  Finish(requests, Round(VerdictWriter(deps_.ledger, 1)), status);
  return status;
}

void Follower::TakeFaulted() {
  if (faulted_.empty()) {
    next_delay_ = absl::ToChronoNanoseconds(options_.first_retry);
    retry_faulted_at_ = Clock::time_point::max();
  } else if (Clock::now() >= retry_faulted_at_) {
    due_.merge(faulted_);
    faulted_.clear();
    retry_faulted_at_ = Clock::time_point::max();
  }
}

void Follower::PlanRetries(const absl::Status& status) {
  const Clock::time_point now = Clock::now();
  if (!faulted_.empty() && retry_faulted_at_ == Clock::time_point::max()) {
    retry_faulted_at_ = now + next_delay_;
    next_delay_ = std::min(2 * next_delay_, kLongestRetry);
  }
  retry_at_ = retry_faulted_at_;
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
  // What was due at start-up is judged before anything is waited for.
  do {
    TakeFaulted();
    PlanRetries(RunRound(requests));
    requests.clear();
  } while (WaitForWork(&requests));
}

}  // namespace shirube
