#include "tests/e2e/yardsticks.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;

// Of a way of 1,000 from fy2019 to fy2029.
struct Course {
  const char* fy2022;
  const char* fy2024;
};
constexpr Course kCourses[] = {{"210", "350"},     // 0.7 of what is due
                               {"216", "360"},     // 0.72
                               {"360", "600"},     // ahead
                               {"60", "100"},      // far behind
                               {"1000", "1000"}};  // there
constexpr int kDiffering = 2;                      // the first two

std::string TinyFile(const std::string& name) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", name,
                      ".so");
}

void Copy(const fs::path& from, const fs::path& folder) {
  std::error_code error;
  fs::copy_file(from, folder / from.filename(), error);
  ASSERT_FALSE(error) << from << ": " << error.message();
  // Whoever could write to it could run code here: the server would refuse it.
  fs::permissions(folder / from.filename(), fs::perms(0644), error);
  ASSERT_FALSE(error) << error.message();
}

void MakeInitiative(const Clients& clients, const std::string& plan,
                    const std::string& id) {
  v1::CreateInitiativeRequest request;
  request.set_parent(plan);
  request.set_initiative_id(id);
  request.mutable_initiative()->set_display_name("取組 " + id);
  request.mutable_initiative()->set_kind(v1::Initiative::KIND_MEASURE);
  auto made = clients.plans.CreateInitiative(request);
  ASSERT_TRUE(made.ok()) << made.status();
}

void MakeIndicator(const Clients& clients, const std::string& plan, int i) {
  v1::CreateIndicatorRequest request;
  request.set_parent(plan);
  request.set_indicator_id(absl::StrCat("i-", i));
  v1::Indicator& indicator = *request.mutable_indicator();
  indicator.set_display_name(absl::StrCat("指標", i));
  indicator.set_kind(v1::Indicator::KIND_LEVEL);
  indicator.mutable_baseline()->set_value("0");
  indicator.mutable_baseline()->set_period("fy2019");
  indicator.mutable_target()->set_value("1000");
  indicator.mutable_target()->set_period("fy2029");
  const bool differs = i % std::size(kCourses) < kDiffering;
  indicator.set_printed_under(
      absl::StrCat(plan, "/initiatives/", differs ? "differs" : "same"));
  auto made = clients.plans.CreateIndicator(request);
  ASSERT_TRUE(made.ok()) << made.status();
}

void RecordValues(const Clients& clients, const std::string& plan, int count) {
  v1::BatchRecordObservationsRequest request;
  request.set_parent(plan);
  for (int i = 0; i < count; ++i) {
    const Course& course = kCourses[i % std::size(kCourses)];
    for (const auto& [period, value] :
         {std::pair("fy2022", course.fy2022), {"fy2024", course.fy2024}}) {
      v1::Observation& observation = *request.add_observations();
      observation.set_indicator(IndicatorName(plan, i));
      observation.set_period(period);
      observation.set_value(value);
    }
  }
  auto recorded = clients.observations.BatchRecordObservations(request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
}

absl::StatusOr<std::vector<std::string>> ShippedModules(
    const Clients& clients) {
  v1::GetRuleSetRequest request;
  request.set_name("ruleSets/default");
  auto shipped = clients.rules.GetRuleSet(request);
  if (!shipped.ok()) return shipped.status();
  std::vector<std::string> names;
  for (const v1::RuleSetModule& module : shipped->modules()) {
    names.push_back(module.module());
  }
  return names;
}

}  // namespace

fs::path MakeRulesFolder(const TempDir& folder,
                         const std::vector<std::string>& tiny) {
  const fs::path rules = folder / "rules";
  fs::create_directory(rules);
  for (const auto& entry :
       fs::directory_iterator(absl::StrCat(SHIRUBE_BINARY_DIR, "/rules"))) {
    if (entry.path().extension() == ".so") Copy(entry.path(), rules);
  }
  for (const std::string& name : tiny) Copy(TinyFile(name), rules);
  return rules;
}

std::string IndicatorName(const std::string& plan, int i) {
  return absl::StrCat(plan, "/indicators/i-", i);
}

void MakePlan(const Clients& clients, const std::string& id, int count) {
  v1::CreatePlanRequest request;
  request.set_plan_id(id);
  request.mutable_plan()->set_display_name("試験計画 " + id);
  auto made = clients.plans.CreatePlan(request);
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string plan = "plans/" + id;
  for (const char* initiative : {"differs", "same"}) {
    MakeInitiative(clients, plan, initiative);
  }
  for (int i = 0; i < count; ++i) MakeIndicator(clients, plan, i);
  RecordValues(clients, plan, count);
}

std::string Said(const v1::Verdict& verdict) {
  return absl::StrCat(
      v1::Verdict::Status_Name(verdict.status()).substr(sizeof("STATUS_") - 1),
      " ", verdict.reason());
}

absl::StatusOr<Judgements> JudgeFresh(const Clients& clients,
                                      const std::string& plan,
                                      const std::string& rule_set,
                                      const std::string& as_of) {
  v1::ListIndicatorsRequest list;
  list.set_parent(plan);
  list.set_page_size(1000);
  auto indicators = clients.plans.ListIndicators(list);
  if (!indicators.ok()) return indicators.status();
  v1::EvaluateIndicatorsRequest request;
  request.set_parent(plan);
  request.set_rule_set(rule_set);
  request.set_as_of(as_of);
  for (const v1::Indicator& indicator : indicators->indicators()) {
    request.add_cases()->set_indicator(indicator.name());
  }
  auto answer = clients.evaluation.EvaluateIndicators(request);
  if (!answer.ok()) return answer.status();
  Judgements judged;
  for (int i = 0; i < answer->results_size(); ++i) {
    const v1::Verdict& verdict = answer->results(i).verdict();
    if (verdict.rule_set() != rule_set) {
      return absl::InternalError(
          absl::StrCat("judged by ", verdict.rule_set(), ", not ", rule_set));
    }
    judged[request.cases(i).indicator()] = Said(verdict);
  }
  return judged;
}

absl::StatusOr<Yardstick> MakeYardstick(const Clients& clients,
                                        const std::string& threshold,
                                        const std::vector<std::string>& tiny,
                                        const std::vector<std::string>& plans) {
  v1::RegisterRuleSetRequest request;
  auto shipped = ShippedModules(clients);
  if (!shipped.ok()) return shipped.status();
  for (const std::string& name : *shipped) request.add_modules(name);
  for (const std::string& name : tiny) {
    v1::RegisterRuleModuleRequest module;
    module.set_file(name + ".so");
    auto registered = clients.rules.RegisterRuleModule(module);
    if (!registered.ok()) return registered.status();
    request.add_modules(registered->name());
  }
  (*request.mutable_parameters())["pace_threshold"] = threshold;
  auto registered = clients.rules.RegisterRuleSet(request);
  if (!registered.ok()) return registered.status();
  Yardstick yardstick;
  yardstick.rule_set = registered->name();
  yardstick.threshold = threshold;
  for (const std::string& plan : plans) {
    auto now = JudgeFresh(clients, plan, yardstick.rule_set);
    if (!now.ok()) return now.status();
    yardstick.now[plan] = *std::move(now);
    auto then = JudgeFresh(clients, plan, yardstick.rule_set, kThen);
    if (!then.ok()) return then.status();
    yardstick.then[plan] = *std::move(then);
  }
  return yardstick;
}

std::string WrongVerdicts(const v1::ListVerdictsResponse& answer,
                          const std::string& plan,
                          const std::map<std::string, Yardstick>& by_name,
                          bool then) {
  std::set<std::string> names;
  for (const v1::Verdict& verdict : answer.verdicts()) {
    names.insert(verdict.rule_set());
  }
  if (names.size() != 1) {
    return absl::StrCat(names.size(), " rule sets in one answer of ",
                        answer.verdicts_size(), " verdicts");
  }
  const auto found = by_name.find(*names.begin());
  if (found == by_name.end()) return "judged by " + *names.begin();
  const Judgements& expected =
      (then ? found->second.then : found->second.now).at(plan);
  if (answer.verdicts_size() != static_cast<int>(expected.size())) {
    return absl::StrCat(answer.verdicts_size(), " verdicts of ",
                        expected.size());
  }
  for (const v1::Verdict& verdict : answer.verdicts()) {
    const auto said = expected.find(verdict.indicator());
    if (said == expected.end()) return "no indicator " + verdict.indicator();
    if (Said(verdict) != said->second) {
      return absl::StrCat(verdict.indicator(), " is ", Said(verdict), " by ",
                          found->first, ", which says ", said->second);
    }
  }
  return "";
}

}  // namespace shirube::e2e
