// Plans that rule sets judge differently, the sets, and what each says of them.
// The tests of activation use these; from any thread once they are made.
#ifndef SHIRUBE_TESTS_E2E_YARDSTICKS_H_
#define SHIRUBE_TESTS_E2E_YARDSTICKS_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/clients.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {

// One connection for all services.
struct Clients {
  explicit Clients(const client::Options& options)
      : plans(options),
        observations(options),
        evaluation(options),
        rules(options) {}
  client::PlanClient plans;
  client::ObservationClient observations;
  client::EvaluationClient evaluation;
  client::RuleClient rules;
};

// A rules folder of the test's own: the shipped modules and, of the tiny ones,
// those named.
std::filesystem::path MakeRulesFolder(const TempDir& folder,
                                      const std::vector<std::string>& tiny);

// Makes `plans/<id>` of `count` indicators in turns: twice one that has made
// 0.7 of the way that is due, then one that is ahead, one far behind and one at
// its target. Those of 0.7 stand under the initiative `differs` and are
// AT_RISK or ON_TRACK by the threshold alone. Values for fy2022 and fy2024.
void MakePlan(const Clients& clients, const std::string& id, int count);
// The value of indicator `i` that is as far on as the one before.
std::string IndicatorName(const std::string& plan, int i);

// What a rule set says: "AT_RISK BEHIND" by the name of the indicator.
using Judgements = std::map<std::string, std::string>;
std::string Said(const v1::Verdict& verdict);

struct Yardstick {
  std::string rule_set;  // "ruleSets/rs-…"
  std::string threshold;
  std::map<std::string, Judgements> now;   // by plan
  std::map<std::string, Judgements> then;  // by plan, as of fy2022
};
inline constexpr char kThen[] = "fy2022";

// Registers the shipped modules with this threshold, then the tiny modules of
// the folder; asks the set about every indicator of `plans` without storing.
absl::StatusOr<Yardstick> MakeYardstick(const Clients& clients,
                                        const std::string& threshold,
                                        const std::vector<std::string>& tiny,
                                        const std::vector<std::string>& plans);
// What a set says of what is stored now, judged for this call.
absl::StatusOr<Judgements> JudgeFresh(const Clients& clients,
                                      const std::string& plan,
                                      const std::string& rule_set,
                                      const std::string& as_of = "");

// What is wrong with an answer about one plan: two rule sets in it, a set that
// is none of these, a status that its set does not give. Empty when nothing is.
std::string WrongVerdicts(const v1::ListVerdictsResponse& answer,
                          const std::string& plan,
                          const std::map<std::string, Yardstick>& by_name,
                          bool then);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_YARDSTICKS_H_
