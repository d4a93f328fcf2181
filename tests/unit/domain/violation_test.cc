#include "server/domain/violation.h"

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(ViolationTest, CarriesEveryViolationThroughAStatus) {
  const Violations violations = {
      {"observations[3].value", "NOT_A_DECIMAL", "no number", "数値ではない"},
      {"", "", "", ""},
      {"a:b", "7:x", "line\nbreak", std::string("nul\0inside", 10)}};
  const absl::Status status = ViolationsToStatus(violations);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "observations[3].value: no number (and 2 more)");
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "INVALID_FIELD");
  EXPECT_EQ(details.ja, "observations[3].value: 数値ではない(ほか2件)");
  ASSERT_EQ(details.violations.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(details.violations[i].field, violations[i].field);
    EXPECT_EQ(details.violations[i].reason, violations[i].reason);
    EXPECT_EQ(details.violations[i].en, violations[i].en);
    EXPECT_EQ(details.violations[i].ja, violations[i].ja);
  }
}

TEST(ViolationTest, IsLimitExceededWhenNothingElseIsWrong) {
  const Violation limit = {"a", "LIMIT_EXCEEDED", "long", "長い"};
  EXPECT_EQ(DetailsOf(ViolationsToStatus({limit})).reason, "LIMIT_EXCEEDED");
  EXPECT_EQ(
      DetailsOf(ViolationsToStatus({limit, {"b", "REQUIRED", "", ""}})).reason,
      "INVALID_FIELD");
}

TEST(ViolationTest, IsOkWhenNothingIsWrong) {
  EXPECT_TRUE(ViolationsToStatus({}).ok());
}

TEST(ViolationTest, CarriesAnErrorWithItsMetadata) {
  const absl::Status status =
      MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "read it again",
                "読み直してください", {{"resource", "plans/p"}, {"", "x"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "read it again");
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "ETAG_MISMATCH");
  EXPECT_EQ(details.ja, "読み直してください");
  ASSERT_EQ(details.metadata.size(), 2u);
  EXPECT_EQ(details.metadata[0].second, "plans/p");
  EXPECT_EQ(details.metadata[1].first, "");
  EXPECT_TRUE(details.violations.empty());
}

TEST(ViolationTest, GivesTheMessageOfAnErrorMadeElsewhere) {
  const ErrorDetails details = DetailsOf(absl::NotFoundError("gone"));
  EXPECT_EQ(details.reason, "");
  EXPECT_EQ(details.en, "gone");
  EXPECT_EQ(details.ja, "gone");
}

TEST(ViolationTest, IgnoresADamagedPayload) {
  for (std::string payload : {"", "x", "5:ab", "0:0:0:1:9",
                              "0:0:0:2:990:", "99999999999999999999:a"}) {
    absl::Status status = absl::InternalError("broken");
    status.SetPayload("shirube/error-details", absl::Cord(payload));
    EXPECT_EQ(DetailsOf(status).en, "broken") << payload;
  }
}

TEST(ViolationTest, TurnsAnErrorIntoAViolationOfItsField) {
  Violations violations;
  AddViolation("ok", absl::OkStatus(), &violations);
  EXPECT_TRUE(violations.empty());
  AddViolation("value",
               MakeError(absl::StatusCode::kInvalidArgument, "BAD", "e", "j"),
               &violations);
  AddViolation("other", absl::InvalidArgumentError("odd"), &violations);
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "value");
  EXPECT_EQ(violations[0].reason, "BAD");
  EXPECT_EQ(violations[1].reason, "INVALID_FIELD");
  EXPECT_EQ(violations[1].en, "odd");
}

TEST(ViolationTest, QuotesLongTextCutAtACharacter) {
  EXPECT_EQ(Quoted("abc"), "\"abc\"");
  EXPECT_EQ(QuotedJa("甲"), "「甲」");
  std::string text;
  for (int i = 0; i < 30; ++i) text += "甲";
  text.insert(0, "x");  // so that byte 60 is inside a character
  std::string expected = "\"x";
  for (int i = 0; i < 19; ++i) expected += "甲";
  EXPECT_EQ(Quoted(text), expected + "…\"");
}

}  // namespace
}  // namespace shirube
