// What a single resource cannot know: whether what it names exists, whether
// the tree stays a tree, whether a value to date runs back. Only the ledger's
// own files include this.
#ifndef SHIRUBE_SERVER_LEDGER_CHECKS_H_
#define SHIRUBE_SERVER_LEDGER_CHECKS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/domain/violation.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

using Parents = std::map<InitiativeId, InitiativeId>;

// "prefix.field"; `field` alone without a prefix.
std::string Path(const std::string& prefix, const std::string& field);

Violation Unknown(const std::string& field, const std::string& name);

// CYCLE or LIMIT_EXCEEDED at `field` when `start` is its own ancestor or stands
// deeper than `max_depth`.
void CheckChain(const Parents& parents, const InitiativeId& start,
                int max_depth, const std::string& field, Violations* out);

// Parent exists, no cycle, depth (also of what stands below `initiative`).
absl::Status CheckTree(WriteContext* ctx, const Initiative& initiative,
                       bool below_too, const std::string& prefix,
                       Violations* out);

// Sorts lists into the order the domain expects, links each once.
void Normalize(Indicator* indicator);

// The initiatives that links and `printed_under` name exist.
absl::Status CheckPlacement(WriteContext* ctx, const Indicator& indicator,
                            const std::string& prefix, Violations* out);

// The subject exists.
absl::Status CheckSubject(WriteContext* ctx, const Assessment& assessment,
                          const std::string& prefix, Violations* out);

// VALUE_DECREASES when the TO_DATE values among `all` run back at the one of
// `written`; `field` names it.
absl::Status CheckRunsForward(const std::vector<Observation>& all,
                              const Observation& written,
                              const std::string& field);

// `candidate(1)`, `candidate(2)` …: the first found that `taken` denies,
// without trying them all.
absl::StatusOr<std::string> FreeId(
    const std::function<std::string(int)>& candidate,
    const std::function<absl::StatusOr<bool>(const std::string&)>& taken);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_CHECKS_H_
