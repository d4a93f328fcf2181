// The register of calls that are being answered. An unfinished one keeps gRPC
// from shutting down, so a drain first turns new ones away, then wakes those
// that wait, then waits for the rest. Safe from any thread.
#ifndef SHIRUBE_SERVER_SERVICE_LIVE_CALLS_H_
#define SHIRUBE_SERVER_SERVICE_LIVE_CALLS_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "absl/time/time.h"

namespace shirube {

class LiveCalls {
 public:
  // False, and nothing is registered, once the drain began.
  bool Enter();
  void Leave();

  // Streams that hold a thread as long as they are read, and conversations that
  // hold none: of each kind there are at most `most` at once. False, and
  // nothing is registered, when there are so many.
  enum class Kind { kStream, kConversation };
  bool EnterStream(Kind kind, int most);
  void LeaveStream(Kind kind);

  // What to do with a waiting call when the drain begins; run on the draining
  // thread. Its number is for RemoveWaiter. False when the drain began already:
  // then `wake` is dropped.
  bool AddWaiter(const void* call, std::function<void()> wake);
  void RemoveWaiter(const void* call);

  void BeginDrain();
  // False when some are still there at the deadline.
  bool WaitUntilNone(absl::Time deadline);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  std::map<Kind, int> streams_;
  bool draining_ = false;
  std::map<const void*, std::function<void()>> waiters_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_LIVE_CALLS_H_
