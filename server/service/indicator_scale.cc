#include "server/service/indicator_scale.h"

#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/convert_indicator.h"

namespace shirube {

absl::StatusOr<v1::Indicator> IndicatorToWire(const Backend& backend,
                                              StoreReader* reader,
                                              const Indicator& indicator) {
  ListQuery query;
  query.plan = indicator.plan;
  query.indicator = indicator.id;
  SHIRUBE_ASSIGN_OR_RETURN(const auto observations,
                           reader->ListObservations(query));
  return ToWire(indicator, ScaleOf(indicator, observations), backend.history);
}

}  // namespace shirube
