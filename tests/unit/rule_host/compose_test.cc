#include "server/rule_host/compose.h"

#include <memory>

#include "gmock/gmock.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

ManifestParameter Declared(const std::string& name, int64_t least,
                           int64_t value, int64_t most) {
  ManifestParameter parameter;
  parameter.name = name;
  parameter.min_millionths = least;
  parameter.default_millionths = value;
  parameter.max_millionths = most;
  return parameter;
}

RuleSetMember Member(const std::string& id,
                     std::vector<ManifestParameter> parameters) {
  auto manifest = std::make_shared<Manifest>();
  manifest->id = id;
  manifest->version = "1.0.0";
  manifest->parameters = std::move(parameters);
  return {manifest, "sha-of-" + id};
}

// pace between 0.6 and 1, 0.8 where nobody says; behind at most that.
RuleSetMember Paced(const std::string& id) {
  ManifestParameter behind = Declared("behind", 0, 600'000, 1'000'000);
  behind.at_most = "pace";
  return Member(id, {Declared("pace", 600'000, 800'000, 1'000'000), behind});
}

// Field and reason of everything that is wrong.
std::vector<std::pair<std::string, std::string>> Wrong(
    const absl::StatusOr<RuleSet>& set) {
  std::vector<std::pair<std::string, std::string>> wrong;
  if (!set.ok()) {
    EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
  }
  for (const Violation& violation : DetailsOf(set.status()).violations) {
    EXPECT_FALSE(violation.ja.empty());
    wrong.emplace_back(violation.field, violation.reason);
  }
  return wrong;
}

Parameters Given(const std::string& name, const std::string& value) {
  return {{name, Decimal::Parse(value).value()}};
}

TEST(ComposeTest, GivesTheSetThatItsIdAlwaysStoodFor) {
  const auto set = ComposeRuleSet({Paced("a")}, Given("pace", "0.90"));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->canonical(),
            "shirube rule set 1\nmodule a 1.0.0 sha-of-a\n"
            "parameter behind 600000\nparameter pace 900000\n");
  EXPECT_EQ(set->id(), RuleSet({Paced("a")}, {{"pace", 900'000}}).id());
  // A default that is written out makes no other set.
  EXPECT_EQ(ComposeRuleSet({Paced("a")}, {})->id(),
            ComposeRuleSet({Paced("a")}, Given("pace", "0.8"))->id());
}

TEST(ComposeTest, NamesEverythingThatIsWrong) {
  Parameters parameters = Given("pace", "1.5");
  parameters.merge(Given("speed", "1"));
  parameters.merge(Given("behind", "0.1234567"));
  EXPECT_THAT(Wrong(ComposeRuleSet({Paced("a"), Paced("a")}, parameters)),
              ElementsAre(Pair("parameters.behind", "TOO_MANY_DECIMALS"),
                          Pair("modules[1]", "DUPLICATE"),
                          Pair("parameters.pace", "OUT_OF_RANGE"),
                          Pair("parameters.speed", "UNKNOWN_PARAMETER")));
}

TEST(ComposeTest, TakesSixDecimalsAndNoMore) {
  EXPECT_TRUE(ComposeRuleSet({Paced("a")}, Given("pace", "0.999999")).ok());
  EXPECT_TRUE(ComposeRuleSet({Paced("a")}, Given("pace", "0.9000000")).ok());
  EXPECT_THAT(Wrong(ComposeRuleSet({Paced("a")}, Given("pace", "0.9999999"))),
              ElementsAre(Pair("parameters.pace", "TOO_MANY_DECIMALS")));
  EXPECT_THAT(
      Wrong(ComposeRuleSet({Paced("a")}, Given("pace", "999999999999999999"))),
      ElementsAre(Pair("parameters.pace", "TOO_MANY_DECIMALS")));
}

TEST(ComposeTest, KeepsAParameterBelowTheOneItMayNotExceed) {
  EXPECT_TRUE(ComposeRuleSet({Paced("a")}, Given("behind", "0.8")).ok());
  const auto crossed = ComposeRuleSet({Paced("a")}, Given("behind", "0.81"));
  EXPECT_THAT(Wrong(crossed),
              ElementsAre(Pair("parameters.behind", "CONFIG_INVALID")));
  EXPECT_THAT(std::string(crossed.status().message()), HasSubstr("pace"));
  // Said once, however many modules declare it.
  EXPECT_THAT(
      Wrong(ComposeRuleSet({Paced("a"), Paced("b")}, Given("behind", "0.81"))),
      ElementsAre(Pair("parameters.behind", "CONFIG_INVALID")));
}

TEST(ComposeTest, HasOneToThirtyTwoModules) {
  EXPECT_THAT(Wrong(ComposeRuleSet({}, {})),
              ElementsAre(Pair("modules", "REQUIRED")));
  std::vector<RuleSetMember> members;
  for (int i = 0; i < 32; ++i) {
    members.push_back(Member("m" + std::to_string(i), {}));
  }
  EXPECT_TRUE(ComposeRuleSet(members, {}).ok());
  members.push_back(Member("m32", {}));
  EXPECT_THAT(Wrong(ComposeRuleSet(members, {})),
              ElementsAre(Pair("modules", "LIMIT_EXCEEDED")));
}

TEST(ComposeTest, AllowsWhatLiesInTheRangesOfAllModules) {
  const std::vector<RuleSetMember> members = {
      Member("a", {Declared("pace", 600'000, 800'000, 1'000'000)}),
      Member("b", {Declared("pace", 700'000, 900'000, 900'000)})};
  const auto set = ComposeRuleSet(members, {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->parameters().at("pace"), 800'000);
  EXPECT_EQ(set->parameter("pace")->min.ToString(), "0.7");
  EXPECT_EQ(set->parameter("pace")->max.ToString(), "0.9");
  EXPECT_THAT(Wrong(ComposeRuleSet(members, Given("pace", "0.65"))),
              ElementsAre(Pair("parameters.pace", "OUT_OF_RANGE")));
  EXPECT_THAT(Wrong(ComposeRuleSet(members, Given("pace", "0.7"))), IsEmpty());
}

TEST(ComposeTest, WantsAValueWhereADefaultDoesNotSuitEveryModule) {
  const std::vector<RuleSetMember> members = {
      Member("a", {Declared("pace", 600'000, 950'000, 1'000'000)}),
      Member("b", {Declared("pace", 700'000, 800'000, 900'000)})};
  EXPECT_THAT(Wrong(ComposeRuleSet(members, {})),
              ElementsAre(Pair("parameters.pace", "OUT_OF_RANGE")));
  EXPECT_TRUE(ComposeRuleSet(members, Given("pace", "0.9")).ok());
}

TEST(ComposeTest, RefusesModulesWhoseRangesDoNotMeet) {
  const auto set = ComposeRuleSet(
      {Member("a", {Declared("pace", 0, 100'000, 200'000)}),
       Member("b", {Declared("pace", 300'000, 400'000, 500'000)})},
      {});
  EXPECT_THAT(Wrong(set),
              ElementsAre(Pair("parameters.pace", "CONFIG_INVALID")));
  EXPECT_THAT(std::string(set.status().message()), HasSubstr("a, b"));
}

TEST(ComposeTest, WritesMillionthsWithoutZerosNobodyWrote) {
  EXPECT_EQ(DecimalOfMillionths(800'000).ToString(), "0.8");
  EXPECT_EQ(DecimalOfMillionths(-1'000'000).ToString(), "-1");
  EXPECT_EQ(DecimalOfMillionths(0).ToString(), "0");
  EXPECT_EQ(DecimalOfMillionths(1).ToString(), "0.000001");
}

}  // namespace
}  // namespace shirube
