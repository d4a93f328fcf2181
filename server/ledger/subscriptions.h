// Writes down what became of deliveries. Only the ledger's own files include
// this; writer thread only.
#ifndef SHIRUBE_SERVER_LEDGER_SUBSCRIPTIONS_H_
#define SHIRUBE_SERVER_LEDGER_SUBSCRIPTIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "server/ledger/mutation.h"
#include "server/storage/store.h"

namespace shirube::ledger {

absl::Status SettleDeliveries(StoreTransaction* tx,
                              const std::vector<DeliverySettlement>& settled);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_SUBSCRIPTIONS_H_
