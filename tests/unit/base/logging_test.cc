#include "server/base/logging.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace shirube {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class LoggingTest : public ::testing::Test {
 protected:
  void TearDown() override { SetLogLevel(LogLevel::kInfo); }

  // What `write` puts on standard error.
  template <typename Write>
  std::string Captured(Write write) {
    ::testing::internal::CaptureStderr();
    write();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LoggingTest, WritesOneLineWithLevelAndTime) {
  const std::string line =
      Captured([] { LogWarning("plan ", "p", " has ", 3, " gaps"); });
  EXPECT_THAT(line, EndsWith(" warning plan p has 3 gaps\n"));
  EXPECT_EQ(line[10], 'T');
}

TEST_F(LoggingTest, KeepsQuietBelowItsLevel) {
  EXPECT_EQ(Captured([] { LogDebug("details"); }), "");
  SetLogLevel(LogLevel::kDebug);
  EXPECT_THAT(Captured([] { LogDebug("details"); }), HasSubstr("details"));
  SetLogLevel(LogLevel::kOff);
  EXPECT_EQ(Captured([] { LogError("trouble"); }), "");
}

TEST_F(LoggingTest, LetsNoTextForgeALine) {
  const std::string line = Captured([] { LogInfo("name\nforged\r line {}"); });
  EXPECT_THAT(line, EndsWith("name\\nforged\\r line {}\n"));
}

TEST_F(LoggingTest, ReadsItsLevelsByName) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("off"), LogLevel::kOff);
  EXPECT_EQ(ParseLogLevel("loud"), std::nullopt);
}

}  // namespace
}  // namespace shirube
