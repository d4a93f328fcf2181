// Callers who take what they can of a real server, over TLS and without: what
// they send has no end, and nothing of it asks for anything. Each is let go,
// the server stays small, and others are served.
#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/base/connection_limits.h"
#include "tests/e2e/guarded_server.h"
#include "tests/e2e/http2.h"

namespace shirube::e2e {
namespace {

constexpr char kMethod[] = "/shirube.v1.AdminService/GetServerInfo";
constexpr int kAttackers = 8;
// Far more than it takes; the machine of a test may be slow.
constexpr absl::Duration kLetGoWithin = absl::Seconds(60);
#ifdef __SANITIZE_ADDRESS__  // slow, and keeps what was freed
constexpr int64_t kMayGrowKib = 1'000 << 10;
constexpr int64_t kCallsMayGrowKib = 3'000 << 10;
#else
// gRPC's quota of buffers. On a fast machine much comes in between two looks at
// strangers; they are gone after the second.
constexpr int64_t kMayGrowKib = 512 << 10;
// A call costs gRPC and us some 20 KiB until it was turned away, and those that
// were read at once are all there at once: 128 KiB of the smallest are 4,500.
constexpr int64_t kCallsMayGrowKib = 1'000 << 10;
#endif

struct Flood {
  const char* name;
  std::string first;                     // after the preface
  std::function<std::string(int)> more;  // the n-th time
  bool deaf = false;                     // does not read what it is told
  int64_t may_grow_kib = kMayGrowKib;
};

std::string Repeated(const std::string& text, size_t bytes) {
  std::string all;
  while (all.size() + text.size() <= bytes) all += text;
  return all;
}

uint32_t StreamOf(int n) { return static_cast<uint32_t>(2 * n + 1); }

std::string ManyStreams(const std::function<std::string(uint32_t)>& one, int n,
                        int at_once) {
  std::string all;
  for (int i = 0; i < at_once; ++i) all += one(StreamOf(n * at_once + i));
  return all;
}

std::string ResetOf(uint32_t stream) {
  return MakeFrame(Frame::kResetStream, 0, stream, std::string("\0\0\0\x8", 4));
}

std::string RememberedCallHeaders() {
  return RememberedHeader(":method", "POST") +
         RememberedHeader(":scheme", "http") +
         RememberedHeader(":path", kMethod) +
         RememberedHeader(":authority", "localhost") +
         RememberedHeader("te", "trailers") +
         RememberedHeader("content-type", "application/grpc");
}

std::vector<Flood> Floods() {
  const std::string headers = CallHeaders(kMethod);
  const auto go_on = [](const std::string& block) {
    return [frame = MakeFrame(Frame::kContinuation, 0, 1, block)](int) {
      return frame;
    };
  };
  return {
      {"HeadersWithoutEnd", MakeFrame(Frame::kHeaders, 0, 1, headers),
       go_on(Repeated(Header("x-flood", std::string(100, 'a')), kMaxFrame))},
      {"OneHeaderOfAGigabyte",
       MakeFrame(Frame::kHeaders, 0, 1,
                 headers + std::string("\0\1x", 3) +
                     HpackInteger(0, 7, uint64_t{1} << 30)),
       go_on(std::string(kMaxFrame, 'a'))},
      {"ANumberWithoutEnd",
       MakeFrame(Frame::kHeaders, 0, 1, headers + std::string("\0\x7f", 2)),
       go_on(std::string(kMaxFrame, '\x80'))},
      {"EmptyContinuations", MakeFrame(Frame::kHeaders, 0, 1, headers),
       [](int) {
         return Repeated(MakeFrame(Frame::kContinuation, 0, 1, ""), kMaxFrame);
       }},
      // Each byte stands for four thousand.
      {"OneHeaderSixteenThousandTimes",
       MakeFrame(Frame::kHeaders, 0, 1,
                 headers + RememberedHeader("x-bomb", std::string(3900, 'b'))),
       go_on(std::string(kMaxFrame, '\xbe'))},
      {"CallsTakenBackAtOnce", "",
       [headers](int n) {
         return ManyStreams(
             [&](uint32_t stream) {
               return MakeFrame(Frame::kHeaders, kEndHeaders, stream, headers) +
                      ResetOf(stream);
             },
             n, 50);
       },
       false, kCallsMayGrowKib},
      // As small as they can be: each header a byte that stands for it.
      {"SmallCallsTakenBackAtOnce",
       MakeFrame(Frame::kHeaders, kEndHeaders, 1, RememberedCallHeaders()) +
           ResetOf(1),
       [](int n) {
         return ManyStreams(
             [](uint32_t stream) {
               return MakeFrame(Frame::kHeaders, kEndHeaders, stream + 2,
                                "\xc3\xc2\xc1\xc0\xbf\xbe") +
                      ResetOf(stream + 2);
             },
             n, 50);
       },
       false, kCallsMayGrowKib},
      {"BodiesWithoutEnd", "",
       [headers](int n) {
         return ManyStreams(
             [&](uint32_t stream) {
               return MakeFrame(Frame::kHeaders, kEndHeaders, stream, headers) +
                      MakeFrame(Frame::kData, 0, stream,
                                std::string("\0\1\0\0\0", 5) +
                                    std::string(4'000, 'a'));
             },
             n, 10);
       }},
      {"Pings", "",
       [](int) {
         return Repeated(MakeFrame(Frame::kPing, 0, 0, "12345678"), kMaxFrame);
       }},
      {"PingsUnheard", "",
       [](int) {
         return Repeated(MakeFrame(Frame::kPing, 0, 0, "12345678"), kMaxFrame);
       },
       true},
      {"Settings", "",
       [](int) {
         return Repeated(MakeFrame(Frame::kSettings, 0, 0, ""), kMaxFrame);
       }},
      {"SettingsUnheard", "",
       [](int) {
         return Repeated(MakeFrame(Frame::kSettings, 0, 0, ""), kMaxFrame);
       },
       true},
  };
}

class FloodTest : public testing::TestWithParam<Door> {
 protected:
  FloodTest() {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }
  void SetUp() override {
    ASSERT_TRUE(guarded_.started());
    if (GetParam() == Door::kTls) tls_ = CredulousTls();
  }

  std::vector<RawConnection> Attackers(int count) {
    std::vector<RawConnection> all;
    for (int i = 0; i < count; ++i) {
      all.emplace_back(guarded_.port(), "127.0.0.1", tls_.get());
      EXPECT_TRUE(all.back().open());
    }
    return all;
  }

  // Each sends in turn until all are let go.
  void Run(const Flood& flood) {
    HonestCaller honest(guarded_);
    std::vector<RawConnection> attackers = Attackers(kAttackers);
    for (RawConnection& one : attackers) {
      one.Send(BeginHttp2() + flood.first, flood.deaf);
    }
    const absl::Time until = absl::Now() + kLetGoWithin;
    for (int n = 0; !attackers.empty() && absl::Now() < until; ++n) {
      std::vector<RawConnection> left;
      for (RawConnection& one : attackers) {
        if (one.Send(flood.more(n), flood.deaf)) left.push_back(std::move(one));
      }
      attackers.swap(left);
    }
    EXPECT_TRUE(attackers.empty()) << attackers.size() << " were not let go";
    Judge(&honest, flood.may_grow_kib);
  }

  void Judge(HonestCaller* honest, int64_t may_grow_kib) {
    honest->Stop();
    const grpc::Status after = guarded_.Call();
    EXPECT_TRUE(after.ok()) << after.error_message();
    EXPECT_EQ(honest->failures(), 0) << honest->last_failure();
    EXPECT_LT(honest->slowest(), kServedWithin);
    EXPECT_LT(honest->grown_kib(), may_grow_kib);
    RecordProperty("calls", honest->calls());
    std::cout << honest->calls() << " honest calls, the slowest took "
              << honest->slowest() << ", grown by " << honest->grown_kib()
              << " KiB" << std::endl;
  }

  GuardedServer guarded_{GetParam()};
  std::shared_ptr<SSL_CTX> tls_;
};

TEST_P(FloodTest, LetsStrangersGoWhoSendWithoutEnd) {
  for (const Flood& flood : Floods()) {
    SCOPED_TRACE(flood.name);
    std::cout << flood.name << ": ";
    Run(flood);
  }
  EXPECT_EQ(guarded_.server().End(SIGTERM), 0);
}

// Whoever has a token is waited for longer, and not for ever.
TEST_P(FloodTest, LetsSomebodyKnownGoWhoSendsWithoutEnd) {
  HonestCaller honest(guarded_);
  std::vector<RawConnection> attackers = Attackers(1);
  RawConnection& one = attackers.front();
  const std::string call =
      MakeFrame(Frame::kHeaders, kEndHeaders, 1,
                CallHeaders(kMethod, "Bearer " + guarded_.token()));
  const std::string empty(5, '\0');
  ASSERT_TRUE(one.Send(BeginHttp2() + call +
                       MakeFrame(Frame::kData, kEndStream, 1, empty)));
  ASSERT_TRUE(
      one.Send(MakeFrame(Frame::kHeaders, 0, 3,
                         CallHeaders(kMethod) + std::string("\0\1x", 3) +
                             HpackInteger(0, 7, uint64_t{1} << 30))));
  const std::string more =
      MakeFrame(Frame::kContinuation, 0, 3, std::string(kMaxFrame, 'a'));
  const absl::Time until = absl::Now() + absl::Seconds(90);
  bool open = true;
  while (open && absl::Now() < until) open = one.Send(more);
  EXPECT_FALSE(open);
  Judge(&honest, kMayGrowKib);
}

// Byte by byte, so that it never takes long until the next.
TEST_P(FloodTest, LetsGoWhoNeverFinishesTheBeginning) {
  HonestCaller honest(guarded_);
  tls_ = nullptr;  // the handshake is what is not finished
  std::vector<RawConnection> slow = Attackers(kAttackers);
  const std::string beginning =
      GetParam() == Door::kTls ? "\x16\x03\x01\x02" + std::string(500, '\0')
                               : BeginHttp2();
  const absl::Time until =
      absl::Now() + absl::Seconds(limits::kHandshakeSeconds + 20);
  size_t ended = 0;
  for (size_t at = 0; ended < slow.size() && absl::Now() < until; ++at) {
    ended = 0;
    const absl::Time next = absl::Now() + absl::Seconds(1);
    for (RawConnection& one : slow) {
      if (at + 1 < beginning.size()) one.Send(beginning.substr(at, 1));
      if (one.EndsBy(next)) ++ended;
    }
  }
  EXPECT_EQ(ended, slow.size());
  Judge(&honest, kMayGrowKib);
}

INSTANTIATE_TEST_SUITE_P(Doors, FloodTest,
                         testing::Values(Door::kPlain, Door::kTls),
                         [](const auto& info) {
                           return info.param == Door::kTls ? "Tls" : "Plain";
                         });

}  // namespace
}  // namespace shirube::e2e
