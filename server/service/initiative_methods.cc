// Initiatives: what the six methods of a resource need to know of them.
#include "server/service/convert_initiative.h"
#include "server/service/plan_order.h"
#include "server/service/resource_methods.h"

namespace shirube {
namespace {

struct InitiativeTraits {
  SHIRUBE_RESOURCE_TRAITS(Initiative, initiative, initiatives)

  enum Purpose { kNew, kStored };
  static constexpr bool kHasParameters = true;

  static const std::vector<std::string>& ListFields() {
    static const auto& fields = *new std::vector<std::string>{
        "name",  "display_name",      "subtitle", "label",       "kind",
        "owner", "parent_initiative", "order",    "create_time", "update_time"};
    return fields;
  }

  static Initiative Read(const v1::Initiative& in, const InitiativeKey& key,
                         Purpose, const FieldReader& reader) {
    return ReadInitiative(in, key, reader);
  }
  static InitiativeKey NewKey(const CreateRequest& request,
                              const FieldReader& reader) {
    return {ReadNewParent(reader, request.parent(), "initiative_id",
                          request.initiative_id()),
            InitiativeId(request.initiative_id())};
  }
  static absl::Status Scope(const ListRequest& request, StoreReader* reader,
                            ListQuery* query) {
    return ScopeToPlan(request.parent(), reader, query);
  }
  static Listed<Initiative> List(StoreReader* reader, const ListQuery& query) {
    SHIRUBE_ASSIGN_OR_RETURN(auto rows, reader->ListInitiatives(query));
    return InTreeOrder(std::move(rows));
  }
  static absl::StatusOr<v1::Initiative> ToWire(const Backend& backend,
                                               StoreReader*,
                                               const Initiative& initiative) {
    return shirube::ToWire(initiative, backend.history);
  }
  static bool IsForced(const DeleteRequest& request) { return request.force(); }
};

}  // namespace

std::unique_ptr<Methods> MakeInitiativeMethods(const Backend& backend) {
  return std::make_unique<ResourceMethods<InitiativeTraits>>(backend);
}

}  // namespace shirube
