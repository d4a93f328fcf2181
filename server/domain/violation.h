// What is wrong with a request, all of it at once, by field.
#ifndef SHIRUBE_SERVER_DOMAIN_VIOLATION_H_
#define SHIRUBE_SERVER_DOMAIN_VIOLATION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace shirube {

struct Violation {
  std::string field;   // "observations[3].value"
  std::string reason;  // one of the API's ErrorReason words: "NOT_A_DECIMAL"
  std::string en;      // says what is wrong and what to do
  std::string ja;
};
using Violations = std::vector<Violation>;

// One status with machine-readable details that `service` turns into
// google.rpc details; the message is the first violation's field and English.
// Its reason is INVALID_FIELD, or LIMIT_EXCEEDED when nothing else is wrong. No
// violation is OK.
absl::Status ViolationsToStatus(const Violations& violations);

// Any other error with a reason word and both languages; same channel.
// `metadata` goes into ErrorInfo (resource names, revisions …).
absl::Status MakeError(
    absl::StatusCode code, std::string reason, std::string en, std::string ja,
    std::vector<std::pair<std::string, std::string>> metadata = {});

// What MakeError and ViolationsToStatus put in; reason is empty when the status
// was made elsewhere, both texts are then its message.
struct ErrorDetails {
  std::string reason, en, ja;
  Violations violations;
  std::vector<std::pair<std::string, std::string>> metadata;
};
ErrorDetails DetailsOf(const absl::Status& status);

// What `status` says (of Decimal::Parse, ParsePeriod …), as a violation of
// `field`; nothing when it is OK.
void AddViolation(std::string field, const absl::Status& status,
                  Violations* out);

// Text from outside inside a message: "…" or 「…」, cut when it is long.
std::string Quoted(std::string_view text);
std::string QuotedJa(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_VIOLATION_H_
