// The Alertmanager of docs/integrate.md, which is Debian's, and the mails that
// really arrive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "tests/e2e/integrate_fixture.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kSection[] = "An Alertmanager that mails";
constexpr std::chrono::seconds kPatience(120);

class IntegrateMailTest : public IntegrateTest {
 protected:
  void SetUp() override {
    SHIRUBE_NEED_SETUP("/usr/bin/prometheus-alertmanager");
    SHIRUBE_NEED_SETUP("/usr/bin/amtool");
    IntegrateTest::SetUp();
    mails_ = std::make_unique<Program>(std::vector<std::string>{
        "/usr/bin/env", "python3",
        std::string(SHIRUBE_SOURCE_DIR) + "/tests/e2e/mail_receiver.py"});
    ASSERT_TRUE(AwaitLines(1)) << mails_->Log();
    const std::string first = Lines()[0];
    mail_port_ = first.substr(first.find(' ') + 1);
  }

  // Whole ones.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines = absl::StrSplit(mails_->Log(), '\n');
    lines.pop_back();
    return lines;
  }
  bool AwaitLines(size_t count) const {
    return mails_->WaitForLog(
        [&](const std::string& log) {
          return static_cast<size_t>(
                     std::count(log.begin(), log.end(), '\n')) >= count;
        },
        kPatience);
  }
  json Mail(size_t number, const Program& typed) const {
    if (!AwaitLines(number + 1)) {
      ADD_FAILURE() << "no mail " << number << ": " << mails_->Log()
                    << typed.Log() << ContentOf(work_ / "alertmanager.log");
      return json::object();
    }
    return json::parse(Lines()[number]);
  }

  const HeldPort port_;
  std::unique_ptr<Program> mails_;
  std::string mail_port_;
};

TEST_F(IntegrateMailTest, MailsWhatLagsAndThatItIsOver) {
  const auto typed =
      Type(kSection, {{"localhost:25", "127.0.0.1:" + mail_port_},
                      {"9093", port_.number()},
                      {"group_wait: 30s", "group_wait: 0s"},
                      {"group_interval: 5m", "group_interval: 1s"}});
  FallBehind();
  const std::string sentence = SentenceInJapanese();
  const json lagging = Mail(1, *typed);
  EXPECT_THAT(lagging["sender"].dump(), HasSubstr("shirube@example.jp"));
  EXPECT_THAT(lagging["recipients"].dump(), HasSubstr("planners@example.jp"));
  EXPECT_EQ(lagging["subject"], "遅れ: 防災士の認証登録者数 ");
  const std::string text = lagging["text"];
  EXPECT_THAT(text, StartsWith("■ 防災士の認証登録者数"));
  EXPECT_THAT(text, HasSubstr(sentence));
  EXPECT_THAT(text, HasSubstr("解消の条件: "));
  EXPECT_THAT(text, HasSubstr("https://plans.example.jp/plans/reform/alerts/"));

  Correct("2300");
  EXPECT_EQ(Mail(2, *typed)["subject"], "解消: 防災士の認証登録者数 ");
}

}  // namespace
}  // namespace shirube::e2e
