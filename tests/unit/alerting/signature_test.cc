#include "server/alerting/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace shirube {
namespace {

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// The value was computed by Python's hmac module.
TEST(Signature, IsThatOfStandardWebhooks) {
  EXPECT_EQ(*SignWebhook({kSecret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                         "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, HasOnePartForEachSecret) {
  const std::string other = MakeSecret();
  const std::string one = *SignWebhook({kSecret}, "a", 1, "b");
  const std::string two = *SignWebhook({other}, "a", 1, "b");
  EXPECT_NE(one, two);
  EXPECT_EQ(*SignWebhook({other, kSecret}, "a", 1, "b"), two + " " + one);
}

TEST(Signature, CoversIdTimeAndBody) {
  const std::string base = *SignWebhook({kSecret}, "a", 1, "b");
  EXPECT_NE(base, *SignWebhook({kSecret}, "x", 1, "b"));
  EXPECT_NE(base, *SignWebhook({kSecret}, "a", 2, "b"));
  EXPECT_NE(base, *SignWebhook({kSecret}, "a", 1, "x"));
}

TEST(Secret, MadeOnesAreTakenAndDiffer) {
  EXPECT_EQ(DecodeSecret(MakeSecret())->size(), 32u);
  EXPECT_NE(MakeSecret(), MakeSecret());
}

TEST(Secret, IsRefusedWithoutBeingRepeated) {
  for (const char* text : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_",
                           "whsec_c2hvcnQ=", "whsec_!!not base64!!"}) {
    const auto status = DecodeSecret(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_FALSE(absl::StrContains(status.message(), "c2hvcnQ"));
  }
  EXPECT_FALSE(SignWebhook({"whsec_c2hvcnQ="}, "a", 1, "b").ok());
}

}  // namespace
}  // namespace shirube
