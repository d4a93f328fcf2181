#include "server/service/errors.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "tests/paths.h"

namespace shirube {
namespace {

using testing::HasSubstr;

template <typename T>
bool Find(const google::rpc::Status& status, T* out) {
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(out)) return true;
  }
  return false;
}

google::rpc::ErrorInfo InfoOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(Find(status, &info));
  return info;
}

TEST(LanguageTest, TakesTheBetterLikedOfTheTwo) {
  EXPECT_EQ(LanguageOf("ja"), Language::kJapanese);
  EXPECT_EQ(LanguageOf("ja-JP,en;q=0.5"), Language::kJapanese);
  EXPECT_EQ(LanguageOf("en, ja;q=0.9"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("de;q=1, ja;q=0.2, en;q=0.1"), Language::kJapanese);
  EXPECT_EQ(LanguageOf("ja,en"), Language::kJapanese);
  EXPECT_EQ(LanguageOf("ja;q=0"), Language::kEnglish);
  EXPECT_EQ(LanguageOf(""), Language::kEnglish);
}

TEST(ErrorsTest, CarriesReasonDomainMetadataAndBothLanguages) {
  const absl::Status status =
      MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "gone",
                "ない", {{"name", "plans/a"}});
  const google::rpc::Status english = ToRpcStatus(status, Language::kEnglish);
  const google::rpc::ErrorInfo info = InfoOf(english);
  EXPECT_EQ(english.code(), 5);
  EXPECT_EQ(info.reason(), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(info.domain(), "shirube");
  EXPECT_EQ(info.metadata().at("name"), "plans/a");
  google::rpc::LocalizedMessage text;
  ASSERT_TRUE(Find(english, &text));
  EXPECT_EQ(text.locale(), "en");
  const google::rpc::Status japanese = ToRpcStatus(status, Language::kJapanese);
  ASSERT_TRUE(Find(japanese, &text));
  EXPECT_EQ(text.locale(), "ja");
  EXPECT_EQ(text.message(), "ない");
  EXPECT_EQ(japanese.message(), "gone");
}

TEST(ErrorsTest, ListsAllViolationsByField) {
  const absl::Status status =
      ViolationsToStatus({{"plan.display_name", "INVALID_FIELD", "empty", "空"},
                          {"plan.owner", "LIMIT_EXCEEDED", "long", "長い"}});
  const google::rpc::Status rpc = ToRpcStatus(status, Language::kJapanese);
  google::rpc::BadRequest bad;
  ASSERT_TRUE(Find(rpc, &bad));
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "plan.display_name");
  EXPECT_EQ(bad.field_violations(1).description(), "長い");
  EXPECT_EQ(InfoOf(rpc).reason(), "INVALID_FIELD");
}

TEST(ErrorsTest, TakesTheReasonThatAllViolationsShare) {
  const absl::Status status = ViolationsToStatus(
      {{"as_of", "AS_OF_IN_FUTURE", "too late", "先すぎる"}});
  EXPECT_EQ(InfoOf(ToRpcStatus(status, Language::kEnglish)).reason(),
            "AS_OF_IN_FUTURE");
}

TEST(ErrorsTest, StaysWithinWhatClientsTakeOfTrailers) {
  Violations many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back({absl::StrCat("observations[", i, "].value"),
                    "INVALID_FIELD", std::string(200, 'x'), "だめ"});
  }
  const google::rpc::Status rpc =
      ToRpcStatus(ViolationsToStatus(many), Language::kEnglish);
  EXPECT_LE(rpc.ByteSizeLong(), kMaxDetailBytes);
  google::rpc::BadRequest bad;
  ASSERT_TRUE(Find(rpc, &bad));
  EXPECT_GT(bad.field_violations_size(), 10);
  EXPECT_EQ(InfoOf(rpc).metadata().at("violations_omitted"),
            absl::StrCat(1000 - bad.field_violations_size()));
}

// A rule set names every module that failed, each with what to do.
TEST(ErrorsTest, KeepsALongTextForPeopleWithinWhatClientsTake) {
  std::string ja, en;
  for (int i = 0; i < 8; ++i) {
    ja += "モジュール" + std::string(i, 'x') + "は起動できません。";
    en += "module " + std::string(90, 'x') + "; ";
  }
  const google::rpc::Status rpc =
      ToRpcStatus(MakeError(absl::StatusCode::kFailedPrecondition,
                            "RULE_SET_CANNOT_START", en, ja,
                            {{"a", std::string(900, 'a')},
                             {"b", std::string(900, 'b')},
                             {"c", std::string(900, 'c')},
                             {"d", std::string(900, 'd')}}),
                  Language::kJapanese);
  google::rpc::LocalizedMessage text;
  ASSERT_TRUE(Find(rpc, &text));
  EXPECT_EQ(text.message(), ja);
  EXPECT_LE(rpc.ByteSizeLong(), kMaxDetailBytes);
  EXPECT_EQ(InfoOf(rpc).metadata().at("metadata_omitted"), "true");
}

TEST(ErrorsTest, SaysWhenToComeBackWhenAQueueIsFull) {
  google::rpc::RetryInfo retry;
  EXPECT_TRUE(Find(ToRpcStatus(MakeError(absl::StatusCode::kResourceExhausted,
                                         "QUEUE_FULL", "full", "満杯"),
                               Language::kEnglish),
                   &retry));
  EXPECT_GT(retry.retry_delay().nanos(), 0);
}

TEST(ErrorsTest, GivesAStatusWithoutDetailsTheReasonOfItsCode) {
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::InternalError("oops"), Language::kEnglish))
                .reason(),
            "INTERNAL_FAULT");
  EXPECT_EQ(ToRpcStatus(absl::CancelledError("off"), Language::kEnglish)
                .details_size(),
            0);
}

TEST(ErrorsTest, NeverSendsAReasonThatIsNotPublished) {
  EXPECT_EQ(InfoOf(ToRpcStatus(MakeError(absl::StatusCode::kFailedPrecondition,
                                         "MADE_UP", "text", "文"),
                               Language::kEnglish))
                .reason(),
            "INTERNAL_FAULT");
}

// The words that `source` hands to MakeError as reasons. (By hand: std::regex
// does not compile cleanly with sanitizers.)
std::vector<std::string> ReasonsIn(const std::string& source) {
  std::vector<std::string> reasons;
  const std::string call = "MakeError(";
  for (size_t at = source.find(call); at != std::string::npos;
       at = source.find(call, at + 1)) {
    const size_t code = source.find_first_not_of(" \n", at + call.size());
    if (source.compare(code, 19, "absl::StatusCode::k") != 0) continue;
    const size_t open =
        source.find_first_not_of(" \n", source.find(',', code) + 1);
    if (source[open] != '"') continue;
    reasons.push_back(
        source.substr(open + 1, source.find('"', open + 1) - open - 1));
  }
  return reasons;
}

TEST(ErrorsTest, FindsEveryReasonOfTheServicesInThePublishedEnum) {
  int found = 0;
  for (const char* folder : {"server/service", "server/ledger",
                             "server/evaluation", "server/rule_host"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::filesystem::path(SHIRUBE_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      for (const std::string& reason : ReasonsIn(text.str())) {
        EXPECT_TRUE(IsPublishedReason(reason))
            << entry.path() << ": " << reason;
        ++found;
      }
    }
  }
  EXPECT_GT(found, 10);
}

}  // namespace
}  // namespace shirube
