// One server takes in every module that misbehaves, one after the other, beside
// the shipped ones: whatever becomes of each, what the others say of a plan
// stays as it was, and the server answers health throughout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/lib/clients.h"
#include "tests/e2e/health.h"
#include "tests/e2e/rule_fixture.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;

// Asks for health every 20 ms from a thread of its own.
class HealthWatch {
 public:
  explicit HealthWatch(std::string address)
      : address_(std::move(address)), thread_([this] { Run(); }) {}
  ~HealthWatch() {
    stop_ = true;
    thread_.join();
  }

  // The first answer since the last call that was not SERVING.
  std::string TakeBad() {
    const std::lock_guard lock(mutex_);
    return std::exchange(bad_, "");
  }
  int asked() const { return asked_; }
  absl::Duration slowest() const {
    const std::lock_guard lock(mutex_);
    return slowest_;
  }

 private:
  void Run() {
    while (!stop_) {
      const absl::Time began = absl::Now();
      const std::string answer = HealthOf(address_, "");
      {
        const std::lock_guard lock(mutex_);
        slowest_ = std::max(slowest_, absl::Now() - began);
        if (answer != "SERVING" && bad_.empty()) {
          bad_ = answer.empty() ? "no answer" : answer;
        }
      }
      ++asked_;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  const std::string address_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> asked_ = 0;
  mutable std::mutex mutex_;
  std::string bad_;  // guarded by mutex_
  absl::Duration slowest_ = absl::ZeroDuration();
  std::thread thread_;  // last: it uses the others
};

std::string BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// `attempts_in_<where>` that tries `call`, as a version of its own.
std::string Attempting(const std::string& where, int64_t call, int version,
                       const std::string& text) {
  static constexpr char kMark[] = "attempt-is-here";
  static constexpr int64_t kText = 0x7465787461646472;
  std::string bytes = BytesOf(Tiny("attempts_in_" + where));
  const size_t at = bytes.find(std::string(kMark, sizeof(kMark)));
  const size_t named = bytes.find("\"1.2.3\"");
  EXPECT_NE(at, std::string::npos);
  EXPECT_NE(named, std::string::npos);
  int64_t numbers[7] = {call, text.empty() ? 0 : kText, 0, 0, 0, 0, 0};
  std::memcpy(bytes.data() + at + sizeof(kMark), numbers, sizeof(numbers));
  std::memcpy(bytes.data() + at + sizeof(kMark) + sizeof(numbers), text.c_str(),
              text.size() + 1);
  bytes[named + 5] = static_cast<char>('0' + version);
  return bytes;
}

// What becomes of each on the whole; one that is not here is only kept from
// harming the others.
struct End {
  const char* end;
  std::vector<std::string> names;
};
const std::vector<End>& Ends() {
  static const auto* const kEnds = new std::vector<End>{
      {"set aside: CRASHED",
       {"aborts_on_row", "crashes_on_many", "crashes_on_row", "forges_hint",
        "overflows_stack", "overruns_answers", "unlocks_columns",
        "writes_columns"}},
      // Out of memory or of time, as the machine is.
      {"set aside: ", {"allocates_on_row"}},
      {"refused at register: MANIFEST_INVALID",
       {"broken_manifest", "misnamed"}},
      {"set aside: PROTOCOL_ERROR",
       {"chatters", "floods", "forges_reply", "sends_much"}},
      {"set aside: BAD_OUTPUT",
       {"cpp_library", "host_reason", "point_out_of_range", "refuses_row",
        "undeclared_reason", "unfitting_reason", "unknown_answer"}},
      {"refused at activate: RULE_SET_CANNOT_START",
       {"crashes_in_create",
        "hangs_in_create",
        "refuses_create",
        "refuses_empty",
        "cases_bad_fact",
        "cases_contradict",
        "cases_differ",
        "cases_kill",
        "cases_of_another",
        "cases_refused",
        "cases_spin",
        "cases_spoil",
        "cases_unknown_parameter",
        "cases_unreadable",
        "cases_unset",
        "try_abort_in_constructor",
        "try_abort_in_create",
        "try_abort_in_entry",
        "try_crash_in_constructor",
        "try_crash_in_create",
        "try_crash_in_entry",
        "try_exit_in_constructor",
        "try_exit_in_create",
        "try_exit_in_entry",
        "try_overflow_in_constructor",
        "try_overflow_in_create",
        "try_overflow_in_entry",
        "try_ptrace_in_constructor",
        "try_ptrace_in_create",
        "try_ptrace_in_entry",
        "try_shadow_in_constructor",
        "try_shadow_in_create",
        "try_shadow_in_entry"}},
      {"set aside: FORBIDDEN_CALL",
       {"executes_on_row", "forks_on_row", "hangs_up", "opens_file",
        "opens_socket"}},
      {"set aside: EXITED", {"exits_on_row"}},
      {"refused at register: TRUNCATED", {"file_cut"}},
      {"refused at register: NOT_A_REGULAR_FILE", {"file_link"}},
      {"refused at register: UNSAFE_PERMISSIONS", {"file_open"}},
      {"refused at register: WRONG_ARCH", {"file_other_machine"}},
      {"refused at register: NOT_ELF", {"file_words"}},
      {"refused at register: FORBIDDEN_DEPENDENCY",
       {"needs_stub", "own_search_path"}},
      {"refused at register: ABI_TOO_NEW", {"newer_abi", "newer_schema"}},
      {"refused at register: MISSING_SYMBOL", {"no_entry"}},
      {"refused at register: NO_MANIFEST", {"no_manifest"}},
      {"refused at register: ABI_TOO_OLD", {"older_abi"}},
      {"set aside: TIMED_OUT", {"slow_on_row", "spins_on_row", "waits_on_row"}},
      {"refused at register: EXTRA_EXPORTS", {"two_exports"}},
      // ---- In Lua. ----
      {"set aside: CRASHED",
       {"lua_errors_on_row", "lua_forbidden_on_row", "lua_recurses_on_row",
        "lua_string_metatable_on_row", "lua_undeclared_reason",
        "lua_wrong_fact"}},
      {"set aside: OUT_OF_MEMORY", {"lua_long_rep_on_row"}},
      // Out of memory or of time, as the machine is.
      {"set aside: ", {"lua_bomb_on_row"}},
      {"set aside: TIMED_OUT",
       {"lua_match_on_row", "lua_pcall_on_row", "lua_rep_on_row"}},
      // What the modules beside it say.
      {"30 DIRECTION_UNKNOWN", {"lua_unanswered_on_row"}},
      {"refused at activate: RULE_SET_CANNOT_START",
       {"lua_bomb_on_load", "lua_cases_differ", "lua_cases_kill",
        "lua_no_judge", "lua_spins_on_load", "lua_syntax_error"}},
      {"refused at register: NOT_TEXT", {"lua_bytecode", "lua_latin1"}},
      {"refused at register: NO_MANIFEST", {"lua_bare"}},
      {"refused at register: TRUNCATED", {"lua_cut"}},
      {"refused at register: UNSAFE_PERMISSIONS", {"lua_open"}},
      {"refused at register: NOT_A_REGULAR_FILE", {"lua_link"}},
  };
  return *kEnds;
}

class BadModulesTest : public RuleFixture {
 protected:
  // lua_NAME is the text of a module, all else a library.
  static std::string EndOf(const std::string& name) {
    return name.starts_with("lua_") ? ".lua" : ".so";
  }
  void Write(const std::string& name, const std::string& bytes) {
    const fs::path path = Rules() / (name + EndOf(name));
    std::ofstream(path, std::ios::binary) << bytes;
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_read |
                              fs::perms::others_read);
  }

  // Those of the tiny ones in Lua that are told about in Ends(), and files that
  // are bad as files.
  std::vector<std::string> DropLuaOnes() {
    const fs::path folder = Tiny("steady").parent_path() / "lua";
    const std::string good = BytesOf(folder / "lua_steady.lua");
    Write("lua_bytecode", "\x1bLuaT" + good);
    Write("lua_latin1", good + "-- \xe9t\xe9\n");
    Write("lua_bare", good.substr(good.find("local function good")));
    Write("lua_cut", good.substr(0, good.find("]==]")));
    Write("lua_open", good);
    fs::permissions(Rules() / "lua_open.lua", fs::perms::others_write,
                    fs::perm_options::add);
    fs::create_symlink(folder / "lua_steady.lua", Rules() / "lua_link.lua");
    std::vector<std::string> names;
    for (const End& end : Ends()) {
      for (const std::string& name : end.names) {
        if (!name.starts_with("lua_")) continue;
        names.push_back(name);
        if (fs::exists(folder / (name + ".lua"))) {
          Drop(folder / (name + ".lua"));
        }
      }
    }
    return names;
  }

  // Makes what the build does not: files that are bad as files, and what a
  // module tries before it is asked anything.
  std::vector<std::string> DropMadeOnes() {
    const std::string good = BytesOf(Tiny("steady"));
    Write("file_words", "これはモジュールではない");
    Write("file_cut", good.substr(0, good.size() / 2));
    std::string other = good;
    other[18] = 40;  // e_machine: ARM
    Write("file_other_machine", other);
    Write("file_open", good);
    fs::permissions(Rules() / "file_open.so", fs::perms::others_write,
                    fs::perm_options::add);
    fs::create_symlink(Tiny("steady"), Rules() / "file_link.so");
    std::vector<std::string> names = {"file_words", "file_cut",
                                      "file_other_machine", "file_open",
                                      "file_link"};
    struct Try {
      const char* name;
      int64_t call;
      const char* text;
    };
    for (const std::string where : {"constructor", "entry", "create"}) {
      int version = 4;
      for (const Try& one :
           {Try{"crash", -2, ""}, Try{"abort", -4, ""}, Try{"exit", -5, ""},
            Try{"overflow", -8, ""}, Try{"shadow", 2, "/etc/shadow"},
            Try{"ptrace", 101, ""}}) {
        const std::string name = absl::StrCat("try_", one.name, "_in_", where);
        attempts_[name] = {"attempts_in_" + where,
                           Attempting(where, one.call, version++, one.text)};
        names.push_back(name);
      }
    }
    return names;
  }

  // The name of its file; a module's file is named as it is.
  std::string FileOf(const std::string& name) {
    const auto attempt = attempts_.find(name);
    if (attempt == attempts_.end()) return name + EndOf(name);
    Write(attempt->second.first, attempt->second.second);
    return attempt->second.first + ".so";
  }

  // What came of it, in words; empty id when it judges nothing.
  std::string TakeIn(const std::string& name, std::string* id) {
    const std::string file = FileOf(name);
    CommandResult made =
        server_->Shirube({"rule", "register", "achieved", "on_track", "at_risk",
                          file, "-o", "name"});
    if (made.exit_code != 0) {
      made = server_->Shirube({"rule", "register", file, "-o", "json"});
      return "refused at register: " + ReasonIn(made.err);
    }
    const std::string set = IdIn(made.out);
    const CommandResult active =
        server_->Shirube({"rule", "activate", set, "-o", "json"});
    if (active.exit_code != 0) {
      return "refused at activate: " + ReasonIn(active.err);
    }
    *id = set;
    return "";
  }

  static std::string ReasonIn(const std::string& json) {
    static constexpr char kBefore[] = "\"reason\":";
    const size_t at = json.find(kBefore);
    if (at == std::string::npos) return json;
    const size_t from = json.find('"', at + std::strlen(kBefore)) + 1;
    return json.substr(from, json.find('"', from) - from);
  }

  // Gives it the rows that make it misbehave, and others, in a plan of their
  // own; says what became of them.
  std::string Misbehave(const std::string& plan, int bad = 30, int good = 0) {
    std::string rows = "indicator,unit,target,target_period,period,value\n";
    for (int i = 0; i < bad + good; ++i) {
      absl::StrAppend(&rows, "件数", i, ",件,", i < bad ? 666 : 667,
                      ",R6,R4,1\n");
    }
    const std::string csv = folder_ / (plan + ".csv");
    std::ofstream(csv) << rows;
    Done({"plan", "create", "--id", plan, "--title", plan});
    Done({"import", csv, "--plan", plan, "--yes"});
    v1::ListVerdictsRequest request;
    request.set_parent("plans/" + plan);
    auto listed = client::EvaluationClient(options_).AllVerdicts(request).All();
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return "";
    EXPECT_EQ(static_cast<int>(listed->size()), bad + good);
    std::map<std::string, int> counts;
    std::string failed;
    for (const v1::Verdict& row : *listed) {
      // No fault reads as "on track".
      EXPECT_THAT(row.status(),
                  testing::AnyOf(v1::Verdict::STATUS_NOT_EVALUATED,
                                 v1::Verdict::STATUS_INDETERMINATE))
          << row.indicator();
      std::string what = row.waiting() ? "waiting" : row.reason();
      if (!row.waiting()) {
        for (const std::string& mark : row.marks()) what += " " + mark;
      }
      for (const v1::ModuleFault& fault : row.faults()) {
        failed = fault.module();
        if (!row.waiting()) what = "lost " + fault.reason();
      }
      ++counts[what];
    }
    std::string said = counts.contains("waiting") ? WhyAside(failed) : "";
    for (const auto& [what, count] : counts) {
      absl::StrAppend(&said, said.empty() ? "" : ", ", count, " ", what);
    }
    return said;
  }

  std::string WhyAside(const std::string& module) {
    EXPECT_TRUE(HealthBecomes(module.substr(0, module.find("/versions/")),
                              "NOT_SERVING"))
        << module;
    v1::GetRuleModuleRequest request;
    request.set_name(module);
    const auto got = client::RuleClient(options_).GetRuleModule(request);
    if (!got.ok()) return std::string(got.status().message());
    EXPECT_EQ(got->state(), v1::RuleModule::STATE_QUARANTINED);
    return "set aside: " + got->reason();
  }

  void GoBack(const std::string& plan) {
    Done({"rule", "activate", default_});
    v1::DeletePlanRequest request;
    request.set_name("plans/" + plan);
    request.set_force(true);
    const auto gone = client::PlanClient(options_).DeletePlan(request);
    EXPECT_TRUE(gone.ok()) << gone.status();
  }

  void Check(const std::string& name, HealthWatch* watch) {
    EXPECT_EQ(Verdicts("plans/demo"), before_) << name;
    EXPECT_EQ(watch->TakeBad(), "") << name;
  }

  std::string TakeInAndJudge(const std::string& name, HealthWatch* watch) {
    std::string id;
    const std::string refused = TakeIn(name, &id);
    Check(name, watch);
    if (id.empty()) return refused;
    std::string plan = name;
    std::replace(plan.begin(), plan.end(), '_', '-');
    const std::string end = Misbehave(plan);
    Check(name, watch);
    GoBack(plan);
    Check(name, watch);
    return end;
  }

  std::string default_;
  std::map<std::string, std::string> before_;
  std::map<std::string, std::pair<std::string, std::string>> attempts_;
};

TEST_F(BadModulesTest, NoneOfThemChangesWhatTheOthersSayOrStopsTheServer) {
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(), {"--call-deadline", "50"});
  Start(arguments);
  ASSERT_FALSE(HasFatalFailure());
  Done({"import", kSample, "--plan", "demo", "--yes"});
  before_ = Verdicts("plans/demo");
  ASSERT_EQ(before_.size(), 7u);
  default_ = Registered({"achieved", "on_track", "at_risk"});
  Done({"rule", "activate", default_});
  ASSERT_EQ(Verdicts("plans/demo"), before_);

  std::vector<std::string> names = DropMadeOnes();
  const std::vector<std::string> in_lua = DropLuaOnes();
  names.insert(names.end(), in_lua.begin(), in_lua.end());
  for (const auto& entry :
       fs::directory_iterator(Tiny("steady").parent_path())) {
    if (entry.path().extension() != ".so") continue;
    Drop(entry.path());
    names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  std::map<std::string, std::string> ends;
  HealthWatch watch(server_->address());
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const absl::Time began = absl::Now();
    const std::string end = ends[name] = TakeInAndJudge(name, &watch);
    std::cout << name << ": " << end << "  ("
              << absl::ToInt64Milliseconds(absl::Now() - began) << " ms)"
              << std::endl;
  }
  std::cout << names.size() << " modules; health asked " << watch.asked()
            << " times, slowest answer " << watch.slowest() << "\n";
  for (const auto& [end, expected] : Ends()) {
    for (const std::string& name : expected) {
      EXPECT_THAT(ends[name], testing::StartsWith(end)) << name;
    }
  }
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

// Three bad rows are three rows: the module stays, and so does what it says of
// the others.
TEST_F(BadModulesTest, LosesThreeRowsOfManyAndKeepsTheModule) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  Done({"import", kSample, "--plan", "demo", "--yes"});
  before_ = Verdicts("plans/demo");
  Drop(Tiny("crashes_on_row"));
  HealthWatch watch(server_->address());
  std::string id;
  ASSERT_EQ(TakeIn("crashes_on_row", &id), "");
  EXPECT_EQ(Misbehave("many", 3, 1500),
            "1500 DIRECTION_UNKNOWN, 3 lost CRASHED");
  EXPECT_TRUE(HealthBecomes("ruleModules/crashes_on_row", "SERVING"));
  Check("crashes_on_row", &watch);
  EXPECT_GT(watch.asked(), 0);
}

}  // namespace
}  // namespace shirube::e2e
