// A receiver that says 200 to everything, in a process of its own, so that its
// processor time is not taken for the sender's.
#ifndef SHIRUBE_BENCH_ALERTING_RECEIVER_PROCESS_H_
#define SHIRUBE_BENCH_ALERTING_RECEIVER_PROCESS_H_

#include <sys/types.h>

#include <string>

namespace shirube {

class ReceiverProcess {
 public:
  // To be made before this process has other threads.
  ReceiverProcess();
  ~ReceiverProcess();
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;

  const std::string& url() const { return url_; }

 private:
  std::string url_;
  pid_t child_ = -1;
  int life_ = -1;  // the child ends when this is closed
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_RECEIVER_PROCESS_H_
