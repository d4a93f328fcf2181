// Recording and correcting measured values.
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/ledger/checks.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/fields.h"

namespace shirube::ledger {

namespace {

// An indicator with all its values, as the rows of one mutation see them.
struct Series {
  Indicator indicator;
  std::vector<Observation> observations;
};

absl::StatusOr<Series> ReadSeries(WriteContext* ctx, const IndicatorKey& key) {
  Series series;
  SHIRUBE_ASSIGN_OR_RETURN(series.indicator, ctx->Live(key));
  ListQuery query;
  query.plan = key.plan;
  query.indicator = key.indicator;
  SHIRUBE_ASSIGN_OR_RETURN(series.observations,
                           ctx->tx()->ListObservations(query));
  return series;
}

// Puts `observation` into `all`, in place of the one of its period and basis.
void Replace(const Observation& observation, std::vector<Observation>* all) {
  for (Observation& other : *all) {
    if (other.id() == observation.id()) {
      other = observation;
      return;
    }
  }
  all->push_back(observation);
}

bool Contains(const std::vector<Observation>& all, const std::string& id) {
  for (const Observation& observation : all) {
    if (observation.id() == id) return true;
  }
  return false;
}

// The observation by itself, and with the others: all values of an indicator
// are held at one scale.
void Check(const Series& series, const Observation& observation,
           const std::string& prefix, Violations* out) {
  const size_t before = out->size();
  ValidateObservation(series.indicator, observation, prefix, out);
  if (out->size() > before) return;
  if (series.observations.size() >= limits::kMaxObservations &&
      !Contains(series.observations, observation.id())) {
    out->push_back(
        {Path(prefix, "period"), "LIMIT_EXCEEDED",
         absl::StrCat("an indicator holds at most ", limits::kMaxObservations,
                      " values; use another indicator"),
         absl::StrCat("1つの指標の実績値は", limits::kMaxObservations,
                      "件までです。別の指標にしてください。")});
  }
  if (ScaleOf(series.indicator, {observation}) <=
      ScaleOf(series.indicator, series.observations)) {
    return;
  }
  std::vector<Observation> all = series.observations;
  Replace(observation, &all);
  Violations others;
  ValidateIndicator(series.indicator, all, "", &others);
  for (Violation& violation : others) {
    violation.field = Path(prefix, "value");
    out->push_back(std::move(violation));
    return;
  }
}

}  // namespace

absl::Status Execute(WriteContext* ctx, const RecordObservation& m,
                     MutationResult* result) {
  Observation observation = m.observation;
  observation.stamp = Stamp();
  SHIRUBE_ASSIGN_OR_RETURN(Series series,
                           ReadSeries(ctx, observation.indicator_key()));
  Violations violations;
  Check(series, observation, m.prefix, &violations);
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  const std::string name = NameOf(KeyOfResource(observation));
  if (Contains(series.observations, observation.id())) {
    return ObservationExists(name);
  }
  if (!m.allow_decrease) {
    SHIRUBE_RETURN_IF_ERROR(CheckRunsForward(series.observations, observation,
                                             Path(m.prefix, "value")));
  }
  SHIRUBE_RETURN_IF_ERROR(ctx->Put(&observation, ChangeType::kCreated));
  ctx->set_resource_name(name);
  result->resources.emplace_back(std::move(observation));
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const CorrectObservation& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(Series series, ReadSeries(ctx, m.key.indicator));
  SHIRUBE_ASSIGN_OR_RETURN(const Observation before, ctx->Live(m.key));
  if (!m.etag.empty() && m.etag != EtagOf(before.stamp)) {
    return EtagMismatch(NameOf(m.key));
  }
  Observation now = before;
  SHIRUBE_RETURN_IF_ERROR(m.patch(now));
  now.plan = before.plan;
  now.indicator = before.indicator;
  now.period = before.period;
  now.basis = before.basis;
  now.stamp = before.stamp;
  ctx->set_resource_name(NameOf(m.key));
  if (!SameContent(before, now)) {
    Violations violations;
    Check(series, now, m.prefix, &violations);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    if (!m.allow_decrease) {
      SHIRUBE_RETURN_IF_ERROR(
          CheckRunsForward(series.observations, now, Path(m.prefix, "value")));
    }
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&now, ChangeType::kCorrected));
  }
  result->resources.emplace_back(std::move(now));
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const BatchRecord& m,
                     MutationResult* result) {
  std::map<IndicatorKey, Series> all;
  std::vector<Observation> rows = m.observations;
  std::set<ObservationKey> seen;
  Violations violations;
  std::string existing;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string prefix = absl::StrCat(m.prefix, "[", i, "]");
    rows[i].stamp = Stamp();
    const IndicatorKey key = rows[i].indicator_key();
    auto series = all.find(key);
    if (series == all.end()) {
      absl::StatusOr<Series> read = ReadSeries(ctx, key);
      if (absl::IsNotFound(read.status())) {
        violations.push_back(Unknown(Path(prefix, "indicator"), NameOf(key)));
        continue;
      }
      if (!read.ok()) return read.status();
      series = all.emplace(key, *std::move(read)).first;
    }
    Check(series->second, rows[i], prefix, &violations);
    if (!seen.insert(KeyOfResource(rows[i])).second) {
      violations.push_back(
          {Path(prefix, "period"), "DUPLICATE",
           absl::StrCat(rows[i].id(), " of ", key.indicator.value(),
                        " comes twice; keep one of the two"),
           absl::StrCat(key.indicator.value(), " の ", rows[i].id(),
                        " が2件あります。どちらかにしてください。")});
    } else if (existing.empty() &&
               Contains(series->second.observations, rows[i].id())) {
      existing = NameOf(KeyOfResource(rows[i]));
    }
  }
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  if (!existing.empty()) return ObservationExists(existing);
  for (const Observation& row : rows) {
    all[row.indicator_key()].observations.push_back(row);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!m.allow_decrease) {
      SHIRUBE_RETURN_IF_ERROR(
          CheckRunsForward(all[rows[i].indicator_key()].observations, rows[i],
                           absl::StrCat(m.prefix, "[", i, "].value")));
    }
    SHIRUBE_RETURN_IF_ERROR(ctx->Put(&rows[i], ChangeType::kCreated));
    result->resources.emplace_back(rows[i]);
  }
  if (!rows.empty()) ctx->set_resource_name(NameOf(rows.front().plan));
  return absl::OkStatus();
}

}  // namespace shirube::ledger
