// The three modules that are shipped, in real workers.
#include <filesystem>

#include "gmock/gmock.h"
#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/verdict.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

// 1,619 in FY2019, 2,400 by FY2024: the path is at 2,087.6 in FY2022.
Indicator Visitors() {
  Indicator indicator;
  indicator.plan = PlanId("plan");
  indicator.id = IndicatorId("visitors");
  Baseline baseline;
  baseline.value.number = Decimal::Parse("1619").value();
  baseline.period = Period::FiscalYear(2019).value();
  indicator.baselines.push_back(baseline);
  Target target;
  target.value.number = Decimal::Parse("2400").value();
  target.period = Period::FiscalYear(2024).value();
  indicator.targets.push_back(target);
  return indicator;
}

Observation Actual(const std::string& value) {
  Observation observation;
  observation.plan = PlanId("plan");
  observation.indicator = IndicatorId("visitors");
  observation.period = Period::FiscalYear(2022).value();
  observation.value.number = Decimal::Parse(value).value();
  return observation;
}

class DefaultModulesTest : public RuleHostFixture {
 protected:
  void SetUp() override {
    options_.rules_dir = SHIRUBE_BUILT_RULES;
    StartHost({"achieved", "on_track", "at_risk"});
  }
  // The verdict on an actual of `value` in FY2022.
  Verdict Judge(const std::string& value, Overrides overrides = {}) {
    const RowInput row = BuildRow(Visitors(), {Actual(value)},
                                  std::move(overrides), std::nullopt, 1)
                             .value();
    const Selection scratch = table_->Scratch({row}).value();
    answers_ =
        host_->Evaluate(*Set(), scratch.parts.at(0).ask(), {.want_facts = true})
            .value();
    std::vector<ModuleAnswer> described;
    const auto set = Set();
    for (size_t m = 0; m < 3; ++m) {
      described.push_back(set->Describe(m, answers_[m], 0));
    }
    return CombineAnswers(described);
  }
  std::vector<ModuleAnswers> answers_;
};

TEST_F(DefaultModulesTest, PassTheirOwnCasesAndMakeARuleSet) {
  EXPECT_EQ(InfoOf("achieved").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("on_track").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("at_risk").state, ModuleState::kActive);
  EXPECT_GT(InfoOf("at_risk").cases_count, 30);
  const auto set = Set();
  EXPECT_EQ(set->id().value().size(), 27u);
  EXPECT_EQ(set->parameters().at("pace_threshold"), 800'000);
  EXPECT_EQ(set->modules_with("behind_threshold").size(), 3u);
  EXPECT_EQ(host_->Find(set->id()), set);
  EXPECT_EQ(host_->Find(RuleSetId("rs-0")), nullptr);
}

TEST_F(DefaultModulesTest, JudgeOnPaceWithTheExactFacts) {
  const Verdict verdict = Judge("2233");
  EXPECT_EQ(verdict.status, Status::kOnTrack);
  EXPECT_EQ(verdict.reason, "ON_PACE");
  const std::vector<ManifestFact>& facts = Set()->manifest(1).facts;
  ASSERT_EQ(facts.at(0).name, "expected");
  EXPECT_EQ(
      Ratio(answers_[1].fact_numerator[0], answers_[1].fact_denominator[0]),
      Ratio(20876, 10));
  ASSERT_EQ(facts.at(1).name, "gap");
  EXPECT_EQ(
      Ratio(answers_[1].fact_numerator[1], answers_[1].fact_denominator[1]),
      Ratio(1454, 10));
}

TEST_F(DefaultModulesTest, JudgeEveryStatus) {
  EXPECT_EQ(Judge("2400").reason, "MET_EARLY");
  EXPECT_EQ(Judge("2087.6").reason, "ON_PACE");
  EXPECT_EQ(Judge("2087.5").reason, "NEARLY_ON_PACE");
  EXPECT_EQ(Judge("1993.88").reason, "NEARLY_ON_PACE");
  EXPECT_EQ(Judge("1993.87").reason, "BEHIND");
  EXPECT_EQ(Judge("1700").reason, "FAR_BEHIND");
  EXPECT_EQ(Judge("1618").reason, "REGRESSED");
}

TEST_F(DefaultModulesTest, HeedTheRowsOwnThreshold) {
  EXPECT_EQ(Judge("2080", {{"pace_threshold", 1'000'000}}).status,
            Status::kAtRisk);
  EXPECT_EQ(Judge("2080").status, Status::kOnTrack);
}

}  // namespace
}  // namespace shirube
