// Plans: what the six methods of a resource need to know of them.
#include "server/service/convert_plan.h"
#include "server/service/resource_methods.h"

namespace shirube {
namespace {

struct PlanTraits {
  SHIRUBE_RESOURCE_TRAITS(Plan, plan, plans)

  enum Purpose { kNew, kStored };
  static constexpr bool kHasParameters = true;

  static const std::vector<std::string>& ListFields() {
    static const auto& fields = *new std::vector<std::string>{
        "name",  "display_name", "first_fiscal_year", "last_fiscal_year",
        "owner", "rule_set",     "create_time",       "update_time"};
    return fields;
  }

  static Plan Read(const v1::Plan& in, const PlanId& key, Purpose,
                   const FieldReader& reader) {
    return ReadPlan(in, key, reader);
  }
  static PlanId NewKey(const CreateRequest& request,
                       const FieldReader& reader) {
    ReadNewId(reader, "plan_id", request.plan_id());
    return PlanId(request.plan_id());
  }
  static absl::Status Scope(const ListRequest&, StoreReader*, ListQuery*) {
    return absl::OkStatus();
  }
  static Listed<Plan> List(StoreReader* reader, const ListQuery& query) {
    return reader->ListPlans(query);
  }
  static absl::StatusOr<v1::Plan> ToWire(const Backend& backend, StoreReader*,
                                         const Plan& plan) {
    return shirube::ToWire(plan, backend.history);
  }
  static bool IsForced(const DeleteRequest& request) { return request.force(); }
};

}  // namespace

std::unique_ptr<Methods> MakePlanMethods(const Backend& backend) {
  return std::make_unique<ResourceMethods<PlanTraits>>(backend);
}

}  // namespace shirube
