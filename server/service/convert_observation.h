// Observations: message <-> domain.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_OBSERVATION_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_OBSERVATION_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/service/field_reader.h"
#include "shirube/v1/observation.pb.h"

namespace shirube {

v1::Observation ToWire(const Observation& observation,
                       const std::string& history);

// Reads what may be written. The indicator is `key`'s; period is required.
Observation ReadObservation(const v1::Observation& in, const IndicatorKey& key,
                            const FieldReader& reader);

// Where nobody said what a value of a cumulative indicator covers, it is taken
// as TO_DATE and marked so.
void AssumeBasis(IndicatorKind kind, Observation* observation);

const std::vector<std::string>& WritableObservationFields();
// Only the words and numbers; indicator, period and basis never change. A new
// number drops what was known of how the old one was printed, unless the mask
// brings it along.
void PatchObservation(const Observation& from,
                      const std::set<std::string>& mask, Observation* to);

constexpr EnumPair<ObservationState, v1::Observation::State>
    kObservationStates[] = {
        {ObservationState::kFinal, v1::Observation::STATE_FINAL},
        {ObservationState::kFinal, v1::Observation::STATE_UNSPECIFIED},
        {ObservationState::kProvisional, v1::Observation::STATE_PROVISIONAL},
        {ObservationState::kRestated, v1::Observation::STATE_RESTATED},
        {ObservationState::kNotAvailable,
         v1::Observation::STATE_NOT_AVAILABLE}};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_OBSERVATION_H_
