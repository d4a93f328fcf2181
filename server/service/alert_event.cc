#include "server/service/alert_event.h"

#include "absl/strings/str_cat.h"
#include "server/alerting/alertmanager_body.h"
#include "server/base/status_macros.h"
#include "server/ledger/ledger.h"
#include "server/service/alert_filter.h"
#include "server/service/convert_common.h"
#include "server/service/event_json.h"

namespace shirube {
namespace {

// `shirube.alert.opened.v1`
std::string TypeOf(TransitionType type) {
  switch (type) {
    case TransitionType::kOpened:
      return "shirube.alert.opened.v1";
    case TransitionType::kUpdated:
      return "shirube.alert.updated.v1";
    case TransitionType::kAcknowledged:
      return "shirube.alert.acknowledged.v1";
    case TransitionType::kResolved:
      return "shirube.alert.resolved.v1";
    case TransitionType::kUnspecified:
      break;
  }
  return "shirube.alert.unknown.v1";
}

// As Prometheus' world writes names of alerts.
std::string AlertNameOf(AlertKind kind) {
  switch (kind) {
    case AlertKind::kLaggingIndicator:
      return "LaggingIndicator";
    case AlertKind::kLaggingInitiative:
      return "LaggingInitiative";
    case AlertKind::kNoPlannedEntry:
      return "NoPlannedEntry";
    case AlertKind::kFigureOverdue:
      return "FigureOverdue";
    case AlertKind::kModuleOutOfService:
      return "ModuleOutOfService";
    case AlertKind::kUnspecified:
      break;
  }
  return "Unknown";
}

std::string SeverityLabel(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      return "critical";
    case Severity::kNone:
      break;
  }
  return "none";
}

std::string KindLabel(AlertKind kind) {
  return v1::Alert::Kind_Name(ToWire(kind)).substr(sizeof("KIND_") - 1);
}

AlertmanagerLabels LabelsOf(const Alert& alert) {
  AlertmanagerLabels labels;
  labels.alertname = AlertNameOf(alert.kind);
  labels.plan = NameOf(alert.plan);
  labels.subject = SubjectName(alert);
  labels.kind = KindLabel(alert.kind);
  labels.severity = SeverityLabel(alert.severity);
  labels.owner = alert.owner;
  return labels;
}

// A digest is about the subscription; who reads it looks the alerts up.
constexpr char kDigestType[] = "shirube.alert.digest.v1";
constexpr char kTestType[] = "shirube.subscription.test.v1";

}  // namespace

absl::StatusOr<AlertMatcher> AlertEvents::Matcher(
    const std::string& filter) const {
  SHIRUBE_ASSIGN_OR_RETURN(AlertFilter parsed, AlertFilter::Parse(filter));
  return AlertMatcher([parsed = std::move(parsed)](const Alert& alert) {
    return parsed.Matches(alert);
  });
}

std::string AlertEvents::Key(const AlertTransition& transition) const {
  return IdempotencyKey(transition.alert);
}

std::string AlertEvents::Name(const AlertTransition& transition) const {
  return NameOf(transition.alert.key());
}

std::string AlertEvents::Body(const Subscription& subscription,
                              const AlertTransition& transition,
                              const AlertTransition* before) const {
  if (subscription.sink == SinkKind::kAlertmanager) {
    return Alertmanager(transition, before);
  }
  return CloudEvent(TypeOf(transition.type), NameOf(transition.alert.plan),
                    NameOf(transition.alert.key()), ToWire(transition, view_));
}

std::string AlertEvents::DigestBody(const Subscription& subscription,
                                    const Digest& digest) const {
  v1::AlertTransition data = ToWire(*digest.gravest, view_);
  data.set_idempotency_key(digest.key);
  data.set_digest_count(static_cast<int>(digest.count));
  for (const std::string& name : digest.names) data.add_digest_alerts(name);
  return CloudEvent(kDigestType, NameOf(subscription.id),
                    NameOf(subscription.id), data);
}

std::string AlertEvents::TestBody(const Subscription& subscription,
                                  const std::string& key,
                                  absl::Time now) const {
  if (subscription.sink == SinkKind::kAlertmanager) {
    // It has ended already, so that nobody is called.
    AlertmanagerAlert alert;
    alert.labels.alertname = "ShirubeTest";
    alert.labels.subject = NameOf(subscription.id);
    alert.labels.severity = "none";
    alert.starts = alert.now = now;
    alert.resolved = true;
    return AlertmanagerBody(alert);
  }
  v1::AlertTransition data;
  data.set_idempotency_key(key);
  *data.mutable_time() = ToWireTime(now);
  data.set_test(true);
  return CloudEvent(kTestType, NameOf(subscription.id), NameOf(subscription.id),
                    data);
}

std::string AlertEvents::CloudEvent(const std::string& type,
                                    const std::string& source,
                                    const std::string& subject,
                                    const v1::AlertTransition& data) const {
  const auto at = absl::FromUnixSeconds(data.time().seconds()) +
                  absl::Nanoseconds(data.time().nanos());
  return absl::StrCat(
      R"({"specversion":"1.0","id":)", JsonOf(data.idempotency_key()),
      R"(,"source":)", JsonOf(absl::StrCat("//", server_, "/", source)),
      R"(,"type":)", JsonOf(type), R"(,"subject":)", JsonOf(subject),
      R"(,"time":)",
      JsonOf(
          absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", at, absl::UTCTimeZone())),
      R"(,"datacontenttype":"application/json","data":)", JsonOf(data), "}");
}

std::string AlertEvents::Alertmanager(const AlertTransition& transition,
                                      const AlertTransition* before) const {
  const Alert& alert = transition.alert;
  AlertmanagerAlert out;
  out.labels = LabelsOf(alert);
  if (before != nullptr) out.labels_before = LabelsOf(before->alert);
  out.summary = alert.subject_display_name;
  out.description = alert.sentence.ja;
  out.way_out = alert.way_out.ja;
  out.alert_name = NameOf(alert.key());
  out.reason = alert.reason;
  out.link = ToWire(transition, view_).link();
  out.starts = alert.stamp.create_time;
  out.now = transition.time;
  out.resolved = IsResolved(alert);
  return AlertmanagerBody(out);
}

}  // namespace shirube
