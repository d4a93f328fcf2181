#include "server/app/connection_guard.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "server/base/limits.h"
#include "server/base/logging.h"

namespace shirube {
namespace {

// So long a connection can do what it wants before it is looked at. A look
// costs a system call for each open file.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);
// Where some are suspect they are looked at as often as a look allows.
constexpr absl::Duration kShortestWait = absl::Milliseconds(10);
constexpr int kRestsForWork = 10;
constexpr absl::Duration kBetweenLines = absl::Seconds(10);
// For the database, modules, deliveries, and what nobody thought of.
constexpr int64_t kOtherFiles = 256;

int PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family != AF_INET6) return -1;
  return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

// As gRPC names it, without what it escapes.
std::string PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const int port = PortOf(address);
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr,
              text, sizeof text);
    return absl::StrCat("ipv4:", text, ":", port);
  }
  const in6_addr& in = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&in)) {
    inet_ntop(AF_INET, in.s6_addr + 12, text, sizeof text);
    return absl::StrCat("ipv4:", text, ":", port);
  }
  inet_ntop(AF_INET6, &in, text, sizeof text);
  return absl::StrCat("ipv6:[", text, "]:", port);
}

// Whether `fd` is a connection to `port`; then who is at its other end.
bool IsConnection(int fd, int port, std::string* peer) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      PortOf(address) != port) {
    return false;
  }
  size = sizeof address;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return false;  // it listens
  }
  *peer = PeerOf(address);
  return true;
}

int64_t BytesReceived(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return static_cast<int64_t>(info.tcpi_bytes_received);
}

// Without what gRPC escapes in the name of a peer, and without the scope of an
// IPv6 address, which PeerOf leaves out.
std::string Plain(const std::string& peer) {
  std::string plain = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
  const size_t scope = plain.find('%');
  const size_t end = plain.find(']', scope);
  if (scope != std::string::npos && end != std::string::npos) {
    plain.erase(scope, end - scope);
  }
  return plain;
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Nothing where they cannot be listed, as where there are too many.
std::optional<std::vector<int>> OpenFiles() {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
  if (folder == nullptr) return std::nullopt;
  std::vector<int> files;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.') files.push_back(std::atoi(entry->d_name));
  }
  return files;
}

template <typename Items>
int64_t Count(const Items& items) {
  return static_cast<int64_t>(items.size());
}

// The `count` first of `who` in the order of `before`, without the others.
template <typename Before>
void KeepFirst(std::vector<size_t>* who, int64_t count, Before before) {
  const auto kept = static_cast<size_t>(std::max<int64_t>(count, 0));
  if (who->size() <= kept) return;
  std::nth_element(who->begin(), who->begin() + static_cast<int64_t>(kept),
                   who->end(), before);
  who->resize(kept);
}

int64_t MostBytes(const Caller& caller, const ConnectionLimits& limits) {
  if (!caller.known) return limits.stranger_bytes;
  const int64_t awaited = caller.awaited * limits::kMaxTransportBytes;
  return std::min(limits.quiet_bytes + awaited, limits.unread_bytes);
}

}  // namespace

ConnectionLimits ConnectionLimits::WithinFiles(int64_t open_files) {
  ConnectionLimits limits;
  const int64_t room = std::max<int64_t>(open_files - kOtherFiles, 64);
  limits.connections =
      static_cast<int>(std::min<int64_t>(limits.connections, room));
  limits.strangers = std::min(limits.strangers, limits.connections / 2);
  return limits;
}

std::vector<size_t> WhoMustGo(const std::vector<Caller>& callers,
                              const ConnectionLimits& limits, absl::Time now) {
  std::vector<size_t> go, strangers, others;
  for (size_t i = 0; i < callers.size(); ++i) {
    const Caller& one = callers[i];
    const int64_t most = MostBytes(one, limits);
    const bool stale = !one.known && now - one.since > limits.stranger_age;
    const bool pushes = one.turned_away > limits.turned_away;
    (one.bytes > most || stale || pushes ? go
     : one.known                         ? others
                                         : strangers)
        .push_back(i);
  }
  const auto earlier = [&callers](size_t a, size_t b) {
    return callers[a].since < callers[b].since;
  };
  KeepFirst(&strangers, Count(strangers) - limits.strangers, earlier);
  go.insert(go.end(), strangers.begin(), strangers.end());
  KeepFirst(&others, Count(callers) - Count(go) - limits.connections,
            [&callers](size_t a, size_t b) {
              return callers[a].last_call < callers[b].last_call;
            });
  go.insert(go.end(), others.begin(), others.end());
  return go;
}

void ConnectionGuard::Start(int port) {
  port_ = port;
  thread_ = std::thread([this] { Run(); });
}

ConnectionGuard::~ConnectionGuard() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ConnectionGuard::Reading(const std::string& peer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  News& news = news_[Plain(peer)];
  news.known = true;
  ++news.begun;
}

void ConnectionGuard::Read(const std::string& peer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++news_[Plain(peer)].read;
}

void ConnectionGuard::TurnedAway(const std::string& peer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // Who makes so many at once is not waited for.
  if (++news_[Plain(peer)].turned_away != limits_.turned_away + 1) return;
  urgent_ = true;
  changed_.notify_all();
}

bool ConnectionGuard::AnyStranger() const {
  return std::any_of(held_.begin(), held_.end(),
                     [](const auto& one) { return !one.second.caller.known; });
}

void ConnectionGuard::Run() {
  absl::Duration wait = kBetweenLooks;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    changed_.wait_for(lock, absl::ToChronoNanoseconds(wait),
                      [this] { return stop_ || urgent_; });
    if (stop_) return;
    urgent_ = false;
    lock.unlock();
    const absl::Time start = absl::Now();
    Look();
    wait = AnyStranger() ? std::clamp(kRestsForWork * (absl::Now() - start),
                                      kShortestWait, kBetweenLooks)
                         : kBetweenLooks;
    lock.lock();
  }
}

void ConnectionGuard::Look() {
  std::vector<Socket> sockets;
  // The news first: what comes meanwhile is for the next look, and whoever it
  // is of is among the sockets by then.
  NewsByPeer news;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    news.swap(news_);
  }
  const absl::Time now = absl::Now();
  const std::optional<std::vector<int>> files = OpenFiles();
  if (!files) return PutBack(news);
  for (const int fd : *files) {
    Socket socket;
    socket.fd = fd;
    if (!IsConnection(fd, port_, &socket.peer)) continue;
    socket.bytes = BytesReceived(fd);
    TakeIn(socket, now, news);
    sockets.push_back(std::move(socket));
  }
  std::vector<Caller> callers;
  callers.reserve(sockets.size());
  for (const Socket& socket : sockets) {
    callers.push_back(held_.at(socket.peer).caller);
  }
  std::vector<size_t> go = WhoMustGo(callers, limits_, now);
  Spare(sockets, &go);
  ShutDown(sockets, go);
  for (auto it = held_.begin(); it != held_.end();) {
    it =
        std::exchange(it->second.seen, false) ? std::next(it) : held_.erase(it);
  }
}

void ConnectionGuard::PutBack(const NewsByPeer& news) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [peer, one] : news) {
    News& all = news_[peer];
    all.known |= one.known;
    all.begun += one.begun;
    all.read += one.read;
    all.turned_away += one.turned_away;
  }
}

// Bytes are counted later than the news were taken, and may belong to a call
// that was let in meanwhile: who has news goes on to the next look, and who is
// known goes for what two looks in a row saw.
void ConnectionGuard::Spare(const std::vector<Socket>& sockets,
                            std::vector<size_t>* go) {
  const std::set<size_t> going(go->begin(), go->end());
  const std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < sockets.size(); ++i) {
    Held& held = held_.at(sockets[i].peer);
    held.looks = going.contains(i) ? held.looks + 1 : 0;
  }
  std::erase_if(*go, [&](size_t i) {
    const Held& held = held_.at(sockets[i].peer);
    const auto heard = news_.find(sockets[i].peer);
    const bool let_in =
        heard != news_.end() && (heard->second.known || heard->second.read > 0);
    return let_in || (held.caller.known && held.looks < 2);
  });
}

void ConnectionGuard::TakeIn(const Socket& socket, absl::Time now,
                             const NewsByPeer& news) {
  auto [it, fresh] = held_.try_emplace(socket.peer);
  Held& held = it->second;
  Caller& caller = held.caller;
  // Fewer bytes than before: another connection, from the same port.
  if (fresh || socket.bytes < held.bytes_at_news + caller.bytes) {
    held = Held();
    caller.since = now;
  }
  // Of who is known, refusals count for a minute: a stream for weeks may go
  // beside calls that are never allowed.
  if (caller.known && now - held.counted_since > absl::Minutes(1)) {
    caller.turned_away = 0;
    held.counted_since = now;
  }
  if (const auto heard = news.find(socket.peer); heard != news.end()) {
    const News& of = heard->second;
    caller.awaited = std::max(0, caller.awaited + of.begun - of.read);
    caller.turned_away = of.known ? 0 : caller.turned_away + of.turned_away;
    if (of.known) {
      caller.known = true;
      caller.last_call = now;
    }
    if (of.known || of.read > 0) held.bytes_at_news = socket.bytes;
  }
  caller.bytes = socket.bytes - held.bytes_at_news;
  held.seen = true;
}

// A file may have been closed since, and its number be another's now. So it is
// held first, and looked at again.
void ConnectionGuard::ShutDown(const std::vector<Socket>& sockets,
                               const std::vector<size_t>& which) {
  for (const size_t i : which) {
    const int fd = fcntl(sockets[i].fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) continue;
    std::string peer;
    if (IsConnection(fd, port_, &peer) && peer == sockets[i].peer) {
      shutdown(fd, SHUT_RDWR);
      ++gone_;
    }
    close(fd);
  }
  const absl::Time now = absl::Now();
  if (gone_ == 0 || now - said_ < kBetweenLines) return;
  LogWarning(
      "connections that were one too many, or sent much without a call "
      "that was let in: ended ",
      gone_, " (the last one of ",
      which.empty() ? "before" : sockets[which.back()].peer, "), ",
      sockets.size(), " are open");
  gone_ = 0;
  said_ = now;
}

}  // namespace shirube
