// Indicators: what the six methods of a resource need to know of them.
#include "server/service/convert_indicator.h"
#include "server/service/indicator_scale.h"
#include "server/service/plan_order.h"
#include "server/service/resource_methods.h"

namespace shirube {
namespace {

// What stands in the request only: its stored observations are the ledger's to
// check.
void ValidateIndicator(const Indicator& indicator, const char* prefix,
                       Violations* out) {
  shirube::ValidateIndicator(indicator, {}, prefix, out);
}

struct IndicatorTraits {
  SHIRUBE_RESOURCE_TRAITS(Indicator, indicator, indicators)

  enum Purpose { kNew, kStored };
  static constexpr bool kHasParameters = true;

  static const std::vector<std::string>& ListFields() {
    static const auto& fields = *new std::vector<std::string>{
        "name",           "display_name", "unit",         "kind",
        "quantity",       "direction",    "operator",     "owner",
        "source",         "order",        "links",        "printed_under",
        "target.period",  "target.value", "target_upper", "baseline.period",
        "baseline.value", "window_start", "create_time",  "update_time"};
    return fields;
  }

  static Indicator Read(const v1::Indicator& in, const IndicatorKey& key,
                        Purpose, const FieldReader& reader) {
    return ReadIndicator(in, key, Superseded::kIgnored, reader);
  }
  static IndicatorKey NewKey(const CreateRequest& request,
                             const FieldReader& reader) {
    return {ReadNewParent(reader, request.parent(), "indicator_id",
                          request.indicator_id()),
            IndicatorId(request.indicator_id())};
  }
  static absl::Status Scope(const ListRequest& request, StoreReader* reader,
                            ListQuery* query) {
    return ScopeToPlan(request.parent(), reader, query);
  }
  static Listed<Indicator> List(StoreReader* reader, const ListQuery& query) {
    SHIRUBE_ASSIGN_OR_RETURN(auto rows, reader->ListIndicators(query));
    SortAsPrinted(&rows);
    return rows;
  }
  static absl::StatusOr<v1::Indicator> ToWire(const Backend& backend,
                                              StoreReader* reader,
                                              const Indicator& indicator) {
    return IndicatorToWire(backend, reader, indicator);
  }
  static bool IsForced(const DeleteRequest& request) { return request.force(); }
};

}  // namespace

std::unique_ptr<Methods> MakeIndicatorMethods(const Backend& backend) {
  return std::make_unique<ResourceMethods<IndicatorTraits>>(backend);
}

}  // namespace shirube
