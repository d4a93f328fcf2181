// docs/rule-authors.md, typed as it stands: its `sh` blocks run in order in one
// shell, in a fresh folder, and its `text` blocks are what comes out. In those
// `…` stands for anything in a line, and alone in a line for any lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kAnything[] = "…";

std::string ContentOf(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Without the spaces that end a line, and the empty lines that end a text.
std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool LineMatches(const std::string& shown, const std::string& came) {
  const std::vector<std::string> parts = absl::StrSplit(shown, kAnything);
  if (parts.size() == 1) return shown == came;
  if (!absl::StartsWith(came, parts.front())) return false;
  size_t at = parts.front().size();
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    at = came.find(parts[i], at);
    if (at == std::string::npos) return false;
    at += parts[i].size();
  }
  return came.size() >= at + parts.back().size() &&
         absl::EndsWith(came, parts.back());
}

bool LinesMatch(const std::vector<std::string>& shown, size_t i,
                const std::vector<std::string>& came, size_t j) {
  if (i == shown.size()) return j == came.size();
  if (shown[i] == kAnything) {
    for (size_t next = j; next <= came.size(); ++next) {
      if (LinesMatch(shown, i + 1, came, next)) return true;
    }
    return false;
  }
  return j < came.size() && LineMatches(shown[i], came[j]) &&
         LinesMatch(shown, i + 1, came, j + 1);
}

bool Matches(const std::string& shown, const std::string& came) {
  return LinesMatch(LinesOf(shown), 0, LinesOf(came), 0);
}

// One `sh` block and what the document says it prints.
struct Step {
  int line = 0;  // of the document
  std::string commands;
  std::optional<std::string> shown;
  int shown_line = 0;
};

struct Document {
  std::vector<Step> steps;
  std::vector<std::string> problems;
};

Document Read(const std::string& text) {
  Document document;
  std::optional<std::string> kind;
  std::string block;
  int line_number = 0, began = 0;
  const auto end_block = [&] {
    if (*kind == "sh") {
      document.steps.push_back({began, block, std::nullopt, 0});
    } else if (*kind != "text") {
      document.problems.push_back(
          absl::StrCat("line ", began, ": a block that nobody runs"));
    } else if (document.steps.empty() || document.steps.back().shown) {
      document.problems.push_back(
          absl::StrCat("line ", began, ": a text that no command prints"));
    } else {
      document.steps.back().shown = block;
      document.steps.back().shown_line = began;
    }
  };
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    ++line_number;
    if (!absl::StartsWith(line, "```")) {
      if (kind) absl::StrAppend(&block, line, "\n");
    } else if (kind) {
      end_block();
      kind.reset();
    } else {
      kind = line.substr(3);
      block.clear();
      began = line_number;
    }
  }
  if (kind) document.problems.push_back("a block without an end");
  return document;
}

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

TEST(DocumentTest, KnowsWhatWasShown) {
  EXPECT_TRUE(Matches("a\nb\n", "a\nb"));
  EXPECT_FALSE(Matches("a\nb\n", "a\nb\nc\n"));
  EXPECT_FALSE(Matches("a\nb\n", "a\n"));
  EXPECT_TRUE(Matches("rs-… is stored", "rs-12ab is stored"));
  EXPECT_FALSE(Matches("rs-… is stored", "rs-12ab is lost"));
  EXPECT_FALSE(Matches("a…a", "a"));
  EXPECT_TRUE(Matches("a\n…\nz", "a\nz"));
  EXPECT_TRUE(Matches("a\n…\nz", "a\nb\nc\nz"));
  EXPECT_FALSE(Matches("a\n…\nz", "a\nb\nc\n"));
  EXPECT_TRUE(Matches("…\nz", "z"));
  EXPECT_FALSE(Matches("", "z"));
}

TEST(DocumentTest, LeavesNoBlockOut) {
  const Document good = Read("x\n```sh\necho a\n```\n```text\na\n```\n");
  ASSERT_EQ(good.steps.size(), 1u);
  EXPECT_EQ(good.steps[0].commands, "echo a\n");
  EXPECT_EQ(good.steps[0].shown, "a\n");
  EXPECT_EQ(good.steps[0].line, 2);
  EXPECT_TRUE(good.problems.empty());
  EXPECT_EQ(Read("```text\na\n```\n").problems.size(), 1u);
  EXPECT_EQ(Read("```\nshirube\n```\n").problems.size(), 1u);
  EXPECT_EQ(Read("```sh\nshirube\n").problems.size(), 1u);
}

TEST(RuleAuthorsTest, CanBeTypedAsItStands) {
  const std::string source = SHIRUBE_SOURCE_DIR;
  const Document document =
      Read(ContentOf(fs::path(source) / "docs/rule-authors.md"));
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
