// Ten thousand who come to occupy the door and say nothing, or half of it.
#include <grpc/support/log.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/base/connection_limits.h"
#include "tests/e2e/guarded_server.h"
#include "tests/e2e/http2.h"

namespace shirube::e2e {
namespace {

#ifdef __SANITIZE_ADDRESS__  // several times slower, and keeps what was freed
constexpr int kCrowd = 3'000;
constexpr int64_t kEachKib = 500;
#else
constexpr int kCrowd = 10'000;
constexpr int64_t kEachKib = 64;  // all may have come before the guard looks
#endif
constexpr int kOwnFiles = 500;

// As many as this process may open, which is said where it is fewer.
int CrowdSize() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto room =
      static_cast<int64_t>(std::min<rlim_t>(files.rlim_cur, rlim_t{1} << 30)) -
      kOwnFiles;
  if (room >= kCrowd) return kCrowd;
  std::cout << "NOTE: this process may open " << files.rlim_cur
            << " files; only " << room << " connections instead of " << kCrowd
            << std::endl;
  return static_cast<int>(room);
}

class CrowdTest : public testing::TestWithParam<Door> {
 protected:
  CrowdTest() {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }
};

TEST_P(CrowdTest, KeepsFewOfThemAndServesOthers) {
  const int crowd = CrowdSize();
  GuardedServer guarded(GetParam());
  ASSERT_TRUE(guarded.started());
  HonestCaller honest(guarded);
  // Nothing; half of what opens TLS or HTTP/2; headers that never end.
  const std::string kinds[] = {
      "",
      GetParam() == Door::kTls ? "\x16\x03\x01" : BeginHttp2().substr(0, 10),
      BeginHttp2() + MakeFrame(Frame::kHeaders, 0, 1, CallHeaders("/a/b"))};
  std::vector<RawConnection> silent;
  for (int i = 0; i < crowd; ++i) {
    // A port of one address cannot be taken twice.
    silent.emplace_back(guarded.port(), "127.0.0." + std::to_string(2 + i % 8));
    ASSERT_TRUE(silent.back().open()) << i;
    silent.back().Send(kinds[i % 3]);
  }
  // Nobody has to wait for anything: those beyond the number go at once, those
  // that do not open HTTP/2 after the handshake's time.
  const auto shrink_to = [&](size_t most, absl::Duration within) {
    const absl::Time until = absl::Now() + within;
    while (silent.size() > most && absl::Now() < until) {
      std::vector<RawConnection> open;
      for (RawConnection& one : silent) {
        if (!one.EndsBy(absl::InfinitePast())) open.push_back(std::move(one));
      }
      silent.swap(open);
    }
    return silent.size();
  };
  EXPECT_LE(shrink_to(limits::kMaxStrangers, absl::Seconds(30)),
            size_t{limits::kMaxStrangers});
  EXPECT_LE(shrink_to(limits::kMaxStrangers / 3 + 10,
                      absl::Seconds(limits::kHandshakeSeconds + 30)),
            size_t{limits::kMaxStrangers / 3 + 10});
  honest.Stop();
  EXPECT_TRUE(guarded.Call().ok());
  EXPECT_GT(honest.calls(), 0);
  EXPECT_EQ(honest.failures(), 0) << honest.last_failure();
  EXPECT_LE(honest.slowest(), kServedWithin);
  EXPECT_LT(honest.grown_kib(), crowd * kEachKib);
  std::cout << crowd << " connections, " << honest.calls()
            << " honest calls, the slowest took " << honest.slowest()
            << ", grown by " << honest.grown_kib() << " KiB" << std::endl;
  EXPECT_EQ(guarded.server().End(SIGTERM), 0);
}

INSTANTIATE_TEST_SUITE_P(Doors, CrowdTest,
                         testing::Values(Door::kPlain, Door::kTls),
                         [](const auto& info) {
                           return info.param == Door::kTls ? "Tls" : "Plain";
                         });

}  // namespace
}  // namespace shirube::e2e
