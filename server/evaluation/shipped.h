// The rule set that comes with the server: judges a new store from the start,
// and follows the files of a newer server as long as nobody has activated
// another default by hand. Used by the follower, at start-up.
#ifndef SHIRUBE_SERVER_EVALUATION_SHIPPED_H_
#define SHIRUBE_SERVER_EVALUATION_SHIPPED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/ledger.h"
#include "server/rule_host/rule_host.h"
#include "server/storage/store.h"

namespace shirube {

// Who activates it; nobody can claim to be (ActivationRecord::claimed).
inline constexpr const char* kServerActor = "shirube";

// Whether the default is the server's to change: nothing was activated yet, or
// the server itself did it last.
bool IsServersDefault(const std::optional<ActivationRecord>& active);

// Reads the files of `modules` in the rules folder, keeps what is new of them
// and their set in the store, and gives back the set's id. Runs none of them.
absl::StatusOr<RuleSetId> RegisterShipped(
    const std::vector<std::string>& modules, RuleHost* host, Store* store,
    Ledger* ledger);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_SHIPPED_H_
