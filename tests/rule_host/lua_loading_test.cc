// Files of Lua modules that cannot be taken in or started: a typed reason each,
// before anything of them runs where that can be told; everything else goes on.
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "server/domain/violation.h"
#include "server/rule_host/digest.h"
#include "tests/rule_host/lua_fixture.h"

namespace shirube {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class LuaLoadingTest : public LuaFixture {
 protected:
  // Starts a host over `module`, which must be rejected while `steady` is well.
  ModuleProblem ProblemOf(const std::string& module) {
    Install({"steady"});
    StartHost({module, "steady"});
    EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
    const ModuleInfo info = InfoOf(module);
    EXPECT_EQ(info.state, ModuleState::kRejected);
    EXPECT_TRUE(info.worker_pids.empty());
    EXPECT_FALSE(info.problem.ja.empty()) << info.problem.detail;
    const auto file = host_->VerifyFile(module + ".lua");
    absl::Status refused = file.status();
    if (file.ok()) {
      refused = host_->Load({*file}, {}, RuleHost::OnFailure::kRefuse).status();
    }
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.message()), HasSubstr(module));
    return info.problem;
  }
  ModuleProblem ProblemOfText(const std::string& text) {
    Write("lua_steady.lua", text);
    return ProblemOf("lua_steady");
  }
  ModuleProblem ProblemOfTiny(const std::string& module) {
    Install({module});
    return ProblemOf(module);
  }
  const std::string steady_ = TextOf("lua_steady");
};

TEST_F(LuaLoadingTest, StartsAModuleAndShowsWhatItIs) {
  Install({"lua_steady"});
  StartHost({"lua_steady"});
  const ModuleInfo info = InfoOf("lua_steady");
  EXPECT_EQ(info.state, ModuleState::kActive);
  EXPECT_TRUE(info.problem.ok());
  EXPECT_EQ(info.id, "lua_steady");
  EXPECT_EQ(info.file, "lua_steady.lua");
  EXPECT_EQ(info.sha256, Sha256Hex(steady_));
  EXPECT_EQ(info.worker_pids.size(), 1u);
  ASSERT_NE(info.manifest, nullptr);
  EXPECT_EQ(info.manifest->version, "1.2.3");
  EXPECT_EQ(info.manifest->parameters.at(0).default_millionths, 250'000);
}

TEST_F(LuaLoadingTest, RunsWhatItVerifiedWhateverHappensToTheFile) {
  Install({"lua_steady"});
  StartHost({"lua_steady"});
  Write("lua_steady.lua", TextOf("lua_errors_on_many"));
  KillAndAwait(InfoOf("lua_steady").worker_pids.at(0));
  AddRows({50, 150});
  EXPECT_THAT(AskAll()[0].answer,
              testing::ElementsAre(kAnswerRaised, kAnswerNotRaised));
}

TEST_F(LuaLoadingTest, StartsFromBytesThatWereKept) {
  StartHost({});
  const auto file =
      host_->VerifyBytes(steady_, "lua_steady", Sha256Hex(steady_));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->language, ModuleLanguage::kLua);
  EXPECT_EQ((*file)->Bytes().value(), steady_);
  auto set = host_->Load({*file}, {}, RuleHost::OnFailure::kRefuse);
  ASSERT_TRUE(set.ok()) << set.status();
  set_ = *std::move(set);
  AddRows({50, 150});
  EXPECT_THAT(AskAll()[0].answer,
              testing::ElementsAre(kAnswerRaised, kAnswerNotRaised));
  EXPECT_EQ(
      DetailsOf(host_->VerifyBytes(steady_, "lua_steady", std::string(64, 'a'))
                    .status())
          .reason,
      "HASH_MISMATCH");
}

TEST_F(LuaLoadingTest, KnowsBothKindsOfFilesInOneFolder) {
  Install({"lua_steady", "also_steady", "steady"});
  StartHost({"lua_steady", "steady"});
  EXPECT_EQ(InfoOf("lua_steady").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("also_steady").state, ModuleState::kVerified);
  AddRows({50, 150});
  const std::vector<ModuleAnswers> answers = AskAll({.want_facts = true});
  EXPECT_EQ(answers[0].answer, answers[1].answer);
  EXPECT_EQ(answers[0].reason, answers[1].reason);
  EXPECT_EQ(answers[0].judged_point, answers[1].judged_point);
}

// ---- Names. ----

TEST_F(LuaLoadingTest, TakesTheNativeOneOfTwoOfOneName) {
  Install({"steady"});
  Write("steady.lua", Replaced(steady_, "\"lua_steady\"", "\"steady\""));
  StartHost({"steady"});
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  const absl::Status status = host_->VerifyFile("steady.lua").status();
  EXPECT_EQ(DetailsOf(status).reason, "NAME_TAKEN");
  EXPECT_THAT(std::string(status.message()), HasSubstr("steady.so"));
  const auto rejected = [&] {
    for (const ModuleInfo& info : host_->ListModules()) {
      if (info.file == "steady.lua") return info.problem.reason;
    }
    return ModuleReason::kNone;
  };
  EXPECT_EQ(rejected(), ModuleReason::kNameTaken);
  // Once the other is gone, the name is free, though this file is as it was.
  fs::remove(PathOf("steady.so"));
  host_->Rescan();
  EXPECT_EQ(rejected(), ModuleReason::kNone);
  EXPECT_TRUE(host_->VerifyFile("steady.lua").ok());
}

TEST_F(LuaLoadingTest, RefusesTheTextOfANativeNameAndTheOtherWayRound) {
  Install({"steady"});
  fs::copy_file(PathOf("steady.so"), PathOf("lua_native.lua"));
  Write("texts.so", steady_);
  StartHost({});
  const absl::Status native = host_->VerifyFile("lua_native.lua").status();
  EXPECT_EQ(DetailsOf(native).reason, "NOT_TEXT");
  EXPECT_THAT(std::string(native.message()), HasSubstr("NAME.so"));
  const absl::Status text = host_->VerifyFile("texts.so").status();
  EXPECT_EQ(DetailsOf(text).reason, "NOT_ELF");
  EXPECT_THAT(std::string(text.message()), HasSubstr("NAME.lua"));
}

TEST_F(LuaLoadingTest, RefusesANameThatIsNotTheManifests) {
  Write("lua_other.lua", steady_);
  const ModuleProblem problem = ProblemOf("lua_other");
  EXPECT_EQ(problem.reason, ModuleReason::kManifestInvalid);
  EXPECT_THAT(problem.detail, HasSubstr("lua_steady"));
}

// ---- The file. ----

TEST_F(LuaLoadingTest, RefusesALinkAndAFolder) {
  Write("elsewhere", steady_);
  fs::create_symlink(PathOf("elsewhere"), PathOf("lua_steady.lua"));
  EXPECT_EQ(ProblemOf("lua_steady").reason, ModuleReason::kNotARegularFile);
  fs::remove(PathOf("lua_steady.lua"));
  fs::create_directory(PathOf("lua_steady.lua"));
  EXPECT_EQ(ProblemOf("lua_steady").reason, ModuleReason::kNotARegularFile);
}

TEST_F(LuaLoadingTest, RefusesAFileThatOthersCouldChange) {
  for (const mode_t mode : {0666, 0664, 0646}) {
    Write("lua_steady.lua", steady_);
    ASSERT_EQ(chmod(PathOf("lua_steady.lua").c_str(), mode), 0);
    EXPECT_EQ(ProblemOf("lua_steady").reason, ModuleReason::kUnsafePermissions)
        << mode;
  }
}

TEST_F(LuaLoadingTest, RefusesAnotherFileThanTheOneExpected) {
  Install({"lua_steady"});
  StartHost({});
  EXPECT_TRUE(host_->VerifyFile("lua_steady.lua", Sha256Hex(steady_)).ok());
  EXPECT_EQ(
      DetailsOf(
          host_->VerifyFile("lua_steady.lua", std::string(64, 'a')).status())
          .reason,
      "HASH_MISMATCH");
}

TEST_F(LuaLoadingTest, ReadsOneOrTheOtherOfTwoFilesThatAreRenamedOver) {
  const std::string other = steady_ + "-- and a remark\n";
  Write("lua_steady.lua", steady_);
  StartHost({});
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; !done; ++i) {
      Write("new", i % 2 == 0 ? other : steady_);
      fs::rename(PathOf("new"), PathOf("lua_steady.lua"));
    }
  });
  int whole = 0;
  for (int i = 0; i < 20; ++i) {
    const auto file = host_->VerifyFile("lua_steady.lua");
    if (!file.ok()) {
      EXPECT_EQ(DetailsOf(file.status()).reason, "HASH_MISMATCH");
      continue;
    }
    ++whole;
    EXPECT_THAT((*file)->sha256, AnyOf(Sha256Hex(steady_), Sha256Hex(other)));
    EXPECT_EQ(Sha256Hex((*file)->Bytes().value()), (*file)->sha256);
  }
  done = true;
  writer.join();
  EXPECT_GT(whole, 0);
}

TEST_F(LuaLoadingTest, RefusesBytecode) {
  const ModuleProblem problem =
      ProblemOfText(std::string("\x1bLuaT\0\x19\x93\r\n\x1a\n", 13) + steady_);
  EXPECT_EQ(problem.reason, ModuleReason::kNotText);
  EXPECT_THAT(problem.detail, HasSubstr("bytecode"));
}

TEST_F(LuaLoadingTest, RefusesBytecodeBehindItsManifest) {
  const ModuleProblem problem = ProblemOfText(
      Replaced(steady_, "function judge",
               std::string("\x1bLuaT\0\x19\x93\r\n\x1a\n", 13) + "judge"));
  EXPECT_EQ(problem.reason, ModuleReason::kNotText);
}

TEST_F(LuaLoadingTest, RefusesANulAndOtherEncodings) {
  const std::string text = steady_ + "-- ";
  for (const std::string& bytes : {std::string("\0", 1),      // NUL
                                   std::string("\xe9t\xe9"),  // Latin-1
                                   std::string("\x8e\x77"),   // Shift_JIS
                                   std::string("\xed\xa0\x80")}) {
    const ModuleProblem problem = ProblemOfText(text + bytes + "\n");
    EXPECT_EQ(problem.reason, ModuleReason::kNotText);
    EXPECT_THAT(problem.detail, HasSubstr(absl::StrCat("byte ", text.size())));
  }
}

TEST_F(LuaLoadingTest, RefusesAFileThatIsTooLarge) {
  Write("lua_steady.lua", steady_);
  fs::resize_file(PathOf("lua_steady.lua"), (uint64_t{64} << 20) + 1);
  EXPECT_EQ(ProblemOf("lua_steady").reason, ModuleReason::kFileTooLarge);
}

// ---- The manifest. ----

TEST_F(LuaLoadingTest, RefusesATextWithoutAManifest) {
  for (const std::string& text :
       {std::string(), std::string("function judge(row) end\n"), "\n" + steady_,
        "\xef\xbb\xbf" + steady_, Replaced(steady_, "--[==[", "--[=[")}) {
    const ModuleProblem problem = ProblemOfText(text);
    EXPECT_EQ(problem.reason, ModuleReason::kNoManifest);
    EXPECT_THAT(problem.detail, HasSubstr("--[==[ shirube-manifest"));
  }
}

TEST_F(LuaLoadingTest, RefusesACommentThatDoesNotEnd) {
  const size_t manifest_end = steady_.find("]==]");
  const ModuleProblem manifest = ProblemOfText(steady_.substr(0, manifest_end));
  EXPECT_EQ(manifest.reason, ModuleReason::kTruncated);
  EXPECT_THAT(manifest.detail, AllOf(HasSubstr("manifest"), HasSubstr("]==]")));
  const size_t cases_end = steady_.find("]==]", manifest_end + 1);
  const ModuleProblem cases = ProblemOfText(steady_.substr(0, cases_end));
  EXPECT_EQ(cases.reason, ModuleReason::kTruncated);
  EXPECT_THAT(cases.detail, HasSubstr("cases"));
}

TEST_F(LuaLoadingTest, RefusesAManifestThatIsNoJson) {
  const ModuleProblem problem =
      ProblemOfText(Replaced(steady_, "\"version\":", "version ="));
  EXPECT_EQ(problem.reason, ModuleReason::kManifestInvalid);
}

TEST_F(LuaLoadingTest, RefusesAManifestOfAnotherAbi) {
  EXPECT_EQ(ProblemOfText(Replaced(steady_, "\"abi\": \"0.", "\"abi\": \"0.9"))
                .reason,
            ModuleReason::kAbiTooNew);
  const ModuleProblem old = ProblemOfText(Replaced(
      steady_, "\"data_schema\": \"0.2\"", "\"data_schema\": \"0.0\""));
  EXPECT_EQ(old.reason, ModuleReason::kAbiTooOld);
  EXPECT_THAT(old.detail, HasSubstr("written for"));
}

TEST_F(LuaLoadingTest, RefusesAHugeManifestAndHugeCases) {
  const std::string much(65 << 10, ' ');
  const ModuleProblem manifest = ProblemOfText(
      Replaced(steady_, "shirube-manifest\n", "shirube-manifest\n" + much));
  EXPECT_EQ(manifest.reason, ModuleReason::kManifestTooLarge);
  std::string lines;
  while (lines.size() <= (4 << 20)) lines += "# a remark among the cases\n";
  const ModuleProblem cases = ProblemOfText(
      Replaced(steady_, "shirube-cases\n", "shirube-cases\n" + lines));
  EXPECT_EQ(cases.reason, ModuleReason::kManifestTooLarge);
}

// ---- Its start. ----

TEST_F(LuaLoadingTest, NamesTheLineOfASyntaxError) {
  const ModuleProblem problem = ProblemOfTiny("lua_syntax_error");
  EXPECT_EQ(problem.reason, ModuleReason::kInitFailed);
  EXPECT_THAT(problem.detail, HasSubstr("lua_syntax_error.lua:"));
  EXPECT_THAT(problem.detail, HasSubstr("expected"));
  EXPECT_THAT(problem.ja, HasSubstr("lua_syntax_error.lua:"));
}

TEST_F(LuaLoadingTest, NamesTheLineOfAnErrorOutsideOfItsFunctions) {
  const ModuleProblem problem = ProblemOfTiny("lua_error_on_load");
  EXPECT_EQ(problem.reason, ModuleReason::kInitFailed);
  EXPECT_THAT(problem.detail, HasSubstr(PlaceOf("lua_error_on_load", "error(") +
                                        " the source does not like it here"));
}

TEST_F(LuaLoadingTest, RefusesAModuleWithoutJudge) {
  const ModuleProblem problem = ProblemOfTiny("lua_no_judge");
  EXPECT_EQ(problem.reason, ModuleReason::kInitFailed);
  EXPECT_THAT(problem.detail, HasSubstr("judge"));
}

TEST_F(LuaLoadingTest, EndsAModuleThatDoesNotComeToAnEndWhileLoading) {
  options_.start_deadline = absl::Seconds(2);
  for (const char* module : {"lua_spins_on_load", "lua_pcall_on_load"}) {
    EXPECT_EQ(ProblemOfTiny(module).reason, ModuleReason::kInitTimeout)
        << module;
  }
}

TEST_F(LuaLoadingTest, EndsAModuleThatFillsTheMemoryWhileLoading) {
  options_.memory_limit_bytes = int64_t{32} << 20;
  const ModuleProblem problem = ProblemOfTiny("lua_bomb_on_load");
  EXPECT_EQ(problem.reason, ModuleReason::kInitFailed);
  EXPECT_THAT(problem.detail, HasSubstr("memory"));
}

TEST_F(LuaLoadingTest, RefusesATextThatIsTooDeepToRead) {
  std::string chain = "local far = 1";
  for (int i = 0; i < 100'000; ++i) chain += "..1";
  for (const std::string& text :
       {"local deep = " + std::string(100'000, '('),
        "local deep = " + std::string(100'000, '{'),
        std::string("local deep = ") + std::string(100'000, '-') + "1\n" +
            std::string(100'000, '['),
        chain + "\n"}) {
    const ModuleProblem problem = ProblemOfText(steady_ + text);
    EXPECT_EQ(problem.reason, ModuleReason::kInitFailed) << text.substr(0, 20);
    EXPECT_THAT(problem.detail, HasSubstr("lua_steady.lua:"));
  }
}

// Whatever the bytes are, the answer is a typed one, and nobody else notices.
TEST_F(LuaLoadingTest, StandsAnyBytes) {
  Install({"steady"});
  StartHost({"steady"});
  AddRows({50, 150});
  const unsigned seed = std::random_device()();
  std::printf("seed: %u\n", seed);
  std::mt19937 random(seed);
  int verified = 0, started = 0;
  for (int i = 0; i < 150; ++i) {
    std::string bytes = steady_;
    // Its source half of the time: there is more that can still be started.
    const size_t from = i % 2 == 0 ? bytes.find("local function good") : 0;
    for (int changes = 1 + i % 5; changes > 0; --changes) {
      const size_t at = from + random() % (bytes.size() - from);
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, random() % 20);
          break;
        default:
          bytes.insert(at, bytes.substr(random() % bytes.size(), 20));
      }
    }
    const auto file = host_->VerifyBytes(bytes, "lua_steady", Sha256Hex(bytes));
    if (!file.ok()) {
      ASSERT_FALSE(DetailsOf(file.status()).reason.empty()) << i;
      continue;
    }
    ++verified;
    const auto set = host_->Load({*file}, {}, RuleHost::OnFailure::kRefuse);
    if (!set.ok()) {
      ASSERT_EQ(DetailsOf(set.status()).reason, "RULE_SET_CANNOT_START") << i;
      continue;
    }
    ++started;
    const Selection all = table_->SelectAll();
    ASSERT_TRUE(host_->Evaluate(**set, all.parts[0].ask()).ok()) << i;
  }
  EXPECT_GT(verified, 0);
  EXPECT_GT(started, 0);
  EXPECT_THAT(AskAll()[0].answer,
              testing::ElementsAre(kAnswerRaised, kAnswerNotRaised));
}

// ---- Its cases. ----

TEST_F(LuaLoadingTest, AsksAModuleItsCases) {
  Install({"lua_cases_pass"});
  StartHost({"lua_cases_pass"});
  EXPECT_EQ(InfoOf("lua_cases_pass").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("lua_cases_pass").cases_count, 4);
}

TEST_F(LuaLoadingTest, RefusesAModuleThatFailsItsCases) {
  const struct {
    const char* module;
    std::string words;
  } kFailures[] = {
      {"lua_cases_differ", "expected ACHIEVED MET, found NOT_RAISED"},
      {"lua_cases_unreadable", "colour"},
      {"lua_cases_kill",
       "CRASHED (" + PlaceOf("lua_cases_kill", "return nothing.there")},
      {"lua_cases_spin", "TIMED_OUT"},
      {"lua_cases_unset", "found NOT_EVALUATED UNANSWERED"}};
  options_.call_deadline = call_deadline_;
  for (const auto& [module, words] : kFailures) {
    const ModuleProblem problem = ProblemOfTiny(module);
    EXPECT_EQ(problem.reason, ModuleReason::kSelfTestFailed) << module;
    EXPECT_THAT(problem.detail, HasSubstr(words)) << module;
  }
}

}  // namespace
}  // namespace shirube
