#include "client/cli/view/status.h"

#include <optional>

#include "absl/time/time.h"
#include "server/domain/era.h"
#include "server/domain/verdict.h"

namespace shirube::cli {
namespace {

Status DomainStatus(v1::Verdict::Status status) {
  switch (status) {
    case v1::Verdict::STATUS_ACHIEVED:
      return Status::kAchieved;
    case v1::Verdict::STATUS_ON_TRACK:
      return Status::kOnTrack;
    case v1::Verdict::STATUS_AT_RISK:
      return Status::kAtRisk;
    case v1::Verdict::STATUS_INDETERMINATE:
      return Status::kIndeterminate;
    default:
      // A value that this program does not know reads as not evaluated.
      return Status::kNotEvaluated;
  }
}

}  // namespace

std::string StatusSymbol(v1::Verdict::Status status) {
  switch (DomainStatus(status)) {
    case Status::kAchieved:
      return "◎";
    case Status::kOnTrack:
      return "○";
    case Status::kAtRisk:
      return "▲";
    case Status::kIndeterminate:
      return "?";
    default:
      return "-";
  }
}

Tone StatusTone(v1::Verdict::Status status, v1::Verdict::Severity severity) {
  switch (DomainStatus(status)) {
    case Status::kAchieved:
      return Tone::kGreen;
    case Status::kOnTrack:
      return Tone::kBlue;
    case Status::kAtRisk:
      return severity == v1::Verdict::SEVERITY_CRITICAL ? Tone::kRed
                                                        : Tone::kYellow;
    case Status::kIndeterminate:
      return Tone::kPurple;
    default:
      return Tone::kDim;
  }
}

std::string StatusName(const Context& context, v1::Verdict::Status status) {
  const Status domain = DomainStatus(status);
  return std::string(
      context.Say(StatusJapanese(domain), StatusEnglish(domain)));
}

std::string ReasonText(const Context& context, const std::string& reason) {
  return context.japanese ? ReasonJapanese(reason) : ReasonEnglish(reason);
}

std::string StatusText(const Context& context, const v1::Verdict& verdict) {
  std::string name = StatusName(context, verdict.status());
  std::string reason = ReasonText(context, verdict.reason());
  std::string text = StatusSymbol(verdict.status()) + " " + name;
  if (!reason.empty() && reason != name) {
    text += std::string(context.Say("(", " (")) + reason + ")";
  }
  return context.Painted(text,
                         StatusTone(verdict.status(), verdict.severity()));
}

std::string ObservationStateText(const Context& context,
                                 v1::Observation::State state) {
  switch (state) {
    case v1::Observation::STATE_PROVISIONAL:
      return std::string(context.Say("速報", "provisional"));
    case v1::Observation::STATE_RESTATED:
      return std::string(context.Say("改定", "restated"));
    case v1::Observation::STATE_NOT_AVAILABLE:
      return std::string(context.Say("なし", "not available"));
    default:
      return std::string(context.Say("確定", "final"));
  }
}

std::string TimeText(const Context& context,
                     const google::protobuf::Timestamp& time) {
  const absl::TimeZone zone =
      context.japanese ? absl::FixedTimeZone(9 * 60 * 60) : absl::UTCTimeZone();
  const absl::Time at =
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M", at, zone);
}

std::string PeriodText(const Context& context, const std::string& id) {
  auto period = Period::ParseId(id);
  if (!period.ok()) return id;
  return context.japanese ? ShortJapanese(*period) : English(*period);
}

}  // namespace shirube::cli
