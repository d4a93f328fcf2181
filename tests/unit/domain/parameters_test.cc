#include "server/domain/parameters.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

using ::testing::IsEmpty;

ParameterSpec Pace() {
  return {"pace_threshold", D("0.80"), D("0.60"), D("1.00"), Stricter::kHigher};
}
ParameterSpec Behind() {
  return {"behind_threshold", D("0.60"), D("0"), D("1"), Stricter::kHigher};
}
ParameterSpec Plain() {
  return {"window", D("3"), D("1"), D("9"), std::nullopt};
}

class ParametersTest : public ::testing::Test {
 protected:
  ParametersTest()
      : tree_{Measure("pillar"), Measure("one", "pillar"),
              Measure("two", "pillar")},
        indicator_(People()) {
    indicator_.links = {InitiativeId("one")};
  }

  InitiativeFinder Finder() {
    return [this](const InitiativeId& id) -> const Initiative* {
      for (const Initiative& initiative : tree_) {
        if (initiative.id == id) return &initiative;
      }
      return nullptr;
    };
  }
  ResolvedParameter Resolve(const ParameterSpec& spec = Pace()) {
    return ResolveParameter(spec, indicator_, Finder(), plan_, rule_set_);
  }
  void Set(size_t initiative, std::string_view value,
           std::string name = "pace_threshold") {
    tree_[initiative].parameters[name] = D(value);
  }

  std::vector<Initiative> tree_;
  Indicator indicator_;
  Parameters plan_, rule_set_;
};

TEST_F(ParametersTest, TakesTheNarrowestScopeThatSaysSomething) {
  EXPECT_EQ(Resolve().value, D("0.80"));
  EXPECT_EQ(Resolve().scope, ParameterScope::kDefault);
  rule_set_["pace_threshold"] = D("0.81");
  EXPECT_EQ(Resolve().scope, ParameterScope::kRuleSet);
  plan_["pace_threshold"] = D("0.82");
  EXPECT_EQ(Resolve().scope, ParameterScope::kPlan);
  Set(0, "0.83");
  EXPECT_EQ(Resolve().value, D("0.83"));
  EXPECT_EQ(Resolve().initiative, InitiativeId("pillar"));
  Set(1, "0.84");
  EXPECT_EQ(Resolve().initiative, InitiativeId("one"));
  indicator_.parameters["pace_threshold"] = D("0.85");
  EXPECT_EQ(Resolve().value, D("0.85"));
  EXPECT_EQ(Resolve().scope, ParameterScope::kIndicator);
  EXPECT_TRUE(Resolve().initiative.empty());
}

TEST_F(ParametersTest, GoesByLinksAndNotByTheLayout) {
  Set(0, "0.9");
  indicator_.links.clear();
  indicator_.printed_under = InitiativeId("one");
  EXPECT_EQ(Resolve().scope, ParameterScope::kDefault);
}

TEST_F(ParametersTest, TakesTheStricterOfTwoLinkedInitiativesAndNamesIt) {
  indicator_.links = {InitiativeId("one"), InitiativeId("two")};
  Set(1, "0.7");
  Set(2, "0.9");
  EXPECT_EQ(Resolve().value, D("0.9"));
  EXPECT_EQ(Resolve().initiative, InitiativeId("two"));
  EXPECT_TRUE(Resolve().differs);
  ParameterSpec lower = Pace();
  lower.stricter = Stricter::kLower;
  EXPECT_EQ(Resolve(lower).initiative, InitiativeId("one"));
}

TEST_F(ParametersTest, SeesNoDifferenceInOneNumberPrintedTwoWays) {
  indicator_.links = {InitiativeId("one"), InitiativeId("two")};
  Set(1, "0.7");
  Set(2, "0.70");
  EXPECT_FALSE(Resolve().differs);
  EXPECT_EQ(Resolve().initiative, InitiativeId("one"));
}

TEST_F(ParametersTest, SkipsALinkThatSaysNothing) {
  indicator_.links = {InitiativeId("gone"), InitiativeId("two")};
  Set(2, "0.9");
  EXPECT_EQ(Resolve().value, D("0.9"));
  EXPECT_FALSE(Resolve().differs);
}

TEST_F(ParametersTest, EndsInACircleOfInitiatives) {
  tree_[0].parent = InitiativeId("one");
  EXPECT_EQ(Resolve().scope, ParameterScope::kDefault);
}

TEST_F(ParametersTest, RefusesADifferenceThatNobodyCanSettle) {
  indicator_.links = {InitiativeId("one"), InitiativeId("two")};
  Set(1, "3", "window");
  Set(2, "4", "window");
  Set(1, "0.7");
  Set(2, "0.9");
  Violations violations;
  ValidateParameterLinks(indicator_, Finder(), {Pace(), Plain()}, "indicator",
                         &violations);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "indicator.links");
  EXPECT_EQ(violations[0].reason, "PARAMETER_DIFFERS");
  indicator_.parameters["window"] = D("5");
  violations.clear();
  ValidateParameterLinks(indicator_, Finder(), {Plain()}, "", &violations);
  EXPECT_THAT(violations, IsEmpty());
}

std::vector<std::string> Check(const Parameters& parameters,
                               const Parameters& inherited = {}) {
  Violations violations;
  ValidateParameters(parameters, {Pace(), Behind(), Plain()}, "plan",
                     &violations, inherited);
  std::vector<std::string> found;
  for (const Violation& violation : violations) {
    found.push_back(violation.field + " " + violation.reason);
  }
  return found;
}

TEST(ValidateParametersTest, KnowsNamesRangesAndDecimals) {
  EXPECT_THAT(Check({{"pace_threshold", D("0.75")}, {"window", D("3")}}),
              IsEmpty());
  EXPECT_THAT(Check({{"pace", D("0.8")},
                     {"window", D("10")},
                     {"pace_threshold", D("0.8000001")}}),
              testing::ElementsAre(
                  "plan.parameters[\"pace\"] UNKNOWN_PARAMETER",
                  "plan.parameters[\"pace_threshold\"] TOO_MANY_DECIMALS",
                  "plan.parameters[\"window\"] OUT_OF_RANGE"));
}

TEST(ValidateParametersTest, KeepsBehindAtMostPace) {
  EXPECT_THAT(Check({{"behind_threshold", D("0.9")}}),
              testing::ElementsAre(
                  "plan.parameters[\"behind_threshold\"] THRESHOLDS_CROSSED"));
  EXPECT_THAT(
      Check({{"behind_threshold", D("0.9")}}, {{"pace_threshold", D("0.95")}}),
      IsEmpty());
  EXPECT_THAT(
      Check({{"pace_threshold", D("0.65")}}, {{"behind_threshold", D("0.7")}}),
      testing::ElementsAre(
          "plan.parameters[\"pace_threshold\"] THRESHOLDS_CROSSED"));
  EXPECT_THAT(
      Check({{"behind_threshold", D("0.8")}, {"pace_threshold", D("0.80")}}),
      IsEmpty());
}

ParameterSpec DeclaredBy(const char* least, const char* preset,
                         const char* most) {
  ParameterSpec spec;
  spec.name = "pace";
  spec.min = *Decimal::Parse(least);
  spec.default_value = *Decimal::Parse(preset);
  spec.max = *Decimal::Parse(most);
  return spec;
}

TEST(AddDeclaredTest, KeepsWhatAllModulesAllowAndTheFirstDefault) {
  std::vector<ParameterSpec> specs;
  AddDeclared(DeclaredBy("0.6", "0.8", "1"), &specs);
  AddDeclared(DeclaredBy("0.7", "0.9", "0.95"), &specs);
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].min.ToString(), "0.7");
  EXPECT_EQ(specs[0].max.ToString(), "0.95");
  EXPECT_EQ(specs[0].default_value.ToString(), "0.8");
}

TEST(AddDeclaredTest, TakesWhatOnlyALaterModuleSays) {
  ParameterSpec silent = DeclaredBy("0.6", "0.8", "1");
  ParameterSpec strict = silent;
  strict.stricter = Stricter::kHigher;
  strict.at_most = "most";
  std::vector<ParameterSpec> specs;
  AddDeclared(silent, &specs);
  AddDeclared(strict, &specs);
  EXPECT_EQ(specs[0].stricter, Stricter::kHigher);
  EXPECT_EQ(specs[0].at_most, "most");
}

TEST(AddDeclaredTest, StaysWithTheFirstThatSaysWhichIsStricter) {
  ParameterSpec higher = DeclaredBy("0.6", "0.8", "1");
  higher.stricter = Stricter::kHigher;
  ParameterSpec lower = higher;
  lower.stricter = Stricter::kLower;
  std::vector<ParameterSpec> specs;
  AddDeclared(higher, &specs);
  AddDeclared(lower, &specs);
  EXPECT_EQ(specs[0].stricter, Stricter::kHigher);
}

TEST(AddDeclaredTest, LeavesNoValueWhereRangesDoNotMeet) {
  std::vector<ParameterSpec> specs;
  AddDeclared(DeclaredBy("0.6", "0.6", "0.7"), &specs);
  AddDeclared(DeclaredBy("0.8", "0.9", "1"), &specs);
  EXPECT_GT(specs[0].min, specs[0].max);
}

}  // namespace
}  // namespace shirube
