// When a module that fails is no longer worth hunting through: the limits of
// one hunt and of the hunts of one module. Pure but for the lock of Incidents.
//
// An incident is one hunt: from the death of a worker over a piece until every
// row of that piece is answered or found, however many deaths that takes.
#ifndef SHIRUBE_SERVER_RULE_HOST_INCIDENT_H_
#define SHIRUBE_SERVER_RULE_HOST_INCIDENT_H_

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace shirube {

// Why a module is set aside, for people.
struct QuarantineCause {
  std::string en, ja;
};

// The hunts of one module in one run, one after the other.
class Hunt {
 public:
  static constexpr int kMaxDeaths = 16;
  static constexpr absl::Duration kMaxTime = absl::Seconds(10);
  // All hunts of one run, however much they find: other modules wait for it.
  static constexpr absl::Duration kMaxTimeOfRun = absl::Minutes(1);

  bool open() const { return open_; }
  bool found_row() const { return found_row_; }
  // True until a call that a worker was said to have died in proved harmless.
  bool trusts_hints() const { return trusts_hints_; }
  void DistrustHints() { trusts_hints_ = false; }

  // Opens a hunt where there is none: true then.
  bool Begin(absl::Time now);
  // A worker died, or refused; set where that was once too often.
  std::optional<QuarantineCause> Death(absl::Time now);
  void FoundRow(absl::Time now);
  void End(absl::Time now);

 private:
  bool open_ = false;
  bool found_row_ = false;
  bool trusts_hints_ = true;
  int deaths_ = 0;  // since it began or found its last row
  absl::Time began_, since_;
  absl::Duration earlier_;  // that the hunts before it took
};

// The failures of one module (by its bytes) that are no row's fault: hunts that
// found none, starts that hang, work that nobody asked for. Any thread.
class Incidents {
 public:
  static constexpr int kMaxFruitless = 3;
  static constexpr absl::Duration kWithin = absl::Minutes(10);

  // One more; set where that is the third within ten minutes.
  std::optional<QuarantineCause> Fruitless(absl::Time now);
  void Clear();

 private:
  std::mutex mu_;
  std::deque<absl::Time> fruitless_;
};

// More than 0.1 % of the rows, and more than five: set.
std::optional<QuarantineCause> TooManyPoisonRows(int64_t poison_rows,
                                                 int64_t rows);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_INCIDENT_H_
