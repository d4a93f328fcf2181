// What the inspector reads of a file without running it.
#include "server/worker/module_lua.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace shirube::worker {
namespace {

using frame::Finding;

const std::string kManifest =
    "--[==[ shirube-manifest\n{\"id\": \"x\"}\n]==]\n";
const std::string kCases = "--[==[ shirube-cases\ncase one\n]==]\n";

ModuleLua Read(const std::string& file) {
  static std::string kept;  // what the views point to
  kept = file;
  return ReadModuleLua(kept, kept.size());
}

TEST(ModuleLua, TakesBothComments) {
  const ModuleLua module =
      Read(kManifest + "\n\n" + kCases + "function judge() end");
  EXPECT_EQ(module.finding, Finding::kWell);
  EXPECT_EQ(module.language, frame::kLua);
  EXPECT_EQ(module.manifest, "{\"id\": \"x\"}\n");
  EXPECT_EQ(module.cases, "case one\n");
  EXPECT_EQ(module.value, 7u);  // the line of "case one"
}

TEST(ModuleLua, DoesWithoutCases) {
  const ModuleLua module = Read(kManifest + "function judge() end");
  EXPECT_EQ(module.finding, Finding::kWell);
  EXPECT_EQ(module.cases, "");
  // Only right behind the manifest.
  EXPECT_EQ(Read(kManifest + "x = 1\n" + kCases).cases, "");
}

TEST(ModuleLua, TakesLinesOfOtherSystems) {
  const ModuleLua module = Read(
      "--[==[ shirube-manifest \r\n{}\r\n]==]\r\n--[==[ "
      "shirube-cases\t\r\n]==]");
  EXPECT_EQ(module.finding, Finding::kWell);
  EXPECT_EQ(module.manifest, "{}\r\n");
}

TEST(ModuleLua, MissesTheManifest) {
  for (const std::string& file :
       {std::string("function judge() end"), std::string(""), "\n" + kManifest,
        "\xef\xbb\xbf" + kManifest, kCases,
        std::string("--[==[ shirube-manifests\n{}\n]==]"),
        std::string("--[[ shirube-manifest\n{}\n]]")}) {
    const ModuleLua module = Read(file);
    EXPECT_EQ(module.finding, Finding::kNotElf) << file;
    EXPECT_EQ(module.language, frame::kLua);
  }
}

TEST(ModuleLua, MissesTheEndOfAComment) {
  ModuleLua module = Read("--[==[ shirube-manifest\n{}\n]=]");
  EXPECT_EQ(module.finding, Finding::kTruncated);
  EXPECT_STREQ(module.subject, "the manifest's comment");
  module = Read(kManifest + "--[==[ shirube-cases\ncase");
  EXPECT_EQ(module.finding, Finding::kTruncated);
  EXPECT_STREQ(module.subject, "the cases' comment");
  EXPECT_EQ(Read("--[==[ shirube-manifest").finding, Finding::kTruncated);
}

TEST(ModuleLua, RefusesWhatIsNoText) {
  ModuleLua module = Read("\x1bLua\x54");
  EXPECT_EQ(module.finding, Finding::kNotText);
  EXPECT_STREQ(module.subject, "bytecode");
  EXPECT_EQ(module.language, frame::kNative);
  module = Read(kManifest + std::string(1, '\0'));
  EXPECT_EQ(module.finding, Finding::kNotText);
  EXPECT_STREQ(module.subject, "a NUL byte");
  EXPECT_EQ(module.value, kManifest.size());
}

TEST(ModuleLua, TakesUtf8AndNothingLikeIt) {
  EXPECT_EQ(Read(kManifest + "-- 進捗率 é 🎏 \u07ff \u0800 \uffff").finding,
            Finding::kWell);
  for (const char* bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80",
        "\xff", "\xe9\x80", "\xe9\x80x", "\xc3"}) {
    const ModuleLua module = Read(kManifest + bad);
    EXPECT_EQ(module.finding, Finding::kNotText) << bad;
    EXPECT_EQ(module.value, kManifest.size());
  }
}

TEST(ModuleLua, BoundsWhatItTakes) {
  const std::string blanks(frame::kMaxManifestBytes + 1, ' ');
  ModuleLua module = Read("--[==[ shirube-manifest\n" + blanks + "]==]");
  EXPECT_EQ(module.finding, Finding::kManifestTooLarge);
  EXPECT_EQ(module.value, blanks.size());
  const std::string cases(frame::kMaxCasesBytes + 1, '#');
  module = Read(kManifest + "--[==[ shirube-cases\n" + cases + "]==]");
  EXPECT_EQ(module.finding, Finding::kCasesTooLarge);
  EXPECT_EQ(module.value, cases.size());
}

TEST(ModuleLua, OfABeginningIsNeverWell) {
  const std::string file = kManifest + kCases + "-- \xe9\x80";
  ModuleLua module = ReadModuleLua(file, file.size() + 100);
  EXPECT_EQ(module.finding, Finding::kNothingYet);
  EXPECT_EQ(module.language, frame::kLua);
  const std::string long_one = "--[==[ shirube-manifest\n" +
                               std::string(frame::kMaxManifestBytes, ' ') +
                               "  ";
  module = ReadModuleLua(long_one, long_one.size() + 100);
  EXPECT_EQ(module.finding, Finding::kManifestTooLarge);
}

// Whatever it is given: what it takes lies in the file and within its bounds.
TEST(ModuleLua, StandsAnyBytes) {
  std::mt19937 random(3);
  int well = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string file = kManifest + kCases + "-- \xe9\x80\xb2";
    for (int k = static_cast<int>(random() % 4); k > 0; --k) {
      const size_t at = random() % file.size();
      switch (random() % 3) {
        case 0:
          file[at] = static_cast<char>(random());
          break;
        case 1:
          file.erase(at, random() % 20);
          break;
        default:
          file.insert(at, kManifest.substr(random() % kManifest.size()));
      }
      if (file.empty()) break;
    }
    // In memory of its own size: a sanitizer sees what lies behind it.
    const std::vector<char> bytes(file.begin(), file.end());
    const std::string_view view(bytes.data(), bytes.size());
    const ModuleLua module =
        ReadModuleLua(view, bytes.size() + (random() % 4 == 0 ? 1 : 0));
    if (module.finding != Finding::kWell) continue;
    ++well;
    for (const std::string_view part : {module.manifest, module.cases}) {
      if (part.empty()) continue;
      EXPECT_GE(part.data(), view.data());
      EXPECT_LE(part.data() + part.size(), view.data() + view.size());
    }
  }
  EXPECT_GT(well, 1'000);
}

TEST(ModuleLua, IsToldFromALibrary) {
  EXPECT_TRUE(
      IsElf("\x7f"
            "ELF\x02"));
  EXPECT_FALSE(
      IsElf("\x7f"
            "EL"));
  EXPECT_TRUE(IsLuaModule(kManifest));
  EXPECT_FALSE(IsLuaModule("--[==[ shirube-cases"));
  EXPECT_FALSE(IsLuaModule(""));
}

}  // namespace
}  // namespace shirube::worker
