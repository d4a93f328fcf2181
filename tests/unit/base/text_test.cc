#include "server/base/text.h"

#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(TextTest, KnowsUtf8) {
  EXPECT_TRUE(IsUtf8("標 shirube 🗻"));
  EXPECT_FALSE(IsUtf8("\xc0\x80"));          // overlong
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));  // over U+10FFFF
  EXPECT_FALSE(IsUtf8("\xe6\xa8"));          // cut short
}

TEST(TextTest, ShowsTextAsItIs) {
  EXPECT_EQ(Displayable("標 \"shirube\" 🗻"), "標 \"shirube\" 🗻");
  EXPECT_EQ(Displayable(""), "");
}

TEST(TextTest, ShowsNothingThatATerminalObeys) {
  EXPECT_EQ(Displayable("a\x1b[2Jb\r\n\tc\x7f"), "a?[2Jb???c?");
  EXPECT_EQ(Displayable("a\xc2\x9b"
                        "2J"),
            "a?2J");  // one character, not two
}

TEST(TextTest, ShowsBytesOfNoCharacterOneByOne) {
  EXPECT_EQ(Displayable("a\xff\xe6\xa8"
                        "b"),
            "a???b");
  EXPECT_TRUE(IsUtf8(Displayable("\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80")));
}

}  // namespace
}  // namespace shirube
