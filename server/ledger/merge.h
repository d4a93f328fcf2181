// Merging one resource of a document into the stored one, field by field. Only
// the ledger's own files include this.
#ifndef SHIRUBE_SERVER_LEDGER_MERGE_H_
#define SHIRUBE_SERVER_LEDGER_MERGE_H_

#include <string>
#include <vector>

#include "server/ledger/plan_document.h"

namespace shirube::ledger {

// What the options say of one kind of resource ("plan", "indicators" …).
bool InMask(const ApplyOptions& options, const std::string& kind,
            const std::string& field);

// `stored` with the fields of `wanted` that may replace its own. What the
// document does not mention (an empty field) stays; an empty stored field is
// filled, unless a person emptied it. Every difference is added to `changes`
// with its reason when it is held.
template <typename T>
T Merge(const T& stored, T wanted, const std::string& kind,
        const std::string& name, const ApplyOptions& options,
        std::vector<PlanChange>* changes);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_MERGE_H_
