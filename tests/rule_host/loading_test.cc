// What the host says of files that cannot be modules, and of modules that
// cannot be started: listed with the reason, and everything else goes on.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "server/domain/violation.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class LoadingTest : public RuleHostFixture {
 protected:
  // Starts a host over `module`, which must be rejected while `steady` is well.
  ModuleProblem ProblemOf(const std::string& module) {
    Install({"steady"});
    StartHost({module, "steady"});
    EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
    const ModuleInfo info = InfoOf(module);
    EXPECT_EQ(info.state, ModuleState::kRejected);
    EXPECT_TRUE(info.worker_pids.empty());
    const auto file = host_->VerifyFile(module + ".so");
    absl::Status refused = file.status();
    if (file.ok()) {
      refused = host_->Load({*file}, {}, RuleHost::OnFailure::kRefuse).status();
    }
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.message()), HasSubstr(module));
    return info.problem;
  }
  std::string PathOf(const std::string& module) const {
    return rules_.path() + "/" + module + ".so";
  }
};

TEST_F(LoadingTest, StartsAModuleAndShowsWhatItIs) {
  Install({"steady"});
  StartHost({"steady"});
  const ModuleInfo info = InfoOf("steady");
  EXPECT_EQ(info.state, ModuleState::kActive);
  EXPECT_TRUE(info.problem.ok());
  EXPECT_EQ(info.sha256.size(), 64u);
  EXPECT_EQ(info.worker_pids.size(), 1u);
  ASSERT_NE(info.manifest, nullptr);
  EXPECT_EQ(info.manifest->version, "1.2.3");
  EXPECT_TRUE(info.manifest->requires_target);
  EXPECT_TRUE(info.manifest->requires_observation);
  EXPECT_EQ(info.manifest->parameters.at(0).default_millionths, 250'000);
}

TEST_F(LoadingTest, KnowsModulesThatNoRuleSetNames) {
  Install({"steady", "also_steady"});
  StartHost({"steady"});
  EXPECT_EQ(InfoOf("also_steady").state, ModuleState::kVerified);
  EXPECT_TRUE(InfoOf("also_steady").worker_pids.empty());
}

TEST_F(LoadingTest, RunsWhatItVerifiedWhateverHappensToTheFile) {
  Install({"steady"});
  StartHost({"steady"});
  fs::remove(PathOf("steady"));
  AddRows({50});
  ASSERT_EQ(kill(InfoOf("steady").worker_pids.at(0), SIGKILL), 0);
  EXPECT_EQ(AskAll()[0].answer[0], kAnswerRaised);
}

TEST_F(LoadingTest, NamesAFileThatIsMissing) {
  StartHost({});
  const absl::Status status = host_->VerifyFile("nowhere.so").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(status).reason, "NOT_FOUND");
}

TEST_F(LoadingTest, RejectsAFileThatIsNotElf) {
  std::ofstream(PathOf("words")) << "#!/bin/sh\nexit 0\n";
  const ModuleProblem problem = ProblemOf("words");
  EXPECT_EQ(problem.reason, ModuleReason::kNotElf);
  EXPECT_THAT(problem.detail, HasSubstr("`shirube rule new` does"));
}

TEST_F(LoadingTest, RejectsAnEmptyFile) {
  std::ofstream(PathOf("empty")).flush();
  EXPECT_EQ(ProblemOf("empty").reason, ModuleReason::kNotElf);
}

TEST_F(LoadingTest, RejectsEveryCutOfAModule) {
  Install({"steady"});
  const auto whole = fs::file_size(PathOf("steady"));
  for (const uint64_t size :
       {uint64_t{16}, uint64_t{63}, uint64_t{200}, whole / 4, whole / 2}) {
    fs::copy_file(PathOf("steady"), PathOf("cut"),
                  fs::copy_options::overwrite_existing);
    fs::resize_file(PathOf("cut"), size);
    const ModuleReason reason = ProblemOf("cut").reason;
    EXPECT_TRUE(reason == ModuleReason::kTruncated ||
                reason == ModuleReason::kNotElf)
        << size << ": " << ReasonWord(reason);
  }
}

TEST_F(LoadingTest, RejectsALinkAndAFolder) {
  Install({"steady"});
  fs::create_symlink(PathOf("steady"), PathOf("link"));
  EXPECT_EQ(ProblemOf("link").reason, ModuleReason::kNotARegularFile);
  fs::create_directory(PathOf("folder"));
  EXPECT_EQ(ProblemOf("folder").reason, ModuleReason::kNotARegularFile);
}

TEST_F(LoadingTest, RejectsAModuleOfAnotherMachine) {
  Install({"steady"});
  fs::copy_file(PathOf("steady"), PathOf("foreign"));
  std::fstream file(PathOf("foreign"),
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(18);  // e_machine
  file.put(8);     // MIPS
  file.close();
  EXPECT_EQ(ProblemOf("foreign").reason, ModuleReason::kWrongArch);
}

TEST_F(LoadingTest, RejectsALibraryWithoutManifest) {
  Install({"no_manifest"});
  EXPECT_EQ(ProblemOf("no_manifest").reason, ModuleReason::kNoManifest);
}

TEST_F(LoadingTest, RejectsAManifestThatIsNoJson) {
  Install({"broken_manifest"});
  EXPECT_EQ(ProblemOf("broken_manifest").reason,
            ModuleReason::kManifestInvalid);
}

TEST_F(LoadingTest, RejectsAManifestOfAnotherName) {
  Install({"misnamed"});
  const ModuleProblem problem = ProblemOf("misnamed");
  EXPECT_EQ(problem.reason, ModuleReason::kManifestInvalid);
  EXPECT_THAT(problem.detail, HasSubstr("somebody_else"));
}

TEST_F(LoadingTest, RejectsAnotherMinorVersionOfTheAbi) {
  Install({"newer_abi", "older_abi", "newer_schema"});
  EXPECT_EQ(ProblemOf("newer_abi").reason, ModuleReason::kAbiTooNew);
  EXPECT_EQ(ProblemOf("older_abi").reason, ModuleReason::kAbiTooOld);
  const ModuleProblem problem = ProblemOf("newer_schema");
  EXPECT_EQ(problem.reason, ModuleReason::kAbiTooNew);
  EXPECT_THAT(problem.detail, HasSubstr("data schema 0.3"));
}

// The manifest is text; what the module was compiled with may differ.
TEST_F(LoadingTest, RejectsAModuleThatWasBuiltWithAnotherHeader) {
  Install({"newer_struct", "older_struct"});
  for (const auto& [module, reason] :
       {std::pair("newer_struct", ModuleReason::kAbiTooNew),
        std::pair("older_struct", ModuleReason::kAbiTooOld)}) {
    const ModuleProblem problem = ProblemOf(module);
    EXPECT_EQ(problem.reason, reason) << module;
    EXPECT_THAT(problem.detail, HasSubstr("another version")) << module;
  }
}

TEST_F(LoadingTest, RejectsALibraryWithoutTheEntry) {
  Install({"no_entry"});
  EXPECT_EQ(ProblemOf("no_entry").reason, ModuleReason::kMissingSymbol);
}

TEST_F(LoadingTest, RejectsAModuleThatRefusesToStart) {
  Install({"refuses_create"});
  const ModuleProblem problem = ProblemOf("refuses_create");
  EXPECT_EQ(problem.reason, ModuleReason::kInitFailed);
  EXPECT_THAT(problem.detail, HasSubstr("5"));
}

TEST_F(LoadingTest, RejectsAModuleThatCrashesWhileStarting) {
  Install({"crashes_in_create"});
  const ModuleProblem problem = ProblemOf("crashes_in_create");
  EXPECT_EQ(problem.reason, ModuleReason::kLoadCrashed);
  EXPECT_THAT(problem.detail, HasSubstr("signal 11"));
}

TEST_F(LoadingTest, RejectsAModuleThatDoesNotGetReady) {
  Install({"hangs_in_create"});
  options_.start_deadline = absl::Milliseconds(500);
  EXPECT_EQ(ProblemOf("hangs_in_create").reason, ModuleReason::kInitTimeout);
}

TEST_F(LoadingTest, RejectsAModuleThatFailsOnNoRows) {
  Install({"refuses_empty"});
  EXPECT_EQ(ProblemOf("refuses_empty").reason, ModuleReason::kSelfTestFailed);
}

TEST_F(LoadingTest, SaysSoWhenNothingCanEverBeJudged) {
  options_.rules_dir = rules_.path() + "/nowhere";
  EXPECT_EQ(RuleHost::Start(options_, table_->memory()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  options_.rules_dir = rules_.path();
  options_.worker_program = rules_.path() + "/no-worker";
  EXPECT_EQ(RuleHost::Start(options_, table_->memory()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(LoadingTest, LeavesNoWorkerBehind) {
  Install({"steady"});
  StartHost({"steady"});
  const int pid = InfoOf("steady").worker_pids.at(0);
  host_.reset();
  EXPECT_NE(kill(pid, 0), 0);
}

}  // namespace
}  // namespace shirube
