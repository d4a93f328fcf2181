// A plan (計画) and the published reports it was read from.
#ifndef SHIRUBE_SERVER_DOMAIN_PLAN_H_
#define SHIRUBE_SERVER_DOMAIN_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/period.h"
#include "server/domain/resource.h"

namespace shirube {

// How the verdicts below an initiative become its flag.
struct FlagPolicy {
  enum class Kind : uint8_t { kWorst, kShare };
  Kind kind = Kind::kWorst;
  // kShare: AT_RISK from this share of the evaluated indicators on.
  Decimal at_risk_share;
};

struct Plan {
  PlanId id;
  std::string display_name;  // the title as printed
  std::string description;
  // Known only where a person said so; the importer never derives it.
  std::optional<Period> first_year;
  std::optional<Period> last_year;
  std::string owner;
  RuleSetId rule_set;  // empty: the alias `default`
  Parameters parameters;
  FlagPolicy flag_policy;
  // Fields last written by a person: an import leaves them alone.
  std::vector<std::string> manual_fields;
  Stamp stamp;
};

// One imported report: what it takes to write it again. The server keeps
// `layout` as it came (JSON of the API's message) and never looks into it.
struct PlanSource {
  std::string sha256;  // of the file's bytes, lower-case hex; the key in a plan
  std::string file;
  std::string encoding;
  int lines = 0;
  std::vector<std::string> normalisations;
  std::string layout;
  Revision revision = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_PLAN_H_
