#include "tests/unit/ledger/faulty_store.h"

#include <utility>

#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {

namespace {

// Lets each call through unless it is its turn to fail.
template <typename Contract>
class FaultyReader : public Contract {
 public:
  FaultyReader(FaultyStore* owner, std::unique_ptr<Contract> real)
      : owner_(owner), real_(std::move(real)) {}

#define SHIRUBE_FORWARD(Result, Name, Parameters, Arguments) \
  Result Name Parameters override {                          \
    SHIRUBE_RETURN_IF_ERROR(owner_->Turn(#Name));            \
    return real_->Name Arguments;                            \
  }
  SHIRUBE_FORWARD(absl::StatusOr<StoreHead>, Head, (), ())
  SHIRUBE_FORWARD(Found<Plan>, GetPlan, (const PlanId& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Found<Initiative>, GetInitiative,
                  (const InitiativeKey& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Found<Indicator>, GetIndicator,
                  (const IndicatorKey& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Found<Observation>, GetObservation,
                  (const ObservationKey& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Found<Assessment>, GetAssessment,
                  (const AssessmentKey& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Listed<Plan>, ListPlans, (const ListQuery& q), (q))
  SHIRUBE_FORWARD(Listed<Initiative>, ListInitiatives, (const ListQuery& q),
                  (q))
  SHIRUBE_FORWARD(Listed<Indicator>, ListIndicators, (const ListQuery& q), (q))
  SHIRUBE_FORWARD(Listed<Observation>, ListObservations, (const ListQuery& q),
                  (q))
  SHIRUBE_FORWARD(Listed<Assessment>, ListAssessments, (const ListQuery& q),
                  (q))
  SHIRUBE_FORWARD(Listed<PlanSource>, ListPlanSources,
                  (const PlanId& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Listed<Observation>, ListObservationRevisions,
                  (const ObservationKey& k), (k))
  SHIRUBE_FORWARD(absl::Status, ScanIndicators,
                  (absl::FunctionRef<absl::Status(Indicator)> row), (row))
  SHIRUBE_FORWARD(absl::Status, ScanObservations,
                  (absl::FunctionRef<absl::Status(Observation)> row), (row))
  SHIRUBE_FORWARD(Found<Verdict>, GetVerdict,
                  (const IndicatorKey& k, Revision at), (k, at))
  SHIRUBE_FORWARD(Listed<Verdict>, ListVerdicts, (const ListQuery& q), (q))
  SHIRUBE_FORWARD(Listed<Verdict>, ListVerdictsSince,
                  (Revision after, Revision at), (after, at))
  SHIRUBE_FORWARD(Listed<Change>, ListChanges, (Revision after, int limit),
                  (after, limit))
  SHIRUBE_FORWARD(Found<Revision>, FirstCauseAfter, (Revision after), (after))
  SHIRUBE_FORWARD(Found<RequestRecord>, GetRequest,
                  (const std::string& m, const std::string& r), (m, r))
  SHIRUBE_FORWARD(Found<RuleSetRecord>, GetRuleSet, (const RuleSetId& id), (id))
  SHIRUBE_FORWARD(Listed<RuleSetRecord>, ListRuleSets, (), ())
  SHIRUBE_FORWARD(Found<RuleModuleRecord>, GetRuleModule,
                  (const std::string& s), (s))
  SHIRUBE_FORWARD(Listed<RuleModuleRecord>, ListRuleModules, (), ())
  SHIRUBE_FORWARD(Found<ActivationRecord>, GetActivation,
                  (const PlanId& p, Revision at), (p, at))
  SHIRUBE_FORWARD(Listed<ActivationRecord>, ListActivations, (const PlanId& p),
                  (p))
  SHIRUBE_FORWARD(Listed<QuarantineRecord>, ListQuarantines, (Revision at),
                  (at))
  SHIRUBE_FORWARD(Found<Alert>, GetAlert, (const AlertKey& k, Revision at),
                  (k, at))
  SHIRUBE_FORWARD(Listed<Alert>, ListAlerts, (const AlertQuery& q), (q))
  SHIRUBE_FORWARD(Listed<AlertTransition>, ListLatestAlerts,
                  (const LatestAlertsQuery& q), (q))
  SHIRUBE_FORWARD(Listed<AlertTransition>, ListTransitions,
                  (int64_t after, int limit), (after, limit))
  SHIRUBE_FORWARD(Listed<AlertTransition>, ListTransitionsOf,
                  (const AlertKey& k, int64_t after, int limit),
                  (k, after, limit))
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, LastTransition, (), ())
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, LastTransitionBefore, (absl::Time t),
                  (t))
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, LastTransitionThrough, (Revision r),
                  (r))
  SHIRUBE_FORWARD(absl::StatusOr<LogStart>, TransitionLogStart, (), ())
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, PassedByAll, (int64_t most), (most))
  SHIRUBE_FORWARD(Found<AlertBacklog>, NextAlertBacklog, (), ())
  SHIRUBE_FORWARD(Listed<RunVerdict>, ListRunVerdicts,
                  (RunId r, int64_t after, int limit), (r, after, limit))
  SHIRUBE_FORWARD(absl::StatusOr<bool>, IsBaseline, (const IndicatorKey& k),
                  (k))
  SHIRUBE_FORWARD(Found<Subscription>, GetSubscription,
                  (const SubscriptionId& k), (k))
  SHIRUBE_FORWARD(Listed<Subscription>, ListSubscriptions, (), ())
  SHIRUBE_FORWARD(Listed<DeliveryRecord>, ListDeliveries,
                  (const SubscriptionId& k, int64_t after, int limit),
                  (k, after, limit))

 protected:
  FaultyStore* const owner_;
  const std::unique_ptr<Contract> real_;
};

class FaultyTransaction final : public FaultyReader<StoreTransaction> {
 public:
  using FaultyReader::FaultyReader;
  SHIRUBE_FORWARD(absl::Status, Mark, (), ())
  SHIRUBE_FORWARD(absl::Status, KeepSinceMark, (), ())
  SHIRUBE_FORWARD(absl::Status, UndoToMark, (), ())
  SHIRUBE_FORWARD(absl::Status, Put, (const Plan& r), (r))
  SHIRUBE_FORWARD(absl::Status, Put, (const Initiative& r), (r))
  SHIRUBE_FORWARD(absl::Status, Put, (const Indicator& r), (r))
  SHIRUBE_FORWARD(absl::Status, Put, (const Observation& r), (r))
  SHIRUBE_FORWARD(absl::Status, Put, (const Assessment& r), (r))
  SHIRUBE_FORWARD(absl::Status, PutSource,
                  (const PlanId& p, const PlanSource& s), (p, s))
  SHIRUBE_FORWARD(absl::Status, PutRuleSet, (const RuleSetRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, PutRuleModule, (const RuleModuleRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, PutActivation, (const ActivationRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, PutQuarantine, (const QuarantineRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, EndQuarantine,
                  (const std::string& s, Revision r), (s, r))
  SHIRUBE_FORWARD(absl::Status, PutVerdict, (const Verdict& v, RunId r), (v, r))
  SHIRUBE_FORWARD(absl::Status, PublishRun, (RunId r, Revision v), (r, v))
  SHIRUBE_FORWARD(absl::StatusOr<RunId>, NewRun, (), ())
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, PutTransition,
                  (const AlertTransition& t), (t))
  SHIRUBE_FORWARD(absl::Status, SetLogStart, (const LogStart& s), (s))
  SHIRUBE_FORWARD(absl::StatusOr<int64_t>, DeleteTransitions,
                  (int64_t after, int limit), (after, limit))
  SHIRUBE_FORWARD(absl::Status, PutAlertBacklog, (const AlertBacklog& b), (b))
  SHIRUBE_FORWARD(absl::Status, EndAlertBacklog, (RunId r), (r))
  SHIRUBE_FORWARD(absl::Status, SetBaseline, (const IndicatorKey& k, bool is),
                  (k, is))
  SHIRUBE_FORWARD(absl::Status, Put, (const Subscription& r), (r))
  SHIRUBE_FORWARD(absl::Status, SetSubscriptionPosition,
                  (const SubscriptionId& k, int64_t p), (k, p))
  SHIRUBE_FORWARD(absl::Status, PutDelivery, (const DeliveryRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, DeleteDelivery,
                  (const SubscriptionId& k, int64_t p), (k, p))
  SHIRUBE_FORWARD(absl::Status, DeleteDeliveries, (const SubscriptionId& k),
                  (k))
  SHIRUBE_FORWARD(absl::Status, PutRequest, (const RequestRecord& r), (r))
  SHIRUBE_FORWARD(absl::Status, DeleteRequestsBefore, (absl::Time t), (t))
  SHIRUBE_FORWARD(absl::Status, AppendChange, (const Change& c), (c))
  SHIRUBE_FORWARD(absl::Status, SetJudgedThrough, (Revision r), (r))
#undef SHIRUBE_FORWARD

  absl::Status Commit() override {
    const absl::Status turn = owner_->Turn();
    if (turn.ok()) return real_->Commit();
    if (owner_->fault() == FaultyStore::CommitFault::kStored) {
      real_->Commit().IgnoreError();
    }
    return turn;
  }
};

}  // namespace

void FaultyStore::FailCallsOf(const std::string& name) {
  const std::lock_guard lock(mutex_);
  refused_ = name;
}

absl::Status FaultyStore::Turn(std::string_view name) {
  if (!Refuses(name) && (left_ == 0 || --left_ > 0)) return absl::OkStatus();
  failed_ = true;
  return MakeError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
                   "injected", "注入");
}

bool FaultyStore::Refuses(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return !name.empty() && refused_ == name;
}

absl::StatusOr<std::unique_ptr<StoreReader>> FaultyStore::Snapshot() {
  SHIRUBE_RETURN_IF_ERROR(Turn());
  SHIRUBE_ASSIGN_OR_RETURN(auto real, store_->Snapshot());
  return std::unique_ptr<StoreReader>(
      std::make_unique<FaultyReader<StoreReader>>(this, std::move(real)));
}

absl::StatusOr<std::unique_ptr<StoreTransaction>> FaultyStore::Begin() {
  SHIRUBE_RETURN_IF_ERROR(Turn());
  SHIRUBE_ASSIGN_OR_RETURN(auto real, store_->Begin());
  return std::unique_ptr<StoreTransaction>(
      std::make_unique<FaultyTransaction>(this, std::move(real)));
}

}  // namespace shirube
