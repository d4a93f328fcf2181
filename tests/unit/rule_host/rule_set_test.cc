#include "server/rule_host/rule_set.h"

#include <memory>

#include "gmock/gmock.h"
#include "server/rule_host/digest.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;

RuleSetMember Member(const std::string& id, const std::string& sha256) {
  auto manifest = std::make_shared<Manifest>();
  manifest->id = id;
  manifest->version = "1.0.0";
  ManifestParameter parameter;
  parameter.name = "pace_threshold";
  parameter.default_millionths = 800'000;
  parameter.min_millionths = 600'000;
  parameter.max_millionths = 1'000'000;
  parameter.stricter = ManifestParameter::Stricter::kHigher;
  manifest->parameters.push_back(parameter);
  return {manifest, sha256};
}

TEST(RuleSetTest, HasAnIdThatFollowsFromItsContent) {
  const RuleSet set({Member("a", "1"), Member("b", "2")}, {});
  EXPECT_EQ(set.canonical(),
            "shirube rule set 1\nmodule a 1.0.0 1\nmodule b 1.0.0 2\n"
            "parameter pace_threshold 800000\n");
  EXPECT_EQ(set.id().value(), "rs-" + Sha256Hex(set.canonical()).substr(0, 24));
  EXPECT_EQ(RuleSet({Member("a", "1"), Member("b", "2")}, {}).id(), set.id());
}

TEST(RuleSetTest, HasAnotherIdWhenAnythingDiffers) {
  const RuleSet set({Member("a", "1"), Member("b", "2")}, {});
  EXPECT_NE(RuleSet({Member("b", "2"), Member("a", "1")}, {}).id(), set.id());
  EXPECT_NE(RuleSet({Member("a", "1"), Member("b", "3")}, {}).id(), set.id());
  EXPECT_NE(RuleSet({Member("a", "1")}, {}).id(), set.id());
  EXPECT_NE(RuleSet({Member("a", "1"), Member("b", "2")},
                    {{"pace_threshold", 900'000}})
                .id(),
            set.id());
}

TEST(RuleSetTest, PutsItsOwnParametersBeforeTheManifests) {
  const RuleSet set({Member("a", "1")}, {{"pace_threshold", 900'000}});
  EXPECT_EQ(set.parameters().at("pace_threshold"), 900'000);
  const std::vector<ParameterSpec> specs = set.parameter_specs();
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].default_value.ToString(), "0.8");
  EXPECT_EQ(specs[0].max.ToString(), "1");
  EXPECT_EQ(specs[0].stricter, Stricter::kHigher);
  EXPECT_THAT(set.modules_with("pace_threshold"), ElementsAre("a"));
  EXPECT_EQ(set.parameter("other"), nullptr);
}

TEST(DigestTest, IsSha256) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace shirube
