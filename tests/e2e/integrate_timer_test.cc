// The systemd units of docs/integrate.md: systemd understands them, and what
// they start says by its exit code whether something lags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/integrate_fixture.h"

namespace shirube::e2e {
namespace {

using ::testing::HasSubstr;

constexpr char kSection[] = "A systemd timer";

class IntegrateTimerTest : public IntegrateTest {
 protected:
  Replaced Here() const {
    return {{"/usr/local/bin/shirube", Binary("shirube")},
            {"shirube.example.jp:8471", server_->address()},
            {"/etc/shirube/ca.pem", folder_ / "ca.pem"}};
  }

  // What the page types to check them.
  CommandResult Verify() const {
    for (const Step& step : page_.steps) {
      if (step.section != kSection) continue;
      return Bash("cd " + work_.string() + " && " + step.commands);
    }
    return {};
  }

  // As systemd starts it: with what the unit says, and nothing else.
  CommandResult Start() const {
    std::vector<std::string> program = {"/usr/bin/env", "-i"}, command;
    const std::string unit = ContentOf(work_ / "shirube-lagging.service");
    const std::vector<std::string> lines = absl::StrSplit(unit, '\n');
    for (const std::string& line : lines) {
      const std::pair<std::string, std::string> field =
          absl::StrSplit(line, absl::MaxSplits('=', 1));
      const std::vector<std::string> words = absl::StrSplit(field.second, ' ');
      if (field.first == "Environment") {
        program.insert(program.end(), words.begin(), words.end());
      } else if (field.first == "ExecStart") {
        command = words;
      }
    }
    // The folder of credentials has the file `token`.
    for (std::string& word : program) {
      const size_t at = word.find("%d");
      if (at != std::string::npos) word.replace(at, 2, folder_.path());
    }
    program.insert(program.end(), command.begin(), command.end());
    return RunProgram(program);
  }
};

TEST_F(IntegrateTimerTest, IsUnderstoodBySystemd) {
  SHIRUBE_NEED_SETUP("/usr/bin/systemd-analyze");
  WriteFiles(kSection, Here());
  const CommandResult good = Verify();
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.out + good.err, "");
  // That says something only if it finds mistakes.
  WriteFiles(kSection, {{"08:30", "25:30"}, {"oneshot", "once"}});
  const CommandResult bad = Verify();
  EXPECT_NE(bad.exit_code, 0);
  EXPECT_THAT(bad.err, HasSubstr("25:30"));
  EXPECT_THAT(bad.err, HasSubstr("once"));
}

TEST_F(IntegrateTimerTest, FailsWithTenWhenSomethingLags) {
  WriteFiles(kSection, Here());
  for (const Step& step : page_.steps) {
    if (absl::StrContains(step.commands, "shirube import")) {
      ASSERT_EQ(Bash("cd " + work_.string() + "\n" + step.commands).exit_code,
                0);
    }
  }
  const CommandResult before = Start();
  EXPECT_EQ(before.exit_code, 0) << before.out << before.err;
  FallBehind();
  const CommandResult lagging = Start();
  EXPECT_EQ(lagging.exit_code, 10) << lagging.err;
  EXPECT_THAT(lagging.out, HasSubstr("防災士の認証登録者数"));
  EXPECT_THAT(lagging.out, HasSubstr("要改善"));
  EndServer();
  const CommandResult away = Start();
  EXPECT_EQ(away.exit_code, 6) << away.out;
}

}  // namespace
}  // namespace shirube::e2e
