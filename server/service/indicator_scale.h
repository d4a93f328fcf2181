// An indicator as a message needs the decimals that its values are held at,
// which its observations decide too.
#ifndef SHIRUBE_SERVER_SERVICE_INDICATOR_SCALE_H_
#define SHIRUBE_SERVER_SERVICE_INDICATOR_SCALE_H_

#include "absl/status/statusor.h"
#include "server/service/backend.h"
#include "shirube/v1/indicator.pb.h"

namespace shirube {

absl::StatusOr<v1::Indicator> IndicatorToWire(const Backend& backend,
                                              StoreReader* reader,
                                              const Indicator& indicator);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_INDICATOR_SCALE_H_
