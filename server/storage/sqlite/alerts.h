// The rows of alerts, of the log of their transitions, and of what is still to
// be looked at for alerts, on one connection. store.h says what each does.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_ALERTS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_ALERTS_H_

#include <optional>
#include <string>

#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/statement.h"
#include "server/storage/store.h"

namespace shirube::sqlite {

// A query of transitions, as `t`; `rest` begins with WHERE or JOIN.
std::string SelectTransitions(const std::string& rest);
Listed<AlertTransition> ReadTransitions(Query* q);

Found<Alert> GetAlertRow(Database* db, const AlertKey& key, Revision at);
Listed<Alert> ListAlertRows(Database* db, const AlertQuery& query);
Listed<AlertTransition> ListLatestAlertRows(Database* db,
                                            const LatestAlertsQuery& query);
Listed<AlertTransition> ListTransitionRows(Database* db, int64_t after,
                                           int limit);
Listed<AlertTransition> ListTransitionRowsOf(Database* db, const AlertKey& key,
                                             int64_t after_seq, int limit);
// `where` is empty or a condition on one parameter.
absl::StatusOr<int64_t> LastTransitionRow(
    Database* db, const std::string& where,
    std::optional<int64_t> parameter = std::nullopt);
absl::StatusOr<LogStart> LogStartRow(Database* db);
absl::StatusOr<int64_t> PassedByAllRows(Database* db, int64_t most);
Found<AlertBacklog> NextBacklogRow(Database* db);
absl::StatusOr<bool> IsBaselineRow(Database* db, const IndicatorKey& key);

absl::StatusOr<int64_t> PutTransitionRow(Database* db,
                                         const AlertTransition& transition);
absl::Status SetLogStartRow(Database* db, const LogStart& start);
absl::StatusOr<int64_t> DeleteTransitionRows(Database* db, int64_t after,
                                             int limit);
absl::Status PutBacklogRow(Database* db, const AlertBacklog& backlog);
absl::Status EndBacklogRow(Database* db, RunId run);
absl::Status SetBaselineRow(Database* db, const IndicatorKey& key, bool is);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_ALERTS_H_
