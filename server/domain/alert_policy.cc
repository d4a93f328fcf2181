#include "server/domain/alert_policy.h"

#include <algorithm>
#include <utility>

namespace shirube {

namespace {

AlertTransition Step(const Alert& before, Alert after, TransitionType type,
                     const Cause& cause) {
  AlertTransition step;
  step.type = type;
  step.from_state = before.state;
  step.from_status = before.status;
  step.time = cause.time;
  step.actor = cause.actor;
  step.revision = cause.revision;
  after.seq = before.seq + 1;
  if (before.state == AlertState::kUnspecified) {
    after.stamp.create_time = cause.time;
  }
  after.stamp.update_time = cause.time;
  after.stamp.revision = cause.revision;
  after.stamp.actor = cause.actor;
  step.alert = std::move(after);
  return step;
}

// A period that is not known comes before all that are.
bool Earlier(const std::optional<Period>& a, const std::optional<Period>& b) {
  if (!b.has_value()) return false;
  return !a.has_value() || *a < *b;
}

void TakeFacts(const Observed& now, Alert* alert) {
  alert->status = now.status;
  alert->reason = now.reason;
  alert->severity = now.severity;
  alert->value = now.value;
  alert->rule_set = now.rule_set;
  if (!now.facts_known) return;
  alert->subject_display_name = now.subject_display_name;
  alert->unit = now.unit;
  alert->owner = now.owner;
  alert->initiatives = now.initiatives;
  // The explanation of before says more than none.
  if (now.sentence == LocalizedText() && now.way_out == LocalizedText()) return;
  alert->sentence = now.sentence;
  alert->way_out = now.way_out;
}

void ForgetPeople(Alert* alert) {
  alert->acknowledge_reason.clear();
  alert->acknowledged_by.clear();
  alert->review_date.clear();
  alert->snoozed_until.reset();
}

// Of all but an indicator the sentence says what is new: which of an
// initiative's lag, when a module was set aside.
bool SaysOther(const Observed& now, const Alert& alert) {
  return now.kind != AlertKind::kLaggingIndicator &&
         now.sentence != LocalizedText() && now.sentence != alert.sentence;
}

bool WorthTelling(const Observed& now, const Alert& alert) {
  return SaysOther(now, alert) || now.status != alert.status ||
         now.reason != alert.reason || now.severity != alert.severity ||
         now.value != alert.value ||
         (now.facts_known && now.owner != alert.owner);
}

AlertTransition Opened(const Alert& before, Alert after, const Cause& cause) {
  after.state = AlertState::kOpen;
  after.resolution = AlertResolution::kUnspecified;
  ForgetPeople(&after);
  return Step(before, std::move(after), TransitionType::kOpened, cause);
}

AlertTransition OpenedNew(const Observed& now, const Alert* previous,
                          bool escalated, const Cause& cause) {
  Alert alert;
  alert.plan = now.plan;
  alert.id = AlertIdOf(now.kind, now.subject, now.period);
  alert.kind = now.kind;
  alert.subject = now.subject;
  alert.period = now.period;
  TakeFacts(now, &alert);
  if (previous != nullptr) alert.previous = previous->id;
  alert.escalated = escalated;
  return Opened(Alert(), std::move(alert), cause);
}

AlertTransition ResolvedBy(const Observed& now, const Alert& alert,
                           AlertResolution resolution, const Cause& cause) {
  Alert after = alert;
  // Of an alert that another period ended, its own figures stay.
  if (resolution != AlertResolution::kSuperseded) {
    TakeFacts(now, &after);
    after.severity = alert.severity;
  }
  AlertTransition step = Resolved(after, resolution, cause);
  step.from_status = alert.status;
  return step;
}

// An entry was written, a figure came, a module was released, an initiative's
// indicators are all well: no value of its own says why.
AlertResolution HowAnotherEnded(const Observed& now, const Alert& alert) {
  if (now.status == Status::kNotEvaluated) return AlertResolution::kCorrected;
  return now.rule_set != alert.rule_set ? AlertResolution::kRuleChanged
                                        : AlertResolution::kRecovered;
}

AlertResolution HowItEnded(const Observed& now, const Alert& alert) {
  if (Earlier(alert.period, now.period)) {
    // Without an answer for the later period nothing says that it is good.
    return now.status == Status::kNotEvaluated ? AlertResolution::kSuperseded
                                               : AlertResolution::kRecovered;
  }
  if (now.kind != AlertKind::kLaggingIndicator) {
    return HowAnotherEnded(now, alert);
  }
  if (now.rule_set != alert.rule_set && now.value == alert.value) {
    return AlertResolution::kRuleChanged;
  }
  if (now.value != alert.value) return AlertResolution::kCorrected;
  return AlertResolution::kRecovered;
}

// An alert of this very period while the subject lags.
std::optional<AlertTransition> StillLagging(const Observed& now,
                                            const Alert& alert,
                                            const Cause& cause) {
  Alert after = alert;
  TakeFacts(now, &after);
  if (IsResolved(alert)) {
    // What a person settled stays so until there is another figure.
    const bool settled = alert.resolution == AlertResolution::kByHand &&
                         now.value == alert.value && !SaysOther(now, alert);
    // Of what was deleted and is there again everybody was told that it ended.
    const bool known =
        now.silent && alert.resolution != AlertResolution::kRemoved;
    if (settled || known) return std::nullopt;
    ++after.reopened;
    return Opened(alert, std::move(after), cause);
  }
  if (alert.state != AlertState::kOpen) {
    if (now.value == alert.value && !SaysOther(now, alert)) {
      return std::nullopt;
    }
    // Whoever knows need not hear again that fewer lag.
    const bool better = IsOfInitiative(now.kind) && now.value < alert.value;
    if (!better) return Opened(alert, std::move(after), cause);
    return Step(alert, std::move(after), TransitionType::kUpdated, cause);
  }
  if (!WorthTelling(now, alert)) return std::nullopt;
  return Step(alert, std::move(after), TransitionType::kUpdated, cause);
}

const Alert* LatestBefore(const Observed& now,
                          const std::vector<Alert>& alerts) {
  const Alert* latest = nullptr;
  for (const Alert& alert : alerts) {
    if (!Earlier(alert.period, now.period)) continue;
    if (latest == nullptr || Earlier(latest->period, alert.period)) {
      latest = &alert;
    }
  }
  return latest;
}

// Ends what is still open for any other reason than a later lagging period.
std::vector<AlertTransition> End(const Observed& now,
                                 const std::vector<Alert>& alerts,
                                 const Cause& cause) {
  std::vector<AlertTransition> steps;
  for (const Alert& alert : alerts) {
    if (IsResolved(alert)) continue;
    steps.push_back(ResolvedBy(now, alert, HowItEnded(now, alert), cause));
  }
  return steps;
}

std::vector<AlertTransition> Lag(const Observed& now,
                                 const std::vector<Alert>& alerts,
                                 const Cause& cause) {
  std::vector<AlertTransition> steps;
  const Alert* same = nullptr;
  bool escalated = false;
  for (const Alert& alert : alerts) {
    if (alert.period == now.period) {
      same = &alert;
    } else if (!IsResolved(alert)) {
      escalated = escalated || Earlier(alert.period, now.period);
      // A later period that is no longer there (its figure was deleted) ends
      // by that; an earlier one by the new figure.
      steps.push_back(ResolvedBy(now, alert,
                                 Earlier(alert.period, now.period)
                                     ? AlertResolution::kSuperseded
                                     : AlertResolution::kCorrected,
                                 cause));
    }
  }
  if (same != nullptr) {
    if (auto step = StillLagging(now, *same, cause)) {
      steps.push_back(*std::move(step));
    }
  } else if (!now.silent) {
    steps.push_back(
        OpenedNew(now, LatestBefore(now, alerts), escalated, cause));
  }
  return steps;
}

}  // namespace

std::vector<AlertTransition> Decide(const Observed& now,
                                    const std::vector<Alert>& of_subject,
                                    const Cause& cause) {
  std::vector<Alert> alerts;
  for (const Alert& alert : of_subject) {
    if (alert.kind == now.kind && alert.subject == now.subject &&
        alert.plan == now.plan) {
      alerts.push_back(alert);
    }
  }
  switch (now.status) {
    case Status::kAtRisk:
      return Lag(now, alerts, cause);
    case Status::kAchieved:
    case Status::kOnTrack:
    case Status::kNotEvaluated:
      return End(now, alerts, cause);
    case Status::kIndeterminate:  // no answer is known: all stays as it was
    case Status::kUnspecified:
      break;
  }
  return {};
}

bool MayChange(AlertState from, AlertStep step) {
  // Rows: not there, open, acknowledged, snoozed, resolved. Columns as in
  // AlertStep.
  static constexpr bool kMay[5][5] = {
      {true, false, false, false, false}, {false, true, true, true, true},
      {true, true, false, true, true},    {true, true, true, true, true},
      {true, false, false, false, false},
  };
  return kMay[static_cast<int>(from)][static_cast<int>(step)];
}

AlertTransition Acknowledged(const Alert& alert, const std::string& reason,
                             const std::string& review_date,
                             const Cause& cause) {
  Alert after = alert;
  after.state = AlertState::kAcknowledged;
  after.acknowledge_reason = reason;
  after.acknowledged_by = cause.actor;
  after.review_date = review_date;
  after.snoozed_until.reset();
  return Step(alert, std::move(after), TransitionType::kAcknowledged, cause);
}

AlertTransition Snoozed(const Alert& alert, absl::Time until,
                        const Cause& cause) {
  Alert after = alert;
  after.state = AlertState::kSnoozed;
  after.snoozed_until = until;
  return Step(alert, std::move(after), TransitionType::kUpdated, cause);
}

AlertTransition Resolved(const Alert& alert, AlertResolution resolution,
                         const Cause& cause) {
  Alert after = alert;
  after.state = AlertState::kResolved;
  after.resolution = resolution;
  after.snoozed_until.reset();
  return Step(alert, std::move(after), TransitionType::kResolved, cause);
}

std::optional<AlertTransition> Ticked(const Alert& alert,
                                      const std::string& today, absl::Time now,
                                      const Cause& cause) {
  const bool review = alert.state == AlertState::kAcknowledged &&
                      !alert.review_date.empty() && alert.review_date <= today;
  const bool snooze = alert.state == AlertState::kSnoozed &&
                      alert.snoozed_until.has_value() &&
                      *alert.snoozed_until <= now;
  if (!review && !snooze) return std::nullopt;
  return Opened(alert, alert, cause);
}

}  // namespace shirube
