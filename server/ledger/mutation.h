// What can be written: one typed mutation per kind of change. `service` and
// `evaluation` fill them in; the ledger checks them against the open
// transaction, never against what the caller read before.
#ifndef SHIRUBE_SERVER_LEDGER_MUTATION_H_
#define SHIRUBE_SERVER_LEDGER_MUTATION_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/domain/alert_policy.h"
#include "server/ledger/plan_document.h"
#include "server/storage/records.h"

namespace shirube {

struct Actor {
  std::string name;
  bool claimed = false;  // nothing proved the name
};

// Makes a repeat safe.
struct RequestKey {
  std::string method;  // "CreatePlan"
  std::string request_id;
  std::string payload_hash;  // of the request without its request_id
};

template <typename T>
struct KeyOf;
template <>
struct KeyOf<Plan> {
  using type = PlanId;
};
template <>
struct KeyOf<Initiative> {
  using type = InitiativeKey;
};
template <>
struct KeyOf<Indicator> {
  using type = IndicatorKey;
};
template <>
struct KeyOf<Assessment> {
  using type = AssessmentKey;
};

// ALREADY_EXISTS when the id is or was taken. An empty id is made by the
// ledger. The stamp is ignored.
template <typename T>
struct Create {
  T resource;
  std::string prefix;  // field path for violations: "indicator"
};

// `patch` changes the resource as stored in the open transaction; what it
// returns ends the mutation. It must not touch ids, plan or stamp, and runs on
// the writer thread. ABORTED when `etag` is given and differs. An update that
// changes nothing takes no revision.
template <typename T>
struct Update {
  typename KeyOf<T>::type key;
  std::string etag;
  std::function<absl::Status(T&)> patch;
  std::string prefix;
};

// FAILED_PRECONDITION HAS_CHILDREN unless `force`: what stands below is deleted
// with it, and links to a deleted initiative are taken away.
template <typename T>
struct Delete {
  typename KeyOf<T>::type key;
  std::string etag;
  bool force = false;
};

// Brings back the resource and what was deleted together with it (links taken
// away are not made again).
template <typename T>
struct Undelete {
  typename KeyOf<T>::type key;
};

struct LinkIndicator {
  IndicatorKey indicator;
  InitiativeId initiative;
};
struct UnlinkIndicator {
  IndicatorKey indicator;
  InitiativeId initiative;
};

// ALREADY_EXISTS OBSERVATION_EXISTS on a stored period (and basis);
// FAILED_PRECONDITION VALUE_DECREASES where a TO_DATE value runs back.
struct RecordObservation {
  Observation observation;
  bool allow_decrease = false;
  std::string prefix;
};

// Another content for a stored period; NOT_FOUND when there is none.
struct CorrectObservation {
  ObservationKey key;
  std::string etag;
  std::function<absl::Status(Observation&)> patch;
  bool allow_decrease = false;
  std::string prefix;
};

// All or nothing, one revision. Violations are under "observations[i]" (or
// another prefix) for all rows at once.
struct BatchRecord {
  std::vector<Observation> observations;
  bool allow_decrease = false;
  std::string prefix = "observations";
  // The first status of indicators that are not judged yet opens no alert.
  bool baseline_import = false;
};

struct ApplyPlan {
  PlanDocument document;
  ApplyOptions options;
};

// What an alert of an indicator says besides its verdict. Evaluation gives one
// for each verdict of the group that lags or whose indicator has an alert that
// is not resolved; without it an alert keeps the texts that it has.
struct AlertNews {
  IndicatorKey key;
  std::string display_name, unit, owner;
  std::vector<InitiativeId> initiatives;
  LocalizedText sentence, way_out;
};

// What evaluation found. Verdicts whose rule set is not the plan's active one,
// whose indicator is gone, or whose input revision is older than the stored
// verdict's are dropped. Causes no judging. Without anything to store it takes
// no revision and only moves judged_through. Never refused by a full queue.
struct StoreVerdicts {
  std::vector<Verdict> verdicts;  // at most kMaxVerdictGroup
  RunId run = 0;                  // of Ledger::NewRun; 0: visible at once
  bool publish = false;           // with run: this is the last group
  // Everything up to here has been judged; 0 leaves it where it is. The ledger
  // moves it on over later revisions that cause no judging.
  Revision judged_through = 0;
  // Of a run that judges for an activation: its verdicts are this set's, which
  // is not active yet. Such a run is published by ActivateRuleSet alone.
  RuleSetId candidate;
  std::vector<AlertNews> news;
  // What these verdicts, or what else was judged, mean for initiatives.
  std::vector<Observed> observed;
};
inline constexpr size_t kMaxVerdictGroup = 4096;

// Keeps a verified module and its bytes. The same bytes again change nothing.
// ALREADY_EXISTS MODULE_VERSION_TAKEN where other bytes have that name and
// version, unless the server itself registers what it ships.
struct RegisterRuleModule {
  RuleModuleRecord module;
  bool by_server = false;
};

// Keeps a rule set; the id is its content, so the same one again changes
// nothing. INVALID_ARGUMENT with a violation at "modules[i]" for each member
// whose bytes are not registered.
struct RegisterRuleSet {
  RuleSetRecord rule_set;
};

// Lets `rule_set` judge a scope from this revision on, and publishes the run
// that judged everything there by it: both or neither. ABORTED RULE_SET_CHANGED
// unless `expected` is what the scope names; FAILED_PRECONDITION
// MODULE_QUARANTINED; NOT_FOUND. Without a run everything in the scope is due.
// What is active already is answered and changes nothing.
struct ActivateRuleSet {
  PlanId plan;         // empty: the default
  RuleSetId rule_set;  // of a plan, empty: it follows the default
  std::optional<RuleSetId> expected;
  RunId run = 0;
};

// Sets a module aside; a second time changes nothing. Causes judging.
struct SetQuarantine {
  QuarantineRecord quarantine;
};

// FAILED_PRECONDITION NOT_QUARANTINED. Causes judging.
struct ReleaseQuarantine {
  std::string sha256;
};

// FAILED_PRECONDITION ALERT_RESOLVED or ALERT_ACKNOWLEDGED; ABORTED when `etag`
// is given and differs; NOT_FOUND. What people do causes no judging.
struct AcknowledgeAlert {
  AlertKey key;
  std::string etag;
  std::string reason;
  std::string review_date;  // "2027-03-31"; empty: none
};
struct SnoozeAlert {
  AlertKey key;
  std::string etag;
  absl::Time until;
};
struct ResolveAlert {
  AlertKey key;
  std::string etag;
  std::string reason;  // kept as the alert's acknowledge_reason
};

// Opens an alert for each of the indicators in `news` that lags and never had
// one for its period: at most some thousand, so that others are not held up.
// Who opens more does so in pieces, each with a request of its own.
struct OpenExistingAlerts {
  PlanId plan;
  std::vector<AlertNews> news;
  // Where the next piece goes on, by id; empty: this is the last one.
  IndicatorId through;
};

// What is not an indicator's verdict: lagging initiatives, entries that are not
// planned, figures overdue, modules out of service; and what is that no more.
struct ObserveAlerts {
  std::vector<Observed> observed;
};

// Looks at the next verdicts of published runs for alerts, at most `limit`.
// The result says whether some are left. StoreReader::NextAlertBacklog and
// ListRunVerdicts tell evaluation whose news to give.
struct ExpandRunAlerts {
  int limit = 1000;
  std::vector<AlertNews> news;
  std::vector<Observed> observed;  // with the last ones: of initiatives
};

// Lets the log of transitions begin later: at what was committed before a time
// and every subscription has passed. What resolved alerts were before is thrown
// away, at most `limit` transitions looked at; each alert's last one stays. The
// result says whether some are left, and in `count` from where. It takes no
// revision: nothing is another than it was.
struct ForgetTransitions {
  absl::Time before;
  int64_t after = 0;
  int limit = 1000;
};

// What time alone changes: review dates and snoozes that have passed.
struct TickAlerts {
  std::string today;  // "2027-03-31"
  absl::Time now;
};

// ALREADY_EXISTS; FAILED_PRECONDITION LIMIT_EXCEEDED where there are as many as
// there may be; an empty id is made by the ledger. Unless `from_start`, it is
// owed what comes from now on.
struct CreateSubscription {
  Subscription subscription;
  bool from_start = false;
};
// Pausing, resuming and rotating the secret too: `action` names it in the
// change log. The patch leaves id, position and stamp alone.
struct UpdateSubscription {
  SubscriptionId id;
  std::string etag;
  std::function<absl::Status(Subscription&)> patch;
  std::string action = "UpdateSubscription";
};
// Its deliveries are forgotten.
struct DeleteSubscription {
  SubscriptionId id;
  std::string etag;
};
// To what was committed at or after a time, or after a revision; with neither,
// to the start of the log. What was listed one by one is forgotten.
// OUT_OF_RANGE TOO_OLD where something from there on is not kept any more.
struct SeekSubscription {
  SubscriptionId id;
  std::optional<absl::Time> time;
  std::optional<Revision> revision;
};

// Deliveries that were given up wait again, as if nobody had tried them yet.
// FAILED_PRECONDITION NOT_GIVEN_UP names each of `wanted` that is not given up;
// then none is. Without `wanted`: all.
struct RedeliverDeliveries {
  struct Wanted {
    std::string key;       // as the receiver knows it
    int64_t position = 0;  // 0: nothing has that key
  };
  SubscriptionId id;
  std::vector<Wanted> wanted;
};

// What became of deliveries: not a mutation, see Ledger::Settle.
struct DeliverySettlement {
  SubscriptionId subscription;
  // The subscription's when the deliveries were begun: after another Seek they
  // are passed over.
  Revision seek_revision = 0;
  std::optional<int64_t> position;  // the subscription's, when it moves
  std::vector<DeliveryRecord> put;
  std::vector<int64_t> remove;  // positions of deliveries that are done
};

using MutationBody =
    std::variant<Create<Plan>, Update<Plan>, Delete<Plan>, Undelete<Plan>,
                 Create<Initiative>, Update<Initiative>, Delete<Initiative>,
                 Undelete<Initiative>, Create<Indicator>, Update<Indicator>,
                 Delete<Indicator>, Undelete<Indicator>, Create<Assessment>,
                 Update<Assessment>, Delete<Assessment>, Undelete<Assessment>,
                 LinkIndicator, UnlinkIndicator, RecordObservation,
                 CorrectObservation, BatchRecord, ApplyPlan, StoreVerdicts,
                 RegisterRuleModule, RegisterRuleSet, ActivateRuleSet,
                 SetQuarantine, ReleaseQuarantine, AcknowledgeAlert,
                 SnoozeAlert, ResolveAlert, OpenExistingAlerts, ObserveAlerts,
                 ExpandRunAlerts, ForgetTransitions, TickAlerts,
                 CreateSubscription, UpdateSubscription, DeleteSubscription,
                 SeekSubscription, RedeliverDeliveries>;

struct Mutation {
  Actor actor;
  std::optional<RequestKey> request;
  MutationBody body;
};

// What was stored. One resource for most kinds; all rows of a BatchRecord in
// request order; the plan for ApplyPlan.
struct MutationResult {
  Revision revision = 0;  // taken, or the head when nothing changed
  bool changed = false;   // false: no revision was taken
  bool repeated =
      false;  // a request carried out before: as known at `revision`
  std::vector<Resource> resources;
  PlanDifference difference;  // of ApplyPlan; empty for a repeat
  size_t dropped = 0;         // of StoreVerdicts
  // Each of its own mutation, also where nothing changed. The module without
  // its bytes.
  std::optional<ActivationRecord> activation;
  std::optional<RuleModuleRecord> rule_module;
  std::optional<RuleSetRecord> rule_set;
  std::optional<Alert> alert;
  std::optional<Subscription> subscription;
  // Of OpenExistingAlerts: opened by it, and its `through`.
  std::vector<AlertKey> alerts;
  IndicatorId through;
  int64_t count = 0;         // of RedeliverDeliveries; the alerts opened
  bool alerts_left = false;  // of ExpandRunAlerts and ForgetTransitions
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_LEDGER_MUTATION_H_
