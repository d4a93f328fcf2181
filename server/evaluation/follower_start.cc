// The follower's start: which rule set judges, what the table holds, what is
// due.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/follower.h"
#include "server/evaluation/quarantine_inbox.h"
#include "server/evaluation/shipped.h"

namespace shirube {
namespace {

constexpr int kChangePage = 10'000;

// Why the shipped set does not judge: no fault of the store, the server is up.
bool IsAboutModules(const absl::Status& status) {
  const std::string reason = DetailsOf(status).reason;
  return reason == "RULE_SET_NOT_SERVING" || reason == "MODULE_QUARANTINED" ||
         reason == "RULE_SET_CANNOT_START" || reason == "RULE_SET_CHANGED";
}

Mutation ByServer(const RuleSetId& id) {
  ActivateRuleSet body;
  body.rule_set = id;
  Mutation mutation;
  mutation.actor.name = kServerActor;
  mutation.body = std::move(body);
  return mutation;
}

}  // namespace

absl::Status Follower::TellQuarantines() {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<QuarantineRecord> records,
                           reader->ListQuarantines());
  for (const QuarantineRecord& record : records) {
    LogWarning("rule module ", record.module, " ", record.version,
               " is in quarantine (", record.reason, "): ", record.en);
    deps_.rule_host->SetQuarantined({record.sha256, record.module,
                                     record.version, record.reason, record.en,
                                     record.ja, record.time});
  }
  return absl::OkStatus();
}

absl::Status Follower::FollowShipped() {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<ActivationRecord> active,
                           reader->GetActivation(PlanId()));
  has_default_ = active.has_value();
  if (!IsServersDefault(active)) {
    LogInfo("judging by rule set ", active->rule_set.value(), ", activated by ",
            active->actor);
    return absl::OkStatus();
  }
  const absl::StatusOr<RuleSetId> shipped = RegisterShipped(
      options_.shipped_modules, deps_.rule_host, deps_.store, deps_.ledger);
  if (!shipped.ok() && !IsAboutModules(shipped.status())) {
    return shipped.status();
  }
  if (active) {
    if (!shipped.ok()) {
      LogWarning("the shipped rule modules cannot be read; rule set ",
                 active->rule_set.value(),
                 " judges on: ", DetailsOf(shipped.status()).en);
    } else if (*shipped != active->rule_set) {
      ActivateShippedLater(*shipped, active->rule_set);
    } else {
      LogInfo("judging by the shipped rule set ", shipped->value());
    }
    return absl::OkStatus();
  }
  absl::Status status = shipped.status();
  if (status.ok()) {
    status = deps_.ledger->SubmitAndWait(ByServer(*shipped)).status();
  }
  has_default_ = status.ok();
  rule_sets_->SetNoDefault(status);
  if (status.ok()) {
    LogInfo("judging by the shipped rule set ", shipped->value(),
            ", the first of this store");
  } else if (IsAboutModules(status)) {
    LogError("nothing can be judged: ", DetailsOf(status).en);
    return absl::OkStatus();
  }
  return status;
}

void Follower::ActivateShippedLater(const RuleSetId& id,
                                    const RuleSetId& present) {
  LogInfo("the shipped rule modules have changed: rule set ", id.value(),
          " is judged by first, then it takes over from ", present.value());
  Job job;
  job.work = [this, id, present](const absl::Status& round) {
    const absl::Status status =
        round.ok() ? ActivateNow(ByServer(id)).status() : round;
    if (status.ok()) {
      LogInfo("judging by the shipped rule set ", id.value());
    } else {
      LogError("rule set ", present.value(),
               " judges on: ", DetailsOf(status).en);
    }
  };
  job.cancel = [] {};
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
}

// Also where there is nothing to judge yet: whether it serves is seen at once.
absl::Status Follower::LoadDefault(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(const RuleSetId id,
                           RuleSets::ActiveId(reader, RuleSetId()));
  rule_sets_->Get(id).status().IgnoreError();  // logged; what needs it waits
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
  std::set<IndicatorKey> to_judge;
  SHIRUBE_RETURN_IF_ERROR(filler_.Apply(reader, dirty, &to_judge));
  AddJudgedBy(dirty.modules, &to_judge);
  SHIRUBE_RETURN_IF_ERROR(initiatives_.Start(reader, dirty));
  SHIRUBE_RETURN_IF_ERROR(figures_.Start(reader));
  SHIRUBE_RETURN_IF_ERROR(modules_.Start(reader));
  figures_due_ = figures_.Told();
  figures_due_.insert(dirty.indicators.begin(), dirty.indicators.end());
  // The table was filled after these changed: whether they judge differently
  // cannot be seen any more.
  for (const PlanId& plan : dirty.plans) {
    filler_.AddAll(plan, &to_judge);
  }
  ListQuery query;
  for (const PlanId& plan : filler_.Plans()) {
    query.plan = plan;
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts,
                             reader.ListVerdicts(query));
    const RuleSetId& active = filler_.FindPlan(plan)->rule_set;
    for (const Verdict& verdict : verdicts) {
      // Without an answer, waiting, or another set's: at the latest now.
      if (!verdict.failed.empty() || verdict.waiting_since ||
          verdict.status == Status::kIndeterminate ||
          verdict.rule_set != active) {
        to_judge.insert(verdict.indicator);
      }
    }
  }
  due_.Add(to_judge, head.judged_through);
  SHIRUBE_ASSIGN_OR_RETURN(const auto cut_off, reader.NextAlertBacklog());
  // Of which plans is not known any more.
  if (cut_off) Hold(filler_.Plans(), head.judged_through);
  applied_ = head.revision;
  progress_->SetApplied(head.revision);
  progress_->SetJudged(head.judged_through);
  return absl::OkStatus();
}

absl::Status Follower::Start() {
  // First listen, then look: what is committed between comes twice, not never.
  deps_.ledger->AddListener(this);
  absl::Status status = TellQuarantines();
  if (status.ok()) status = FollowShipped();
  if (status.ok()) {
    absl::StatusOr<std::unique_ptr<StoreReader>> reader =
        deps_.store->Snapshot();
    status = reader.status();
    if (status.ok()) status = filler_.Fill(**reader);
    if (status.ok()) status = PinRuleSets(**reader);
    if (status.ok()) status = LoadDefault(**reader);
    if (status.ok()) status = FindDue(**reader);
  }
  if (!status.ok()) {
    deps_.ledger->RemoveListener(this);
    return status;
  }
  if (deps_.quarantines != nullptr) {
    deps_.quarantines->SetWake([this] {
      const std::lock_guard lock(mutex_);
      moved_ = true;
      work_.notify_one();
    });
  }
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

}  // namespace shirube
