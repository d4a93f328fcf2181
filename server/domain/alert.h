// An alert (通知): one thing that lags, is missing or is out of order, for as
// long as it does; and its transitions, which are what receivers are told.
// Plain data; alert_policy.h says what changes it.
#ifndef SHIRUBE_SERVER_DOMAIN_ALERT_H_
#define SHIRUBE_SERVER_DOMAIN_ALERT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decimal.h"
#include "server/domain/ids.h"
#include "server/domain/localized_text.h"
#include "server/domain/period.h"
#include "server/domain/resource.h"
#include "server/domain/verdict.h"

namespace shirube {

enum class AlertKind : uint8_t {
  kUnspecified,
  kLaggingIndicator,
  kLaggingInitiative,
  kNoPlannedEntry,
  kFigureOverdue,
  kModuleOutOfService,
};
enum class AlertState : uint8_t {
  kUnspecified,  // of an alert that is not there yet
  kOpen,
  kAcknowledged,
  kSnoozed,
  kResolved,
};
enum class AlertResolution : uint8_t {
  kUnspecified,  // not resolved
  kRecovered,
  kCorrected,
  kSuperseded,
  kRuleChanged,
  kRemoved,
  kByHand,
};
// What happened, as receivers tell it apart.
enum class TransitionType : uint8_t {
  kUnspecified,
  kOpened,  // or open again
  kUpdated,
  kAcknowledged,
  kResolved,
};

struct Alert {
  PlanId plan;
  AlertId id;
  AlertKind kind = AlertKind::kUnspecified;
  std::string subject;  // the indicator's id, the initiative's, the module
  std::string subject_display_name;
  std::optional<Period> period;  // of the actual; overdue: the missing one
  AlertState state = AlertState::kUnspecified;
  AlertResolution resolution = AlertResolution::kUnspecified;
  Severity severity = Severity::kNone;
  int64_t seq = 0;  // of its last transition, from 1 without gaps
  Status status = Status::kUnspecified;
  std::string reason;
  std::optional<Decimal> value;
  std::string unit;
  std::string owner;
  // What the subject is linked to or printed under, and everything above.
  std::vector<InitiativeId> initiatives;
  RuleSetId rule_set;
  AlertId previous;        // of the same subject, an earlier period
  bool escalated = false;  // `previous` lagged when this one was opened
  int reopened = 0;
  LocalizedText sentence;
  LocalizedText way_out;
  std::string acknowledge_reason;
  std::string acknowledged_by;
  std::string review_date;  // "2027-03-31"; empty: none
  std::optional<absl::Time> snoozed_until;
  Stamp stamp;  // of its last transition

  AlertKey key() const { return {plan, id}; }
};

// One row of the log of all transitions.
struct AlertTransition {
  int64_t position = 0;  // in the log: 1, 2, 3 …; given by the store
  TransitionType type = TransitionType::kUnspecified;
  Alert alert;  // after it
  AlertState from_state = AlertState::kUnspecified;
  Status from_status = Status::kUnspecified;
  absl::Time time;
  std::string actor;
  Revision revision = 0;
};

// The id of the only alert there can be for a kind, a subject and a period:
// "l-i-p1-02-fy2022". One that would be too long is cut and ends in a hash.
AlertId AlertIdOf(AlertKind kind, const std::string& subject,
                  const std::optional<Period>& period);

inline bool IsResolved(const Alert& alert) {
  return alert.state == AlertState::kResolved;
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_ALERT_H_
