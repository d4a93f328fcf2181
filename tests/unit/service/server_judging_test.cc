// What is judged, and how it is shown, on a whole server.
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ServerTest, JudgesAnAppliedPlanAndSaysWhy) {
  const auto applied = ApplyDemo();
  EXPECT_EQ(applied.plan().name(), "plans/demo");
  EXPECT_GT(applied.applied_count(), 0);

  const auto plan = Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'");
  EXPECT_EQ(plan.display_name(), "計画");
  EXPECT_EQ(plan.actor(), "claimed:tester");

  const auto verdicts = Do(client_->evaluation, &Evaluation::ListVerdicts,
                           absl::StrCat("parent: 'plans/demo' min_revision: '",
                                        applied.revision(), "'"));
  ASSERT_EQ(verdicts.verdicts_size(), 1);
  const v1::Verdict& verdict = verdicts.verdicts(0);
  EXPECT_EQ(verdict.status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(verdict.reason(), "ON_PACE");
  EXPECT_EQ(verdict.value(), "2233");
  EXPECT_EQ(verdict.unit(), "人");
  EXPECT_THAT(verdict.deciding_module(), HasSubstr("ruleModules/on_track/"));
  EXPECT_GT(verdict.facts_size(), 0);
  EXPECT_EQ(verdicts.counts().on_track(), 1);

  const auto flags = Do(client_->evaluation, &Evaluation::ListFlags,
                        "parent: 'plans/demo' filter: 'initiative = p1'");
  ASSERT_EQ(flags.flags_size(), 1);
  EXPECT_EQ(flags.flags(0).status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_THAT(flags.flags(0).indicators(),
              ElementsAre("plans/demo/indicators/i-01"));

  const auto why = Do(client_->evaluation, &Evaluation::ExplainVerdict,
                      "name: 'plans/demo/indicators/i-01/verdict'");
  EXPECT_THAT(why.sentence().ja(), HasSubstr("2,087.6人"));
  EXPECT_EQ(why.derivation().expected().text(), "2087.6");
  EXPECT_EQ(why.flip_points_size(), 3);
  EXPECT_EQ(why.indicator().display_name(), "防災士");
}

TEST_F(ServerTest, TurnsAtRiskWhenABadYearIsRecorded) {
  ApplyDemo();
  const auto bad = Do(client_->observations, &Observations::RecordObservation,
                      "parent: 'plans/demo/indicators/i-01' observation { "
                      "period: 'fy2023' value: '1500' }");
  const auto verdict = Do(
      client_->evaluation, &Evaluation::GetVerdict,
      absl::StrCat("name: 'plans/demo/indicators/i-01/verdict' min_revision: '",
                   bad.revision(), "'"));
  EXPECT_EQ(verdict.status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_EQ(verdict.reason(), "REGRESSED");
  EXPECT_EQ(verdict.severity(), v1::Verdict::SEVERITY_CRITICAL);
  const auto before =
      Do(client_->evaluation, &Evaluation::GetVerdict,
         "name: 'plans/demo/indicators/i-01/verdict' as_of: 'fy2022'");
  EXPECT_EQ(before.status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(before.as_of(), "fy2022");
}

TEST_F(ServerTest, JudgesWhatIfsAndStoresNothing) {
  const auto applied = ApplyDemo();
  const auto answer =
      Do(client_->evaluation, &Evaluation::EvaluateIndicators, R"pb(
        parent: "plans/demo"
        explain: true
        cases {
          indicator: "plans/demo/indicators/i-01"
          observations { period: "fy2024" value: "2400" }
        }
        cases {
          definition {
            display_name: "x"
            unit: "%"
            baseline { value: "10" period: "fy2020" }
            target { value: "20" period: "fy2024" }
          }
          observations { period: "fy2022" value: "12" }
        })pb");
  ASSERT_EQ(answer.results_size(), 2);
  EXPECT_EQ(answer.results(0).verdict().reason(), "MET_ON_TIME");
  EXPECT_EQ(answer.results(1).verdict().status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_EQ(answer.results(1).verdict().name(), "");
  EXPECT_FALSE(answer.results(1).sentence().ja().empty());
  const auto list = Do(client_->observations, &Observations::ListObservations,
                       "parent: 'plans/demo/indicators/-'");
  EXPECT_EQ(list.observations_size(), 1);
}

TEST_F(ServerTest, GivesTheDocumentBackAndKnowsItAgain) {
  // Judged first: storing verdicts takes a revision of its own.
  Do(client_->evaluation, &Evaluation::ListVerdicts,
     absl::StrCat("parent: 'plans/demo' min_revision: '",
                  ApplyDemo().revision(), "'"));
  const auto exported =
      Do(client_->plans, &Plans::ExportPlan, "plan: 'plans/demo'");
  const v1::PlanDocument& document = exported.document();
  EXPECT_EQ(document.initiatives_size(), 2);
  EXPECT_EQ(document.initiatives(1).entries(0).text(), "した");
  EXPECT_EQ(document.indicators(0).baseline().raw(), "1,619人");
  EXPECT_EQ(document.observations(0).raw(), "2,233人");
  EXPECT_EQ(document.sources(0).file(), "r.txt");
  EXPECT_EQ(document.layout().title(), "報告");
  EXPECT_EQ(document.layout().sections(0).headings(0).initiative(),
            "plans/demo/initiatives/p1-m1");
  EXPECT_THAT(exported.layout_fiscal_years(), ElementsAre("fy2022"));

  v1::ApplyPlanRequest again;
  again.set_plan("plans/demo");
  *again.mutable_document() = document;
  v1::ApplyPlanResponse response;
  ASSERT_TRUE(
      client_->Try(client_->plans, &Plans::ApplyPlan, again, &response).ok());
  EXPECT_THAT(response.difference(), IsEmpty()) << response.ShortDebugString();
  EXPECT_EQ(response.revision(), exported.revision());
}

TEST_F(ServerTest, ShowsWhatADocumentWouldChangeAndStoresNothing) {
  const auto answer = ApplyDemo(" validate_only: true");
  EXPECT_GT(answer.difference_size(), 0);
  EXPECT_EQ(
      ReasonOf(Fail(client_->plans, &Plans::GetPlan, "name: 'plans/demo'")),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ServerTest, HoldsACorrectionUntilItIsAccepted) {
  ApplyDemo();
  const std::string document = R"pb(
    plan: "plans/demo"
    document {
      observations {
        indicator: "plans/-/indicators/i-01"
        period: "fy2022"
        value: "2000"
      }
    })pb";
  const auto held = Do(client_->plans, &Plans::ApplyPlan, document);
  EXPECT_EQ(held.held_count(), 1);
  EXPECT_EQ(held.difference(0).kind(), v1::Change::KIND_CORRECT);
  EXPECT_EQ(held.difference(0).held(),
            v1::Change::HELD_NEEDS_ACCEPT_CORRECTIONS);
  Do(client_->plans, &Plans::ApplyPlan, document + " accept_corrections: true");
  const auto history =
      Do(client_->observations, &Observations::ListObservationRevisions,
         "name: 'plans/demo/indicators/i-01/observations/fy2022'");
  ASSERT_EQ(history.observations_size(), 2);
  EXPECT_EQ(history.observations(0).value(), "2000");
  EXPECT_EQ(history.observations(1).value(), "2233");
}

TEST_F(ServerTest, ReadsTheSameTreeAsItLists) {
  const auto applied = ApplyDemo();
  const auto tree = Do(client_->plans, &Plans::GetPlanTree,
                       absl::StrCat("plan: 'plans/demo' min_revision: '",
                                    applied.revision(), "'"));
  ASSERT_EQ(tree.roots_size(), 1);
  EXPECT_EQ(tree.roots(0).flag().status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(tree.roots(0).indicators(0).verdict().reason(), "ON_PACE");
  EXPECT_EQ(tree.roots(0).children(0).flag().reason(), "NO_INDICATOR");
  EXPECT_EQ(tree.counts().on_track(), 1);
}

TEST_F(ServerTest, AnswersBeforeTheDeadlineWhatIsNotYetJudged) {
  const auto applied = ApplyDemo();
  const std::string& token = applied.revision();
  v1::ListVerdictsRequest request;
  request.set_parent("plans/demo");
  request.set_min_revision(token.substr(0, token.rfind('.')) + ".999999");
  v1::ListVerdictsResponse response;
  const grpc::Status status =
      client_->Try(client_->evaluation, &Evaluation::ListVerdicts, request,
                   &response, absl::Milliseconds(500));
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "NOT_YET_JUDGED");
}

TEST_F(ServerTest, RefusesAsKnownAtAndAnAsOfInTheFuture) {
  ApplyDemo();
  EXPECT_EQ(ReasonOf(Fail(client_->evaluation, &Evaluation::ListVerdicts,
                          "parent: 'plans/demo' as_known_at: 'x'")),
            "AS_KNOWN_AT_UNSUPPORTED");
  EXPECT_EQ(ReasonOf(Fail(client_->evaluation, &Evaluation::ListVerdicts,
                          "parent: 'plans/demo' as_of: 'fy2990'")),
            "AS_OF_IN_FUTURE");
}

TEST_F(ServerTest, ListsModulesAndTheActiveRuleSet) {
  WaitJudged(ApplyDemo().revision());
  const auto modules =
      Do(client_->rules, &Rules::ListRuleModules, "parent: 'ruleModules/-'");
  std::vector<std::string> active;
  for (const auto& module : modules.rule_modules()) {
    EXPECT_EQ(module.sha256().size(), 64u);
    if (module.state() == v1::RuleModule::STATE_ACTIVE) {
      active.push_back(module.module());
    } else {  // other yardsticks that lie in the folder
      EXPECT_EQ(module.state(), v1::RuleModule::STATE_VERIFIED)
          << module.ShortDebugString();
    }
  }
  EXPECT_THAT(active,
              testing::UnorderedElementsAre("achieved", "on_track", "at_risk"));
  const auto set =
      Do(client_->rules, &Rules::GetRuleSet, "name: 'ruleSets/default'");
  EXPECT_EQ(set.state(), v1::RuleSet::STATE_ACTIVE);
  EXPECT_EQ(set.modules_size(), 3);
  EXPECT_EQ(set.parameters().at("pace_threshold"), "0.8");
  EXPECT_EQ(Do(client_->rules, &Rules::ListRuleSets, "").rule_sets_size(), 1);
}

TEST_F(ServerTest, RunsEverythingAgain) {
  const auto applied = ApplyDemo();
  const auto run = Do(client_->evaluation, &Evaluation::RunEvaluation,
                      "parent: 'plans/demo'");
  EXPECT_EQ(run.evaluated_count(), 1);
  EXPECT_EQ(run.counts().on_track(), 1);
}

TEST_F(ServerTest, KeepsWhatItHadAfterARestart) {
  ApplyDemo();
  server_->Drain();
  server_.reset();
  auto again = Server::Start(OptionsIn(folder_));
  ASSERT_TRUE(again.ok()) << again.status();
  server_ = *std::move(again);
  client_ = std::make_unique<Client>(server_->address());
  const auto plan = Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'");
  const auto verdicts = Do(client_->evaluation, &Evaluation::ListVerdicts,
                           absl::StrCat("parent: 'plans/demo' min_revision: '",
                                        plan.revision(), "'"));
  EXPECT_EQ(verdicts.verdicts(0).reason(), "ON_PACE");
}

}  // namespace
}  // namespace shirube
