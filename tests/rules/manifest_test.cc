// The manifests inside the built modules: complete, and of one table of
// reasons.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "rules/pace/facts.h"
#include "rules/pace/module.h"
#include "rules/pace/reason.h"
#include "tests/paths.h"
#include "tests/rules/json.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/reason_names.h"

namespace shirube::rules_test {
namespace {

class ManifestTest : public testing::TestWithParam<std::string> {
 protected:
  ManifestTest()
      : text_(ModuleUnderTest::Note(ModuleUnderTest::PathOf(GetParam()),
                                    SHIRUBE_NOTE_MANIFEST)),
        manifest_(Json::Parse(text_)) {}

  std::string text_;
  Json manifest_;
};

void ExpectBothLanguages(const Json& text, const std::string& where) {
  EXPECT_FALSE(text["ja"].text.empty()) << where;
  EXPECT_FALSE(text["en"].text.empty()) << where;
}

TEST_P(ManifestTest, IsTheFileOfTheModulesFolder) {
  std::ifstream file(std::string(SHIRUBE_SOURCE_DIR) + "/rules/" + GetParam() +
                     "/manifest.json");
  std::ostringstream content;
  content << file.rdbuf();
  EXPECT_EQ(text_, content.str());
  EXPECT_LT(text_.size(), 65536u);
}

TEST_P(ManifestTest, SaysWhoItIs) {
  EXPECT_EQ(manifest_["id"].text, GetParam());
  EXPECT_EQ(manifest_["version"].text, "1.1.0");
  const std::string abi = std::to_string(SHIRUBE_RULE_ABI_MAJOR) + "." +
                          std::to_string(SHIRUBE_RULE_ABI_MINOR);
  EXPECT_EQ(manifest_["abi"].text, abi);
  EXPECT_EQ(manifest_["data_schema"].text, abi);
  EXPECT_EQ(manifest_["arithmetic"].text, "exact");
  EXPECT_FALSE(manifest_["source"].text.empty());
  ExpectBothLanguages(manifest_["title"], "title");
  ASSERT_EQ(manifest_["requires"].items.size(), 2u);
  EXPECT_EQ(manifest_["requires"].items[0].text, "target");
  EXPECT_EQ(manifest_["requires"].items[1].text, "observation");
}

TEST_P(ManifestTest, HasTheParametersInTheOrderOfThePacesColumns) {
  const auto& parameters = manifest_["parameters"].items;
  ASSERT_EQ(parameters.size(), size_t{pace::kParametersCount});
  const Json& pace_threshold = parameters[pace::kPaceThreshold];
  EXPECT_EQ(pace_threshold["name"].text, "pace_threshold");
  EXPECT_EQ(pace_threshold["default"].text, "0.80");
  EXPECT_EQ(pace_threshold["min"].text, "0.60");
  EXPECT_EQ(pace_threshold["max"].text, "1.00");
  EXPECT_EQ(pace_threshold["stricter"].text, "higher");
  const Json& behind_threshold = parameters[pace::kBehindThreshold];
  EXPECT_EQ(behind_threshold["name"].text, "behind_threshold");
  EXPECT_EQ(behind_threshold["default"].text, "0.60");
  EXPECT_EQ(behind_threshold["at_most"].text, "pace_threshold");
  EXPECT_EQ(behind_threshold["stricter"].text, "higher");
}

TEST_P(ManifestTest, HasTheFactsInTheOrderOfPace) {
  const std::pair<const char*, const char*> kFacts[] = {
      {"expected", "row"},     {"gap", "row"},
      {"progress", "ratio"},   {"expected_share", "ratio"},
      {"time_share", "ratio"}, {"pace_ratio", "ratio"}};
  const auto& facts = manifest_["facts"].items;
  ASSERT_EQ(facts.size(), size_t{pace::kFactsCount});
  for (size_t i = 0; i < facts.size(); ++i) {
    EXPECT_EQ(facts[i]["name"].text, kFacts[i].first);
    EXPECT_EQ(facts[i]["unit"].text, kFacts[i].second);
    ExpectBothLanguages(facts[i]["title"], facts[i]["name"].text);
  }
}

const std::map<std::string, std::pair<std::string, pace::Status>> kRaises = {
    {"achieved", {"ACHIEVED", pace::Status::kAchieved}},
    {"on_track", {"ON_TRACK", pace::Status::kOnTrack}},
    {"at_risk", {"AT_RISK", pace::Status::kAtRisk}}};

TEST_P(ManifestTest, DeclaresExactlyTheReasonsItCanAnswer) {
  const auto& [word, mine] = kRaises.at(GetParam());
  std::map<uint16_t, std::string> declared, expected;
  for (const auto& [code, name] : kReasonNames) {
    const pace::Status status = pace::StatusOf(static_cast<pace::Reason>(code));
    if (status == mine || status == pace::Status::kNotEvaluated)
      expected[code] = name;
  }
  for (const Json& reason : manifest_["reasons"].items) {
    const uint16_t code = static_cast<uint16_t>(std::stoi(reason["code"].text));
    EXPECT_TRUE(declared.emplace(code, reason["id"].text).second) << code;
    const bool raised = pace::StatusOf(static_cast<pace::Reason>(code)) == mine;
    EXPECT_EQ(reason["answer"].text, raised ? "RAISED" : "CANNOT_TELL") << code;
    EXPECT_EQ(reason["status"].text, raised ? word : "") << code;
    ExpectBothLanguages(reason["title"], reason["id"].text);
    ExpectBothLanguages(reason["message"], reason["id"].text);
    const bool warning = code == pace::kBehind || code == pace::kFarBehind;
    const std::string severity = word != "AT_RISK" || !raised ? ""
                                 : warning                    ? "WARNING"
                                                              : "CRITICAL";
    EXPECT_EQ(reason["severity"].text, severity) << code;
  }
  EXPECT_EQ(declared, expected);
}

TEST_P(ManifestTest, UsesOnlyKnownNamesInMessages) {
  const std::set<std::string> known = {"{actual}",        "{period}",
                                       "{baseline}",      "{target}",
                                       "{target_period}", "{expected}"};
  for (const Json& reason : manifest_["reasons"].items) {
    for (const Json& message : reason["message"].items) {
      const std::string& text = message.text;
      for (size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
        const size_t end = text.find('}', at);
        ASSERT_NE(end, text.npos) << text;
        EXPECT_TRUE(known.count(text.substr(at, end + 1 - at))) << text;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Defaults, ManifestTest, testing::ValuesIn(kModules),
                         [](const auto& info) { return info.param; });

TEST(ManifestsTest, AgreeInEverythingButTheirStatus) {
  std::map<std::string, std::string> texts;  // of the shared reasons, by code
  for (const std::string& id : kModules) {
    const Json manifest = Json::Parse(ModuleUnderTest::Note(
        ModuleUnderTest::PathOf(id), SHIRUBE_NOTE_MANIFEST));
    for (const Json& reason : manifest["reasons"].items) {
      std::string text = reason["id"].text;
      for (const Json& message : reason["message"].items)
        text += "|" + message.text;
      const auto [it, added] = texts.emplace(reason["code"].text, text);
      EXPECT_EQ(it->second, text) << id;
    }
  }
  EXPECT_EQ(texts.size(), kReasonNames.size());
}

}  // namespace
}  // namespace shirube::rules_test
