// What alerts of initiatives, figures and modules say, in both languages. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_ALERT_SENTENCES_H_
#define SHIRUBE_SERVER_EVALUATION_ALERT_SENTENCES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/flag_policy.h"
#include "server/domain/indicator.h"
#include "server/domain/localized_text.h"
#include "server/domain/period.h"
#include "server/domain/verdict.h"
#include "server/storage/records.h"

namespace shirube {

// One indicator that lags, by name.
struct NamedLagging {
  std::string name;
  std::string reason;
  std::optional<Period> period;
};

// 「…」の指標3件のうち2件が要改善である(…)。判定:要改善. `named` are the
// gravest of counts.at_risk; also of one that lags no more.
LocalizedText InitiativeText(const std::string& name, Status status,
                             const StatusCounts& counts,
                             const std::vector<NamedLagging>& named);
LocalizedText LaggingInitiativeWayOut(const FlagPolicy& policy);

LocalizedText NotPlannedText(const std::string& name,
                             const Period& fiscal_year);
LocalizedText NotPlannedWayOut(const Period& fiscal_year);
// It lags no more, or something is planned now, or neither: another period is
// judged, or no link is left.
LocalizedText NoLongerMissingText(const std::string& name, bool lags,
                                  bool planned);

// `newest`: of the last figure there is.
LocalizedText OverdueText(const std::string& name, const Period& missing,
                          const Publication& publication,
                          const std::optional<Period>& newest);
LocalizedText OverdueWayOut(const Period& missing);
LocalizedText NotOverdueText(const std::string& name, const Period& missing);

LocalizedText ModuleText(const QuarantineRecord& quarantine);
LocalizedText ModuleWayOut(const QuarantineRecord& quarantine);
LocalizedText ModuleBackText(const std::string& module);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ALERT_SENTENCES_H_
