#include "server/service/convert_observation.h"

#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"

namespace shirube {
namespace {

constexpr EnumPair<Basis, v1::Observation::Basis> kBases[] = {
    {Basis::kNone, v1::Observation::BASIS_UNSPECIFIED},
    {Basis::kToDate, v1::Observation::BASIS_TO_DATE},
    {Basis::kPeriod, v1::Observation::BASIS_PERIOD}};

}  // namespace

v1::Observation ToWire(const Observation& observation,
                       const std::string& history) {
  v1::Observation out;
  out.set_name(
      NameOf(ObservationKey{observation.indicator_key(), observation.id()}));
  FillStamp(observation.stamp, history, &out);
  out.set_indicator(NameOf(observation.indicator_key()));
  out.set_period(observation.period.ToId());
  FillValue(observation.value, &out);
  out.set_basis(ToWireEnum(observation.basis, absl::MakeConstSpan(kBases),
                           v1::Observation::BASIS_UNSPECIFIED));
  out.set_assumed_to_date(observation.assumed_to_date);
  out.set_state(ToWireEnum(observation.state,
                           absl::MakeConstSpan(kObservationStates),
                           v1::Observation::STATE_UNSPECIFIED));
  out.set_note(observation.note);
  out.set_source(observation.source);
  return out;
}

Observation ReadObservation(const v1::Observation& in, const IndicatorKey& key,
                            const FieldReader& reader) {
  Observation out;
  out.plan = key.plan;
  out.indicator = key.indicator;
  reader.Required("period", in.period());
  if (auto period = reader.PeriodId("period", in.period())) {
    out.period = *period;
  }
  out.value = ReadValue(in, reader);
  out.basis = reader.Enum("basis", in.basis(), absl::MakeConstSpan(kBases),
                          Basis::kNone);
  out.assumed_to_date = in.assumed_to_date();
  out.state =
      reader.Enum("state", in.state(), absl::MakeConstSpan(kObservationStates),
                  ObservationState::kFinal);
  out.note = in.note();
  out.source = in.source();
  return out;
}

void AssumeBasis(IndicatorKind kind, Observation* observation) {
  if (kind != IndicatorKind::kCumulative ||
      observation->basis != Basis::kNone) {
    return;
  }
  observation->basis = Basis::kToDate;
  observation->assumed_to_date = true;
}

const std::vector<std::string>& WritableObservationFields() {
  static const auto& fields = *new std::vector<std::string>{
      "value", "unread", "unit", "raw",    "multiplier",     "place",
      "steps", "state",  "note", "source", "assumed_to_date"};
  return fields;
}

void PatchObservation(const Observation& from,
                      const std::set<std::string>& mask, Observation* to) {
  const Value& in = from.value;
  Value& value = to->value;
  // Either of the two replaces both: at most one of them is set.
  if (mask.count("value") || mask.count("unread")) {
    if (value.number != in.number || value.unread != in.unread) {
      value.raw.clear();
      value.multiplier.clear();
      value.provenance = Provenance();
    }
    value.number = in.number;
    value.unread = in.unread;
    // The figure came out: unless the request says how final it is, it is.
    if (value.present() && to->state == ObservationState::kNotAvailable) {
      to->state = ObservationState::kFinal;
    }
  }
  if (mask.count("unit")) value.unit = in.unit;
  if (mask.count("raw")) value.raw = in.raw;
  if (mask.count("multiplier")) value.multiplier = in.multiplier;
  if (mask.count("place")) {
    value.provenance.file = in.provenance.file;
    value.provenance.line = in.provenance.line;
  }
  if (mask.count("steps")) value.provenance.steps = in.provenance.steps;
  if (mask.count("state")) {
    to->state = from.state;
    if (to->state == ObservationState::kNotAvailable) value = Value();
  }
  if (mask.count("note")) to->note = from.note;
  if (mask.count("source")) to->source = from.source;
  if (mask.count("assumed_to_date")) to->assumed_to_date = from.assumed_to_date;
}

}  // namespace shirube
