// What other threads ask of a thread that waits for much else. Outlives that
// thread's owner where a callback still holds it; then what is posted is
// dropped.
#ifndef SHIRUBE_SERVER_ALERTING_INBOX_H_
#define SHIRUBE_SERVER_ALERTING_INBOX_H_

#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace shirube {

class Inbox {
 public:
  using Task = std::function<void()>;

  // `wake` ends the thread's wait; it must not call the inbox.
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void Post(Task task) {
    std::lock_guard lock(mutex_);
    if (!wake_) return;
    tasks_.push_back(std::move(task));
    // The thread itself looks here again before it waits.
    if (std::this_thread::get_id() != reader_) wake_();
  }
  std::vector<Task> Take() {
    std::lock_guard lock(mutex_);
    reader_ = std::this_thread::get_id();
    return std::exchange(tasks_, {});
  }
  // Nothing is posted, and nobody woken, after it.
  void Close() {
    std::lock_guard lock(mutex_);
    wake_ = nullptr;
    tasks_.clear();
  }

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  std::thread::id reader_;
  std::vector<Task> tasks_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_INBOX_H_
