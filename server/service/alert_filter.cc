#include "server/service/alert_filter.h"

#include <string>

#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_alert.h"
#include "server/service/convert_verdict.h"

namespace shirube {
namespace {

const std::vector<std::string>& Fields() {
  static const auto& fields = *new std::vector<std::string>{
      "plan",   "initiative", "owner", "subject", "status",
      "reason", "severity",   "kind",  "state",   "escalated"};
  return fields;
}

FieldValues One(std::string value) {
  if (value.empty()) return {};
  return {std::move(value)};
}

// "KIND_FIGURE_OVERDUE" is FIGURE_OVERDUE to people; the zero value is nothing.
FieldValues Word(const std::string& name, absl::string_view prefix,
                 int number) {
  if (number == 0) return {};
  return {std::string(absl::StripPrefix(name, prefix))};
}

FieldValues Initiatives(const Alert& alert) {
  FieldValues names;
  for (const InitiativeId& id : alert.initiatives) {
    names.push_back(NameOf(InitiativeKey{alert.plan, id}));
  }
  return names;
}

FieldValues Read(const Alert& alert, std::string_view field) {
  if (field == "plan") return {NameOf(alert.plan)};
  if (field == "initiative") return Initiatives(alert);
  if (field == "owner") return One(alert.owner);
  if (field == "subject") return {SubjectName(alert)};
  if (field == "status") return One(std::string(StatusWord(alert.status)));
  if (field == "reason") return One(alert.reason);
  if (field == "escalated") return {alert.escalated ? "true" : "false"};
  if (field == "severity") {
    const auto severity = ToWire(alert.severity);
    return Word(v1::Verdict::Severity_Name(severity), "SEVERITY_", severity);
  }
  if (field == "kind") {
    const auto kind = ToWire(alert.kind);
    return Word(v1::Alert::Kind_Name(kind), "KIND_", kind);
  }
  const auto state = ToWire(alert.state);
  return Word(v1::Alert::State_Name(state), "STATE_", state);
}

}  // namespace

absl::StatusOr<AlertFilter> AlertFilter::Parse(std::string_view text) {
  SHIRUBE_ASSIGN_OR_RETURN(Filter filter, Filter::Parse(text, Fields()));
  return AlertFilter(std::move(filter));
}

bool AlertFilter::Matches(const Alert& alert) const {
  return filter_.empty() || filter_.Matches([&](std::string_view field) {
    return Read(alert, field);
  });
}

}  // namespace shirube
