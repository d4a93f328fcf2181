// Ends connections of callers who take and do not ask. gRPC bounds headers and
// messages of a call, but not how many connections there are, nor what somebody
// sends who never comes to a call: headers without an end, one reset after the
// other. The guard looks at the process's own sockets every now and then, and
// shuts down those that are one too many or took more than their share.
//
// It knows who was let in, and what is awaited of them, from the adapter.
#ifndef SHIRUBE_SERVER_APP_CONNECTION_GUARD_H_
#define SHIRUBE_SERVER_APP_CONNECTION_GUARD_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "server/base/connection_limits.h"
#include "server/service/raw_adapter.h"

namespace shirube {

struct ConnectionLimits {
  int connections = limits::kMaxConnections;
  // A stranger is who made no call yet that was let in.
  int strangers = limits::kMaxStrangers;
  absl::Duration stranger_age = absl::Seconds(limits::kMaxStrangerSeconds);
  int64_t stranger_bytes = limits::kMaxStrangerBytes;
  int turned_away = limits::kMaxTurnedAway;
  // Of others, since their last message; where none is awaited, and where some
  // are.
  int64_t quiet_bytes = limits::kMaxQuietBytes;
  int64_t unread_bytes = limits::kMaxUnreadBytes;

  // With room for the files that the rest of the server needs.
  static ConnectionLimits WithinFiles(int64_t open_files);
};

// One connection, as far as it is judged.
struct Caller {
  bool known = false;
  absl::Time since;      // when it was seen first
  absl::Time last_call;  // of those known
  int64_t bytes = 0;     // received; of those known since their last message
  int awaited = 0;       // messages of calls that were let in
  int turned_away = 0;   // calls since the last that was let in
};

// The places in `callers` of those who are to go: who took too much, or stayed
// a stranger for too long; then the oldest strangers beyond their number; then,
// where there are still too many, who has not called for longest. Pure.
std::vector<size_t> WhoMustGo(const std::vector<Caller>& callers,
                              const ConnectionLimits& limits, absl::Time now);

class ConnectionGuard final : public CallWatch {
 public:
  explicit ConnectionGuard(const ConnectionLimits& limits) : limits_(limits) {}
  ~ConnectionGuard() override;
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;

  // Looks after the connections to `port` of this process from now on. Once.
  void Start(int port);

  void Reading(const std::string& peer) override;
  void Read(const std::string& peer) override;
  void TurnedAway(const std::string& peer) override;

 private:
  struct Held {
    Caller caller;
    int64_t bytes_at_news = 0;
    bool seen = false;  // in this look
    int looks = 0;      // in a row in which it was to go
    absl::Time counted_since = absl::InfinitePast();  // refusals
  };
  // What was heard of a peer since the last look.
  struct News {
    bool known = false;
    int begun = 0, read = 0, turned_away = 0;
  };
  using NewsByPeer = std::unordered_map<std::string, News>;
  struct Socket {
    int fd = -1;
    std::string peer;
    int64_t bytes = 0;
  };

  void Run();
  bool AnyStranger() const;
  void Look();
  // What is there of sockets, and what was heard of their peers, put together.
  void TakeIn(const Socket& socket, absl::Time now, const NewsByPeer& news);
  void PutBack(const NewsByPeer& news);
  void Spare(const std::vector<Socket>& sockets, std::vector<size_t>* go);
  void ShutDown(const std::vector<Socket>& sockets,
                const std::vector<size_t>& which);

  int port_ = 0;
  const ConnectionLimits limits_;
  std::unordered_map<std::string, Held> held_;  // by peer; of the thread alone
  absl::Time said_ = absl::InfinitePast();      // in the log
  int64_t gone_ = 0;                            // since then
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;    // guarded by mutex_
  bool urgent_ = false;  // guarded by mutex_
  NewsByPeer news_;      // guarded by mutex_
  std::thread thread_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_CONNECTION_GUARD_H_
