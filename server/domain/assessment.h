// An assessment (評価コメント): a comment on one year of an initiative or an
// indicator, by people. It changes no status and is shown next to it.
#ifndef SHIRUBE_SERVER_DOMAIN_ASSESSMENT_H_
#define SHIRUBE_SERVER_DOMAIN_ASSESSMENT_H_

#include <optional>
#include <string>

#include "server/domain/period.h"
#include "server/domain/resource.h"

namespace shirube {

struct Assessment {
  PlanId plan;
  AssessmentId id;
  InitiativeId initiative;  // exactly one of the two is set
  IndicatorId indicator;
  Period fiscal_year;
  std::string cause;     // 要因
  std::string response;  // 今後の対応
  std::string comment;
  std::string judgement;  // their own, in their own words; may be empty
  std::string author;     // who judged
  std::optional<Period> judged_on;  // a date
  Stamp stamp;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_ASSESSMENT_H_
