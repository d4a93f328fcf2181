// The rows that belong to one version of a resource: entries, baselines,
// targets, milestones, links, parameters. They come and go with their version.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_CHILDREN_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_CHILDREN_H_

#include <cstdint>

#include "absl/status/status.h"
#include "server/storage/records.h"
#include "server/storage/sqlite/database.h"

namespace shirube::sqlite {

absl::Status PutChildren(Database* db, int64_t version, const Plan& plan);
absl::Status PutChildren(Database* db, int64_t version, const Initiative&);
absl::Status PutChildren(Database* db, int64_t version, const Indicator&);
absl::Status PutChildren(Database* db, int64_t version, const Observation&);
absl::Status PutChildren(Database* db, int64_t version, const Assessment&);

absl::Status ReadChildren(Database* db, int64_t version, Plan* plan);
absl::Status ReadChildren(Database* db, int64_t version, Initiative*);
absl::Status ReadChildren(Database* db, int64_t version, Indicator*);
absl::Status ReadChildren(Database* db, int64_t version, Observation*);
absl::Status ReadChildren(Database* db, int64_t version, Assessment*);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_CHILDREN_H_
