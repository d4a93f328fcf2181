// What a store keeps besides the resources of the domain: the change log,
// repeated requests, rule sets, and the words of its queries.
#ifndef SHIRUBE_SERVER_STORAGE_RECORDS_H_
#define SHIRUBE_SERVER_STORAGE_RECORDS_H_

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/alert.h"
#include "server/domain/assessment.h"
#include "server/domain/ids.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"
#include "server/domain/plan.h"
#include "server/domain/subscription.h"
#include "server/domain/verdict.h"

namespace shirube {

struct AssessmentKey {
  PlanId plan;
  AssessmentId assessment;
  friend auto operator<=>(const AssessmentKey&, const AssessmentKey&) = default;
};

struct ObservationKey {
  IndicatorKey indicator;
  std::string id;  // Observation::id(): "fy2022-todate"
  friend auto operator<=>(const ObservationKey&,
                          const ObservationKey&) = default;
};

// Reads as the store stands now; any smaller number reads as known at that
// revision (0 is the empty store).
inline constexpr Revision kLatest = std::numeric_limits<Revision>::max();

struct StoreHead {
  std::string history;    // random, made once per store
  Revision revision = 0;  // of the last commit
  Revision judged_through = 0;
  absl::Time commit_time;  // of the last commit; never goes backwards
};

enum class ResourceKind : uint8_t {
  kPlan,
  kInitiative,
  kIndicator,
  kObservation,
  kAssessment,
  kPlanSource,
  kRuleSet,
  kRuleModule,
  kAlert,
  kSubscription,
};
enum class ChangeType : uint8_t {
  kCreated,
  kUpdated,
  kCorrected,  // another value for a stored period
  kDeleted,
  kUndeleted,
};

// One resource that a change touched. `id` is the initiative's, the
// indicator's (of observations too), the assessment's, the source's hash, the
// rule set's, the module's hash, the alert's or the subscription's; empty for
// a plan. `plan` of a rule set is
// the one it was activated for; empty: the default, or only stored.
// `observation` is Observation::id().
struct Touched {
  ResourceKind kind = ResourceKind::kPlan;
  ChangeType type = ChangeType::kUpdated;
  PlanId plan;
  std::string id;
  std::string observation;
  friend bool operator==(const Touched&, const Touched&) = default;
};

// A run of judging: 0 is an ordinary commit, whose verdicts are visible at
// once; those of another run are visible when it is published.
using RunId = int64_t;

// One committed mutation.
struct Change {
  Revision revision = 0;
  absl::Time time;
  std::string actor;
  bool claimed = false;          // nothing proved who the actor is
  std::string action;            // "RecordObservation"
  bool causes_judging = true;    // false: verdicts, assessments
  std::vector<Touched> touched;  // of verdicts: empty, see ListVerdictsSince
};

// A request that was carried out, so that its repeat gets the same answer.
struct RequestRecord {
  std::string method;
  std::string request_id;
  std::string payload_hash;  // of the request without the id
  std::string resource;      // name of what it wrote: "plans/a/indicators/b"
  Revision revision = 0;
  absl::Time time;
  // Of what it wrote, where the resource does not say it: deliveries, alerts.
  int64_t count = 0;
};

// A rule module that was verified once, kept so that sets that name it can be
// loaded whatever becomes of its file. The key is sha256.
struct RuleModuleRecord {
  std::string module;
  std::string version;
  std::string sha256;  // of the bytes, lower-case hex; checked by who loads it
  std::string file;    // it was registered from, without folders
  std::string manifest_json;
  int64_t bytes_size = 0;
  std::string bytes;  // empty in lists
  absl::Time create_time;
  Revision revision = 0;
};

struct RuleSetModule {
  std::string module;
  std::string version;
  std::string sha256;
  friend bool operator==(const RuleSetModule&, const RuleSetModule&) = default;
};

// Immutable; the id is its content's hash.
struct RuleSetRecord {
  RuleSetId id;
  std::string canonical_json;
  std::vector<RuleSetModule> modules;  // in rule-set order
  Parameters parameters;  // all that hold: defaults, unless the set says other
  absl::Time create_time;
  Revision revision = 0;
};

// That a scope was judged by a rule set from `revision` on.
struct ActivationRecord {
  PlanId plan;         // empty: the default, for plans that name no set
  RuleSetId rule_set;  // empty: the plan follows the default again
  RuleSetId previous;  // until then; empty: none, or the plan followed it
  Revision revision = 0;
  // Of the change that did it; not looked at when put.
  absl::Time time;
  std::string actor;
  bool claimed = false;
};

// A module that was set aside after faults: it is asked nothing until somebody
// releases it.
struct QuarantineRecord {
  std::string sha256;
  std::string module;
  std::string version;
  std::string reason;  // "CRASHED" …
  std::string en;
  std::string ja;
  absl::Time time;
  Revision revision = 0;
};

// Which resources to list. Order is by plan, then by id (observations: by plan,
// indicator, period).
struct ListQuery {
  PlanId plan;              // empty: all plans
  InitiativeId initiative;  // of indicators: linked to it, or printed under it
                            // and linked to none; of initiatives: its children;
                            // of assessments: its own; empty: any
  IndicatorId indicator;    // of observations, assessments, verdicts
  bool show_deleted = false;
  // Keyset paging: only what comes after this one. Plans: the plan's id;
  // resources of one plan: their id; observations: "indicator/observation".
  // With `plan` empty it is "plan/…" in front of that.
  std::string after;
  int limit = 0;  // 0: all
  Revision at = kLatest;
};

// Which alerts to list, by plan, then by id. Every field that is set narrows.
struct AlertQuery {
  PlanId plan;                                  // empty: all plans
  AlertKind kind = AlertKind::kUnspecified;     // unspecified: any
  std::string subject;                          // empty: any
  AlertState state = AlertState::kUnspecified;  // unspecified: any
  bool unresolved = false;                      // only those
  // Only what comes after this one: the alert's id; with `plan` empty
  // "plan/alert".
  std::string after;
  int limit = 0;  // 0: all
};

// Which alerts to list by their latest change. Every field that is set narrows.
struct LatestAlertsQuery {
  PlanId plan;              // empty: all plans
  bool unresolved = false;  // only those
  // As they were at this position of the log, which its start has not passed.
  int64_t at = std::numeric_limits<int64_t>::max();
  // Only those whose latest change lies before this position.
  int64_t before = std::numeric_limits<int64_t>::max();
  int limit = 0;  // 0: all
};

// Where the log of transitions begins: beyond it nothing is missing. Up to it
// some transitions of resolved alerts are thrown away, but no alert's last one.
struct LogStart {
  int64_t position = 0;   // 0: nothing is missing
  Revision revision = 0;  // of the transition there; the revision's last one
  absl::Time time;        // likewise
};

// A published run whose verdicts have not all been looked at for alerts.
struct AlertBacklog {
  RunId run = 0;
  Revision published = 0;
  int64_t after = 0;  // rows of the run up to this one have been
};

struct RunVerdict {
  int64_t row = 0;
  Verdict verdict;
};

// Any row the store keeps for a plan.
using Resource =
    std::variant<Plan, Initiative, Indicator, Observation, Assessment>;

}  // namespace shirube

#endif  // SHIRUBE_SERVER_STORAGE_RECORDS_H_
