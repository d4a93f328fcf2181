// What other threads ask of the engine's thread. Outlives the engine where a
// callback still holds it; then what is posted is dropped.
#ifndef SHIRUBE_SERVER_ALERTING_INBOX_H_
#define SHIRUBE_SERVER_ALERTING_INBOX_H_

#include <curl/curl.h>

#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace shirube {

class Inbox {
 public:
  using Task = std::function<void()>;

  explicit Inbox(CURLM* multi) : multi_(multi) {}

  void Post(Task task) {
    std::lock_guard lock(mutex_);
    if (multi_ == nullptr) return;
    tasks_.push_back(std::move(task));
    // The engine's own thread looks here again before it waits.
    if (std::this_thread::get_id() != reader_) curl_multi_wakeup(multi_);
  }
  std::vector<Task> Take() {
    std::lock_guard lock(mutex_);
    reader_ = std::this_thread::get_id();
    return std::exchange(tasks_, {});
  }
  // Nothing is posted, and the multi handle not touched, after it.
  void Close() {
    std::lock_guard lock(mutex_);
    multi_ = nullptr;
    tasks_.clear();
  }

 private:
  std::mutex mutex_;
  CURLM* multi_;
  std::thread::id reader_;
  std::vector<Task> tasks_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_INBOX_H_
