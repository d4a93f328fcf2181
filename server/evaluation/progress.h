// How far applying and judging have come, and who waits for it. Set by the
// follower, waited on by any thread.
#ifndef SHIRUBE_SERVER_EVALUATION_PROGRESS_H_
#define SHIRUBE_SERVER_EVALUATION_PROGRESS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"

namespace shirube {

class Progress {
 public:
  // Neither goes backwards. Callbacks run on the thread that sets.
  void SetApplied(Revision revision);
  void SetJudged(Revision revision);
  // What judging waits for, for the errors of waiters; empty: nothing.
  void SetHeldUp(const std::string& en);
  // Ends all waiting, now and later, with CANCELLED.
  void Close();

  Revision applied() const;
  Revision judged() const;

  // UNAVAILABLE NOT_YET_JUDGED at the deadline.
  absl::Status WaitApplied(Revision revision, absl::Time deadline);
  absl::Status WaitJudged(Revision revision, absl::Time deadline);

  uint64_t Notify(Revision revision, std::function<void(absl::Status)> done);
  void Cancel(uint64_t token);

 private:
  struct Waiter {
    Revision revision;
    std::function<void(absl::Status)> done;
  };
  absl::Status Wait(const Revision& current, Revision revision,
                    absl::Time deadline);

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  Revision applied_ = 0;
  Revision judged_ = 0;
  std::string held_up_;
  bool closed_ = false;
  uint64_t last_token_ = 0;
  std::map<uint64_t, Waiter> waiters_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PROGRESS_H_
