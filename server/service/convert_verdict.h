// Verdicts and flags -> messages. They are never written by clients.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_VERDICT_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_VERDICT_H_

#include <string>
#include <vector>

#include "server/domain/flag_policy.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/verdict.h"
#include "server/service/module_versions.h"
#include "shirube/v1/flag.pb.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube {

// What a verdict says beside what is stored of it.
struct VerdictView {
  std::string history;
  const Indicator* indicator = nullptr;      // for its name and unit
  const ModuleVersions* versions = nullptr;  // of its rule set
  std::string as_of;                         // empty: the stored verdict
  Revision read_at = 0;  // the revision that an `as_of` was read at
};

v1::Verdict ToWire(const Verdict& verdict, const VerdictView& view);
v1::Verdict::Status ToWire(Status status);
v1::Verdict::Severity ToWire(Severity severity);

struct FlagView {
  std::string history;
  const Initiative* initiative = nullptr;
  std::vector<IndicatorId> indicators;  // all that count here
  RuleSetId rule_set;
  Revision input_revision = 0;  // newest of its verdicts
  Revision revision = 0;        // that stored the newest of its verdicts
  absl::Time judged_time;
  std::string as_of;
};

v1::Flag ToWire(const Flag& flag, const FlagView& view);
v1::StatusCounts ToWire(const StatusCounts& counts);

// What happened to a module, for people.
v1::LocalizedText FaultMessage(const ModuleFault& fault);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_VERDICT_H_
