// Indicators: message <-> domain.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_INDICATOR_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_INDICATOR_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/indicator.h"
#include "server/service/field_reader.h"
#include "shirube/v1/indicator.pb.h"

namespace shirube {

// `scale` is ScaleOf the indicator with its observations.
v1::Indicator ToWire(const Indicator& indicator, int scale,
                     const std::string& history);

// Whether the outputs `superseded_*` are read too: in documents, which give a
// plan back as it was.
enum class Superseded { kIgnored, kRead };

// Reads what may be written; name and outputs are left alone.
Indicator ReadIndicator(const v1::Indicator& in, const IndicatorKey& key,
                        Superseded superseded, const FieldReader& reader);

const std::vector<std::string>& WritableIndicatorFields();
// A baseline or target with an `effective_from` of its own is put beside the
// stored ones, one with the same `effective_from` replaces it.
void PatchIndicator(const Indicator& from, const std::set<std::string>& mask,
                    Indicator* to);

constexpr EnumPair<IndicatorKind, v1::Indicator::Kind> kIndicatorKinds[] = {
    {IndicatorKind::kLevel, v1::Indicator::KIND_LEVEL},
    {IndicatorKind::kLevel, v1::Indicator::KIND_UNSPECIFIED},
    {IndicatorKind::kCumulative, v1::Indicator::KIND_CUMULATIVE},
    {IndicatorKind::kMaintain, v1::Indicator::KIND_MAINTAIN},
    {IndicatorKind::kBand, v1::Indicator::KIND_BAND},
    {IndicatorKind::kQualitative, v1::Indicator::KIND_QUALITATIVE}};
constexpr EnumPair<Direction, v1::Indicator::Direction> kDirections[] = {
    {Direction::kUnspecified, v1::Indicator::DIRECTION_UNSPECIFIED},
    {Direction::kUp, v1::Indicator::DIRECTION_UP},
    {Direction::kDown, v1::Indicator::DIRECTION_DOWN}};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_INDICATOR_H_
