// A Lua module of a few lines, asked in this process.
#ifndef TESTS_WORKER_LUA_ENGINE_FIXTURE_H_
#define TESTS_WORKER_LUA_ENGINE_FIXTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/lua/rule.h"
#include "tests/rules/indicator.h"

namespace shirube::lua {

// A started module; what it answers to batches.
class Probe {
 public:
  struct Answers {
    int result = 0;  // of evaluate
    std::vector<uint8_t> answer;
    std::vector<uint16_t> reason, judged_point;
    std::vector<shirube_int128> numerator, denominator;  // fact * n + k
    bool operator==(const Answers& other) const;
  };

  // `source` with the fixture's manifest before it, which takes kLinesBefore
  // lines.
  explicit Probe(const std::string& source, const Limits& limits = {});
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  static std::string TextOf(const std::string& source);

  bool started() const { return state_ != nullptr; }
  const Failure& failure() const { return failure_; }
  size_t memory_used() const;
  Answers Ask(const shirube_batch* batch, const uint32_t* rows, uint32_t n);
  Answers Ask(rules_test::Batch* batch) {
    return Ask(batch->get(), nullptr, batch->size());
  }

 private:
  const shirube_rule* rule_;
  void* state_ = nullptr;
  Failure failure_;
};

class EngineTest : public ::testing::Test {
 protected:
  // The facts of the manifest, and of its reasons RAISED ones.
  static constexpr uint32_t kProgress = 0, kGap = 1, kFacts = 2;
  static constexpr uint16_t kMet = 5, kLow = 101, kNotCovered = 42;
  // Of the manifest's comment; the source begins behind them.
  static constexpr int kLinesBefore = 19;

  EngineTest();

  // What `body` returns for row_, as tostring() has it; an error's text where
  // it raises one.
  std::string Value(const std::string& body);
  // The text of the error that a judge of `body` ends with; "" where it ends
  // well. Its first line is line `kLinesBefore + 2` of the module.
  std::string Error(const std::string& body);
  // How a judge of `body` ends.
  Failure FailureOf(const std::string& body, const Limits& limits = {});
  // How a start with this source ends.
  static Failure StartFailure(const std::string& source,
                              const Limits& limits = {});
  // What a judge of `body` answers for row_, with facts.
  Probe::Answers Judge(const std::string& body);

  // "probe.lua:23: ", of a line of the body.
  static std::string Place(int line_of_body);

  // 10.0, then 12.5, 14.0 and 15.5 on the way to 20.0 in FY2025.
  rules_test::Indicator row_;
  int32_t as_of_ = INT32_MAX;
  int32_t today_index_ = 0;
};

}  // namespace shirube::lua

#endif  // TESTS_WORKER_LUA_ENGINE_FIXTURE_H_
