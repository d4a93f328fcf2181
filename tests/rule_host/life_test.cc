// The life of rule sets and their modules: loaded side by side and whole, or
// not at all; shared; let go of; put in quarantine and released.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "server/domain/violation.h"
#include "tests/rule_host/fixture.h"
#include "tests/rule_host/footprint.h"

namespace shirube {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Kind = ModuleOutcome::Kind;

class LifeTest : public RuleHostFixture {
 protected:
  // A host over the steady modules and those named, that has loaded nothing.
  void StartEmpty(const std::vector<std::string>& others = {}) {
    Install({"steady", "also_steady"});
    Install(others);
    StartHost({});
  }
  std::shared_ptr<const RuleSet> MustLoad(
      const std::vector<std::string>& modules,
      std::map<std::string, int64_t> parameters = {}) {
    auto set = Load(modules, std::move(parameters));
    EXPECT_TRUE(set.ok()) << set.status();
    return set.value_or(nullptr);
  }
  std::vector<ModuleAnswers> Ask(const RuleSet& set) {
    const Selection all = table_->SelectAll();
    auto answers = host_->Evaluate(set, all.parts.at(0).ask());
    EXPECT_TRUE(answers.ok()) << answers.status();
    return answers.value_or(std::vector<ModuleAnswers>());
  }
  ModuleInfo InfoOfBytes(const std::string& sha256) const {
    for (const ModuleInfo& info : host_->ListModules()) {
      if (info.sha256 == sha256) return info;
    }
    ADD_FAILURE() << "no module is listed with sha256 " << sha256;
    return {};
  }
  QuarantineNotice NoticeFor(const std::string& module) {
    QuarantineNotice notice;
    notice.sha256 = FilesOf({module}).at(0)->sha256;
    notice.module = module;
    notice.version = "1.2.3";
    notice.reason = "CRASHED";
    notice.en = "died over and over";
    notice.ja = "繰り返し落ちた";
    notice.time = absl::FromUnixSeconds(1'700'000'000);
    return notice;
  }
};

// ---- Loading and letting go. ----

TEST_F(LifeTest, SharesTheWorkersOfAModuleBetweenSets) {
  StartEmpty();
  AddRows({50, 150});
  auto one = MustLoad({"steady"});
  const std::vector<int> pids = InfoOf("steady").worker_pids;
  ASSERT_EQ(pids.size(), 1u);
  auto two = MustLoad({"steady", "also_steady"}, {{"floor", 500'000}});
  EXPECT_NE(one->id(), two->id());
  EXPECT_EQ(InfoOf("steady").worker_pids, pids);
  one.reset();
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("steady").worker_pids, pids);
  EXPECT_THAT(Ask(*two)[0].answer,
              ElementsAre(kAnswerRaised, kAnswerNotRaised));
}

TEST_F(LifeTest, EndsTheWorkersWithTheLastHandle) {
  StartEmpty();
  AddRows({50});
  auto set = MustLoad({"steady"});
  EXPECT_TRUE(InfoOf("steady").in_use);
  const int pid = InfoOf("steady").worker_pids.at(0);
  EXPECT_EQ(Ask(*set)[0].answer[0], kAnswerRaised);
  set.reset();
  const ModuleInfo info = InfoOf("steady");
  EXPECT_EQ(info.state, ModuleState::kRetired);
  EXPECT_FALSE(info.in_use);
  EXPECT_TRUE(info.worker_pids.empty());
  EXPECT_NE(kill(pid, 0), 0);
  // What it did stays known.
  EXPECT_EQ(info.statistics.rows, 1);
  set = MustLoad({"steady"});
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("steady").statistics.rows, 1);
}

TEST_F(LifeTest, GivesASetThatIsLoadedItsHandle) {
  StartEmpty();
  auto set = MustLoad({"steady", "also_steady"});
  EXPECT_EQ(MustLoad({"steady", "also_steady"}), set);
  EXPECT_EQ(MustLoad({"steady", "also_steady"}, {{"floor", 250'000}}), set);
  EXPECT_EQ(host_->Find(set->id()), set);
  const RuleSetId id = set->id();
  set.reset();
  EXPECT_EQ(host_->Find(id), nullptr);
}

TEST_F(LifeTest, KeepsWhatARunUnderWayNeedsAndDrainsItThen) {
  StartEmpty();
  AddRows({50});
  auto set = MustLoad({"steady"});
  const int pid = InfoOf("steady").worker_pids.at(0);
  const Selection all = table_->SelectAll();
  const std::vector<frame::Ask> asks(3, all.parts.at(0).ask());
  int answered = 0;
  const absl::Status status = host_->Evaluate(
      *set, asks, {}, [&](size_t ask, std::vector<ModuleAnswers>& answers) {
        EXPECT_EQ(answers.at(0).answer.at(0), kAnswerRaised);
        ++answered;
        if (ask != 0) return;
        set.reset();
        EXPECT_EQ(InfoOf("steady").state, ModuleState::kDraining);
        EXPECT_THAT(InfoOf("steady").worker_pids, ElementsAre(pid));
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kRetired);
}

TEST_F(LifeTest, TakesBackAModuleThatStillDrains) {
  StartEmpty();
  AddRows({50});
  auto set = MustLoad({"steady"});
  const int pid = InfoOf("steady").worker_pids.at(0);
  const Selection all = table_->SelectAll();
  const std::vector<frame::Ask> asks = {all.parts.at(0).ask()};
  const absl::Status status =
      host_->Evaluate(*set, asks, {}, [&](size_t, std::vector<ModuleAnswers>&) {
        set.reset();
        set = MustLoad({"steady"}, {{"floor", 1'000'000}});
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_THAT(InfoOf("steady").worker_pids, ElementsAre(pid));
  EXPECT_EQ(Ask(*set)[0].answer[0], kAnswerRaised);
}

TEST_F(LifeTest, LetsHandlesOutliveTheHost) {
  StartEmpty();
  auto set = MustLoad({"steady"});
  const int pid = InfoOf("steady").worker_pids.at(0);
  host_.reset();
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_EQ(set->modules().size(), 1u);
  set.reset();
}

TEST_F(LifeTest, SaysThatASetNobodyHoldsIsNotLoaded) {
  StartEmpty();
  AddRows({50});
  auto set = MustLoad({"steady"});
  const RuleSet copy = *set;
  set.reset();
  const Selection all = table_->SelectAll();
  const absl::Status status =
      host_->Evaluate(copy, all.parts.at(0).ask()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("steady"));
}

// ---- All or nothing. ----

TEST_F(LifeTest, NamesEveryModuleThatCannotStartAndLeavesNothingBehind) {
  StartEmpty({"cases_differ", "refuses_create"});
  const auto files = FilesOf({"steady", "cases_differ", "refuses_create"});
  const Footprint before = Footprint::Now();
  const absl::Status status =
      host_->Load(files, {}, RuleHost::OnFailure::kRefuse).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "RULE_SET_CANNOT_START");
  EXPECT_THAT(details.metadata,
              ElementsAre(Pair("cases_differ", "SELF_TEST_FAILED"),
                          Pair("refuses_create", "INIT_FAILED")));
  EXPECT_THAT(details.en, HasSubstr("Said to be reached"));
  EXPECT_THAT(details.ja, HasSubstr("refuses_create"));
  const Footprint after = Footprint::Now();
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.children, before.children);
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kRetired);
  EXPECT_EQ(InfoOf("cases_differ").state, ModuleState::kRejected);
  EXPECT_EQ(InfoOf("cases_differ").problem.reason,
            ModuleReason::kSelfTestFailed);
  EXPECT_EQ(InfoOf("refuses_create").state, ModuleState::kRejected);
}

TEST_F(LifeTest, LeavesLoadedSetsAsTheyAreWhenALoadFails) {
  StartEmpty({"crashes_in_create"});
  AddRows({50});
  const auto set = MustLoad({"steady"});
  const int pid = InfoOf("steady").worker_pids.at(0);
  EXPECT_FALSE(Load({"also_steady", "steady", "crashes_in_create"}).ok());
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_THAT(InfoOf("steady").worker_pids, ElementsAre(pid));
  EXPECT_EQ(InfoOf("also_steady").state, ModuleState::kRetired);
  EXPECT_EQ(Ask(*set)[0].answer[0], kAnswerRaised);
}

TEST_F(LifeTest, LeavesOutWhatCannotStartWhereItIsAsked) {
  StartEmpty({"refuses_create"});
  AddRows({50, 150});
  auto set = host_->Load(FilesOf({"refuses_create", "steady"}), {},
                         RuleHost::OnFailure::kLeaveOut);
  ASSERT_TRUE(set.ok()) << set.status();
  const std::vector<ModuleAnswers> answers = Ask(**set);
  EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
  EXPECT_EQ(answers[0].fault_at(1)->kind, Kind::kNotRunning);
  EXPECT_THAT(answers[0].fault_at(1)->detail, HasSubstr("INIT_FAILED"));
  EXPECT_THAT(answers[1].answer, ElementsAre(kAnswerRaised, kAnswerNotRaised));
  EXPECT_EQ(InfoOf("refuses_create").state, ModuleState::kRejected);
  EXPECT_TRUE(InfoOf("refuses_create").in_use);
  // Asked for whole it is refused, and goes on without as before.
  EXPECT_FALSE(Load({"refuses_create", "steady"}).ok());
  EXPECT_THAT(Ask(**set)[1].answer,
              ElementsAre(kAnswerRaised, kAnswerNotRaised));
}

TEST_F(LifeTest, RefusesASetThatCannotBeComposed) {
  StartEmpty();
  const auto files = FilesOf({"steady", "steady"});
  const absl::Status status =
      host_
          ->Load(files, {{"floor", 2'000'000}, {"ceiling", 1}},
                 RuleHost::OnFailure::kRefuse)
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  std::set<std::string> fields;
  for (const Violation& violation : DetailsOf(status).violations) {
    fields.insert(violation.field);
  }
  EXPECT_THAT(fields, UnorderedElementsAre("modules[1]", "parameters.floor",
                                           "parameters.ceiling"));
}

TEST_F(LifeTest, DoesNotGrowWithTheSetsThatCameAndWent) {
  StartEmpty();
  const auto files = FilesOf({"steady", "also_steady"});
  const auto load_and_drop = [&](int first, int n) {
    std::vector<std::shared_ptr<const RuleSet>> sets;
    for (int i = first; i < first + n; ++i) {
      auto set = host_->Load(files, {{"floor", i * 1000}},
                             RuleHost::OnFailure::kRefuse);
      ASSERT_TRUE(set.ok()) << set.status();
      sets.push_back(*std::move(set));
    }
    EXPECT_EQ(std::set(sets.begin(), sets.end()).size(), size_t(n));
    EXPECT_EQ(InfoOf("steady").worker_pids.size(), 1u);
  };
  load_and_drop(0, 50);
  const Footprint before = Footprint::Now();
  for (int round = 0; round < 6; ++round) load_and_drop(50 * round, 50);
  const Footprint after = Footprint::Now();
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.children, before.children);
#ifndef __SANITIZE_ADDRESS__  // it keeps what was freed, to find who uses it
  EXPECT_LT(after.resident_bytes - before.resident_bytes, int64_t{4} << 20);
#endif
}

// ---- Several threads. ----

TEST_F(LifeTest, LoadsAndDropsSetsBesideAnEvaluation) {
  StartEmpty({"cases_pass", "leaves_unset"});
  AddRows(std::vector<int64_t>(5000, 50));
  const auto set = MustLoad({"steady"});
  const auto pass = FilesOf({"steady", "cases_pass"});
  const auto other = FilesOf({"also_steady", "leaves_unset"});
  std::atomic<bool> stop = false;
  std::atomic<int> loads = 0;
  std::vector<std::thread> threads;
  for (const auto* files : {&pass, &other}) {
    threads.emplace_back([&, files] {
      for (int i = 0; !stop; ++i) {
        auto loaded = host_->Load(*files, {{"floor", i % 100 * 1000}},
                                  RuleHost::OnFailure::kRefuse);
        ASSERT_TRUE(loaded.ok()) << loaded.status();
        EXPECT_EQ(host_->Find((*loaded)->id()), *loaded);
        ++loads;
      }
    });
  }
  threads.emplace_back([&] {
    while (!stop) EXPECT_FALSE(host_->ListModules().empty());
  });
  int asked = 0;
  for (; asked < 30 || loads < 30; ++asked) {
    const std::vector<ModuleAnswers> answers = Ask(*set);
    EXPECT_THAT(answers.at(0).answer, Each(kAnswerRaised));
    EXPECT_TRUE(answers.at(0).faults.empty());
    if (HasFailure()) break;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(InfoOf("also_steady").state, ModuleState::kRetired);
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
}

// ---- Quarantine. ----

TEST_F(LifeTest, TellsOnceThatAModuleWentIntoQuarantine) {
  std::vector<QuarantineNotice> notices;
  options_.on_quarantine = [&](const QuarantineNotice& notice) {
    notices.push_back(notice);
  };
  StartEmpty({"crashes_on_row"});
  AddRows(std::vector<int64_t>(3000, kTrigger));
  const auto set = MustLoad({"crashes_on_row", "steady"});
  const auto other = MustLoad({"crashes_on_row"});
  std::vector<ModuleAnswers> answers = Ask(*set);
  EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
  EXPECT_THAT(answers[1].answer, Each(kAnswerNotRaised));
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].module, "crashes_on_row");
  EXPECT_EQ(notices[0].reason, "CRASHED");
  const ModuleInfo info = InfoOf("crashes_on_row");
  EXPECT_EQ(info.state, ModuleState::kQuarantined);
  EXPECT_TRUE(info.worker_pids.empty());
  ASSERT_TRUE(info.quarantine.has_value());
  EXPECT_EQ(info.quarantine->sha256, info.sha256);
  // Every set that has it goes on with it out of service.
  EXPECT_EQ(Ask(*other)[0].fault_at(0)->kind, Kind::kQuarantined);
  answers = Ask(*set);
  EXPECT_EQ(answers[0].fault_at(0)->kind, Kind::kQuarantined);
  EXPECT_THAT(answers[1].answer, Each(kAnswerNotRaised));
  EXPECT_EQ(notices.size(), 1u);
}

TEST_F(LifeTest, RefusesASetWithAModuleInQuarantine) {
  StartEmpty();
  host_->SetQuarantined(NoticeFor("steady"));
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kQuarantined);
  const absl::Status status = Load({"also_steady", "steady"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "MODULE_QUARANTINED");
  EXPECT_THAT(details.metadata, ElementsAre(Pair("steady", "CRASHED")));
  EXPECT_THAT(details.en, HasSubstr("2023-11-14T22:13:20"));
  EXPECT_THAT(details.en, HasSubstr("died over and over"));
  EXPECT_THAT(details.en, HasSubstr("shirube rule release steady@1.2.3"));
  EXPECT_THAT(details.ja, HasSubstr("繰り返し落ちた"));
  EXPECT_EQ(InfoOf("also_steady").worker_pids.size(), 0u);
}

TEST_F(LifeTest, LoadsASetOfTheStoreWithItsModuleInQuarantineAndReleasesIt) {
  StartEmpty();
  AddRows({50});
  const QuarantineNotice notice = NoticeFor("steady");
  host_->SetQuarantined(notice);
  auto set = host_->Load(FilesOf({"steady", "also_steady"}), {},
                         RuleHost::OnFailure::kLeaveOut);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Ask(**set)[0].fault_at(0)->kind, Kind::kQuarantined);
  EXPECT_EQ(Ask(**set)[1].answer[0], kAnswerRaised);
  EXPECT_TRUE(InfoOf("steady").worker_pids.empty());

  EXPECT_TRUE(host_->Release(notice.sha256).ok());
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_FALSE(InfoOf("steady").quarantine.has_value());
  EXPECT_EQ(Ask(**set)[0].answer[0], kAnswerRaised);
  EXPECT_EQ(DetailsOf(host_->Release(notice.sha256)).reason, "NOT_QUARANTINED");
}

TEST_F(LifeTest, ReleasesAModuleThatNobodyUsesAtOnce) {
  StartEmpty();
  const QuarantineNotice notice = NoticeFor("steady");
  host_->SetQuarantined(notice);
  EXPECT_TRUE(host_->Release(notice.sha256).ok());
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kVerified);
  EXPECT_NE(MustLoad({"steady"}), nullptr);
}

TEST_F(LifeTest, KeepsAModuleInQuarantineThatCannotStart) {
  StartEmpty({"cases_differ"});
  AddRows({50});
  const QuarantineNotice notice = NoticeFor("cases_differ");
  host_->SetQuarantined(notice);
  auto set = host_->Load(FilesOf({"cases_differ"}), {},
                         RuleHost::OnFailure::kLeaveOut);
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::Status status = host_->Release(notice.sha256);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(status).reason, "SELF_TEST_FAILED");
  EXPECT_EQ(InfoOf("cases_differ").state, ModuleState::kQuarantined);
  EXPECT_EQ(Ask(**set)[0].fault_at(0)->kind, Kind::kQuarantined);
}

TEST_F(LifeTest, ForgetsPoisonRowsWhenAModuleIsReleased) {
  StartEmpty({"crashes_on_row"});
  std::vector<int64_t> targets(2000, 50);
  targets[700] = kTrigger;
  AddRows(targets);
  const auto set = MustLoad({"crashes_on_row"});
  const Selection all = table_->SelectAll();
  ASSERT_TRUE(host_->Evaluate(*set, all.parts.at(0).ask()).ok());
  const std::string sha256 = set->modules()[0].sha256;
  EXPECT_EQ(InfoOfBytes(sha256).statistics.poison_rows, 1);
  host_->SetQuarantined(NoticeFor("crashes_on_row"));
  EXPECT_TRUE(host_->Release(sha256).ok());
  EXPECT_EQ(InfoOfBytes(sha256).statistics.poison_rows, 0);
  EXPECT_EQ(InfoOfBytes(sha256).state, ModuleState::kActive);
}

TEST_F(LifeTest, QuarantinesAndReleasesBesideAnEvaluation) {
  StartEmpty();
  AddRows(std::vector<int64_t>(3000, 50));
  const auto set = MustLoad({"steady", "also_steady"});
  const QuarantineNotice notice = NoticeFor("steady");
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  std::thread other([&] {
    for (; !stop; ++rounds) {
      host_->SetQuarantined(notice);
      ASSERT_TRUE(host_->Release(notice.sha256).ok());
    }
  });
  for (int asked = 0; asked < 30 || rounds < 10; ++asked) {
    const std::vector<ModuleAnswers> answers = Ask(*set);
    EXPECT_THAT(answers.at(1).answer, Each(kAnswerRaised));
    // Wholly in service or wholly out of it.
    if (answers[0].faults.empty()) {
      EXPECT_THAT(answers[0].answer, Each(kAnswerRaised));
    } else {
      EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
      EXPECT_EQ(answers[0].fault_at(0)->kind, Kind::kQuarantined);
    }
    if (HasFailure()) break;
  }
  stop = true;
  other.join();
  EXPECT_EQ(InfoOf("steady").state, ModuleState::kActive);
  EXPECT_THAT(Ask(*set)[0].answer, Each(kAnswerRaised));
}

TEST_F(LifeTest, StartsAModuleThatHangsNoMoreAfterThreeTimes) {
  std::vector<QuarantineNotice> notices;
  options_.on_quarantine = [&](const QuarantineNotice& notice) {
    notices.push_back(notice);
  };
  options_.start_deadline = absl::Milliseconds(200);
  StartEmpty({"hangs_in_create"});
  AddRows({50});
  const std::vector<std::shared_ptr<const ModuleFile>> files =
      FilesOf({"hangs_in_create", "steady"});
  std::shared_ptr<const RuleSet> set;
  const auto start = [&] {
    auto loaded = host_->Load(files, {}, RuleHost::OnFailure::kLeaveOut);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    set = *std::move(loaded);
  };
  // The first start is nobody's fault, two more are borne with.
  for (int round = 1; round <= 3; ++round) {
    start();
    EXPECT_EQ(InfoOf("hangs_in_create").state, ModuleState::kRejected);
    EXPECT_EQ(Ask(*set)[0].fault_at(0)->kind, Kind::kNotRunning);
  }
  EXPECT_TRUE(notices.empty());
  start();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].module, "hangs_in_create");
  EXPECT_EQ(notices[0].reason, "INIT_TIMEOUT");
  EXPECT_THAT(notices[0].en, HasSubstr("in create"));
  EXPECT_THAT(notices[0].ja, HasSubstr("3 回"));
  EXPECT_EQ(InfoOf("hangs_in_create").state, ModuleState::kQuarantined);
  const auto since = InfoOf("hangs_in_create").since;
  start();
  EXPECT_EQ(notices.size(), 1u);
  EXPECT_EQ(InfoOf("hangs_in_create").since, since);  // not started
  const std::vector<ModuleAnswers> answers = Ask(*set);
  EXPECT_EQ(answers[0].fault_at(0)->kind, Kind::kQuarantined);
  EXPECT_EQ(answers[1].answer[0], kAnswerRaised);
}

TEST_F(LifeTest, BearsWithAModuleThatCannotBeStartedForWantOfAWorker) {
  const TempDir programs;
  options_.worker_program = programs.path() + "/worker";
  fs::copy_file(SHIRUBE_WORKER, options_.worker_program);
  StartEmpty();
  const std::vector<std::shared_ptr<const ModuleFile>> files =
      FilesOf({"steady"});
  fs::remove(options_.worker_program);
  for (int round = 1; round <= 6; ++round) {
    ASSERT_TRUE(host_->Load(files, {}, RuleHost::OnFailure::kLeaveOut).ok());
    EXPECT_EQ(InfoOf("steady").state, ModuleState::kRejected) << round;
  }
  fs::copy_file(SHIRUBE_WORKER, options_.worker_program);
  ASSERT_TRUE(host_->Load(files, {}, RuleHost::OnFailure::kRefuse).ok());
}

// ---- The folder. ----

TEST_F(LifeTest, SeesFilesThatCameWentAndChangedOnceItLooksAgain) {
  StartEmpty();
  const auto set = MustLoad({"steady"});
  const std::string sha256 = set->modules()[0].sha256;
  Install({"leaves_unset"});
  fs::remove(rules_.path() + "/also_steady.so");
  fs::remove(rules_.path() + "/steady.so");
  std::ofstream(rules_.path() + "/Not-An-Id.so") << "whatever";
  const size_t rows = host_->ListModules().size();
  EXPECT_EQ(rows, 2u);
  host_->Rescan();
  EXPECT_EQ(InfoOf("leaves_unset").state, ModuleState::kVerified);
  EXPECT_EQ(InfoOf("Not-An-Id").state, ModuleState::kRejected);
  EXPECT_THAT(InfoOf("Not-An-Id").problem.detail, HasSubstr("rename"));
  EXPECT_EQ(host_->ListModules().size(), 3u);
  // In use, whether its file is there or not.
  EXPECT_EQ(InfoOfBytes(sha256).file, "");
  EXPECT_EQ(InfoOfBytes(sha256).state, ModuleState::kActive);
}

TEST_F(LifeTest, VerifiesAFileByNameAndExpectedHash) {
  StartEmpty();
  const auto steady = FilesOf({"steady"}).at(0);
  EXPECT_TRUE(host_->VerifyFile("steady.so", steady->sha256).ok());
  const absl::Status other =
      host_->VerifyFile("also_steady.so", steady->sha256).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(other).reason, "HASH_MISMATCH");
  for (const char* name : {"../steady.so", "/steady.so", "steady", ".so", ""}) {
    EXPECT_EQ(host_->VerifyFile(name).status().code(),
              absl::StatusCode::kFailedPrecondition)
        << name;
  }
}

TEST_F(LifeTest, RunsBytesThatWereKeptElsewhere) {
  StartEmpty();
  AddRows({50});
  const auto steady = FilesOf({"steady"}).at(0);
  const std::string bytes = steady->Bytes().value();
  fs::remove(rules_.path() + "/steady.so");
  auto file = host_->VerifyBytes(bytes, "steady", steady->sha256);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto set =
      host_->Load({*file}, {}, RuleHost::OnFailure::kRefuse).value();
  EXPECT_EQ(Ask(*set)[0].answer[0], kAnswerRaised);
  EXPECT_EQ(
      DetailsOf(
          host_->VerifyBytes(bytes + " ", "steady", steady->sha256).status())
          .reason,
      "HASH_MISMATCH");
}

}  // namespace
}  // namespace shirube
