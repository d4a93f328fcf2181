// The indicators of a document, with their observations.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/era.h"
#include "server/domain/validation.h"
#include "server/ledger/apply_plan.h"
#include "server/ledger/errors.h"
#include "server/ledger/fields.h"
#include "server/ledger/merge.h"

namespace shirube::ledger {

namespace {

Provenance PlaceOf(const Indicator& indicator) {
  if (!indicator.targets.empty()) {
    return indicator.targets.back().value.provenance;
  }
  if (!indicator.baselines.empty()) {
    return indicator.baselines.back().value.provenance;
  }
  return Provenance();
}

}  // namespace

// ---- Indicators with their observations. ----

absl::Status PlanApplier::ApplyIndicators() {
  for (size_t i = 0; i < document_.indicators.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(ApplyIndicator(i));
  }
  if (indicators_.size() > limits::kMaxIndicators) {
    violations_.push_back(
        {"document.indicators", "LIMIT_EXCEEDED",
         absl::StrCat("a plan holds at most ", limits::kMaxIndicators,
                      " indicators; split the plan"),
         absl::StrCat("1つの計画の指標は", limits::kMaxIndicators,
                      "件までです。計画を分けてください。")});
  }
  for (size_t i = 0; i < document_.observations.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(ApplyObservation(i));
  }
  return WriteIndicators();
}

absl::Status PlanApplier::ApplyIndicator(size_t i) {
  const std::string prefix = At("indicators", i);
  Indicator wanted = document_.indicators[i];
  const IndicatorId in_document = wanted.id;
  wanted.plan = plan_.id;
  wanted.printed_under =
      Resolve(wanted.printed_under, prefix + ".printed_under");
  for (size_t k = 0; k < wanted.links.size(); ++k) {
    wanted.links[k] =
        Resolve(wanted.links[k], absl::StrCat(prefix, ".links[", k, "]"));
  }
  Normalize(&wanted);
  const int position =
      ++positions_[absl::StrCat("i/", wanted.printed_under.value())];
  if (options_.match_by == MatchBy::kTitle &&
      !seen_indicators_
           .insert(absl::StrCat(IndicatorTitle(wanted), "\n",
                                wanted.printed_under.value()))
           .second) {
    violations_.push_back(
        Duplicate(prefix + ".display_name", wanted.display_name));
    return absl::OkStatus();
  }
  SHIRUBE_ASSIGN_OR_RETURN(const Indicator* stored, MatchIndicator(wanted));
  IndicatorId id;
  Work work;
  work.prefix = prefix;
  if (stored == nullptr) {
    id = wanted.id = NewIndicatorId(wanted, position);
    if (options_.match_by == MatchBy::kId &&
        taken_indicators_.count(id.value()) > 0) {
      return Exists(NameOf(wanted.key()), true);
    }
    taken_indicators_.insert(id.value());
    work.is_new = true;
    wanted.stamp = Stamp();
    AddCreate(NameOf(wanted.key()), wanted.display_name, PlaceOf(wanted));
    work.indicator = wanted;
    indicators_[id] = std::move(wanted);
  } else {
    id = stored->id;
    std::vector<PlanChange> changes;
    work.before = *stored;
    work.indicator = Merge(*stored, std::move(wanted), "indicators",
                           NameOf(stored->key()), options_, &changes);
    for (PlanChange& change : changes) AddChange(std::move(change));
    ListQuery query;
    query.plan = plan_.id;
    query.indicator = id;
    SHIRUBE_ASSIGN_OR_RETURN(work.series, ctx_->tx()->ListObservations(query));
  }
  const IndicatorKey key{plan_.id, id};
  matched_.insert(NameOf(key));
  if (!in_document.empty()) {
    indicator_ids_[in_document] = id;
    AddName(NameOf(IndicatorKey{plan_.id, in_document}), NameOf(key));
  }
  work_[id] = std::move(work);
  work_order_.push_back(id);
  return absl::OkStatus();
}

absl::StatusOr<const Indicator*> PlanApplier::MatchIndicator(
    const Indicator& wanted) {
  if (options_.match_by == MatchBy::kId) {
    const auto found = indicators_.find(wanted.id);
    return found == indicators_.end() ? nullptr : &found->second;
  }
  std::vector<const Indicator*> matches;
  for (const IndicatorId& id : indicators_by_title_[IndicatorTitle(wanted)]) {
    const Indicator& stored = indicators_.at(id);
    if (matched_.count(NameOf(stored.key())) == 0) matches.push_back(&stored);
  }
  if (matches.size() > 1) {
    // Printed in several places: the one of the same place.
    std::vector<const Indicator*> here;
    for (const Indicator* match : matches) {
      if (match->printed_under == wanted.printed_under) here.push_back(match);
    }
    if (here.size() == 1) return here.front();
    return AmbiguousMatch(wanted.display_name, NameOf(matches[0]->key()),
                          NameOf(matches[1]->key()));
  }
  return matches.empty() ? nullptr : matches.front();
}

IndicatorId PlanApplier::NewIndicatorId(const Indicator& wanted, int position) {
  if (options_.match_by == MatchBy::kId && !wanted.id.empty()) {
    return wanted.id;
  }
  std::string stem = "i-";
  const std::string& under = wanted.printed_under.value();
  if (!under.empty() && under.size() < limits::kMaxIdBytes - 9) {
    absl::StrAppend(&stem, under, "-");
  }
  std::string id;
  do {
    id = absl::StrFormat("%s%02d", stem, position++);
  } while (taken_indicators_.count(id) > 0);
  return IndicatorId(id);
}

absl::StatusOr<PlanApplier::Work*> PlanApplier::WorkOf(
    const IndicatorId& in_document, const std::string& prefix) {
  const auto known = indicator_ids_.find(in_document);
  const IndicatorId id =
      known == indicator_ids_.end() ? in_document : known->second;
  const auto open = work_.find(id);
  if (open != work_.end()) return &open->second;
  const auto stored = indicators_.find(id);
  if (stored == indicators_.end()) return nullptr;
  // Only values of it are in this document.
  Work work;
  work.prefix = prefix;
  work.indicator = work.before = stored->second;
  ListQuery query;
  query.plan = plan_.id;
  query.indicator = id;
  SHIRUBE_ASSIGN_OR_RETURN(work.series, ctx_->tx()->ListObservations(query));
  matched_.insert(NameOf(stored->second.key()));
  work_order_.push_back(id);
  return &(work_[id] = std::move(work));
}

namespace {

// Whether two observations say the same: 10 is 10.0, the indicator's unit need
// not be written.
bool SaysTheSame(const Indicator& indicator, const Observation& a,
                 const Observation& b) {
  const auto unit = [&](const Observation& o) {
    return NormalizedName(o.value.unit.empty() ? indicator.unit : o.value.unit);
  };
  return a.value.number == b.value.number && a.value.unread == b.value.unread &&
         unit(a) == unit(b) && a.state == b.state;
}

std::string Said(const Observation& o) {
  if (o.state == ObservationState::kNotAvailable) return o.note;
  std::string text = TextOf(o.value, Detail::kSaid);
  if (o.state == ObservationState::kProvisional) text += " PROVISIONAL";
  if (o.state == ObservationState::kRestated) text += " RESTATED";
  return text;
}

}  // namespace

absl::Status PlanApplier::ApplyObservation(size_t i) {
  const std::string prefix = At("observations", i);
  Observation wanted = document_.observations[i];
  SHIRUBE_ASSIGN_OR_RETURN(Work * work, WorkOf(wanted.indicator, prefix));
  if (work == nullptr) {
    violations_.push_back(
        Unknown(prefix + ".indicator",
                NameOf(IndicatorKey{plan_.id, wanted.indicator})));
    return absl::OkStatus();
  }
  wanted.plan = plan_.id;
  wanted.indicator = work->indicator.id;
  wanted.stamp = Stamp();
  if (!work->seen.insert(wanted.id()).second) {
    violations_.push_back(Duplicate(prefix + ".period", wanted.id()));
    return absl::OkStatus();
  }
  PlanChange change;
  change.name = NameOf(KeyOfResource(wanted));
  change.display_name = work->indicator.display_name;
  change.place = wanted.value.provenance;
  change.after = Said(wanted);
  auto stored =
      std::find_if(work->series.begin(), work->series.end(),
                   [&](const Observation& o) { return o.id() == wanted.id(); });
  if (stored == work->series.end()) {
    work->series.push_back(wanted);
    work->writes.push_back({wanted, ChangeType::kCreated, prefix});
    AddChange(std::move(change));
    return absl::OkStatus();
  }
  if (SaysTheSame(work->indicator, *stored, wanted)) return absl::OkStatus();
  change.field = "value";
  change.before = Said(*stored);
  // A value where none was available takes nothing away from what is stored.
  const bool fills = stored->state == ObservationState::kNotAvailable;
  change.kind = fills ? PlanChange::Kind::kUpdate : PlanChange::Kind::kCorrect;
  if (!fills && !options_.accept_corrections) {
    change.held = PlanChange::Held::kNeedsAcceptCorrections;
  }
  const bool held = change.held != PlanChange::Held::kNo;
  AddChange(std::move(change));
  if (held) return absl::OkStatus();
  wanted.stamp = stored->stamp;
  *stored = wanted;
  work->writes.push_back({wanted, ChangeType::kCorrected, prefix});
  return absl::OkStatus();
}

absl::Status PlanApplier::WriteIndicators() {
  for (const IndicatorId& id : work_order_) {
    Work& work = work_[id];
    const bool changed =
        work.is_new || !SameContent(work.indicator, work.before);
    for (const Work::Write& write : work.writes) {
      ValidateObservation(work.indicator, write.observation, write.prefix,
                          &violations_);
      if (options_.allow_decrease) continue;
      SHIRUBE_RETURN_IF_ERROR(CheckRunsForward(work.series, write.observation,
                                               write.prefix + ".value"));
    }
    if (changed || !work.writes.empty()) {
      ValidateIndicator(work.indicator, work.series, work.prefix, &violations_);
    }
    if (changed) {
      SHIRUBE_RETURN_IF_ERROR(
          ctx_->Put(&work.indicator,
                    work.is_new ? ChangeType::kCreated : ChangeType::kUpdated));
      indicators_[id] = work.indicator;
    }
    for (Work::Write& write : work.writes) {
      // Without a period it has no id to be stored under.
      if (write.observation.period.year() == 0) continue;
      SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&write.observation, write.type));
    }
  }
  return absl::OkStatus();
}

}  // namespace shirube::ledger
