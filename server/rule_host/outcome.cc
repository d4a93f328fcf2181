#include "server/rule_host/outcome.h"

#include "absl/strings/str_cat.h"

namespace shirube {

std::string_view ModuleOutcome::word() const {
  switch (kind) {
    case Kind::kOk:
      return "OK";
    case Kind::kCrashed:
      return "CRASHED";
    case Kind::kExited:
      return "EXITED";
    case Kind::kTimedOut:
      return "TIMED_OUT";
    case Kind::kBadOutput:
      return "BAD_OUTPUT";
    case Kind::kProtocolError:
      return "PROTOCOL_ERROR";
    case Kind::kForbiddenCall:
      return "FORBIDDEN_CALL";
    case Kind::kOutOfMemory:
      return "OUT_OF_MEMORY";
    case Kind::kNotRunning:
      return "NOT_RUNNING";
    case Kind::kQuarantined:
      return "QUARANTINED";
  }
  return "";
}

std::string ModuleOutcome::ToString() const {
  const std::string name(word());
  switch (kind) {
    case Kind::kCrashed:
      if (signal == 0) return absl::StrCat(name, " (", detail, ")");
      return absl::StrCat(name, " (signal ", signal, ")");
    case Kind::kExited:
      return absl::StrCat(name, " (code ", exit_code, ")");
    case Kind::kBadOutput:
      return absl::StrCat(name, " (row ", position, ", ", field, ": ", detail,
                          ")");
    case Kind::kForbiddenCall:
      return absl::StrCat(name, " (", call, ")");
    default:
      return detail.empty() ? name : absl::StrCat(name, " (", detail, ")");
  }
}

}  // namespace shirube
