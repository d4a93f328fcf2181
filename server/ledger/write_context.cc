#include "server/ledger/write_context.h"

#include <utility>

#include "server/ledger/errors.h"

namespace shirube::ledger {

Found<Plan> Find(StoreReader* reader, const PlanId& key, Revision at) {
  return reader->GetPlan(key, at);
}
Found<Initiative> Find(StoreReader* reader, const InitiativeKey& key,
                       Revision at) {
  return reader->GetInitiative(key, at);
}
Found<Indicator> Find(StoreReader* reader, const IndicatorKey& key,
                      Revision at) {
  return reader->GetIndicator(key, at);
}
Found<Observation> Find(StoreReader* reader, const ObservationKey& key,
                        Revision at) {
  return reader->GetObservation(key, at);
}
Found<Assessment> Find(StoreReader* reader, const AssessmentKey& key,
                       Revision at) {
  return reader->GetAssessment(key, at);
}

Touched TouchedOf(const Plan& r, ChangeType type) {
  return {ResourceKind::kPlan, type, r.id, "", ""};
}
Touched TouchedOf(const Initiative& r, ChangeType type) {
  return {ResourceKind::kInitiative, type, r.plan, r.id.value(), ""};
}
Touched TouchedOf(const Indicator& r, ChangeType type) {
  return {ResourceKind::kIndicator, type, r.plan, r.id.value(), ""};
}
Touched TouchedOf(const Observation& r, ChangeType type) {
  return {ResourceKind::kObservation, type, r.plan, r.indicator.value(),
          r.id()};
}
Touched TouchedOf(const Assessment& r, ChangeType type) {
  return {ResourceKind::kAssessment, type, r.plan, r.id.value(), ""};
}

absl::Status MissingResource(const std::string& name) { return NotFound(name); }

WriteContext::WriteContext(StoreTransaction* tx, const Mutation& mutation,
                           Revision revision, absl::Time now,
                           const Ledger::Options& options)
    : tx_(tx),
      revision_(revision),
      now_(now),
      options_(options),
      stamped_actor_((mutation.actor.claimed ? "claimed:" : "") +
                     mutation.actor.name) {
  committed_.change.revision = revision;
  committed_.change.time = now;
  committed_.change.actor = mutation.actor.name;
  committed_.change.claimed = mutation.actor.claimed;
}

absl::Status WriteContext::PutSource(const PlanId& plan, PlanSource source) {
  source.revision = revision_;
  if (absl::Status put = tx_->PutSource(plan, source); !put.ok()) return put;
  Touch({ResourceKind::kPlanSource, ChangeType::kCreated, plan, source.sha256,
         ""});
  return absl::OkStatus();
}

void WriteContext::Touch(Touched touched) {
  changed_ = true;
  committed_.change.touched.push_back(std::move(touched));
}

}  // namespace shirube::ledger
