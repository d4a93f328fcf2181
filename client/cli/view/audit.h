// Who did what, as tables. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_AUDIT_H_
#define SHIRUBE_CLIENT_CLI_VIEW_AUDIT_H_

#include <string>
#include <vector>

#include "client/cli/output/table.h"
#include "shirube/v1/admin_service.pb.h"

namespace shirube::cli {

// One row a change: the first of what it touched, and how many more.
Table AuditForPeople(const std::vector<v1::AuditEntry>& entries, bool japanese);
// One row for each resource that was touched.
Table AuditForPrograms(const std::vector<v1::AuditEntry>& entries);

// "佐藤(申告)", "Sato (claimed)": nothing proved the name.
std::string ActorText(const std::string& actor, bool claimed, bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_AUDIT_H_
