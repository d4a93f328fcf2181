#include "bench/judge_lua.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure.h"
#include "server/base/status_macros.h"
#include "server/rule_host/digest.h"

namespace shirube {
namespace {

constexpr int64_t kMostRows = 200'000;
constexpr int kRuns = 7;

// What all rows were answered, in order.
struct Answered {
  std::vector<uint8_t> answer;
  std::vector<uint16_t> reason, judged_point;
  bool operator==(const Answered&) const = default;
};

// One of the two, loaded by itself.
class Contender {
 public:
  static absl::StatusOr<Contender> Load(std::shared_ptr<const ModuleFile> file,
                                        RuleHost* host) {
    Contender contender(host, file->sha256);
    SHIRUBE_ASSIGN_OR_RETURN(
        contender.set_,
        host->Load({std::move(file)}, {}, RuleHost::OnFailure::kRefuse));
    return contender;
  }

  // Judges everything once.
  absl::Status Judge(const std::vector<frame::Ask>& asks, int64_t rows) {
    answered_ = Answered();
    const double cpu = WorkerNanoseconds();
    const Clock::time_point start = Clock::now();
    SHIRUBE_RETURN_IF_ERROR(
        host_->Evaluate(*set_, asks, AskOptions{},
                        [&](size_t, std::vector<ModuleAnswers>& answers) {
                          Take(answers[0]);
                        }));
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    wall_.push_back(taken.count() / static_cast<double>(rows));
    cpu_.push_back((WorkerNanoseconds() - cpu) / static_cast<double>(rows));
    return absl::OkStatus();
  }
  // What was measured so far.
  void Forget() { wall_.clear(), cpu_.clear(); }

  const Answered& answered() const { return answered_; }
  bool failed() const { return failed_; }
  double cpu() const { return Median(cpu_); }
  double wall() const { return Median(wall_); }

 private:
  Contender(RuleHost* host, std::string sha256)
      : host_(host), sha256_(std::move(sha256)) {}

  double WorkerNanoseconds() const {
    for (const ModuleInfo& module : host_->ListModules()) {
      if (module.sha256 == sha256_) {
        return absl::ToDoubleNanoseconds(module.statistics.cpu);
      }
    }
    return 0;
  }
  void Take(const ModuleAnswers& of) {
    failed_ |= !of.faults.empty();
    const auto append = [](const auto& from, auto* to) {
      to->insert(to->end(), from.begin(), from.end());
    };
    append(of.answer, &answered_.answer);
    append(of.reason, &answered_.reason);
    append(of.judged_point, &answered_.judged_point);
  }

  RuleHost* host_;
  std::string sha256_;
  std::shared_ptr<const RuleSet> set_;
  Answered answered_;
  std::vector<double> wall_, cpu_;  // nanoseconds a row, by run
  bool failed_ = false;
};

// The twin lies outside of the rules folder.
absl::StatusOr<std::shared_ptr<const ModuleFile>> Twin(
    const std::filesystem::path& build, RuleHost& host) {
  const auto path =
      build / "tests" / "rules" / "twins" / "attainment_9075_cpp.so";
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (bytes.empty()) {
    return absl::NotFoundError(path.string() + " is not there: build it");
  }
  return host.VerifyBytes(bytes, "attainment_9075_cpp", Sha256Hex(bytes));
}

}  // namespace

absl::Status CompareLanguages(const std::filesystem::path& build, Table& table,
                              RuleHost& host) {
  SHIRUBE_ASSIGN_OR_RETURN(auto native_file, Twin(build, host));
  SHIRUBE_ASSIGN_OR_RETURN(auto lua_file,
                           host.VerifyFile("attainment_9075.lua"));
  SHIRUBE_ASSIGN_OR_RETURN(Contender native,
                           Contender::Load(std::move(native_file), &host));
  SHIRUBE_ASSIGN_OR_RETURN(Contender lua,
                           Contender::Load(std::move(lua_file), &host));
  const Selection all = table.SelectAll();
  std::vector<frame::Ask> asks;
  int64_t rows = 0;
  for (const SelectionPart& part : all.parts) {
    if (rows >= kMostRows) break;
    asks.push_back(part.ask());
    rows += part.size();
  }
  for (int run = 0; run <= kRuns; ++run) {
    SHIRUBE_RETURN_IF_ERROR(native.Judge(asks, rows));
    SHIRUBE_RETURN_IF_ERROR(lua.Judge(asks, rows));
    if (native.failed() || lua.failed() ||
        native.answered() != lua.answered()) {
      return absl::InternalError(
          "attainment_9075 in Lua and in C++ do not answer the same");
    }
    if (run == 0) native.Forget(), lua.Forget();  // warmed up
  }
  std::printf(
      "lua       %.0f ns a row of the worker's time, the same rule in C++ "
      "%.0f ns: %.0f x; on the clock %.0f and %.0f ns (%lld rows, median of "
      "%d)\n",
      lua.cpu(), native.cpu(), lua.cpu() / native.cpu(), lua.wall(),
      native.wall(), static_cast<long long>(rows), kRuns);
  return absl::OkStatus();
}

}  // namespace shirube
