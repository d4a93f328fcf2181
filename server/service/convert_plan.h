// Plans: message <-> domain.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_PLAN_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_PLAN_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/plan.h"
#include "server/service/field_reader.h"
#include "shirube/v1/plan.pb.h"

namespace shirube {

v1::Plan ToWire(const Plan& plan, const std::string& history);

// Reads what may be written; name and outputs are left alone.
Plan ReadPlan(const v1::Plan& in, const PlanId& id, const FieldReader& reader);

// Paths that an update mask may name.
const std::vector<std::string>& WritablePlanFields();
// Takes the fields named in `mask` over.
void PatchPlan(const Plan& from, const std::set<std::string>& mask, Plan* to);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_PLAN_H_
