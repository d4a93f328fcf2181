#include "server/rule_host/module_record.h"

#include <memory>

#include "gtest/gtest.h"

namespace shirube {
namespace {

using enum ModuleState;

QuarantineNotice Notice(const std::string& reason) {
  QuarantineNotice notice;
  notice.sha256 = "sha";
  notice.module = "a";
  notice.version = "1.0.0";
  notice.reason = reason;
  return notice;
}

class ModuleRecordTest : public ::testing::Test {
 protected:
  ModuleRecordTest() {
    auto manifest = std::make_shared<Manifest>();
    manifest->id = "a";
    manifest->version = "1.0.0";
    ModuleFile file;
    file.manifest = manifest;
    file.cases_count = 2;
    record_.Identify(file);
  }
  // To where a loaded module is.
  void Activate() {
    record_.BeginStart();
    ASSERT_TRUE(record_.Move(kStarting, kSelfTest));
    ASSERT_TRUE(record_.Move(kSelfTest, kReady));
    ASSERT_TRUE(record_.Move(kReady, kActive));
  }
  ModuleState state() const { return record_.Info().state; }

  ModuleRecord record_{"sha"};
};

TEST_F(ModuleRecordTest, SaysWhatItsFileSays) {
  const ModuleInfo info = record_.Info();
  EXPECT_EQ(info.sha256, "sha");
  EXPECT_EQ(info.id, "a");
  EXPECT_EQ(info.version, "1.0.0");
  EXPECT_EQ(info.cases_count, 2);
  EXPECT_EQ(info.state, kDiscovered);
}

TEST_F(ModuleRecordTest, MovesOnlyFromWhereItIs) {
  Activate();
  EXPECT_FALSE(record_.Move(kReady, kRetired));
  EXPECT_EQ(state(), kActive);
}

TEST_F(ModuleRecordTest, MayBeStartedAgainFromEveryEnd) {
  Activate();
  ASSERT_TRUE(record_.Move(kActive, kDraining));
  Activate();
  ASSERT_TRUE(record_.Move(kActive, kDraining));
  ASSERT_TRUE(record_.Move(kDraining, kRetired));
  Activate();
  ASSERT_TRUE(record_.Quarantine(Notice("CRASHED")));
  record_.EndQuarantine();
  record_.BeginStart();
  record_.Fail({ModuleReason::kInitFailed, "no"});
  EXPECT_EQ(state(), kRejected);
  EXPECT_EQ(record_.Info().problem.detail, "no");
  Activate();
  EXPECT_TRUE(record_.Info().problem.ok());
}

TEST_F(ModuleRecordTest, IsInQuarantineForOneReasonAtATime) {
  Activate();
  EXPECT_TRUE(record_.Quarantine(Notice("CRASHED")));
  EXPECT_FALSE(record_.Quarantine(Notice("TIMED_OUT")));
  EXPECT_EQ(record_.quarantine()->reason, "CRASHED");
  EXPECT_EQ(state(), kQuarantined);
  EXPECT_FALSE(record_.Move(kActive, kDraining));
}

TEST_F(ModuleRecordTest, ComesBackToQuarantineWhenItsReleaseFails) {
  Activate();
  record_.Quarantine(Notice("CRASHED"));
  record_.BeginStart();
  ASSERT_TRUE(record_.Move(kStarting, kSelfTest));
  record_.Fail({ModuleReason::kSelfTestFailed, "still"});
  EXPECT_EQ(state(), kQuarantined);
  EXPECT_TRUE(record_.quarantine().has_value());
}

TEST_F(ModuleRecordTest, StaysReadyWhenItsReleaseSucceeds) {
  record_.Quarantine(Notice("CRASHED"));
  record_.BeginStart();
  ASSERT_TRUE(record_.Move(kStarting, kSelfTest));
  ASSERT_TRUE(record_.Move(kSelfTest, kReady));
  record_.EndQuarantine();
  EXPECT_EQ(state(), kReady);
  EXPECT_FALSE(record_.quarantine().has_value());
}

TEST(UnseenModuleRecordTest, IsKnownByItsQuarantineAlone) {
  ModuleRecord record("sha");
  record.Quarantine(Notice("CRASHED"));
  EXPECT_EQ(record.Info().id, "a");
  EXPECT_EQ(record.Info().state, kQuarantined);
  EXPECT_EQ(record.Info().manifest, nullptr);
}

}  // namespace
}  // namespace shirube
