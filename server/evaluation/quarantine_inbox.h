// What the rule host says of modules that it has set aside, until the
// evaluator writes it down. The host tells it from the middle of an evaluation,
// where nobody may wait; so the notice is only put down here.
//
// `app` makes one before the rule host, hands Add to it as on_quarantine and
// the inbox to the evaluator; it outlives both. Any thread.
#ifndef SHIRUBE_SERVER_EVALUATION_QUARANTINE_INBOX_H_
#define SHIRUBE_SERVER_EVALUATION_QUARANTINE_INBOX_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "server/rule_host/rule_host.h"

namespace shirube {

class QuarantineInbox {
 public:
  void Add(const QuarantineNotice& notice) {
    const std::lock_guard lock(mutex_);
    notices_.push_back(notice);
    ++count_;
    if (wake_) wake_();
  }
  // Called under the lock with each notice: be quick. Empty: nobody.
  void SetWake(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  std::vector<QuarantineNotice> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notices_, {});
  }
  // All that ever came.
  uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<QuarantineNotice> notices_;
  uint64_t count_ = 0;
  std::function<void()> wake_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_QUARANTINE_INBOX_H_
