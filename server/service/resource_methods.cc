#include "server/service/resource_methods.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace shirube {

void KeepWritten(const std::string& prefix, const std::set<std::string>& mask,
                 Violations* violations) {
  const std::string start = prefix + ".";
  const auto is_left_alone = [&](const Violation& violation) {
    if (!absl::StartsWith(violation.field, start)) return false;
    const std::string path = violation.field.substr(start.size());
    const std::string field = path.substr(0, path.find_first_of(".["));
    return field != "name" && mask.count(field) == 0;
  };
  violations->erase(
      std::remove_if(violations->begin(), violations->end(), is_left_alone),
      violations->end());
}

absl::Status ScopeToPlan(const std::string& parent, StoreReader* reader,
                         ListQuery* query) {
  Violations violations;
  const auto plan =
      ReadPlanName(FieldReader("", &violations), "parent", parent);
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  SHIRUBE_ASSIGN_OR_RETURN(const auto found, reader->GetPlan(*plan));
  if (!found || (found->stamp.deleted() && !query->show_deleted)) {
    return NotFound(parent);
  }
  query->plan = *plan;
  return absl::OkStatus();
}

PlanId ReadNewParent(const FieldReader& reader, const std::string& parent,
                     const std::string& id_field, const std::string& id) {
  ReadNewId(reader, id_field, id);
  return ReadPlanName(reader, "parent", parent).value_or(PlanId());
}

}  // namespace shirube
