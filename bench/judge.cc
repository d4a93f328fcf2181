// Judges N indicators through the real workers with the three default modules,
// copying out and validating every answer:
//   judge [N [RUNS [WORKERS_PER_MODULE]]]
//
// The workload: indicator i has baseline i mod 100 in 2019, target baseline +
// 50 in 2024, and for 2020 to 2022 the values baseline + k * ((i * 7919) mod
// 200) / 10 (k = 1, 2, 3), judged with pace_threshold 1. Of every 200
// indicators 33 are achieved, 67 on track and 100 at risk: a run that counts
// others has measured something else and fails.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "rules/include/shirube/rule.h"
#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {
namespace {

using Clock = std::chrono::steady_clock;

double Milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

[[noreturn]] void Die(const std::string& text) {
  std::fprintf(stderr, "judge: %s\n", text.c_str());
  std::exit(1);
}

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status().ToString());
  return *std::move(value);
}

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
  for (uint32_t k = 0; k < answers[0].size(); ++k) {
    if (answers[0].answer[k] == kAnswerRaised) {
      ++counts->achieved;
    } else if (answers[1].answer[k] == kAnswerRaised) {
      ++counts->on_track;
    } else if (answers[2].answer[k] == kAnswerRaised) {
      ++counts->at_risk;
    }
  }
}

double JudgeOnce(RuleHost& host, const RuleSet& set, const Selection& selection,
                 Counts* counts) {
  std::vector<frame::Ask> asks;
  for (const SelectionPart& part : selection.parts) asks.push_back(part.ask());
  const Clock::time_point start = Clock::now();
  absl::Status status =
      host.Evaluate(set, asks, AskOptions{},
                    [&](size_t, std::vector<ModuleAnswers>& answers) {
                      Count(answers, counts);
                    });
  const Clock::duration taken = Clock::now() - start;
  if (!status.ok()) Die(status.ToString());
  return Milliseconds(taken);
}

// The same table read once, as a limit to aim at: every byte of the columns
// that a module looks at, summed.
double ReadOnce(const Selection& selection) {
  volatile int64_t sink = 0;
  const Clock::time_point start = Clock::now();
  for (const SelectionPart& part : selection.parts) {
    const shirube_batch& c = part.columns();
    int64_t sum = 0;
    const uint32_t points =
        c.points_offset[part.size() - 1] + c.points_count[part.size() - 1];
    for (uint32_t r = 0; r < part.size(); ++r) {
      sum += c.kind[r] + c.present[r] + c.baseline[r] + c.target[r] +
             c.baseline_index[r] + c.target_index[r] + c.points_offset[r] +
             c.points_count[r] + c.operator_[r] + c.direction[r];
    }
    for (uint32_t p = 0; p < points; ++p) {
      sum += c.point_value[p] + c.point_index[p] + c.point_state[p];
    }
    sink = sink + sum;
  }
  return Milliseconds(Clock::now() - start);
}

// Choosing and judging one indicator of many.
double JudgeOneChanged(RuleHost& host, const RuleSet& set, Table& table,
                       int64_t i) {
  const IndicatorKey key{PlanId("bench"),
                         IndicatorId("i-" + std::to_string(i))};
  const Clock::time_point start = Clock::now();
  Selection one = table.SelectKeys(absl::MakeConstSpan(&key, 1));
  Counts counts;
  std::vector<frame::Ask> asks = {one.parts[0].ask()};
  if (!host.Evaluate(set, asks, AskOptions{},
                     [&](size_t, std::vector<ModuleAnswers>& answers) {
                       Count(answers, &counts);
                     })
           .ok()) {
    Die("one row could not be judged");
  }
  return Milliseconds(Clock::now() - start);
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

int Main(int argc, char** argv) {
  const int64_t n = argc > 1 ? std::atoll(argv[1]) : 1000000;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 11;
  const std::filesystem::path build =
      std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();

  std::unique_ptr<Table> table = OrDie(Table::Create());
  for (int64_t i = 1; i <= n; ++i) {
    if (absl::Status status = table->Upsert(WorkloadRow(i)); !status.ok()) {
      Die(status.ToString());
    }
  }
  RuleHostOptions options;
  options.rules_dir = build / "rules";
  options.worker_program = build / "bin" / "shirube-rule-worker";
  options.workers_per_module = argc > 3 ? std::atoi(argv[3]) : 1;
  std::unique_ptr<RuleHost> host =
      OrDie(RuleHost::Start(options, table->memory()));
  std::shared_ptr<const RuleSet> shipped = OrDie(host->FindRuleSet());
  const RuleSet set(shipped->modules(), {{"pace_threshold", 1000000}});

  const Selection all = table->SelectAll();
  const Counts expected{n / 200 * 33, n / 200 * 67, n / 200 * 100};
  std::vector<double> times, reads;
  for (int run = 0; run < runs; ++run) {
    Counts counts;
    times.push_back(JudgeOnce(*host, set, all, &counts));
    reads.push_back(ReadOnce(all));
    if (n % 200 == 0 && !(counts == expected)) {
      Die("counts " + std::to_string(counts.achieved) + " / " +
          std::to_string(counts.on_track) + " / " +
          std::to_string(counts.at_risk) + " are not the workload's");
    }
    if (run == 0) {
      std::printf("counts    %lld achieved, %lld on track, %lld at risk\n",
                  static_cast<long long>(counts.achieved),
                  static_cast<long long>(counts.on_track),
                  static_cast<long long>(counts.at_risk));
    }
  }
  std::vector<double> ones;
  for (int run = 0; run < 201; ++run) {
    ones.push_back(JudgeOneChanged(*host, set, *table, 1 + run * 4793 % n));
  }
  const TableUsage usage = table->Usage();
  std::printf("shirube   %.1f ms (median of %d, best %.1f)\n", Median(times),
              runs, *std::min_element(times.begin(), times.end()));
  std::printf("read once %.1f ms (the columns, streamed on one core)\n",
              Median(reads));
  std::printf("one row   %.3f ms (of %lld)\n", Median(ones),
              static_cast<long long>(n));
  std::printf("memory    %.0f bytes an indicator with its 3 observations\n",
              static_cast<double>(usage.reserved_bytes + usage.private_bytes) /
                  static_cast<double>(n));
  return 0;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) { return shirube::Main(argc, argv); }
