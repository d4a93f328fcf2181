// Parts that several resources have in common: stamps, printed values, places.
// Messages in, values of the domain out, and back.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_COMMON_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_COMMON_H_

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/domain/ratio.h"
#include "server/domain/resource.h"
#include "server/domain/value.h"
#include "server/service/field_reader.h"
#include "server/service/revision_token.h"
#include "shirube/v1/common.pb.h"

namespace shirube {

google::protobuf::Timestamp ToWireTime(absl::Time time);

v1::Place ToWirePlace(const Provenance& provenance);
void ReadPlace(const v1::Place& in, const FieldReader& reader, Provenance* out);

v1::Ratio ToWireRatio(const Ratio& ratio);
std::string PeriodText(const std::optional<Period>& period);

// name, etag, times, revision and actor of any resource.
template <typename Wire>
void FillStamp(const Stamp& stamp, const std::string& history, Wire* out) {
  out->set_etag(EtagOf(stamp));
  *out->mutable_create_time() = ToWireTime(stamp.create_time);
  *out->mutable_update_time() = ToWireTime(stamp.update_time);
  if (stamp.delete_time) {
    *out->mutable_delete_time() = ToWireTime(*stamp.delete_time);
  }
  out->set_revision(FormatRevision(history, stamp.revision));
  out->set_actor(stamp.actor);
}

// The fields value, unread, unit, raw, multiplier, place and steps, which
// baselines, targets, milestones and observations share.
template <typename Wire>
Value ReadValue(const Wire& in, const FieldReader& reader) {
  Value value;
  value.number = reader.Number("value", in.value());
  value.unread = in.unread();
  if (!in.value().empty() && !in.unread().empty()) {
    reader.Refuse("unread", "only one of value and unread can be given",
                  "valueとunreadは同時に指定できない");
  }
  value.unit = in.unit();
  value.raw = in.raw();
  value.multiplier = in.multiplier();
  reader.Number("multiplier", in.multiplier());
  ReadPlace(in.place(), reader.At("place"), &value.provenance);
  value.provenance.steps.assign(in.steps().begin(), in.steps().end());
  return value;
}

template <typename Wire>
void FillValue(const Value& value, Wire* out) {
  if (value.number) out->set_value(value.number->ToString());
  out->set_unread(value.unread);
  out->set_unit(value.unit);
  out->set_raw(value.raw);
  out->set_multiplier(value.multiplier);
  if (!value.provenance.file.empty() || value.provenance.line != 0) {
    *out->mutable_place() = ToWirePlace(value.provenance);
  }
  for (const std::string& step : value.provenance.steps) out->add_steps(step);
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_COMMON_H_
