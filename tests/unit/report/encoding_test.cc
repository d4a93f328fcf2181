#include "client/report/encoding.h"

#include <string>

#include "gtest/gtest.h"

namespace shirube::report {
namespace {

std::string EncodingOf(const std::string& bytes) {
  DecodedText out;
  auto problem = DecodeBytes(bytes, &out);
  return problem ? problem->reason : out.encoding;
}

TEST(EncodingTest, ReadsUtf8WithAndWithoutMark) {
  EXPECT_EQ(EncodingOf("目標値\n"), "UTF-8");
  EXPECT_EQ(EncodingOf("\xEF\xBB\xBF目標値\n"), "UTF-8-BOM");
  DecodedText out;
  ASSERT_FALSE(DecodeBytes("\xEF\xBB\xBFx", &out));
  EXPECT_EQ(out.text, "x");
}

TEST(EncodingTest, ReadsCp932WithItsOwnCharacters) {
  // 目標値①～㈱
  DecodedText out;
  auto problem = DecodeBytes(
      "\x96\xDA\x95\x57\x92\x6C\x87\x40\x81\x60\x87\x8A,100\r\n", &out);
  ASSERT_FALSE(problem);
  EXPECT_EQ(out.encoding, "CP932");
  EXPECT_TRUE(out.text.starts_with("目標値①"));
  EXPECT_TRUE(out.text.ends_with("㈱,100\r\n"));
}

TEST(EncodingTest, RefusesWhatFitsNone) {
  EXPECT_EQ(EncodingOf("abc\xFF\xFEzz"), "UNKNOWN_ENCODING");
  // 目標指標の基準値 in EUC-JP.
  EXPECT_EQ(EncodingOf("\xCC\xDC\xC9\xB8\xBB\xD8\xC9\xB8\xA4\xCE\xB4\xF0\xBD"
                       "\xE0\xC3\xCD\n"),
            "UNKNOWN_ENCODING");
  EXPECT_EQ(EncodingOf(std::string("\xFF\xFE\x10\x00", 4)), "UNKNOWN_ENCODING");
  EXPECT_EQ(EncodingOf(std::string("a\0b", 3)), "NOT_TEXT");
}

TEST(EncodingTest, HashesTheBytes) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace shirube::report
