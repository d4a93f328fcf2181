// What a module did with what it was asked: a type of its own, because a rule
// that cannot tell has succeeded and a rule that crashed has not. Never merged
// with absl::Status.
#ifndef SHIRUBE_SERVER_RULE_HOST_OUTCOME_H_
#define SHIRUBE_SERVER_RULE_HOST_OUTCOME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace shirube {

// The `field` of a BAD_OUTPUT that is no column: evaluate returned not 0.
inline constexpr std::string_view kReturnValueField = "return value";

struct ModuleOutcome {
  enum class Kind : uint8_t {
    kOk,
    kCrashed,        // died of `signal`; 0: of the error in `detail`
    kExited,         // ended with `exit_code`
    kTimedOut,       // used up its CPU time or the wall limit; was killed
    kBadOutput,      // `field` at `position` holds what no module may say
    kProtocolError,  // a message that is none; was killed
    kForbiddenCall,  // died of a system call it may not make: `call`
    kOutOfMemory,    // died in a call in which it was refused memory
    kNotRunning,     // no worker could be started; `detail` says why
    kQuarantined,    // is not asked until it is released; `detail` says why
  };
  Kind kind = Kind::kOk;
  int signal = 0;
  int exit_code = 0;
  uint32_t position = 0;  // kBadOutput: in the selection
  std::string field;      // kBadOutput: "answer", "reason", "judged_point" …
  std::string call;       // kForbiddenCall: "socket", or "call 41"
  std::string detail;     // what was found, for people

  bool ok() const { return kind == Kind::kOk; }
  bool operator==(const ModuleOutcome&) const = default;
  // "CRASHED", "TIMED_OUT" …, as in errors and verdicts.
  std::string_view word() const;
  // "CRASHED (signal 11)", "BAD_OUTPUT (row 3, reason: 77 is not declared)",
  // "FORBIDDEN_CALL (socket)".
  std::string ToString() const;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_OUTCOME_H_
