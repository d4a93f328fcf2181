// The modules with a published method, in real workers: each is verified,
// passes its own cases inside its limits, and judges as a rule set of its own.
#include "gmock/gmock.h"
#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/verdict.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

// 1,619 in FY2019, 2,400 by FY2024.
Indicator Officers() {
  Indicator indicator;
  indicator.plan = PlanId("plan");
  indicator.id = IndicatorId("officers");
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

std::vector<Observation> Series(const std::vector<const char*>& values) {
  std::vector<Observation> series;
  for (const char* value : values) {
    Observation observation;
    observation.plan = PlanId("plan");
    observation.indicator = IndicatorId("officers");
    observation.period =
        Period::FiscalYear(2023 - static_cast<int>(values.size()) +
                           static_cast<int>(series.size()))
            .value();
    observation.value.number = Decimal::Parse(value).value();
    series.push_back(observation);
  }
  return series;
}

class PublishedModulesTest : public RuleHostFixture {
 protected:
  PublishedModulesTest() { options_.rules_dir = SHIRUBE_BUILT_RULES; }

  // The verdict of a set of this module alone on a series that ends in FY2022.
  Verdict Judge(const std::string& module,
                const std::vector<const char*>& values) {
    StartHost({module});
    EXPECT_EQ(InfoOf(module).state, ModuleState::kActive);
    EXPECT_GT(InfoOf(module).cases_count, 20);
    const RowInput row =
        BuildRow(Officers(), Series(values), {}, std::nullopt, 1).value();
    const Selection scratch = table_->Scratch({row}).value();
    const std::vector<ModuleAnswers> answers =
        host_->Evaluate(*Set(), scratch.parts.at(0).ask(), {.want_facts = true})
            .value();
    return CombineAnswers({Set()->Describe(0, answers[0], 0)});
  }
};

TEST_F(PublishedModulesTest, CaoAb) {
  EXPECT_EQ(Judge("cao_ab", {"2233"}).reason, "RATED_A");
}

TEST_F(PublishedModulesTest, Attainment) {
  const Verdict verdict = Judge("attainment_9075", {"2233"});
  EXPECT_EQ(verdict.reason, "YELLOW");
  EXPECT_EQ(verdict.status, Status::kAtRisk);
  EXPECT_EQ(Set()->parameters().at("yellow_from"), 750'000);
}

TEST_F(PublishedModulesTest, Nagano) {
  const Verdict verdict = Judge("pref_nagano3", {"2233"});
  EXPECT_EQ(verdict.reason, "NO_MILESTONE");
  EXPECT_EQ(verdict.status, Status::kNotEvaluated);
}

TEST_F(PublishedModulesTest, OpenSdg) {
  EXPECT_EQ(Judge("open_sdg_cagr", {"2233"}).reason, "GROWTH_ON_TRACK");
  EXPECT_TRUE(Set()->manifest(0).approximate);
}

TEST_F(PublishedModulesTest, Weather) {
  const Verdict verdict =
      Judge("dns_weather", {"1500", "1619", "1850", "2000", "2100", "2233"});
  EXPECT_EQ(verdict.reason, "ON_COURSE");
  EXPECT_EQ(Set()->manifest(0).reason(142)->symbol, "Sonne");
}

// The only one of them that is told what month it is.
class StaleTest : public PublishedModulesTest {
 protected:
  // Whether the mark is raised for a series that ends in FY2022 and is
  // published in November.
  bool IsStale(const AskOptions& options) {
    Indicator officers = Officers();
    officers.publication = Publication{.month = 11, .lag_years = 0};
    const RowInput row =
        BuildRow(officers, Series({"2102", "2233"}), {}, std::nullopt, 1)
            .value();
    const Selection scratch = table_->Scratch({row}).value();
    const std::vector<ModuleAnswers> answers =
        host_->Evaluate(*Set(), scratch.parts.at(0).ask(), options).value();
    const ModuleAnswer answer = Set()->Describe(0, answers[0], 0);
    EXPECT_TRUE(answer.is_mark);
    return !CombineAnswers({answer}).marks.empty();
  }
};

TEST_F(StaleTest, IsToldTheMonthAndGivesTheMark) {
  StartHost({"stale"});
  EXPECT_GT(InfoOf("stale").cases_count, 40);
  const int32_t november = 12 * 2023 + 8;  // of 2024
  EXPECT_FALSE(IsStale({.today_index = november}));
  EXPECT_TRUE(IsStale({.today_index = november + 1}));
  EXPECT_FALSE(IsStale({}));
  // In March 2023 the figure of FY2021 was the one awaited.
  EXPECT_FALSE(
      IsStale({.as_of_index = 12 * 2022, .today_index = november + 1}));
  // As of FY2025, later than now: now counts.
  EXPECT_FALSE(IsStale({.as_of_index = 12 * 2025, .today_index = november}));
  EXPECT_TRUE(IsStale({.as_of_index = 12 * 2025, .today_index = november + 1}));
}

}  // namespace
}  // namespace shirube
