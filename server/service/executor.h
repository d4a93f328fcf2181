// Threads on which gRPC methods run, so that gRPC's own never block. Bounded:
// what finds the queue full is refused at the door. Safe from any thread.
#ifndef SHIRUBE_SERVER_SERVICE_EXECUTOR_H_
#define SHIRUBE_SERVER_SERVICE_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shirube {

class Executor {
 public:
  Executor(int threads, size_t max_queue);
  ~Executor();  // calls Stop
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False, and `task` is not run, when the queue is full or stopped.
  bool TrySubmit(std::function<void()> task);
  // For calls that were admitted before and go on after a wait: never refused,
  // and run on the calling thread once the executor is stopped.
  void Resume(std::function<void()> task);

  // Carries out what is queued, then ends the threads. Safe to call again.
  void Stop();

 private:
  void Run();

  const size_t max_queue_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_EXECUTOR_H_
