// Which role each method asks for: the one table. A method of the API that has
// no row here, or a row that names no method, stops the build
// (check/check_method_roles.cc).
#ifndef SHIRUBE_SERVER_ACCESS_METHOD_ROLES_H_
#define SHIRUBE_SERVER_ACCESS_METHOD_ROLES_H_

#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "server/access/role.h"

namespace shirube {

struct MethodRole {
  std::string_view method;  // "PlanService.GetPlan"
  Role role;
};

// By method, in order.
absl::Span<const MethodRole> MethodRoles();

// Of "shirube.v1.PlanService.GetPlan". Nothing for what is not in the table:
// nobody may call that.
std::optional<Role> RequiredRole(std::string_view full_name);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ACCESS_METHOD_ROLES_H_
