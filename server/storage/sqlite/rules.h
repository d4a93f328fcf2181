// The rows of rule modules, rule sets, activations and quarantines, on one
// connection. Snapshots and transactions call these; store.h says what each
// does.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_RULES_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_RULES_H_

#include <string>

#include "server/storage/sqlite/database.h"
#include "server/storage/store.h"

namespace shirube::sqlite {

Found<RuleModuleRecord> GetRuleModuleRow(Database* db,
                                         const std::string& sha256);
Listed<RuleModuleRecord> ListRuleModuleRows(Database* db);
Found<RuleSetRecord> GetRuleSetRow(Database* db, const RuleSetId& id);
Listed<RuleSetRecord> ListRuleSetRows(Database* db);
Found<ActivationRecord> GetActivationRow(Database* db, const PlanId& plan,
                                         Revision at);
Listed<ActivationRecord> ListActivationRows(Database* db, const PlanId& plan);
Listed<QuarantineRecord> ListQuarantineRows(Database* db, Revision at);

absl::Status PutRuleModuleRow(Database* db, const RuleModuleRecord& record);
absl::Status PutRuleSetRow(Database* db, const RuleSetRecord& record);
absl::Status PutActivationRow(Database* db, const ActivationRecord& record);
absl::Status PutQuarantineRow(Database* db, const QuarantineRecord& record);
absl::Status EndQuarantineRow(Database* db, const std::string& sha256,
                              Revision revision);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_RULES_H_
