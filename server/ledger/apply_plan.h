// Merges a document into a plan inside an open transaction. Only the ledger's
// own files include this; one object a mutation, writer thread.
#ifndef SHIRUBE_SERVER_LEDGER_APPLY_PLAN_H_
#define SHIRUBE_SERVER_LEDGER_APPLY_PLAN_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/domain/violation.h"
#include "server/ledger/checks.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

// "document.indicators[3]".
std::string At(const char* list, size_t i);
Violation Duplicate(const std::string& field, const std::string& what);
// What items are found by: normalized, within the parent or with the unit.
std::string InitiativeTitle(const Initiative& initiative);
std::string IndicatorTitle(const Indicator& indicator);

class PlanApplier {
 public:
  PlanApplier(WriteContext* ctx, const ApplyPlan& apply,
              PlanDifference* difference)
      : ctx_(ctx),
        document_(apply.document),
        options_(apply.options),
        difference_(difference) {}

  // Writes everything that is not held; the plan as it then stands. All
  // violations of the document come back at once.
  absl::StatusOr<Plan> Run();

 private:
  // An indicator that the document speaks of, with all its values.
  struct Work {
    std::string prefix;  // of the indicator, or of its first observation
    Indicator indicator;
    Indicator before;  // as stored, unless is_new
    bool is_new = false;
    std::vector<Observation> series;  // stored and new
    struct Write {
      Observation observation;
      ChangeType type;
      std::string prefix;
    };
    std::vector<Write> writes;
    std::set<std::string> seen;  // ids of the document's observations
  };

  absl::Status ReadStored();
  absl::Status ApplyPlanFields();
  void CheckIds();
  absl::Status ApplyInitiatives();
  absl::Status ApplyInitiative(size_t i);
  absl::Status ApplyIndicators();
  absl::Status ApplyIndicator(size_t i);
  absl::Status ApplyObservation(size_t i);
  absl::Status WriteIndicators();
  absl::Status ApplyAssessments();
  absl::Status ApplyAssessment(size_t i);
  absl::Status ApplySources();
  absl::Status Prune();
  void CheckTreeAfter();

  absl::StatusOr<const Initiative*> MatchInitiative(const Initiative& wanted);
  absl::StatusOr<const Indicator*> MatchIndicator(const Indicator& wanted);
  // The stored id of a document's initiative; empty and a violation at `field`
  // when there is none.
  InitiativeId Resolve(const InitiativeId& id, const std::string& field);
  absl::StatusOr<Work*> WorkOf(const IndicatorId& id,
                               const std::string& prefix);
  InitiativeId NewInitiativeId(const Initiative& wanted, int position);
  IndicatorId NewIndicatorId(const Indicator& wanted, int position);

  void AddChange(PlanChange change);
  void AddCreate(const std::string& name, const std::string& title,
                 Provenance place);
  void AddName(const std::string& in_document, const std::string& stored);

  WriteContext* const ctx_;
  const PlanDocument& document_;
  const ApplyOptions& options_;
  PlanDifference* const difference_;

  Plan plan_;
  std::map<InitiativeId, Initiative> initiatives_;  // live, by stored id
  std::map<IndicatorId, Indicator> indicators_;     // live, by stored id
  std::map<AssessmentId, Assessment> assessments_;  // live, by stored id
  std::set<std::string> taken_initiatives_, taken_indicators_,
      taken_assessments_;                                // deleted ones too
  std::map<InitiativeId, InitiativeId> initiative_ids_;  // document -> stored
  std::map<IndicatorId, IndicatorId> indicator_ids_;
  // By parent and title, by title and unit.
  std::map<std::string, std::vector<InitiativeId>> initiatives_by_title_;
  std::map<std::string, std::vector<IndicatorId>> indicators_by_title_;
  std::set<std::string> matched_;  // stored names that the document mentions
  std::set<std::string> seen_indicators_;
  std::map<std::string, int> positions_;  // counters of new ids
  std::map<InitiativeId, std::string> written_initiatives_;  // -> prefix
  std::map<IndicatorId, Work> work_;
  std::vector<IndicatorId> work_order_;
  Violations violations_;
};

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_APPLY_PLAN_H_
