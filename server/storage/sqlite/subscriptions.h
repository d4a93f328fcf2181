// The rows of subscriptions and of their deliveries, on one connection.
// store.h says what each does.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_SUBSCRIPTIONS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_SUBSCRIPTIONS_H_

#include "server/storage/sqlite/database.h"
#include "server/storage/store.h"

namespace shirube::sqlite {

Found<Subscription> GetSubscriptionRow(Database* db, const SubscriptionId& id);
Listed<Subscription> ListSubscriptionRows(Database* db);
Listed<DeliveryRecord> ListDeliveryRows(Database* db, const SubscriptionId& id,
                                        int64_t after, int limit);

absl::Status PutSubscriptionRow(Database* db, const Subscription& subscription);
absl::Status SetPositionRow(Database* db, const SubscriptionId& id,
                            int64_t position);
absl::Status PutDeliveryRow(Database* db, const DeliveryRecord& record);
absl::Status DeleteDeliveryRow(Database* db, const SubscriptionId& id,
                               int64_t position);
absl::Status DeleteDeliveryRows(Database* db, const SubscriptionId& id);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_SUBSCRIPTIONS_H_
