#include "server/rule_host/manifest.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"

namespace shirube {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = R"({
  "id": "dns_weather", "version": "0.3.1", "abi": "0.2", "data_schema": "0.2",
  "title": {"ja": "天気", "en": "Weather"},
  "requires": ["target", "observation"], "arithmetic": "approximate",
  "source": "somewhere",
  "parameters": [{"name": "far", "default": "0.2", "min": "-1", "max": "1.5",
                  "stricter": "lower"}],
  "facts": [{"name": "slope", "unit": "row"}, {"name": "share", "unit": "ratio"}],
  "reasons": [
    {"code": 9, "id": "TOO_FEW", "answer": "CANNOT_TELL",
     "message": {"ja": "少ない。", "en": "Too few."}},
    {"code": 2, "id": "BLITZ", "answer": "RAISED", "status": "AT_RISK",
     "severity": "CRITICAL", "symbol": "Blitz",
     "message": {"ja": "遠ざかる。", "en": "Moving away."}}
  ]})";

absl::StatusOr<Manifest> With(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(kGood, {{from, to}});
  EXPECT_NE(text, kGood) << "\"" << from << "\" is not in the manifest";
  return ParseManifest(text);
}

void ExpectRefused(const std::string& from, const std::string& to,
                   const std::string& place) {
  const auto manifest = With(from, to);
  ASSERT_FALSE(manifest.ok()) << to;
  EXPECT_EQ(manifest.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr(place));
}

TEST(ManifestTest, ReadsEveryField) {
  const auto manifest = ParseManifest(kGood);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->id, "dns_weather");
  EXPECT_EQ(manifest->version, "0.3.1");
  EXPECT_EQ(manifest->abi_minor, 2u);
  EXPECT_EQ(manifest->schema_minor, 2u);
  EXPECT_EQ(manifest->title.ja, "天気");
  EXPECT_TRUE(manifest->approximate);
  EXPECT_EQ(manifest->source.ja, "somewhere");
  EXPECT_EQ(manifest->parameters.at(0).default_millionths, 200'000);
  EXPECT_EQ(manifest->parameters.at(0).min_millionths, -1'000'000);
  EXPECT_EQ(manifest->parameters.at(0).stricter,
            ManifestParameter::Stricter::kLower);
  EXPECT_EQ(manifest->facts.at(1).unit, ManifestFact::Unit::kRatio);
  const ManifestReason* reason = manifest->reason(2);
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->id, "BLITZ");
  EXPECT_EQ(reason->status, Status::kAtRisk);
  EXPECT_EQ(reason->severity, Severity::kCritical);
  EXPECT_EQ(reason->symbol, "Blitz");
  EXPECT_EQ(manifest->reason(9)->answer, kAnswerCannotTell);
  EXPECT_EQ(manifest->reason(3), nullptr);
  EXPECT_EQ(manifest->reason(kReasonNone), nullptr);
  EXPECT_FALSE(manifest->raises_marks());
  EXPECT_EQ(ReasonWord(*manifest, 2), "BLITZ");
  EXPECT_EQ(ReasonWord(*manifest, kReasonNoData), "NO_DATA");
  EXPECT_EQ(ReasonWord(*manifest, kReasonNone), "");
}

TEST(ManifestTest, TakesASourceInTwoLanguages) {
  const auto manifest = With(R"("source": "somewhere")",
                             R"("source": {"ja": "某所", "en": "there"})");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->source.ja, "某所");
  EXPECT_EQ(manifest->source.en, "there");
}

TEST(ManifestTest, KnowsAModuleThatIsToldTheMonth) {
  EXPECT_FALSE(ParseManifest(kGood)->requires_today);
  const auto manifest = With(R"(["target", "observation"])", R"(["today"])");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_TRUE(manifest->requires_today);
  EXPECT_FALSE(manifest->requires_target);
  EXPECT_FALSE(manifest->requires_observation);
}

TEST(ManifestTest, KnowsAModuleOfMarks) {
  const auto manifest = With(
      R"("status": "AT_RISK",
     "severity": "CRITICAL",)",
      R"("mark": "STALE",)");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_TRUE(manifest->raises_marks());
  EXPECT_EQ(manifest->reason(2)->mark, "STALE");
}

TEST(ManifestTest, NamesTheFieldThatIsWrong) {
  ExpectRefused("dns_weather", "Weather", "id");
  ExpectRefused("dns_weather", std::string(64, 'a'), "id");
  ExpectRefused("0.3.1", "0.3", "version");
  ExpectRefused("0.3.1", "0.03.1", "version");
  ExpectRefused(R"("abi": "0.2")", R"("abi": "one")", "abi");
  ExpectRefused(R"("abi": "0.2")", R"("abi": 1)", "abi");
  ExpectRefused(R"("data_schema": "0.2")", R"("data_schema": "0.x")",
                "data_schema");
  ExpectRefused(R"(, "data_schema": "0.2")", "", "data_schema");
  ExpectRefused("approximate", "rough", "arithmetic");
  ExpectRefused(R"(["target", "observation"])", R"(["money"])", "requires");
  ExpectRefused(R"("default": "0.2")", R"("default": 0.2)",
                "parameters[0].default");
  ExpectRefused(R"("default": "0.2")", R"("default": "0.1234567")",
                "parameters[0].default");
  ExpectRefused(R"("default": "0.2")", R"("default": "1.6")", "parameters[0]");
  ExpectRefused(R"("stricter": "lower")", R"("stricter": "worse")",
                "parameters[0].stricter");
  ExpectRefused(R"("stricter": "lower")", R"("at_most": "other")", "at_most");
  ExpectRefused(R"("name": "share")", R"("name": "slope")", "facts[1]");
  ExpectRefused(R"("unit": "row")", R"("unit": "kg")", "facts[0].unit");
  ExpectRefused(R"("code": 9)", R"("code": 2)", "reasons[1]");
  ExpectRefused(R"("code": 9)", R"("code": 0)", "reasons[0].code");
  ExpectRefused(R"("code": 9)", R"("code": 65280)", "reasons[0].code");
  ExpectRefused(R"("code": 9)", R"("code": -1)", "reasons[0].code");
  ExpectRefused(R"("id": "BLITZ")", R"("id": "blitz")", "reasons[1].id");
  ExpectRefused(R"("status": "AT_RISK")", R"("status": "INDETERMINATE")",
                "reasons[1].status");
  ExpectRefused(R"("status": "AT_RISK",)", "", "reasons[1]");
  ExpectRefused(R"("answer": "CANNOT_TELL")", R"("answer": "NOT_RAISED")",
                "reasons[0].answer");
  ExpectRefused(R"("severity": "CRITICAL")", R"("severity": "BAD")",
                "reasons[1].severity");
  ExpectRefused(R"("message": {"ja": "少ない。", "en": "Too few."})",
                R"("message": "few")", "reasons[0].message");
}

TEST(ManifestTest, RefusesDefaultsThatItsOwnLimitsForbid) {
  const std::string near =
      R"({"name": "near", "default": "0.1", "min": "0", "max": "1"}, {)";
  EXPECT_TRUE(With(R"("parameters": [{)", R"("parameters": [)" + near).ok());
  const std::string text = absl::StrReplaceAll(
      kGood, {{R"("parameters": [{)", R"("parameters": [)" + near},
              {R"("stricter": "lower")", R"("at_most": "near")"}});
  EXPECT_THAT(std::string(ParseManifest(text).status().message()),
              HasSubstr("far.default"));
}

TEST(ManifestTest, RefusesAnythingThatIsNoObject) {
  for (const char* text : {"", "[]", "null", "{", "{}", "\"id\"", "\xff\xfe",
                           "{\"id\": \"a\", \"id\": }"}) {
    EXPECT_FALSE(ParseManifest(text).ok()) << text;
  }
  EXPECT_FALSE(ParseManifest(std::string(60'000, '[')).ok());
}

TEST(ManifestTest, RefusesWhatIsNestedTooDeeply) {
  const std::string deep = std::string(32'000, '[') + std::string(32'000, ']');
  for (const char* name : {"requires", "reasons", "title"}) {
    const auto manifest =
        ParseManifest(absl::StrCat("{\"", name, "\": [{\"a\": ", deep, "}]}"));
    EXPECT_THAT(std::string(manifest.status().message()),
                HasSubstr("nested more than"));
  }
}

TEST(ManifestTest, RefusesControlCharactersInItsTexts) {
  ExpectRefused("Too few.", "Too \\u001b[2J few.", "reasons[0].message.en");
}

}  // namespace
}  // namespace shirube
