#include "server/access/authenticator.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::CivilDay kToday(2026, 11, 23);

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "shirube-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    options_.token_file = (folder_ / "tokens").string();
    options_.today = [] { return kToday; };
    options_.look_again = std::chrono::seconds(0);
  }
  ~AuthenticatorTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Gives the token.
  std::string Add(const std::string& name, RoleSet roles,
                  std::optional<absl::CivilDay> last_day = std::nullopt) {
    const auto made = MakeToken(name, roles, last_day, kToday - 1000);
    EXPECT_TRUE(AppendToken(options_.token_file, made->record).ok());
    return made->token;
  }
  void Start() {
    auto made = Authenticator::Make(options_);
    ASSERT_TRUE(made.ok()) << made.status();
    door_ = *std::move(made);
  }
  absl::StatusOr<Identity> With(const std::string& token) {
    return door_->Identify({.authorization = "Bearer " + token});
  }
  static std::string ReasonOf(const absl::Status& status) {
    return DetailsOf(status).reason;
  }

  std::filesystem::path folder_;
  Authenticator::Options options_;
  std::unique_ptr<Authenticator> door_;
};

TEST_F(AuthenticatorTest, LetsEverybodyInWhereNothingIsDemanded) {
  options_.token_file.clear();
  Start();
  const auto somebody = door_->Identify({.claimed_actor = "佐藤"});
  ASSERT_TRUE(somebody.ok());
  EXPECT_EQ(somebody->actor, "佐藤");
  EXPECT_TRUE(somebody->claimed);
  EXPECT_EQ(somebody->roles, RoleSet::All());
}

TEST_F(AuthenticatorTest, KnowsWhomATokenBelongsTo) {
  const std::string token = Add("portal", {Role::kRecord});
  Start();
  const auto portal = With(token);
  ASSERT_TRUE(portal.ok()) << portal.status();
  EXPECT_EQ(portal->actor, "portal");
  EXPECT_FALSE(portal->claimed);
  EXPECT_EQ(portal->roles, RoleSet{Role::kRecord});
}

TEST_F(AuthenticatorTest, BelievesNoClaimBesideAToken) {
  const std::string token = Add("portal", {Role::kRead});
  Start();
  const auto portal = door_->Identify(
      {.authorization = "bearer " + token, .claimed_actor = "知事"});
  ASSERT_TRUE(portal.ok()) << portal.status();
  EXPECT_EQ(portal->actor, "portal");
}

TEST_F(AuthenticatorTest, SaysWhatIsMissingOrWrong) {
  const std::string good = Add("good", {Role::kRead});
  const std::string old = Add("old", {Role::kRead}, kToday - 1);
  Start();
  EXPECT_EQ(ReasonOf(door_->Identify({.claimed_actor = "x"}).status()),
            "CREDENTIALS_MISSING");
  EXPECT_EQ(ReasonOf(With("shirube_00000000_x").status()), "TOKEN_INVALID");
  EXPECT_EQ(
      ReasonOf(door_->Identify({.authorization = "Basic " + good}).status()),
      "TOKEN_INVALID");
  const absl::Status expired = With(old).status();
  EXPECT_EQ(ReasonOf(expired), "TOKEN_EXPIRED");
  EXPECT_EQ(expired.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(DetailsOf(expired).ja, HasSubstr("2026-11-22"));
  EXPECT_THAT(DetailsOf(expired).en, Not(HasSubstr(old)));
}

TEST_F(AuthenticatorTest, TakesATokenThatWasMadeMeanwhile) {
  Add("first", {Role::kRead});
  Start();
  const std::string second = Add("second", {Role::kRead});
  EXPECT_TRUE(With(second).ok());
}

TEST_F(AuthenticatorTest, ForgetsATokenThatWasRevoked) {
  const std::string token = Add("first", {Role::kRead});
  Start();
  ASSERT_TRUE(With(token).ok());
  ASSERT_TRUE(RevokeToken(options_.token_file, token.substr(8, 8)).ok());
  EXPECT_EQ(ReasonOf(With(token).status()), "TOKEN_INVALID");
}

TEST_F(AuthenticatorTest, KeepsWhatItKnowsWhileTheFileIsDamaged) {
  const std::string token = Add("first", {Role::kRead});
  Start();
  std::ofstream(options_.token_file, std::ios::app) << "half a li\n";
  EXPECT_TRUE(With(token).ok());
  std::filesystem::remove(options_.token_file);
  EXPECT_TRUE(With(token).ok());
  Add("second", {Role::kRead});
  EXPECT_FALSE(With(token).ok());
}

TEST_F(AuthenticatorTest, DoesNotStartWithoutItsFile) {
  EXPECT_FALSE(Authenticator::Make(options_).ok());
  std::ofstream(options_.token_file) << "half a line\n";
  EXPECT_FALSE(Authenticator::Make(options_).ok());
}

TEST_F(AuthenticatorTest, KnowsClientsByTheirCertificates) {
  std::ofstream(options_.token_file)
      << "cert\tportal.example.jp\tMANAGE\t-\t-\t-\n"
         "cert\told.example.jp\tMANAGE\t2026-11-22\t-\t-\n";
  options_.client_certificates = true;
  Start();
  const auto known =
      door_->Identify({.certificate_names = {"x", "portal.example.jp"}});
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->actor, "portal.example.jp");
  EXPECT_EQ(known->roles, RoleSet{Role::kManage});
  const auto other = door_->Identify({.certificate_names = {"chat"}});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->actor, "chat");
  EXPECT_FALSE(other->claimed);
  EXPECT_EQ(other->roles, RoleSet{Role::kRead});
  EXPECT_EQ(
      ReasonOf(
          door_->Identify({.certificate_names = {"old.example.jp"}}).status()),
      "TOKEN_EXPIRED");
}

TEST_F(AuthenticatorTest, NamesTheRoleThatIsMissing) {
  Identity reader;
  reader.actor = "portal";
  reader.roles = {Role::kRead};
  EXPECT_TRUE(CheckRole(reader, "shirube.v1.PlanService.GetPlan").ok());
  const absl::Status refused =
      CheckRole(reader, "shirube.v1.ObservationService.RecordObservation");
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(refused), "ROLE_MISSING");
  EXPECT_THAT(DetailsOf(refused).en, HasSubstr("role RECORD"));
  EXPECT_THAT(DetailsOf(refused).ja, HasSubstr("権限 RECORD"));
  Identity all;
  all.roles = RoleSet::All();
  EXPECT_FALSE(CheckRole(all, "shirube.v1.PlanService.Nothing").ok());
}

TEST_F(AuthenticatorTest, AnswersWhileTheFileChanges) {
  const std::string token = Add("kept", {Role::kRead});
  Start();
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) Add("more", {Role::kRead});
    done = true;
  });
  std::thread reader([&] {
    while (!done) EXPECT_TRUE(With(token).ok());
  });
  while (!done) EXPECT_TRUE(With(token).ok());
  writer.join();
  reader.join();
}

}  // namespace
}  // namespace shirube
