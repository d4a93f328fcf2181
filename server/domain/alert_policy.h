// What an observed state of a subject does to its alerts. Pure: the ledger
// calls it against the open transaction, and writes what it answers.
#ifndef SHIRUBE_SERVER_DOMAIN_ALERT_POLICY_H_
#define SHIRUBE_SERVER_DOMAIN_ALERT_POLICY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/alert.h"

namespace shirube {

// A subject as it is now. An indicator's is its verdict with its texts.
struct Observed {
  PlanId plan;
  AlertKind kind = AlertKind::kLaggingIndicator;
  std::string subject;
  std::string subject_display_name;
  // False where nothing but the judgement is known now: name, unit, owner,
  // initiatives and texts of an alert stay what they were.
  bool facts_known = true;
  std::optional<Period> period;
  // kAtRisk is what an alert is about; other kinds than a lagging one say
  // kAtRisk while what they are about holds and kOnTrack when it does not.
  Status status = Status::kUnspecified;
  std::string reason;
  Severity severity = Severity::kNone;
  std::optional<Decimal> value;  // of an initiative: how many of its lag
  std::string unit, owner;
  std::vector<InitiativeId> initiatives;
  RuleSetId rule_set;
  LocalizedText sentence, way_out;
  // Of an initiative: indicators that lag, the first kMostCauses. Unless one of
  // all that lag has an alert that is not resolved, nobody was to be told (see
  // `silent`).
  std::vector<IndicatorId> causes;
  // Opens nothing: of a baseline import, known before, or of causes that nobody
  // was told of.
  bool silent = false;
};

inline constexpr size_t kMostCauses = 1000;

// Whether the kind is about what the indicators of an initiative add up to.
inline bool IsOfInitiative(AlertKind kind) {
  return kind == AlertKind::kLaggingInitiative ||
         kind == AlertKind::kNoPlannedEntry;
}

// Who and when, for the transitions.
struct Cause {
  absl::Time time;
  std::string actor;  // "shirube" for the server
  Revision revision = 0;
};

// The alerts of the subject and kind, in any order: those not resolved, the
// one of `now.period` and the latest of an earlier period are enough. Answers
// what changes, in order; positions are left 0.
std::vector<AlertTransition> Decide(const Observed& now,
                                    const std::vector<Alert>& of_subject,
                                    const Cause& cause);

// ---- What people do. The state must allow it: see MayChange. ----

enum class AlertStep : uint8_t {
  kOpen,
  kUpdate,
  kAcknowledge,
  kSnooze,
  kResolve,
};
// Whether `step` may be taken from `from` (kUnspecified: not there yet).
bool MayChange(AlertState from, AlertStep step);

AlertTransition Acknowledged(const Alert& alert, const std::string& reason,
                             const std::string& review_date,
                             const Cause& cause);
AlertTransition Snoozed(const Alert& alert, absl::Time until,
                        const Cause& cause);
AlertTransition Resolved(const Alert& alert, AlertResolution resolution,
                         const Cause& cause);
// What time alone does: a review date or a snooze that has passed. `today` is
// "2027-03-31".
std::optional<AlertTransition> Ticked(const Alert& alert,
                                      const std::string& today, absl::Time now,
                                      const Cause& cause);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_ALERT_POLICY_H_
