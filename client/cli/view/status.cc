#include "client/cli/view/status.h"

#include "absl/time/time.h"
#include "server/base/japan.h"
#include "server/domain/verdict.h"

namespace shirube::cli {
std::string StatusName(const Context& context, v1::Verdict::Status status) {
  return StatusName(status, context.japanese);
}

std::string ReasonText(const Context& context, const std::string& reason) {
  return context.japanese ? ReasonJapanese(reason) : ReasonEnglish(reason);
}

std::string StatusText(const Context& context, const v1::Verdict& verdict) {
  std::string text = StatusLabel(verdict.status(), context.japanese);
  std::string reason =
      ReasonBeside(verdict.status(), verdict.reason(), context.japanese);
  if (!reason.empty()) {
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
      context.japanese ? JapanTime() : absl::UTCTimeZone();
  const absl::Time at =
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M", at, zone);
}

std::string PeriodText(const Context& context, const std::string& id) {
  return PeriodName(id, context.japanese);
}

}  // namespace shirube::cli
