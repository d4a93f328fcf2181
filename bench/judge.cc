// Judges N indicators through real, fully confined workers with the three
// default modules, copying out and validating every answer:
//   judge [N [RUNS [WORKERS_PER_MODULE]]]
//
// The workload: indicator i has baseline i mod 100 in 2019, target baseline +
// 50 in 2024, and for 2020 to 2022 the values baseline + k * ((i * 7919) mod
// 200) / 10 (k = 1, 2, 3), judged with pace_threshold 1. Of every 200
// indicators 33 are achieved, 67 on track and 100 at risk: a run that counts
// others has measured something else and fails.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/judge_lua.h"
#include "bench/measure.h"
#include "rules/include/shirube/rule.h"
#include "server/rule_host/confinement.h"
#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {
namespace {

RowInput WorkloadRow(int64_t i) {
  RowInput row;
  row.key = {PlanId("bench"), IndicatorId("i-" + std::to_string(i))};
  row.input_revision = 1;
  row.kind = SHIRUBE_KIND_LEVEL;
  row.scale = 1;
  row.present = SHIRUBE_HAS_BASELINE | SHIRUBE_HAS_BASELINE_PERIOD |
                SHIRUBE_HAS_TARGET | SHIRUBE_HAS_TARGET_PERIOD;
  row.baseline = i % 100 * 10;
  row.target = row.baseline + 500;
  row.baseline_index = 12 * 2019;
  row.target_index = 12 * 2024;
  for (int k = 1; k <= 3; ++k) {
    RowPoint point;
    point.period = *Period::FiscalYear(2019 + k);
    point.units = row.baseline + k * ((i * 7919) % 200);
    row.points.push_back(point);
  }
  return row;
}

struct Counts {
  int64_t achieved = 0, on_track = 0, at_risk = 0;
  bool operator==(const Counts&) const = default;
};

// The first module in rule-set order that raised gives the status.
void Count(const std::vector<ModuleAnswers>& answers, Counts* counts) {
  const uint8_t* achieved = answers[0].answer.data();
  const uint8_t* on_track = answers[1].answer.data();
  const uint8_t* at_risk = answers[2].answer.data();
  int64_t first = 0, second = 0, third = 0;
  for (uint32_t k = 0; k < answers[0].size(); ++k) {
    const bool a = achieved[k] == kAnswerRaised;
    const bool b = !a && on_track[k] == kAnswerRaised;
    first += a;
    second += b;
    third += !a && !b && at_risk[k] == kAnswerRaised;
  }
  counts->achieved += first;
  counts->on_track += second;
  counts->at_risk += third;
}

struct Cpu {
  double host = 0, workers = 0;  // milliseconds
};

// N indicators in a table of their own, and a rule host over it.
class Bench {
 public:
  Bench(int64_t n, int workers_per_module) : n_(n) {
    table_ = OrDie(Table::Create());
    for (int64_t i = 1; i <= n; ++i) OrDie(table_->Upsert(WorkloadRow(i)));
    const std::filesystem::path build = BuildFolder();
    RuleHostOptions options;
    options.rules_dir = build / "rules";
    options.worker_program = build / "bin" / "shirube-rule-worker";
    options.workers_per_module = workers_per_module;
    options.required_layers = {"seccomp", "rlimits", "no_new_privs",
                               "sealed_memory"};
    host_ = OrDie(RuleHost::Start(options, table_->memory()));
    std::vector<std::shared_ptr<const ModuleFile>> modules;
    for (const char* file : {"achieved.so", "on_track.so", "at_risk.so"}) {
      modules.push_back(OrDie(host_->VerifyFile(file)));
    }
    set_ = OrDie(host_->Load(modules, {{"pace_threshold", 1'000'000}},
                             RuleHost::OnFailure::kRefuse));
  }

  double JudgeAll(const Selection& selection, Counts* counts) {
    std::vector<frame::Ask> asks;
    for (const SelectionPart& part : selection.parts) {
      asks.push_back(part.ask());
    }
    const Clock::time_point start = Clock::now();
    const absl::Status status =
        host_->Evaluate(*set_, asks, AskOptions{},
                        [&](size_t, std::vector<ModuleAnswers>& answers) {
                          Count(answers, counts);
                        });
    const double taken = MillisecondsSince(start);
    OrDie(status);
    return taken;
  }

  // Choosing and judging one indicator of all.
  double JudgeOneChanged(int64_t i) {
    const IndicatorKey key{PlanId("bench"),
                           IndicatorId("i-" + std::to_string(i))};
    const Clock::time_point start = Clock::now();
    const Selection one = table_->SelectKeys(absl::MakeConstSpan(&key, 1));
    Counts counts;
    JudgeAll(one, &counts);
    return MillisecondsSince(start);
  }

  Cpu CpuUsed() const {
    Cpu cpu;
    for (const ModuleInfo& module : host_->ListModules()) {
      cpu.workers += absl::ToDoubleMilliseconds(module.statistics.cpu);
    }
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) * 1e3 +
             static_cast<double>(time.tv_usec) / 1e3;
    };
    cpu.host = ms(usage.ru_utime) + ms(usage.ru_stime);
    return cpu;
  }

  int64_t n() const { return n_; }
  Table& table() { return *table_; }
  RuleHost& host() { return *host_; }

 private:
  const int64_t n_;
  std::unique_ptr<Table> table_;
  std::unique_ptr<RuleHost> host_;
  std::shared_ptr<const RuleSet> set_;
};

// The same columns read once, as a limit to aim at: every byte that a module
// looks at, summed, by so many threads.
int64_t SumPart(const SelectionPart& part) {
  const shirube_batch& c = part.columns();
  int64_t sum = 0;
  const uint32_t n = part.size();
  const uint32_t points = c.points_offset[n - 1] + c.points_count[n - 1];
  const auto add = [&sum](const auto* column, uint32_t count) {
    int64_t of_column = 0;
    for (uint32_t i = 0; i < count; ++i) of_column += column[i];
    sum += of_column;
  };
  add(c.kind, n), add(c.direction, n), add(c.operator_, n), add(c.present, n);
  add(c.baseline, n), add(c.target, n);
  add(c.baseline_index, n), add(c.target_index, n);
  add(c.points_offset, n), add(c.points_count, n), add(c.milestones_count, n);
  add(c.point_value, points), add(c.point_index, points);
  add(c.point_state, points);
  return sum;
}

double ReadOnce(const Selection& selection, size_t threads) {
  std::vector<int64_t> sums(threads * 8);  // a cache line each
  const Clock::time_point start = Clock::now();
  const auto read = [&](size_t t) {
    for (size_t p = t; p < selection.parts.size(); p += threads) {
      sums[t * 8] += SumPart(selection.parts[p]);
    }
  };
  std::vector<std::thread> others;
  for (size_t t = 1; t < threads; ++t) others.emplace_back(read, t);
  read(0);
  for (std::thread& other : others) other.join();
  const double taken = MillisecondsSince(start);
  int64_t sum = 0;
  for (const int64_t part : sums) sum += part;
  if (sum == 0) Die("nothing was read");
  return taken;
}

void PrintLayers(const Confinement& confinement) {
  std::string active, absent;
  for (const ConfinementLayer& layer : confinement.layers) {
    (layer.active ? active : absent) += " " + layer.name;
  }
  std::printf("confined  by%s%s%s\n", active.c_str(),
              absent.empty() ? "" : "; not on this machine:", absent.c_str());
}

void CheckCounts(const Counts& counts, int64_t n, bool print) {
  const auto of = [](int64_t count) { return static_cast<long long>(count); };
  const Counts expected{n / 200 * 33, n / 200 * 67, n / 200 * 100};
  if (n % 200 == 0 && !(counts == expected)) {
    Die("counts " + std::to_string(counts.achieved) + " / " +
        std::to_string(counts.on_track) + " / " +
        std::to_string(counts.at_risk) + " are not the workload's");
  }
  if (!print) return;
  std::printf("counts    %lld achieved, %lld on track, %lld at risk\n",
              of(counts.achieved), of(counts.on_track), of(counts.at_risk));
}

void JudgeEverything(Bench& bench, int runs) {
  const Selection all = bench.table().SelectAll();
  const size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<double> times, reads, reads_of_all;
  Cpu used;
  for (int run = 0; run <= runs; ++run) {
    Counts counts;
    const Cpu before = bench.CpuUsed();
    const double taken = bench.JudgeAll(all, &counts);
    const Cpu after = bench.CpuUsed();
    CheckCounts(counts, bench.n(), run == 0);
    if (run == 0) continue;  // warms up
    times.push_back(taken);
    used.host += (after.host - before.host) / runs;
    used.workers += (after.workers - before.workers) / runs;
    reads.push_back(ReadOnce(all, 1));
    reads_of_all.push_back(ReadOnce(all, cores));
  }
  const double median = Median(times), read = Median(reads),
               read_of_all = Median(reads_of_all);
  std::printf("shirube   %.1f ms (median of %d, best %.1f)\n", median, runs,
              *std::min_element(times.begin(), times.end()));
  std::printf("cpu       %.1f ms a run: host %.1f, workers %.1f\n",
              used.host + used.workers, used.host, used.workers);
  std::printf(
      "memory    %.1f x reading the columns on one core (%.1f ms), "
      "%.1f x on %zu (%.1f ms)\n",
      median / read, read, median / read_of_all, cores, read_of_all);
  const TableUsage usage = bench.table().Usage();
  std::printf("table     %.0f bytes an indicator with its 3 observations\n",
              static_cast<double>(usage.reserved_bytes + usage.private_bytes) /
                  static_cast<double>(bench.n()));
}

// In turn, so that both see the same machine.
void JudgeOne(Bench& large, Bench& small) {
  std::vector<double> of_large, of_small;
  for (int64_t run = 0; run < 2'001; ++run) {
    of_large.push_back(large.JudgeOneChanged(1 + run * 4'793 % large.n()));
    of_small.push_back(small.JudgeOneChanged(1 + run * 4'793 % small.n()));
  }
  std::printf("one row   %.3f ms of %lld, %.3f ms of %lld: %.2f x\n",
              Median(of_large), static_cast<long long>(large.n()),
              Median(of_small), static_cast<long long>(small.n()),
              Median(of_large) / Median(of_small));
}

int Main(int argc, char** argv) {
  const int64_t n = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 21;
  const int workers = argc > 3 ? std::atoi(argv[3]) : 1;
  if (n < 1 || runs < 1 || workers < 1) Die("judge [N [RUNS [WORKERS]]]");
  Bench large(n, workers);
  PrintLayers(large.host().confinement());
  JudgeEverything(large, runs);
  Bench small(1'000, workers);
  JudgeOne(large, small);
  OrDie(CompareLanguages(BuildFolder(), large.table(), large.host()));
  return 0;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) { return shirube::Main(argc, argv); }
