// What a module may do in its worker: compute. Everything else it tries, in a
// constructor or later, ends it and is named.
#include "server/rule_host/confinement.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "server/rule_host/system_call.h"
#include "tests/rule_host/fixture.h"
#include "tests/rule_host/worker_fixture.h"

namespace shirube {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Kind = ModuleOutcome::Kind;

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = 0xc000'003e;
#else
constexpr uint32_t kArchitecture = 0xc000'00b7;
#endif

struct Forbidden {
  const char* name;
  Attempt attempt;
};

// What somebody would try who means harm.
std::vector<Forbidden> Harm(const std::string& database) {
  constexpr int64_t kText = Attempt::kText;
  const int64_t parent = getpid();
  std::vector<Forbidden> list = {
      {"clone", {SYS_clone, {SIGCHLD}}},
      {"clone", {SYS_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND}}},
      {"clone3", {SYS_clone3, {kText, 88}}},
      {"execve", {SYS_execve, {kText}, "/bin/sh"}},
      {"execveat", {SYS_execveat, {AT_FDCWD, kText}, "/bin/sh"}},
      {"socket", {SYS_socket, {AF_INET, SOCK_STREAM}}},
      {"socket", {SYS_socket, {AF_UNIX, SOCK_DGRAM}}},
      {"socketpair", {SYS_socketpair, {AF_UNIX, SOCK_DGRAM}}},
      {"openat", {SYS_openat, {AT_FDCWD, kText, O_RDONLY}, "/etc/shadow"}},
      {"openat", {SYS_openat, {AT_FDCWD, kText, O_RDONLY}, database}},
      {"openat", {SYS_openat, {AT_FDCWD, kText, O_RDWR}, database}},
      // As the loader does, but it has done so already.
      {"openat", {SYS_openat, {AT_FDCWD, kText, O_CLOEXEC}, "/proc/self/fd/4"}},
      {"openat2", {SYS_openat2, {AT_FDCWD, kText, kText, 24}, database}},
      {"newfstatat", {SYS_newfstatat, {AT_FDCWD, kText, kText}, database}},
      {"statx", {SYS_statx, {AT_FDCWD, kText, 0, 0, kText}, database}},
      {"unlinkat", {SYS_unlinkat, {AT_FDCWD, kText}, database}},
      {"truncate", {SYS_truncate, {kText, 0}, database}},
      {"memfd_create", {SYS_memfd_create, {kText}, "name"}},
      {"ptrace", {SYS_ptrace, {PTRACE_TRACEME}}},
      {"ptrace", {SYS_ptrace, {PTRACE_ATTACH, parent}}},
      {"process_vm_writev", {SYS_process_vm_writev, {parent}}},
      {"process_vm_readv", {SYS_process_vm_readv, {parent}}},
      {"getppid", {SYS_getppid}},
      {"kill", {SYS_kill, {parent, SIGTERM}}},
      {"kill", {SYS_kill, {0, SIGTERM}}},
      {"tgkill", {SYS_tgkill, {parent, parent, SIGABRT}}},
      {"tkill", {SYS_tkill, {parent, SIGTERM}}},
      {"pidfd_open", {SYS_pidfd_open, {parent}}},
      {"rt_sigqueueinfo", {SYS_rt_sigqueueinfo, {parent, SIGTERM, kText}}},
      {"rt_sigaction", {SYS_rt_sigaction, {SIGSYS, kText, 0, 8}}},
      {"sigaltstack", {SYS_sigaltstack, {kText}}},
      {"prctl", {SYS_prctl, {PR_SET_PDEATHSIG, 0}}},
      {"prctl", {SYS_prctl, {PR_SET_DUMPABLE, 1}}},
      {"seccomp",
       {SYS_seccomp,
        {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, kText}}},
      {"prlimit64", {SYS_prlimit64, {0, 2, kText}}},
      {"setrlimit", {SYS_setrlimit, {2, kText}}},
      {"unshare", {SYS_unshare, {CLONE_NEWUSER}}},
      {"mount", {SYS_mount, {kText, kText}}},
      {"io_uring_setup", {SYS_io_uring_setup, {8, kText}}},
      {"bpf", {SYS_bpf, {0, kText, 8}}},
      {"userfaultfd", {SYS_userfaultfd, {0}}},
      {"perf_event_open", {SYS_perf_event_open, {kText}}},
      {"keyctl", {SYS_keyctl, {0}}},
      {"shmget", {SYS_shmget, {0, 4096}}},
      {"nanosleep", {SYS_nanosleep, {kText}}},
      {"getrandom", {SYS_getrandom, {kText, 8}}},
      {"dup", {SYS_dup, {3}}},
      {"close", {SYS_close, {3}}},
      {"shutdown", {SYS_shutdown, {3, SHUT_RDWR}}},
      {"sendmsg", {SYS_sendmsg, {3, kText}}},
      {"sendto", {SYS_sendto, {3, kText, 1, 0, kText, 16}}},
      {"ioctl", {SYS_ioctl, {3, 0x541B, kText}}},
      {"fcntl", {SYS_fcntl, {3, F_SETFL, 0}}},
      {"write", {SYS_write, {3, kText, 1}, "x"}},
      // Memory that could be run, or that no limit counts.
      {"mmap",
       {SYS_mmap, {0, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1}}},
      {"mmap",
       {SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1}}},
      {"mmap",
       {SYS_mmap,
        {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1}}},
      {"mmap", {SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED, 3}}},
      {"mprotect", {SYS_mprotect, {0, 4096, PROT_READ | PROT_EXEC}}},
      {"madvise", {SYS_madvise, {0, 4096, MADV_REMOVE}}},
      {"futex", {SYS_futex, {kText, FUTEX_LOCK_PI}}},
  };
#ifdef __x86_64__
  list.push_back({"fork", {SYS_fork}});
  list.push_back({"vfork", {SYS_vfork}});
  list.push_back({"open", {SYS_open, {kText, O_RDONLY}, "/etc/shadow"}});
  list.push_back({"creat", {SYS_creat, {kText, 0600}, database}});
  list.push_back({"pause", {SYS_pause}});
  list.push_back({"x32 write", {0x4000'0000 | SYS_write, {3, kText, 1}}});
#endif
  return list;
}

class ConfinementTest : public WorkerFixture {
 protected:
  void ExpectForbiddenAtLoad(const std::string& where,
                             const Forbidden& forbidden) {
    const ModuleProblem problem = LoadProblem(where, forbidden.attempt);
    EXPECT_EQ(problem.reason, ModuleReason::kLoadForbiddenCall)
        << forbidden.name << ": " << ReasonWord(problem.reason) << " "
        << problem.detail;
    EXPECT_THAT(problem.detail,
                StartsWith(absl::StrCat("called ", forbidden.name, " ")));
    EXPECT_THAT(problem.ja, HasSubstr(forbidden.name));
  }
  void ExpectForbiddenInEvaluate(const Forbidden& forbidden) {
    const ModuleOutcome outcome = OutcomeInEvaluate(forbidden.attempt);
    EXPECT_EQ(outcome.kind, Kind::kForbiddenCall)
        << forbidden.name << ": " << outcome.ToString();
    EXPECT_EQ(outcome.call, forbidden.name);
  }

  TempDir folder_;
};

TEST_F(ConfinementTest, StopsEveryHarmInAConstructorAndNamesIt) {
  const std::string database = folder_.path() + "/shirube.db";
  std::ofstream(database) << "secret";
  for (const Forbidden& forbidden : Harm(database)) {
    ExpectForbiddenAtLoad("constructor", forbidden);
  }
  EXPECT_EQ(BytesOfFile(database), "secret");
}

TEST_F(ConfinementTest, StopsEveryHarmOnARowAndNamesIt) {
  const std::string database = folder_.path() + "/shirube.db";
  std::ofstream(database) << "secret";
  for (const Forbidden& forbidden : Harm(database)) {
    ExpectForbiddenInEvaluate(forbidden);
  }
  EXPECT_EQ(BytesOfFile(database), "secret");
}

TEST_F(ConfinementTest, StopsHarmInTheEntryAndInCreate) {
  const Forbidden forbidden = {"socket", {SYS_socket, {AF_INET, SOCK_STREAM}}};
  for (const char* where : {"entry", "create"}) {
    ExpectForbiddenAtLoad(where, forbidden);
  }
  EXPECT_THAT(LoadProblem("constructor", forbidden.attempt).detail,
              HasSubstr("a constructor"));
  EXPECT_THAT(LoadProblem("entry", forbidden.attempt).detail,
              HasSubstr("in shirube_rule_v0"));
  EXPECT_THAT(LoadProblem("create", forbidden.attempt).detail,
              HasSubstr("in create"));
}

// Writing, growing, cutting, punching: no descriptor there might be.
TEST_F(ConfinementTest, StopsEveryWriteToADescriptorThatWasGuessed) {
  constexpr int64_t kText = Attempt::kText;
  for (int64_t fd = 0; fd <= 20; ++fd) {
    std::vector<Forbidden> list = {
        {"pwrite64", {SYS_pwrite64, {fd, kText, 1, 0}, "x"}},
        {"ftruncate", {SYS_ftruncate, {fd, 0}}},
        {"fallocate", {SYS_fallocate, {fd, 3 /* punch */, 0, 4096}}},
        {"copy_file_range", {SYS_copy_file_range, {fd, 0, fd, 0, 1}}},
        {"sendfile", {SYS_sendfile, {fd, fd, 0, 1}}},
        {"fcntl", {SYS_fcntl, {fd, 1033 /* add seals */, 1}}}};
    if (fd != 2) list.push_back({"write", {SYS_write, {fd, kText, 1}, "x"}});
    if (fd != 3) list.push_back({"sendto", {SYS_sendto, {fd, kText, 1}}});
    for (const Forbidden& forbidden : list) {
      ExpectForbiddenAtLoad("constructor", forbidden);
      ExpectForbiddenInEvaluate(forbidden);
    }
  }
  // The C library's last words get nowhere, and are no reason to die.
  const Attempt words = {SYS_write, {2, kText, 1}, "x"};
  EXPECT_TRUE(OutcomeInEvaluate(words).ok());
}

// The other way around: every number there is, but the few that are allowed
// whatever their arguments.
TEST_F(ConfinementTest, StopsEverySystemCallThatIsNotNeeded) {
  const std::set<int64_t> allowed = {
      SYS_munmap,         SYS_mremap,          SYS_brk,
      SYS_exit,           SYS_exit_group,      SYS_rt_sigreturn,
      SYS_rt_sigprocmask, SYS_restart_syscall, SYS_getpid,
      SYS_gettid};
  int tried = 0;
  for (int64_t number = 0; number < 470; ++number) {
    if (allowed.contains(number)) continue;
#ifdef __x86_64__
    // uretprobe and uprobe: newer kernels show them to no filter, and refuse
    // them to everybody but the trampolines they are made for.
    if (number == 335 || number == 336) continue;
#endif
    const Attempt attempt = {number, {-1, -1, -1, -1, -1, -1}};
    const std::string name =
        SystemCallName(kArchitecture, static_cast<uint32_t>(number));
    const ModuleOutcome outcome = OutcomeInEvaluate(attempt);
    EXPECT_EQ(outcome.kind, Kind::kForbiddenCall)
        << name << ": " << outcome.ToString();
    EXPECT_EQ(outcome.call, name);
    const ModuleProblem problem = LoadProblem("constructor", attempt);
    EXPECT_EQ(problem.reason, ModuleReason::kLoadForbiddenCall) << name;
    ++tried;
  }
  EXPECT_GE(tried, 450);
}

#ifdef __x86_64__
TEST_F(ConfinementTest, StopsThe32BitWayIn) {
  const ModuleOutcome outcome = OutcomeInEvaluate({.call = Attempt::kOldCall});
  if (outcome.kind == Kind::kCrashed) {
    EXPECT_EQ(outcome.signal, SIGSEGV);  // a kernel without it
    return;
  }
  EXPECT_EQ(outcome.kind, Kind::kForbiddenCall) << outcome.ToString();
  EXPECT_EQ(outcome.call, "i386 getpid");
}
#endif

TEST_F(ConfinementTest, LetsAModuleCompute) {
  for (const char* where : {"constructor", "entry", "create", "evaluate"}) {
    ModuleProblem problem;
    const auto worker = Start(Attempting(where, {}), &problem);
    ASSERT_NE(worker, nullptr) << where << ": " << problem.detail;
    EXPECT_TRUE(Ask(worker.get()).ok()) << where;
    EXPECT_TRUE(Ask(worker.get()).ok()) << where;
  }
}

TEST_F(ConfinementTest, LetsAModuleHaveMemoryOfItsOwn) {
  const Attempt attempt = {
      SYS_mmap,
      {0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1}};
  EXPECT_TRUE(OutcomeInEvaluate(attempt).ok());
  EXPECT_TRUE(LoadProblem("constructor", attempt).ok());
}

TEST_F(ConfinementTest, LetsAModuleUseTheLibrariesThatAreThere) {
  ModuleFile file;
  const ModuleProblem verified = ReadModuleBytes(
      BytesOf("cpp_library"), "cpp_library", "", inspector_, &file);
  ASSERT_TRUE(verified.ok()) << verified.detail;
  ModuleProblem problem;
  const auto worker = Start(BytesOf("cpp_library"), &problem);
  ASSERT_NE(worker, nullptr) << problem.detail;
  EXPECT_TRUE(Ask(worker.get()).ok());
}

TEST_F(ConfinementTest, NamesTheSignalOfACrashWhereverItHappens) {
  for (const char* where : {"constructor", "entry", "create"}) {
    const ModuleProblem problem = LoadProblem(where, {.call = Attempt::kCrash});
    EXPECT_EQ(problem.reason, ModuleReason::kLoadCrashed) << where;
    EXPECT_THAT(problem.detail, StartsWith("CRASHED (signal 11)")) << where;
  }
  const ModuleOutcome outcome = OutcomeInEvaluate({.call = Attempt::kCrash});
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
}

TEST_F(ConfinementTest, NamesAnAbortAsWhatItIs) {
  EXPECT_THAT(LoadProblem("constructor", {.call = Attempt::kAbort}).detail,
              StartsWith("CRASHED (signal 6)"));
  const ModuleOutcome outcome = OutcomeInEvaluate({.call = Attempt::kAbort});
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGABRT);
}

TEST_F(ConfinementTest, NamesTheCodeOfAnExit) {
  const ModuleProblem problem =
      LoadProblem("constructor", {Attempt::kExit, {0}});
  EXPECT_EQ(problem.reason, ModuleReason::kLoadCrashed);
  EXPECT_THAT(problem.detail, StartsWith("EXITED (code 0)"));
  // Even the code that a forbidden call ends with.
  const ModuleOutcome outcome =
      OutcomeInEvaluate({Attempt::kExit, {frame::kForbiddenExit}});
  EXPECT_EQ(outcome.kind, Kind::kExited);
  EXPECT_EQ(outcome.exit_code, frame::kForbiddenExit);
}

TEST_F(ConfinementTest, EndsAModuleThatDoesNotGetReady) {
  options_.start_deadline = absl::Milliseconds(300);
  for (const char* where : {"constructor", "entry", "create"}) {
    EXPECT_EQ(LoadProblem(where, {.call = Attempt::kSpin}).reason,
              ModuleReason::kInitTimeout)
        << where;
  }
}

TEST_F(ConfinementTest, KnowsADeathForWantOfMemory) {
  options_.memory_limit_bytes = 32 << 20;
  const ModuleOutcome outcome = OutcomeInEvaluate({.call = Attempt::kAllocate});
  EXPECT_EQ(outcome.kind, Kind::kOutOfMemory) << outcome.ToString();
  const ModuleProblem problem =
      LoadProblem("constructor", {.call = Attempt::kAllocate});
  EXPECT_EQ(problem.reason, ModuleReason::kLoadCrashed);
  EXPECT_THAT(problem.detail, StartsWith("OUT_OF_MEMORY"));
}

TEST_F(ConfinementTest, LimitsMemoryThatIsHiddenFromTheDataLimit) {
  options_.memory_limit_bytes = 32 << 20;
  EXPECT_EQ(OutcomeInEvaluate({.call = Attempt::kHide}).kind, Kind::kCrashed);
  EXPECT_EQ(LoadProblem("constructor", {.call = Attempt::kHide}).reason,
            ModuleReason::kLoadCrashed);
}

// The loader may map the module's descriptor, and of an anonymous map the
// kernel never looks at the descriptor.
TEST_F(ConfinementTest, StopsMemoryThatPretendsToBeTheModule) {
  constexpr int64_t kPage = 4096;
  for (const int64_t flags :
       {MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED}) {
    const Attempt attempt = {
        SYS_mmap, {0, kPage, PROT_READ | PROT_EXEC, flags, frame::kLoaderFd}};
    ExpectForbiddenAtLoad("constructor", {"mmap", attempt});
    ExpectForbiddenInEvaluate({"mmap", attempt});
  }
}

TEST_F(ConfinementTest, EndsAStackThatOverflows) {
  const ModuleOutcome outcome = OutcomeInEvaluate({.call = Attempt::kOverflow});
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
}

TEST_F(ConfinementTest, CountsTheCpuLimitAsTimeSpent) {
  ModuleProblem problem;
  const auto worker =
      Start(Attempting("evaluate", {.call = Attempt::kSpin}), &problem);
  ASSERT_NE(worker, nullptr) << problem.detail;
  ASSERT_TRUE(worker->Send({}));
  ASSERT_EQ(kill(worker->pid(), SIGXCPU), 0);  // as the kernel would
  EXPECT_EQ(worker->Autopsy().kind, Kind::kTimedOut);
}

TEST_F(ConfinementTest, ReportsEveryLayer) {
  auto confinement = ProbeConfinement(&spawner_, SHIRUBE_WORKER, 64 << 20);
  ASSERT_TRUE(confinement.ok()) << confinement.status();
  std::vector<std::string> names;
  for (const ConfinementLayer& layer : confinement->layers) {
    names.push_back(layer.name);
    EXPECT_FALSE(layer.detail.empty());
    EXPECT_FALSE(layer.required);
    // The one that a kernel may lack.
    EXPECT_TRUE(layer.active || layer.name == "landlock") << layer.detail;
  }
  EXPECT_THAT(names, ::testing::ElementsAre("seccomp", "landlock", "rlimits",
                                            "no_new_privs", "sealed_memory"));
}

TEST_F(ConfinementTest, RequiresTheLayersThatAreNamed) {
  auto confinement = ProbeConfinement(&spawner_, SHIRUBE_WORKER, 64 << 20);
  ASSERT_TRUE(confinement.ok()) << confinement.status();
  EXPECT_TRUE(RequireLayers({"seccomp", "rlimits"}, &*confinement).ok());
  EXPECT_TRUE(confinement->layers[0].required);
  EXPECT_FALSE(confinement->layers[1].required);
  EXPECT_EQ(RequireLayers({"walls"}, &*confinement).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ConfinementTest, SaysSoWhenTheWorkerIsNoWorker) {
  EXPECT_EQ(ProbeConfinement(&spawner_, "/bin/true", 64 << 20).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ProbeConfinement(&spawner_, folder_.path() + "/none", 64 << 20)
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

// Runs tests/rule_host/probe_without.cc, which takes a layer from the machine
// first, and gives back what it prints.
std::string ProbeWithout(const std::string& layer) {
  const std::string command =
      absl::StrCat(SHIRUBE_PROBE_WITHOUT, " ", layer, " ", SHIRUBE_WORKER);
  FILE* pipe = popen(command.c_str(), "r");
  std::string said;
  char buffer[256];
  while (fgets(buffer, sizeof(buffer), pipe) != nullptr) said += buffer;
  EXPECT_EQ(pclose(pipe), 0);
  return said;
}

TEST_F(ConfinementTest, SaysWhyThereIsNoLandlock) {
  const std::string said = ProbeWithout("landlock");
  EXPECT_THAT(said, HasSubstr("landlock: not active: Function not "
                              "implemented\n"));
  EXPECT_THAT(said, HasSubstr("seccomp: system calls"));
  EXPECT_THAT(said, HasSubstr("required: FAILED_PRECONDITION "
                              "CONFINEMENT_MISSING"));
  EXPECT_THAT(said, HasSubstr("module: READY\n"));
}

TEST_F(ConfinementTest, SaysWhyThereIsNoSeccomp) {
  const std::string said = ProbeWithout("seccomp");
  EXPECT_THAT(said, HasSubstr("seccomp: not active: Function not "
                              "implemented\n"));
  EXPECT_THAT(said, HasSubstr("required: FAILED_PRECONDITION "
                              "CONFINEMENT_MISSING"));
  EXPECT_THAT(said, HasSubstr("module: READY\n"));
}

TEST(SystemCallNameTest, NamesCallsOfEveryDialect) {
  constexpr uint32_t kI386 = 0x4000'0003;
  EXPECT_EQ(SystemCallName(kArchitecture, SYS_openat), "openat");
  EXPECT_EQ(SystemCallName(kArchitecture, 9999), "call 9999");
  EXPECT_EQ(SystemCallName(kI386, 2), "i386 fork");
}

// The same in a host, beside a module that does no harm.
class HostConfinementTest : public RuleHostFixture, protected TinyBytes {
 protected:
  void InstallAttempt(const std::string& where, const Attempt& attempt) {
    const std::string path =
        absl::StrCat(rules_.path(), "/attempts_in_", where, ".so");
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << Attempting(where, attempt);
    chmod(path.c_str(), 0644);
  }
  void ExpectSteady(const ModuleAnswers& answers) {
    EXPECT_THAT(answers.answer,
                ::testing::ElementsAre(kAnswerRaised, kAnswerNotRaised));
    EXPECT_TRUE(answers.faults.empty());
  }
};

TEST_F(HostConfinementTest, RefusesAModuleThatMeansHarmAndGoesOn) {
  Install({"steady"});
  InstallAttempt("constructor", {});
  StartHost({"steady"});
  AddRows({50, 150});
  const std::vector<int> workers = InfoOf("steady").worker_pids;
  const std::string bad = "attempts_in_constructor";
  const struct {
    Attempt attempt;
    const char* reason;
    const char* text;
  } kCases[] = {
      {{.call = Attempt::kCrash}, "LOAD_CRASHED", "signal 11"},
      {{Attempt::kExit, {0}}, "LOAD_CRASHED", "EXITED (code 0)"},
      {{SYS_clone, {SIGCHLD}}, "LOAD_FORBIDDEN_CALL", "clone"},
      {{SYS_execve, {Attempt::kText}, "/bin/sh"},
       "LOAD_FORBIDDEN_CALL",
       "execve"},
      {{SYS_openat, {AT_FDCWD, Attempt::kText}, "/etc/shadow"},
       "LOAD_FORBIDDEN_CALL",
       "openat"},
      {{SYS_ptrace}, "LOAD_FORBIDDEN_CALL", "ptrace"},
  };
  for (const auto& c : kCases) {
    InstallAttempt("constructor", c.attempt);
    const auto set = Load({"steady", bad});
    EXPECT_EQ(set.status().code(), absl::StatusCode::kFailedPrecondition);
    const std::string message(set.status().message());
    EXPECT_THAT(message, HasSubstr(c.reason));
    EXPECT_THAT(message, HasSubstr(c.text));
    EXPECT_THAT(message, HasSubstr(bad));
    ExpectSteady(AskAll()[0]);
    EXPECT_EQ(InfoOf("steady").worker_pids, workers);
  }
  InstallAttempt("constructor", {});  // without harm it is a module
  EXPECT_TRUE(Load({"steady", bad}).ok());
}

TEST_F(HostConfinementTest, IsShownByTheHostAndCanBeRequired) {
  Install({"steady"});
  options_.required_layers = {"seccomp", "no_new_privs"};
  StartHost({"steady"});
  for (const ConfinementLayer& layer : host_->confinement().layers) {
    EXPECT_EQ(layer.required,
              layer.name == "seccomp" || layer.name == "no_new_privs");
  }
  host_.reset();
  options_.required_layers = {"walls"};
  EXPECT_FALSE(RuleHost::Start(options_, table_->memory()).ok());
}

}  // namespace
}  // namespace shirube
