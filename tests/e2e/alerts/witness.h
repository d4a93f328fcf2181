// What one subscription saw and took, and whether the log of transitions allows
// it: at least once, in the order of each alert, one content for one key,
// nothing that is not in the log.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_WITNESS_H_
#define SHIRUBE_TESTS_E2E_ALERTS_WITNESS_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace shirube::e2e {

// One transition as a sink tells it. Of one alert the smaller number comes
// first.
struct Owed {
  std::string key, alert;
  int64_t number = 0;
  std::string content;
};

struct Seen {
  struct Event {
    std::string key;
    bool taken = false;  // else it arrived
  };
  std::vector<Event> events;
  std::map<std::string, std::string> raw, content;  // by key
  std::set<std::string> taken;
  std::vector<std::string> complaints;

  size_t arrivals() const { return events.size() - takes; }
  size_t takes = 0;
};

// What `log` does not allow, a line each. `log` is all that the subscription is
// to be told, read after `seen` was.
std::vector<std::string> WrongIn(const Seen& seen,
                                 const std::vector<Owed>& log);

// The first few lines, and how many more there are; empty for none.
std::string Some(const std::vector<std::string>& lines);

// Notes what happens; from any thread.
class Witness {
 public:
  // `raw` is what came, byte for byte; `content` what it says.
  void Arrived(const std::string& key, const std::string& raw,
               const std::string& content);
  // Just before the sender is told so: the next one may come at once.
  void Takes(const std::string& key);
  // Something that must not be, whatever the log says.
  void Complain(std::string what);

  // Whether all of it was taken by then.
  bool AwaitTaken(const std::vector<Owed>& owed, absl::Time until);
  Seen seen() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_WITNESS_H_
