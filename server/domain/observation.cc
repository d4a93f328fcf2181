#include "server/domain/observation.h"

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr std::string_view kToDateSuffix = "-todate";
constexpr std::string_view kPeriodSuffix = "-period";

bool EatSuffix(std::string_view* id, std::string_view suffix) {
  if (!id->ends_with(suffix)) return false;
  id->remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string Observation::id() const {
  std::string id = period.ToId();
  if (basis == Basis::kToDate) id += kToDateSuffix;
  if (basis == Basis::kPeriod) id += kPeriodSuffix;
  return id;
}

absl::StatusOr<ObservationId> ParseObservationId(std::string_view id) {
  ObservationId out;
  std::string_view period = id;
  if (EatSuffix(&period, kToDateSuffix)) {
    out.basis = Basis::kToDate;
  } else if (EatSuffix(&period, kPeriodSuffix)) {
    out.basis = Basis::kPeriod;
  }
  absl::StatusOr<Period> parsed = Period::ParseId(period);
  if (!parsed.ok()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "BAD_OBSERVATION_ID",
        absl::StrCat(Quoted(id),
                     " is not the id of an observation; write its "
                     "period (fy2022, cy2014 …), and for a cumulative "
                     "indicator -todate or -period after it"),
        absl::StrCat(QuotedJa(id),
                     "は実績値のIDではありません。期間"
                     "(fy2022、cy2014など)を書き、累計の指標では末尾に-todate"
                     "または-periodを付けてください。"));
  }
  out.period = *parsed;
  return out;
}

}  // namespace shirube
