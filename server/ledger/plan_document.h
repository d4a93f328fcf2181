// A report as read, in the words of the domain, and what merging it into a
// stored plan changes.
#ifndef SHIRUBE_SERVER_LEDGER_PLAN_DOCUMENT_H_
#define SHIRUBE_SERVER_LEDGER_PLAN_DOCUMENT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/domain/assessment.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"
#include "server/domain/plan.h"
#include "server/domain/violation.h"

namespace shirube {

// Ids inside the document tie its parts together (parent, printed_under, links,
// an observation's indicator) and are wishes at most: what is known is found by
// its name, and what is new gets an id by its position. `plan.id` is the plan
// to merge into; it is created when it does not exist.
struct PlanDocument {
  Plan plan;
  std::vector<Initiative> initiatives;  // parents before children
  std::vector<Indicator> indicators;
  std::vector<Observation> observations;
  std::vector<Assessment> assessments;
  std::vector<PlanSource> sources;
};

// How items of the document find what is stored.
enum class MatchBy : uint8_t {
  // Indicators by normalized name and unit, initiatives by parent and
  // normalized title, assessments by subject and fiscal year.
  kTitle,
  // By id; what is new gets the document's id.
  kId,
};

struct ApplyOptions {
  // Stored fields to replace: "plan.x", "initiatives.x", "indicators.x",
  // "assessments.x", or "*" for all. Fields that are empty in the store are
  // filled without it.
  std::set<std::string> mask;
  bool validate_only = false;
  bool accept_corrections = false;
  bool overwrite_manual = false;
  bool prune = false;
  bool allow_decrease = false;
  // The first status of indicators that are not judged yet opens no alert.
  bool baseline_import = false;
  MatchBy match_by = MatchBy::kTitle;
};

// One difference between the document and what is stored.
struct PlanChange {
  enum class Kind : uint8_t { kCreate, kUpdate, kCorrect, kDelete };
  // Why it is shown and not made.
  enum class Held : uint8_t {
    kNo,
    kNeedsAcceptCorrections,
    kNeedsMask,
    kNeedsOverwriteManual,
  };
  Kind kind = Kind::kCreate;
  Held held = Held::kNo;
  std::string name;          // "plans/a/indicators/p1-m3": as stored
  std::string display_name;  // its title
  std::string field;         // empty for kCreate and kDelete
  std::string before, after;
  Provenance place;  // where the document has it
};

struct PlanDifference {
  std::vector<PlanChange> changes;
  // Stored name by name in the document, where they differ.
  std::map<std::string, std::string> names;
  int applied = 0, held = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_LEDGER_PLAN_DOCUMENT_H_
