// The program in Node of docs/integrate.md, over TLS with a token.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/integrate_fixture.h"

namespace shirube::e2e {
namespace {

using ::testing::HasSubstr;

constexpr char kSection[] = "A stream in Node.js";

class IntegrateStreamTest : public IntegrateTest {
 protected:
  void SetUp() override {
    SHIRUBE_NEED_SETUP(NodeModules() / "@grpc/grpc-js");
    SHIRUBE_NEED_SETUP(NodeModules() / "@grpc/proto-loader");
    IntegrateTest::SetUp();
    std::filesystem::create_directory_symlink(NodeModules(),
                                              work_ / "node_modules");
  }
};

TEST_F(IntegrateStreamTest, IsTyped) {
  const auto follower = Type(kSection, {});
  FallBehind();
  AwaitShown(kSection, *follower);
  EXPECT_THAT(follower->Log(), HasSubstr("TYPE_OPENED 防災士の認証登録者数 " +
                                         SentenceInJapanese() + "\n"));
}

// An alert's next event comes only when the one before was acknowledged.
TEST_F(IntegrateStreamTest, ComesBackAfterTheServer) {
  const auto follower = Type(kSection, {});
  FallBehind();
  AwaitShown(kSection, *follower);
  EndServer();
  StartServer();
  Correct("2300");
  AwaitPrinted(*follower, "TYPE_RESOLVED 防災士の認証登録者数");
  EndServer();
  StartServer();
  Correct("1650");
  AwaitPrinted(*follower, "1,650");
  const std::string log = follower->Log();
  EXPECT_EQ(log.find("TYPE_RESOLVED"), log.rfind("TYPE_RESOLVED")) << log;
}

TEST_F(IntegrateStreamTest, EndsWhereNothingHelps) {
  WriteFiles(kSection, {});
  const CommandResult ended =
      Bash("cd " + work_.string() + " && node follow.js nobody");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("subscriptions/nobody"));
}

}  // namespace
}  // namespace shirube::e2e
