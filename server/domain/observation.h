// An observation (実績値): what was measured in a period. A correction is a
// new revision of it.
#ifndef SHIRUBE_SERVER_DOMAIN_OBSERVATION_H_
#define SHIRUBE_SERVER_DOMAIN_OBSERVATION_H_

#include <string>

#include "server/domain/period.h"
#include "server/domain/resource.h"
#include "server/domain/value.h"

namespace shirube {

enum class ObservationState : uint8_t {
  kFinal,
  kProvisional,
  kRestated,
  kNotAvailable
};
// Of a cumulative indicator's observation; kNone for every other kind.
enum class Basis : uint8_t { kNone, kToDate, kPeriod };

struct Observation {
  PlanId plan;
  IndicatorId indicator;
  Period period;
  Basis basis = Basis::kNone;
  // The report did not say which basis; taken as TO_DATE and marked.
  bool assumed_to_date = false;
  Value value;  // absent only when kNotAvailable
  ObservationState state = ObservationState::kFinal;
  std::string note;  // 未公表, 精査中 …
  std::string source;
  Stamp stamp;

  IndicatorKey indicator_key() const { return {plan, indicator}; }
  // The id in names: "fy2022", "fy2022-todate", "fy2022-period".
  std::string id() const;
};

struct ObservationId {
  Period period;
  Basis basis = Basis::kNone;
};
absl::StatusOr<ObservationId> ParseObservationId(std::string_view id);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_OBSERVATION_H_
