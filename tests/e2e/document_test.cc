#include "tests/e2e/document.h"

#include <gtest/gtest.h>

namespace shirube::e2e {
namespace {

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
  const Document good =
      ReadDocument("x\n```sh\necho a\n```\n```text\na\n```\n");
  ASSERT_EQ(good.steps.size(), 1u);
  EXPECT_EQ(good.steps[0].commands, "echo a\n");
  EXPECT_EQ(good.steps[0].shown, "a\n");
  EXPECT_EQ(good.steps[0].line, 2);
  EXPECT_TRUE(good.problems.empty());
  EXPECT_EQ(ReadDocument("```text\na\n```\n").problems.size(), 1u);
  EXPECT_EQ(ReadDocument("```\nshirube\n```\n").problems.size(), 1u);
  EXPECT_EQ(ReadDocument("```sh\nshirube\n").problems.size(), 1u);
}

TEST(DocumentTest, KnowsFilesAndSections) {
  const Document page = ReadDocument(
      "## One\n```python a.py\n## no heading\n```\n```sh\na\n```\n"
      "## Two\n```sh\nb\n```\n");
  ASSERT_EQ(page.files.size(), 1u);
  EXPECT_EQ(page.files[0].name, "a.py");
  EXPECT_EQ(page.files[0].content, "## no heading\n");
  EXPECT_EQ(page.files[0].section, "One");
  ASSERT_EQ(page.steps.size(), 2u);
  EXPECT_EQ(page.steps[0].section, "One");
  EXPECT_EQ(page.steps[1].section, "Two");
  EXPECT_TRUE(page.problems.empty());
  // What is shown belongs to commands of its own section.
  EXPECT_EQ(
      ReadDocument("```sh\na\n```\n## Two\n```text\na\n```\n").problems.size(),
      1u);
}

}  // namespace
}  // namespace shirube::e2e
