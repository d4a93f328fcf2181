// The refusals of the ledger, in words; evaluation says those of an activation
// the same way before it judges for it.
#ifndef SHIRUBE_SERVER_LEDGER_ERRORS_H_
#define SHIRUBE_SERVER_LEDGER_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/storage/records.h"

namespace shirube::ledger {

absl::Status NotFound(const std::string& name);
absl::Status Exists(const std::string& name, bool deleted);
absl::Status ObservationExists(const std::string& name);
absl::Status EtagMismatch(const std::string& name);
absl::Status HasChildren(const std::string& name, const std::string& children);
absl::Status NotDeleted(const std::string& name);
absl::Status ParentDeleted(const std::string& name, const std::string& parent);
absl::Status ValueDecreases(const std::string& field, const std::string& before,
                            const std::string& after);
absl::Status AmbiguousMatch(const std::string& title, const std::string& first,
                            const std::string& second);
absl::Status RequestIdReused(const std::string& request_id);
// Names as the API has them; `scope` is a plan's or "ruleSets/default".
absl::Status RuleSetChanged(const std::string& scope, const std::string& active,
                            const std::string& expected);
absl::Status NeedsRuleSet();
absl::Status ModuleQuarantined(const std::string& rule_set,
                               const std::vector<QuarantineRecord>& members);
absl::Status ModuleVersionTaken(const std::string& name,
                                const std::string& registered_sha256,
                                const std::string& found_sha256);
absl::Status NotQuarantined(const std::string& name);
absl::Status AlertResolved(const std::string& name);
absl::Status AlertAcknowledged(const std::string& name, const std::string& by);
absl::Status TooManySubscriptions(int most);
// `oldest` is the token of the oldest revision that may be sought.
absl::Status TooOld(const std::string& oldest, absl::Time since);
absl::Status NotGivenUp(const std::string& subscription,
                        const std::vector<std::string>& keys);
absl::Status QueueFull();
absl::Status ShuttingDown();
absl::Status OutcomeUnknown();

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_ERRORS_H_
