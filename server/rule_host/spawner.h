// The one thread that starts worker processes, as long-lived as the host: a
// worker dies with the *thread* that started it, so no other thread may.
#ifndef SHIRUBE_SERVER_RULE_HOST_SPAWNER_H_
#define SHIRUBE_SERVER_RULE_HOST_SPAWNER_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shirube {

class Spawner {
 public:
  Spawner();
  // Workers that still live are killed by the kernel.
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  // Starts `program` in a mode of frame/control.h, with our process id and
  // `number` as its arguments and `fds[i]` as its descriptor frame::kControlFd
  // + i; standard streams are /dev/null, the environment is empty. 0, or the
  // errno of what failed.
  int Spawn(const std::string& program, const char* mode, uint64_t number,
            const std::vector<int>& fds, pid_t* pid);

 private:
  void Loop();

  std::mutex turn_;  // one call at a time
  std::mutex mu_;
  std::condition_variable changed_;
  std::function<void()> work_;  // empty: nothing to do
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_SPAWNER_H_
