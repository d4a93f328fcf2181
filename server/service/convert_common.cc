#include "server/service/convert_common.h"

namespace shirube {

google::protobuf::Timestamp ToWireTime(absl::Time time) {
  google::protobuf::Timestamp out;
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  if (micros % 1'000'000 < 0) --seconds;
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int>((micros - seconds * 1'000'000) * 1000));
  return out;
}

v1::Place ToWirePlace(const Provenance& provenance) {
  v1::Place place;
  place.set_file(provenance.file);
  place.set_line(provenance.line);
  return place;
}

void ReadPlace(const v1::Place& in, const FieldReader& reader,
               Provenance* out) {
  out->file = in.file();
  out->line = in.line();
  if (in.line() < 0) {
    reader.Refuse("line", "must be 1 or more, or 0 when unknown",
                  "1以上(不明なら0)でなければなりません");
  }
}

v1::Ratio ToWireRatio(const Ratio& ratio) {
  v1::Ratio out;
  out.set_numerator(Int128ToString(ratio.numerator()));
  out.set_denominator(Int128ToString(ratio.denominator()));
  out.set_text(ratio.ToShortest(6));
  return out;
}

std::string PeriodText(const std::optional<Period>& period) {
  return period ? period->ToId() : "";
}

}  // namespace shirube
