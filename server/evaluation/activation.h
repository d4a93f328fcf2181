// What a request to activate a rule set comes to, before anything is started.
// Used by the follower, from the caller's thread and from its own. Reads only.
#ifndef SHIRUBE_SERVER_EVALUATION_ACTIVATION_H_
#define SHIRUBE_SERVER_EVALUATION_ACTIVATION_H_

#include "absl/status/statusor.h"
#include "server/ledger/mutation.h"
#include "server/storage/store.h"

namespace shirube {

struct ResolvedActivation {
  RuleSetId candidate;   // what would judge the scope
  bool already = false;  // it does: there is nothing to judge
};

// Fills in `body`: "default" becomes empty; of a rollback also the set before
// the present one, and the present one as expected, so that two rollbacks at
// the same time are one. Refuses in the ledger's words, which refuses again.
absl::StatusOr<ResolvedActivation> ResolveActivation(StoreReader& reader,
                                                     bool rollback,
                                                     ActivateRuleSet* body);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ACTIVATION_H_
