// Reads of rule modules, rule sets and activations that answer a mutation, the
// first time and when it is repeated. Only the ledger's own files include this.
#ifndef SHIRUBE_SERVER_LEDGER_RULE_SETS_H_
#define SHIRUBE_SERVER_LEDGER_RULE_SETS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/mutation.h"
#include "server/storage/store.h"

namespace shirube::ledger {

// What holds in a scope at a revision. A plan that was never told anything
// follows the default since it was made: revision 0.
absl::StatusOr<ActivationRecord> ActivationAt(StoreReader* reader,
                                              const PlanId& plan,
                                              Revision at = kLatest);

// The module and the set that a request named in its record.
absl::Status RereadModule(StoreReader* reader, const RequestRecord& record,
                          MutationResult* result);
absl::Status RereadRuleSet(StoreReader* reader, const RequestRecord& record,
                           MutationResult* result);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_RULE_SETS_H_
