// docs/rule-authors.md, typed as it stands: its `sh` blocks run in order in one
// shell, in a fresh folder, and its `text` blocks are what comes out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/document.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Every step's output goes into a file of its own; the shell ends with the
// first that fails.
std::string ScriptOf(const std::vector<Step>& steps, const fs::path& outputs) {
  std::string script =
      "set -e\n"
      "trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n";
  for (size_t i = 0; i < steps.size(); ++i) {
    absl::StrAppend(&script, "exec >", (outputs / absl::StrCat(i)).string(),
                    " 2>&1\n", steps[i].commands, "\n");
  }
  return script;
}

TEST(RuleAuthorsTest, CanBeTypedAsItStands) {
  const std::string source = SHIRUBE_SOURCE_DIR;
  const Document document =
      ReadDocument(ContentOf(fs::path(source) / "docs/rule-authors.md"));
  EXPECT_THAT(document.problems, ::testing::IsEmpty());
  ASSERT_GT(document.steps.size(), 10u);
  // It is the whole way.
  const std::string all =
      absl::StrJoin(document.steps, "", [](std::string* out, const Step& step) {
        absl::StrAppend(out, step.commands);
      });
  for (const char* command :
       {"rule new", "rule check", "rule test", "rule coverage", "rule list",
        "rule preview", "shirube compare", "rule register", "rule activate",
        "rule rollback", "--lang lua", "--lang cpp", "--lang c"}) {
    EXPECT_THAT(all, HasSubstr(command));
  }

  // What the reader cloned and built.
  TempDir folder;
  const fs::path clone = folder / "clone", work = folder / "work",
                 outputs = folder / "outputs";
  for (const fs::path& path : {clone, work, outputs}) {
    fs::create_directory(path);
  }
  fs::create_directory_symlink(SHIRUBE_BINARY_DIR, clone / "build");
  fs::create_directory_symlink(source + "/samples", clone / "samples");
  std::ofstream(folder / "script") << "cd " << work.string() << "\n"
                                   << ScriptOf(document.steps, outputs);
  const CommandResult ran =
      RunProgram({"/bin/bash", folder / "script"},
                 {"SHIRUBE_HOME=" + clone.string(), "HOME=" + work.string(),
                  "LC_ALL=C.UTF-8", "LANG=C.UTF-8", "COLUMNS=200"});

  size_t reached = 0;
  for (size_t i = 0; i < document.steps.size(); ++i) {
    if (fs::exists(outputs / absl::StrCat(i))) reached = i;
  }
  EXPECT_EQ(ran.exit_code, 0)
      << "docs/rule-authors.md:" << document.steps[reached].line << ":\n"
      << document.steps[reached].commands << "failed:\n"
      << ContentOf(outputs / absl::StrCat(reached)) << ran.err
      << ContentOf(work / "server.log");
  for (size_t i = 0; i <= reached; ++i) {
    const Step& step = document.steps[i];
    if (!step.shown) continue;
    const std::string came = ContentOf(outputs / absl::StrCat(i));
    EXPECT_TRUE(Matches(*step.shown, came))
        << "docs/rule-authors.md:" << step.shown_line << ": what came was\n"
        << came;
  }
}

}  // namespace
}  // namespace shirube::e2e
