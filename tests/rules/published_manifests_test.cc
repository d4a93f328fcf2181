// What the modules with a published method say of themselves.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/paths.h"
#include "tests/rules/cased_module.h"
#include "tests/rules/json.h"
#include "tests/rules/loaded_module.h"

namespace shirube::rules_test {
namespace {

class PublishedManifestTest : public testing::TestWithParam<std::string> {
 protected:
  static std::string FileOf(const std::string& name) {
    std::ifstream file(std::string(SHIRUBE_SOURCE_DIR) + "/rules/" +
                       GetParam() + "/" + name);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
  }
  CasedModule module_{GetParam()};
  const Json& manifest_ = module_.manifest();
};

TEST_P(PublishedManifestTest, IsTheFileOfTheFolderAndNamesItsSource) {
  EXPECT_EQ(ModuleUnderTest::Note(ModuleUnderTest::PathOf(GetParam()),
                                  SHIRUBE_NOTE_MANIFEST),
            FileOf("manifest.json"));
  EXPECT_EQ(manifest_["id"].text, GetParam());
  EXPECT_FALSE(manifest_["source"]["ja"].text.empty());
  EXPECT_FALSE(manifest_["source"]["en"].text.empty());
  EXPECT_EQ(manifest_["arithmetic"].text,
            GetParam() == "open_sdg_cagr" ? "approximate" : "exact");
}

TEST_P(PublishedManifestTest, HasASymbolForEveryReasonThatRaises) {
  const std::string readme = FileOf("README.md");
  for (const Json& reason : manifest_["reasons"].items) {
    if (reason["answer"].text != "RAISED") continue;
    EXPECT_FALSE(reason["symbol"].text.empty()) << reason["id"].text;
    EXPECT_NE(readme.find(reason["id"].text), readme.npos)
        << "README.md does not mention " << reason["id"].text;
  }
}

TEST_P(PublishedManifestTest, UsesOnlyKnownNamesInMessages) {
  std::set<std::string> known = {"actual", "period", "baseline", "target",
                                 "target_period"};
  for (const Json& fact : manifest_["facts"].items)
    known.insert(fact["name"].text);
  for (const Json& reason : manifest_["reasons"].items) {
    ASSERT_EQ(reason["message"].items.size(), 2u) << reason["id"].text;
    for (const Json& message : reason["message"].items) {
      const std::string& text = message.text;
      EXPECT_FALSE(text.empty()) << reason["id"].text;
      for (size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
        const size_t end = text.find('}', at);
        ASSERT_NE(end, text.npos) << text;
        EXPECT_TRUE(known.count(text.substr(at + 1, end - at - 1))) << text;
      }
    }
  }
}

// Every fact that the message of a reason asks for is there whenever the module
// answers with that reason.
TEST_P(PublishedManifestTest, GivesTheFactsThatItsMessagesPrint) {
  std::map<std::string, std::string> messages;
  for (const Json& reason : manifest_["reasons"].items)
    messages[reason["id"].text] = reason["message"]["ja"].text;
  for (const cases::Case& one : module_.cases().cases) {
    for (const cases::Expectation& expected : one.expectations) {
      const std::string& message = messages[expected.reason];
      const auto given = module_.FactsGiven(one, expected);
      for (const Json& fact : manifest_["facts"].items) {
        const std::string& name = fact["name"].text;
        if (message.find("{" + name + "}") == message.npos) continue;
        EXPECT_TRUE(given.count(name)) << one.name << ": " << name;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Published, PublishedManifestTest,
                         testing::ValuesIn(kPublishedModules),
                         [](const auto& info) { return info.param; });

// A code that two modules declare is the same reason in both.
TEST(PublishedManifestsTest, AgreeOnTheReasonsTheyShare) {
  std::map<std::string, std::string> ids, codes;
  std::vector<std::string> all = kModules;
  all.insert(all.end(), kPublishedModules.begin(), kPublishedModules.end());
  for (const std::string& id : all) {
    const CasedModule module(id);
    for (const Json& reason : module.manifest()["reasons"].items) {
      const std::string code = reason["code"].text, name = reason["id"].text;
      EXPECT_EQ(ids.emplace(code, name).first->second, name) << id;
      EXPECT_EQ(codes.emplace(name, code).first->second, code) << id;
    }
  }
}

}  // namespace
}  // namespace shirube::rules_test
