// What the programs of bench/ share: ending with a message, clocks, and what a
// list of measurements comes to.
#ifndef SHIRUBE_BENCH_MEASURE_H_
#define SHIRUBE_BENCH_MEASURE_H_

#include <errno.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shirube {

using Clock = std::chrono::steady_clock;

inline double SecondsBetween(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}
inline double SecondsSince(Clock::time_point start) {
  return SecondsBetween(start, Clock::now());
}
inline double MillisecondsSince(Clock::time_point start) {
  return 1e3 * SecondsSince(start);
}

[[noreturn]] inline void Die(const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, text.c_str());
  std::exit(1);
}

inline void OrDie(const absl::Status& status) {
  if (!status.ok()) Die(status.ToString());
}

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  OrDie(value.status());
  return *std::move(value);
}

// The one that so large a share of them does not exceed; of none 0.
inline double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const size_t at =
      std::min(values.size() - 1,
               static_cast<size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[at];
}
inline double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

// What `./dev build` made, seen from a program in build/bench.
inline std::filesystem::path BuildFolder() {
  return std::filesystem::canonical("/proc/self/exe")
      .parent_path()
      .parent_path();
}

// A folder that goes away.
class BenchFolder {
 public:
  BenchFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "shirube-bench-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) Die("no temporary folder");
    path_ = name;
  }
  ~BenchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_MEASURE_H_
