// A node of the plan's tree (柱・施策・取組) and its entries
// (取組実績・取組計画).
#ifndef SHIRUBE_SERVER_DOMAIN_INITIATIVE_H_
#define SHIRUBE_SERVER_DOMAIN_INITIATIVE_H_

#include <string>
#include <vector>

#include "server/domain/period.h"
#include "server/domain/resource.h"
#include "server/domain/value.h"

namespace shirube {

enum class InitiativeKind : uint8_t {
  kUnspecified,
  kPillar,
  kMeasure,
  kAction
};
enum class EntryType : uint8_t { kUnspecified, kAccomplishment, kPlanned };

// One line of an initiative for one fiscal year.
struct Entry {
  EntryType type = EntryType::kUnspecified;
  Period fiscal_year;  // always a fiscal year
  std::string text;    // as printed, without the marker
  std::string marker;  // as printed: "-", "・", "※"
  std::vector<Entry> children;
  Provenance provenance;
};

struct Initiative {
  PlanId plan;
  InitiativeId id;
  InitiativeId parent;  // empty: directly under the plan
  InitiativeKind kind = InitiativeKind::kUnspecified;
  std::string label;         // as printed: "第1", "3"
  std::string display_name;  // title
  std::string subtitle;      // between the ～ …, as printed
  int order = 0;             // among its siblings, from 0
  std::string owner;         // 所管課
  Parameters parameters;
  // Fields last written by a person: an import leaves them alone.
  std::vector<std::string> manual_fields;
  std::vector<Entry> entries;  // in printed order, all years
  Stamp stamp;

  InitiativeKey key() const { return {plan, id}; }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_INITIATIVE_H_
