// Applies the alert policy in the open transaction, so that an alert is
// committed with what caused it or not at all. Only the ledger's own files
// include this; writer thread only.
#ifndef SHIRUBE_SERVER_LEDGER_ALERTS_H_
#define SHIRUBE_SERVER_LEDGER_ALERTS_H_

#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "server/ledger/mutation.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

// The news of a group, which outlives it.
class NewsByKey {
 public:
  explicit NewsByKey(const std::vector<AlertNews>& news) {
    for (const AlertNews& one : news) by_key_[one.key] = &one;
  }
  const AlertNews* Find(const IndicatorKey& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }

 private:
  std::map<IndicatorKey, const AlertNews*> by_key_;
};

// What a verdict that just became visible changes; `before` is the one visible
// until then.
absl::Status AlertsOfVerdict(WriteContext* ctx, const Verdict& verdict,
                             const std::optional<Verdict>& before,
                             const NewsByKey& news);

// What OpenExistingAlerts opened, also when it is asked again.
void AddOpened(const std::vector<AlertTransition>& steps,
               MutationResult* result);

// What evaluation saw of initiatives, figures and modules.
absl::Status AlertsOfOthers(WriteContext* ctx,
                            const std::vector<Observed>& observed);

// What a mutation that was carried out means for alerts: those of deleted
// subjects are resolved, and a baseline import is noted.
absl::Status AlertsAfter(WriteContext* ctx, const MutationBody& body);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_ALERTS_H_
