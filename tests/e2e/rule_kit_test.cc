// What somebody who writes a rule module does, from nothing to one that is
// proven: the real command, the real compiler, no server anywhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;
using Json = nlohmann::json;

class RuleKitTest : public ::testing::Test {
 protected:
  // Runs the command in a folder, as somebody who sits there would.
  static CommandResult In(const fs::path& folder,
                          const std::vector<std::string>& arguments,
                          const std::string& language = "en") {
    std::vector<std::string> all = {"/usr/bin/env", "-C", folder.string(),
                                    "SHIRUBE_SERVER=unix:/nowhere/socket"};
    all.push_back(Binary("shirube"));
    all.insert(all.end(), {"--lang", language});
    all.insert(all.end(), arguments.begin(), arguments.end());
    return RunProgram(all);
  }
  static CommandResult Make(const fs::path& folder,
                            const std::vector<std::string>& targets = {}) {
    std::vector<std::string> all = {"/usr/bin/env", "make", "-C",
                                    folder.string(),
                                    "SHIRUBE=" + Binary("shirube")};
    all.insert(all.end(), targets.begin(), targets.end());
    return RunProgram(all);
  }

  // The folder of a new module, built.
  fs::path New(const std::string& language, const std::string& name = "ours") {
    const CommandResult made =
        In(folder_.path(), {"rule", "new", name, "--lang", language});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    if (language != "lua") {
      const CommandResult built = Make(folder_ / name);
      EXPECT_EQ(built.exit_code, 0) << built.out << built.err;
    }
    return folder_ / name;
  }

  static void Write(const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  static std::string Read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Replace(const fs::path& path, const std::string& what,
                      const std::string& by) {
    std::string text = Read(path);
    const size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    Write(path, text.replace(at, what.size(), by));
  }

  TempDir folder_;
};

// ---- From nothing to a proven module. ----

class EveryLanguageTest : public RuleKitTest,
                          public ::testing::WithParamInterface<const char*> {
 protected:
  std::string File() const {
    return GetParam() == std::string("lua") ? "ours.lua" : "ours.so";
  }
};

TEST_P(EveryLanguageTest, ANewModuleStandsTheCheckAndPassesItsCase) {
  const fs::path folder = New(GetParam());
  const CommandResult check = In(folder, {"rule", "check", File()});
  EXPECT_EQ(check.exit_code, 0) << check.out << check.err;
  EXPECT_THAT(check.out,
              AllOf(HasSubstr("ours 0.1.0"), HasSubstr("nothing is wrong"),
                    Not(HasSubstr("not done"))));
  const CommandResult test = In(folder, {"rule", "test", "."});
  EXPECT_EQ(test.exit_code, 0) << test.out << test.err;
  EXPECT_THAT(test.out, HasSubstr("4 expectations: 4 passed, 0 failed"));
  EXPECT_EQ(test.err, "");
}

TEST_P(EveryLanguageTest, CoverageSaysWhichReasonsAreLeft) {
  const fs::path folder = New(GetParam());
  const CommandResult coverage = In(folder, {"rule", "coverage", "."});
  EXPECT_EQ(coverage.exit_code, 7) << coverage.out << coverage.err;
  EXPECT_THAT(coverage.out,
              AllOf(HasSubstr("3 of 9 declared reasons have a case"),
                    HasSubstr("NO_DATA, AMBIGUOUS")));
  const CommandResult json =
      In(folder, {"rule", "coverage", File(), "-o", "json"});
  const Json parsed = Json::parse(json.out);
  EXPECT_EQ(parsed["missing"].size(), 6u);
  EXPECT_EQ(parsed["reasons"].size(), 9u);
  EXPECT_EQ(parsed["reasons"][0]["reason"], "MET");
  EXPECT_EQ(parsed["reasons"][0]["expectations"], 1);
}

TEST_P(EveryLanguageTest, IsCheckedAsJsonToo) {
  const fs::path folder = New(GetParam());
  const CommandResult check =
      In(folder, {"rule", "check", File(), "-o", "json"});
  EXPECT_EQ(check.exit_code, 0);
  const Json parsed = Json::parse(check.out);
  EXPECT_EQ(parsed["passed"], true);
  EXPECT_EQ(parsed["module"]["module"], "ours");
  EXPECT_EQ(parsed["module"]["language"],
            GetParam() == std::string("lua") ? "lua" : "native");
  for (const Json& one : parsed["checks"]) {
    EXPECT_EQ(one["outcome"], "passed") << one;
  }
}

TEST_P(EveryLanguageTest, FailsACaseWithItsFileAndLineAndSpeaksJapanese) {
  const fs::path folder = New(GetParam());
  const std::string file =
      GetParam() == std::string("lua") ? "ours.lua" : "cases/ours.case";
  Replace(folder / file, "expect ACHIEVED MET",
          "expect AT_RISK FALLING_BEHIND");
  const std::string before = Read(folder / file);
  const auto line = std::count(
      before.begin(),
      before.begin() +
          static_cast<ptrdiff_t>(before.rfind("expect AT_RISK FALLING_BEHIND")),
      '\n');
  const std::string place = file + ":" + std::to_string(line + 1);
  const CommandResult test = In(folder, {"rule", "test", "."});
  EXPECT_EQ(test.exit_code, 1);
  EXPECT_THAT(test.out, AllOf(HasSubstr("✗ " + place + "  From 10 to 20"),
                              HasSubstr("wanted  AT_RISK FALLING_BEHIND"),
                              HasSubstr("found   ACHIEVED MET"),
                              HasSubstr("3 passed, 1 failed")));
  EXPECT_THAT(In(folder, {"rule", "test", "."}, "ja").out,
              AllOf(HasSubstr("期待  AT_RISK FALLING_BEHIND"),
                    HasSubstr("合格3件、不合格1件")));
  // As data: one result a line, and where to look.
  const CommandResult names = In(folder, {"rule", "test", ".", "-o", "name"});
  EXPECT_EQ(names.out, place + "\n");
  const Json json =
      Json::parse(In(folder, {"rule", "test", ".", "-o", "json"}).out);
  EXPECT_EQ(json["failed"], 1);
  const Json& failed = json["results"][3];
  EXPECT_EQ(failed["line"], line + 1);
  EXPECT_EQ(failed["wanted"]["reason"], "FALLING_BEHIND");
  EXPECT_EQ(failed["found"]["status"], "ACHIEVED");
}

INSTANTIATE_TEST_SUITE_P(RuleKitTest, EveryLanguageTest,
                         ::testing::Values("c", "cpp", "lua"),
                         [](const auto& p) { return std::string(p.param); });

TEST_F(RuleKitTest, TheThreeLanguagesAnswerAlike) {
  const std::vector<std::string> languages = {"c", "cpp", "lua"};
  // Cases of every kind, which expect what the module in C answers.
  const std::string cases = R"(
case Short of it
  baseline 100 at fy2019
  target 40 at fy2024
  value 100 at fy2019
  value 81 at fy2021
  expect NOT_EVALUATED NOT_COVERED as of fy2019
  expect AT_RISK FALLING_BEHIND
case A sum
  kind cumulative
  window fy2020
  target 50 at fy2024
  value 9 at fy2020
  value 15 at fy2021
  parameter enough 0.5
  expect ON_TRACK KEEPING_UP as of fy2020
  expect ON_TRACK KEEPING_UP
case A band
  kind band
  baseline 10 at fy2019
  target 40..60 at fy2024
  value 20 at fy2022
  value 50 at fy2023
  expect AT_RISK FALLING_BEHIND as of fy2022
  expect ACHIEVED MET
case Nobody knows which way
  target 50 at fy2024
  value 20 at fy2022
  expect NOT_EVALUATED DIRECTION_UNKNOWN
case Said both ways
  direction up
  target at_most 50 at fy2024
  value 20 at fy2022
  expect NOT_EVALUATED DIRECTION_CONFLICT
case Cannot be read
  direction up
  target 50 at fy2024
  value unread at fy2022
  expect NOT_EVALUATED AMBIGUOUS
case In another unit
  direction up
  target 50 at fy2024
  value other_unit at fy2022
  expect NOT_EVALUATED UNIT_MISMATCH
case A part is missing
  direction up
  target 50 at fy2024
  value gap at fy2022
  expect NOT_EVALUATED NO_DATA
case Every year
  kind maintain
  target at_least 50 every year
  value 49 at fy2021
  value 50 at fy2022
  expect NOT_EVALUATED NOT_COVERED as of fy2021
  expect ACHIEVED MET
)";
  for (const std::string& language : languages) {
    const fs::path folder = New(language, "in_" + language);
    fs::create_directory(folder / "cases");
    Write(folder / "cases" / "more.case", cases);
    const CommandResult test = In(folder, {"rule", "test", "."});
    EXPECT_EQ(test.exit_code, 0) << language << test.out << test.err;
    EXPECT_THAT(test.out, HasSubstr("0 failed"));
    if (language == "lua") continue;
    // With these beside its own, every reason has a case.
    EXPECT_EQ(Make(folder).exit_code, 0);
    EXPECT_EQ(In(folder, {"rule", "coverage", "."}).exit_code, 0);
    const CommandResult all = Make(folder, {"check", "test", "coverage"});
    EXPECT_EQ(all.exit_code, 0) << all.out << all.err;
  }
}

TEST_F(RuleKitTest, TellsThatTheBuildIsOlderThanItsSource) {
  const fs::path folder = New("c");
  fs::last_write_time(folder / "ours.so",
                      fs::last_write_time(folder) - std::chrono::hours(1));
  EXPECT_THAT(In(folder, {"rule", "test", "."}).err,
              AllOf(HasSubstr("warning"), HasSubstr("ours.so is older than"),
                    HasSubstr("make")));
}

// ---- JUnit. ----

// What a program that knows XML finds in a file: elements and attributes.
Json Parsed(const fs::path& xml) {
  const char* script =
      "import json, sys, xml.etree.ElementTree as t\n"
      "r = t.parse(sys.argv[1]).getroot()\n"
      "print(json.dumps({'tag': r.tag, 'tests': r.get('tests'),\n"
      " 'failures': r.get('failures'), 'errors': r.get('errors'),\n"
      " 'suites': [s.get('name') for s in r],\n"
      " 'cases': [{'name': c.get('name'), 'file': c.get('file'),\n"
      "   'line': c.get('line'), 'bad': [b.tag for b in c],\n"
      "   'message': ' '.join(b.get('message') for b in c)}\n"
      "  for s in r for c in s]}))\n";
  const CommandResult result =
      RunProgram({"/usr/bin/env", "python3", "-c", script, xml.string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return Json::parse(result.out, nullptr, /*allow_exceptions=*/false);
}

TEST_F(RuleKitTest, WritesJunitThatIsXmlWhateverTheCasesAreCalled) {
  const fs::path folder = New("c");
  Write(
      folder / "cases" / "odd.case",
      "case <\"A\" & 「乙」>\n  baseline 10 at fy2019\n  target 20 at fy2024\n"
      "  value 12 at fy2020\n  expect AT_RISK FALLING_BEHIND\n");
  const CommandResult test =
      In(folder, {"rule", "test", ".", "--junit", "out.xml"});
  EXPECT_EQ(test.exit_code, 1);
  const Json xml = Parsed(folder / "out.xml");
  EXPECT_EQ(xml["tag"], "testsuites");
  EXPECT_EQ(xml["tests"], "5");
  EXPECT_EQ(xml["failures"], "1");
  EXPECT_EQ(xml["errors"], "0");
  EXPECT_EQ(xml["suites"],
            Json::parse(R"(["cases/odd.case", "cases/ours.case"])"));
  const Json& odd = xml["cases"][0];
  EXPECT_EQ(odd["name"], "<\"A\" & 「乙」> (line 5)");
  EXPECT_EQ(odd["file"], "cases/odd.case");
  EXPECT_EQ(odd["line"], "5");
  EXPECT_EQ(odd["bad"], Json::parse(R"(["failure"])"));
  EXPECT_EQ(odd["message"],
            "expected AT_RISK FALLING_BEHIND, found ON_TRACK KEEPING_UP");
  EXPECT_EQ(xml["cases"][1]["bad"].size(), 0u);
}

TEST_F(RuleKitTest, WritesJunitOfAModuleThatFails) {
  const fs::path folder = New("lua");
  Replace(folder / "ours.lua", "  local why = row:obstacle()",
          "  if row:latest().value == ratio(12) then error('no twelve') end\n"
          "  local why = row:obstacle()");
  const CommandResult test =
      In(folder, {"rule", "test", "ours.lua", "--junit", "out.xml"});
  EXPECT_EQ(test.exit_code, 1);
  EXPECT_THAT(test.out, HasSubstr("no twelve"));
  const Json xml = Parsed(folder / "out.xml");
  EXPECT_EQ(xml["errors"], "1");
  EXPECT_EQ(xml["cases"][0]["bad"], Json::parse(R"(["error"])"));
  EXPECT_THAT(std::string(xml["cases"][0]["message"]),
              AllOf(HasSubstr("ours.lua:"), HasSubstr("no twelve")));
}

TEST_F(RuleKitTest, SaysThatTheJunitFileCannotBeWritten) {
  const fs::path folder = New("lua");
  const CommandResult test =
      In(folder, {"rule", "test", ".", "--junit", "no/such/folder/out.xml"});
  EXPECT_EQ(test.exit_code, 1);
  EXPECT_THAT(test.err, HasSubstr("out.xml cannot be written"));
}

// ---- Which cases. ----

TEST_F(RuleKitTest, RunsOnlyTheCasesNamed) {
  const fs::path folder = New("lua");
  fs::create_directory(folder / "cases");
  Write(folder / "cases" / "two.case",
        "case One\n  target 2 at fy2024\n  value 1 at fy2020\n"
        "  expect NOT_EVALUATED DIRECTION_UNKNOWN\n"
        "case Another\n  target 2 at fy2024\n  value 1 at fy2021\n"
        "  expect NOT_EVALUATED DIRECTION_UNKNOWN\n");
  const CommandResult one = In(folder, {"rule", "test", ".", "--case", "Anot"});
  EXPECT_EQ(one.exit_code, 0) << one.out << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("cases/two.case:8  Another"),
                             Not(HasSubstr("One")),
                             HasSubstr("1 expectation: 1 passed")));
  const CommandResult none =
      In(folder, {"rule", "test", ".", "--case", "Nobody"});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.err, AllOf(HasSubstr("no case has \"Nobody\" in its name"),
                              HasSubstr("One"), HasSubstr("Another")));
  EXPECT_THAT(In(folder, {"rule", "test", ".", "--case", "Nobody"}, "ja").err,
              HasSubstr("「Nobody」を名前に含むケースはありません"));
}

TEST_F(RuleKitTest, ListsEverythingThatIsWrongWithTheCasesAndAsksNothing) {
  const fs::path folder = New("c");
  Write(folder / "cases" / "wrong.case", R"(case Otherwise
  baseline 10.0 at fy2019
  target 20 at fy2024
  value 12 at fy2020
  value 13 at fy2021
  value 17 at fy2022
  value 20 at fy2023
  expect AT_RISK FALLING_BEHIND
case Out of range
  target 20 at fy2024
  parameter enough 1.2
  value 12 at fy2020
  expect NOT_EVALUATED DIRECTION_UNKNOWN
case Nobody's reason
  target 20 at fy2024
  value 12 at fy2020
  expect AT_RISK TOO_SLOW
)");
  const CommandResult test =
      In(folder, {"rule", "test", ".", "--junit", "out.xml"});
  EXPECT_EQ(test.exit_code, 8);
  EXPECT_EQ(test.out, "");
  EXPECT_THAT(test.err,
              AllOf(HasSubstr("cases/wrong.case:11: case \"Out of range\": "
                              "parameter enough is 1.2; the manifest allows 0 "
                              "to 1"),
                    HasSubstr("cases/wrong.case:17"), HasSubstr("TOO_SLOW"),
                    HasSubstr("cases/wrong.case:8: case \"Otherwise\""),
                    HasSubstr("(cases/ours.case:14) expects ACHIEVED MET")));
  EXPECT_THAT(In(folder, {"rule", "test", "."}, "ja").err,
              AllOf(HasSubstr("範囲外です"), HasSubstr("矛盾します"),
                    HasSubstr("ケースに誤りが3件あります")));
  const Json xml = Parsed(folder / "out.xml");
  EXPECT_EQ(xml["errors"], "3");
  const Json error =
      Json::parse(In(folder, {"rule", "test", ".", "-o", "json"}).err)["error"];
  EXPECT_EQ(error["violations"].size(), 3u);
  EXPECT_EQ(In(folder, {"rule", "coverage", "."}).exit_code, 8);
  // Built into the module, the check finds them, and so would a server.
  EXPECT_EQ(Make(folder).exit_code, 0);
  const CommandResult check = In(folder, {"rule", "check", "ours.so"});
  EXPECT_EQ(check.exit_code, 8);
  EXPECT_THAT(check.out, HasSubstr("✗ its cases can be read"));
}

TEST_F(RuleKitTest, NamesTheLineOfACaseThatCannotBeRead) {
  const fs::path folder = New("lua");
  Replace(folder / "ours.lua", "  value 12 at fy2020", "  colour 12");
  const std::string text = Read(folder / "ours.lua");
  const auto line =
      1 + std::count(
              text.begin(),
              text.begin() + static_cast<ptrdiff_t>(text.find("  colour 12")),
              '\n');
  const CommandResult test = In(folder, {"rule", "test", "ours.lua"});
  EXPECT_EQ(test.exit_code, 8);
  EXPECT_THAT(test.err,
              AllOf(HasSubstr("ours.lua:" + std::to_string(line) + ": "),
                    HasSubstr("unknown word `colour`")));
  EXPECT_THAT(In(folder, {"rule", "test", "ours.lua"}, "ja").err,
              AllOf(HasSubstr("ours.lua:" + std::to_string(line) + ": "),
                    HasSubstr("`colour` という行はありません")));
}

TEST_F(RuleKitTest, RefusesCasesThatAreNotUtf8) {
  const fs::path folder = New("lua");
  fs::create_directory(folder / "cases");
  Write(folder / "cases" / "old.case",
        "# \xe9\n\ncase \x96\x68\x8d\xd0\n  expect NOT_RAISED\n");
  const CommandResult test = In(folder, {"rule", "test", "."});
  EXPECT_EQ(test.exit_code, 8);
  EXPECT_THAT(test.err, HasSubstr("cases/old.case:1: is not UTF-8; save"));
  EXPECT_THAT(In(folder, {"rule", "test", "."}, "ja").err,
              HasSubstr("cases/old.case:1: UTF-8 ではありません"));
}

TEST_F(RuleKitTest, RefusesACaseThatExpectsNothing) {
  const fs::path folder = New("lua");
  fs::create_directory(folder / "cases");
  Write(folder / "cases" / "idle.case",
        "\ncase Idle\n  target 2 at fy2024\n  value 1 at fy2020\n");
  const CommandResult test = In(folder, {"rule", "test", "."});
  EXPECT_EQ(test.exit_code, 8);
  EXPECT_THAT(test.err, AllOf(HasSubstr("cases/idle.case:2"),
                              HasSubstr("expects nothing")));
}

// ---- check finds what is wrong with a module. ----

TEST_F(RuleKitTest, CheckNamesTheRowAndBothAnswersOfAModuleThatKeepsState) {
  const fs::path folder = New("lua");
  Replace(folder / "ours.lua", "function judge(row)",
          "local asked = 0\nfunction judge(row)\n  asked = asked + 1\n"
          "  if asked % 3 == 0 then return cannot_tell('NO_DATA') end");
  const CommandResult check = In(folder, {"rule", "check", "ours.lua"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(
      check.out,
      AllOf(HasSubstr("✗ each row alone: the same answers"),
            HasSubstr("✗ asked twice: the same answers"),
            HasSubstr("case \"From 10 to 20 in five years\""),
            HasSubstr("first  ACHIEVED MET (fy2023)"),
            HasSubstr("then   NOT_EVALUATED NO_DATA"),
            HasSubstr("A module keeps no state"), HasSubstr("checks failed")));
  const Json json =
      Json::parse(In(folder, {"rule", "check", "ours.lua", "-o", "json"}).out);
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["seed"], 20210401);
  EXPECT_THAT(In(folder, {"rule", "check", "ours.lua"}, "ja").out,
              AllOf(HasSubstr("✗ 行の順を変える: 同じ判定"),
                    HasSubstr("問題があります")));
}

TEST_F(RuleKitTest, CheckNamesTheRowThatCrashesAModule) {
  const fs::path folder = New("cpp");
  Replace(folder / "ours.cc", "  const rule::Point actual = *row.latest();",
          "  const rule::Point actual = *row.latest();\n"
          "  if (row.kind() == SHIRUBE_KIND_BAND) __builtin_trap();");
  ASSERT_EQ(Make(folder).exit_code, 0);
  const CommandResult check = In(folder, {"rule", "check", "ours.so"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(check.out, AllOf(HasSubstr("✗ answers about every row"),
                               HasSubstr("found  CRASHED (signal 4)"),
                               HasSubstr("kind band")));
}

TEST_F(RuleKitTest, CheckSaysAtOnceWhatNoServerWouldTake) {
  const fs::path folder = New("c");
  Write(folder / "text.so", "this is no library\n");
  fs::permissions(folder / "text.so", fs::perms(0644));
  const CommandResult text = In(folder, {"rule", "check", "text.so"});
  EXPECT_EQ(text.exit_code, 8);
  EXPECT_THAT(text.out, AllOf(HasSubstr("NOT_ELF"), HasSubstr("not done")));
  fs::permissions(folder / "ours.so", fs::perms::group_write,
                  fs::perm_options::add);
  const CommandResult loose = In(folder, {"rule", "check", "ours.so"}, "ja");
  EXPECT_EQ(loose.exit_code, 8);
  EXPECT_THAT(loose.out,
              AllOf(HasSubstr("UNSAFE_PERMISSIONS"), HasSubstr("chmod go-w")));
  EXPECT_EQ(In(folder, {"rule", "test", "."}).exit_code, 8);
}

// ---- new refuses. ----

TEST_F(RuleKitTest, NewTouchesNoFolderThatIsNotEmpty) {
  const fs::path folder = New("c");
  Write(folder / "mine.txt", "mine");
  const CommandResult again =
      In(folder_.path(), {"rule", "new", "ours", "--lang", "lua"});
  EXPECT_EQ(again.exit_code, 5);
  EXPECT_THAT(again.err, AllOf(HasSubstr("ours is not empty"),
                               HasSubstr("nothing was written")));
  EXPECT_FALSE(fs::exists(folder / "ours.lua"));
  EXPECT_EQ(Read(folder / "mine.txt"), "mine");
  EXPECT_THAT(
      In(folder_.path(), {"rule", "new", "ours", "--lang", "lua"}, "ja").err,
      HasSubstr("ours は空ではありません"));
  const CommandResult json =
      In(folder_.path(), {"rule", "new", "ours", "--lang", "c", "-o", "json"});
  EXPECT_EQ(Json::parse(json.err)["error"]["reason"], "FOLDER_NOT_EMPTY");
  // Nothing half-made is left beside it.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()),
                          fs::directory_iterator()),
            1);
}

TEST_F(RuleKitTest, NewUsesAFolderThatIsEmptyAndMakesTheOnesAbove) {
  fs::create_directory(folder_ / "ours");
  EXPECT_EQ(New("lua"), folder_ / "ours");
  EXPECT_TRUE(fs::exists(folder_ / "ours" / "ours.lua"));
  const CommandResult below = In(
      folder_.path(), {"rule", "new", "deep", "--lang", "c", "--dir", "a/b"});
  EXPECT_EQ(below.exit_code, 0) << below.err;
  EXPECT_TRUE(fs::exists(folder_ / "a/b/deep/Makefile"));
}

TEST_F(RuleKitTest, NewRefusesNamesThatNoModuleMayHave) {
  for (const std::string name :
       {"Ours", "9ours", "our-pace", "our pace", "../ours", "私たち", ""}) {
    const CommandResult bad =
        In(folder_.path(), {"rule", "new", name, "--lang", "c"});
    EXPECT_EQ(bad.exit_code, 2) << name;
  }
  const CommandResult language =
      In(folder_.path(), {"rule", "new", "ours", "--lang", "en"});
  EXPECT_EQ(language.exit_code, 2);
  EXPECT_THAT(language.err, HasSubstr("c, cpp or lua"));
  Write(folder_ / "ours", "a file");
  EXPECT_EQ(
      In(folder_.path(), {"rule", "new", "ours", "--lang", "c"}).exit_code, 5);
}

// ---- Nothing to work on. ----

TEST_F(RuleKitTest, SaysWhatIsMissing) {
  const CommandResult none = In(folder_.path(), {"rule", "test", "nowhere"});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.err, HasSubstr("there is no nowhere"));
  const CommandResult made =
      In(folder_.path(), {"rule", "new", "ours", "--lang", "c"});
  ASSERT_EQ(made.exit_code, 0);
  const CommandResult unbuilt = In(folder_ / "ours", {"rule", "test", "."});
  EXPECT_EQ(unbuilt.exit_code, 3);
  EXPECT_THAT(unbuilt.err, HasSubstr("run make there first"));
  const fs::path lua = New("lua", "other");
  const CommandResult worker =
      In(lua, {"rule", "check", "other.lua", "--worker", "/nowhere/worker"});
  EXPECT_EQ(worker.exit_code, 6);
  EXPECT_THAT(worker.err, HasSubstr("--worker"));
}

TEST_F(RuleKitTest, IsKnownToCompletionAndHelp) {
  const CommandResult completion = In(folder_.path(), {"completion", "bash"});
  for (const char* word : {"' rule new'", "' rule check'", "' rule test'",
                           "' rule coverage'", "--junit", "--case"}) {
    EXPECT_THAT(completion.out, HasSubstr(word));
  }
  EXPECT_THAT(In(folder_.path(), {"rule", "test", "--help"}).out,
              AllOf(HasSubstr("DIR|FILE"), HasSubstr("--junit")));
}

}  // namespace
}  // namespace shirube::e2e
