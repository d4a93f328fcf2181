// Names that nobody answers for, and names that lead elsewhere the second time.
// The system's resolver is this program's own: getaddrinfo below stands before
// the C library's, for libcurl too.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/alerting/name_resolver.h"
#include "server/alerting/sink_url.h"
#include "tests/unit/alerting/fake_log.h"
#include "tests/unit/alerting/receiver.h"

namespace {

// What the names of a test lead to.
struct Names {
  std::mutex mutex;
  std::condition_variable changed;
  bool silent = true;  // silent.test gets no answer
  int asked_silent = 0;
  std::vector<std::string> moving;  // of moving.test, in turn; the last stays
};
Names& TheNames() {
  static auto& names = *new Names;
  return names;
}

std::string AddressOf(const std::string& name) {
  Names& names = TheNames();
  std::unique_lock lock(names.mutex);
  if (name == "silent.test") {
    ++names.asked_silent;
    names.changed.notify_all();
    names.changed.wait(lock, [&] { return !names.silent; });
  }
  if (name != "moving.test" || names.moving.empty()) return "";
  const std::string address = names.moving.front();
  if (names.moving.size() > 1) names.moving.erase(names.moving.begin());
  return address;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service,
                           const addrinfo* hints, addrinfo** found) {
  using Real = decltype(&getaddrinfo);
  static const auto real =
      reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string asked = name == nullptr ? "" : name;
  if (asked != "silent.test" && asked != "moving.test") {
    return real(name, service, hints, found);
  }
  const std::string address = AddressOf(asked);
  if (address.empty()) return EAI_AGAIN;
  return real(address.c_str(), service, hints, found);
}

namespace shirube {
namespace {

class NamesTest : public testing::Test {
 protected:
  NamesTest() { Silence(true); }
  ~NamesTest() override { Silence(false); }
  static void Silence(bool silent) {
    std::lock_guard lock(TheNames().mutex);
    TheNames().silent = silent;
    TheNames().changed.notify_all();
  }
};

NameResolver::Options Impatient() {
  NameResolver::Options options;
  options.patience = absl::Milliseconds(200);
  options.at_once = 3;
  return options;
}

TEST_F(NamesTest, AreFound) {
  NameResolver resolver;
  EXPECT_TRUE(
      absl::IsNotFound(resolver.Resolve("no-such-name.invalid").status()) ||
      absl::IsUnavailable(resolver.Resolve("no-such-name.invalid").status()));
  const auto found = resolver.Resolve("127.0.0.1");
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().ss_family, AF_INET);
}

TEST_F(NamesTest, AreNotWaitedForLongerThanAllowed) {
  NameResolver resolver(Impatient());
  const absl::Time start = absl::Now();
  std::vector<std::future<absl::Status>> asking;
  for (int i = 0; i < 20; ++i) {
    asking.push_back(std::async(std::launch::async, [&] {
      return resolver.Resolve("silent.test").status();
    }));
  }
  for (auto& one : asking) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(one.get()));
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  {
    std::lock_guard lock(TheNames().mutex);
    EXPECT_LE(TheNames().asked_silent, 3) << "as many threads wait";
  }
  // Others wait for a place, and get it.
  Silence(false);
  absl::Status status;
  do {
    status = resolver.Resolve("127.0.0.1").status();
  } while (absl::IsDeadlineExceeded(status));
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(NamesTest, AreRefusedWhereNobodyAnswers) {
  NameResolver resolver(Impatient());
  const absl::Status status =
      CheckSinkReachable("https://silent.test/", false, &resolver);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("name server does not say"));
}

EngineOptions Fast(std::shared_ptr<JumpingTime> time) {
  EngineOptions options;
  options.time = std::move(time);
  options.limits.connect = absl::Milliseconds(200);
  options.limits.total = absl::Milliseconds(300);
  return options;
}

// One thread sends for all: it must not wait for the resolver with any of them.
TEST_F(NamesTest, HoldUpNoOtherSink) {
  std::mutex mutex;
  std::set<std::string> received;  // a busy machine makes some come again
  Receiver receiver([&](const Request& request) {
    const std::lock_guard lock(mutex);
    received.insert(request.headers.at("webhook-id"));
    return Reply{};
  });
  const SubscriptionId silent("silent"), good("good");
  FakeLog log;
  const auto time = std::make_shared<JumpingTime>();
  DeliveryEngine engine(&log, Fast(time));
  engine.Start();
  SinkConfig to_nobody;
  to_nobody.url = "https://silent.test/";
  to_nobody.retry_for = absl::Minutes(1);
  log.Append("a", time->Now());
  log.Serve(&engine, silent, to_nobody);
  {
    std::unique_lock lock(TheNames().mutex);
    TheNames().changed.wait(lock, [] { return TheNames().asked_silent > 0; });
  }
  SinkConfig to_receiver;
  to_receiver.url = receiver.Url("/hook");
  to_receiver.allow_private = true;
  for (int i = 0; i < 100; ++i) log.Append(absl::StrCat("b", i), time->Now());
  log.Serve(&engine, good, to_receiver);
  EXPECT_TRUE(log.AwaitAll(good));
  // Also once the time of what is not answered has passed.
  ASSERT_TRUE(log.Await(silent, [](const FakeLog::Kept& kept) {
    return !kept.waiting.empty() || !kept.dead.empty();
  }));
  log.Append("c", time->Now());
  engine.Wake();
  EXPECT_TRUE(log.AwaitAll(good));
  {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(received.size(), 102u);
  }
  const FakeLog::Kept kept = log.kept(silent);
  const StoredDelivery& one = kept.dead.empty() ? kept.waiting.begin()->second
                                                : kept.dead.begin()->second;
  EXPECT_THAT(one.last_error, testing::AnyOf("TIMED_OUT", "RESOLVE_FAILED"));
}

// Good when the subscription was written, this host when it is sent to.
TEST_F(NamesTest, AreJudgedAgainByWhereTheyLead) {
  std::atomic<int> received = 0;
  Receiver receiver([&](const Request&) {
    ++received;
    return Reply{};
  });
  {
    std::lock_guard lock(TheNames().mutex);
    TheNames().moving = {"8.8.8.8", "127.0.0.1"};
  }
  const std::string url =
      absl::StrCat("https://moving.test:", receiver.port(), "/hook");
  NameResolver resolver;
  ASSERT_TRUE(CheckSinkReachable(url, false, &resolver).ok());
  FakeLog log;
  const auto time = std::make_shared<JumpingTime>();
  DeliveryEngine engine(&log, Fast(time));
  engine.Start();
  SinkConfig config;
  config.url = url;
  config.retry_for = absl::Seconds(30);
  const SubscriptionId id("moving");
  log.Append("a", time->Now());
  log.Serve(&engine, id, config);
  ASSERT_TRUE(log.AwaitAll(id));
  EXPECT_EQ(log.kept(id).dead.at(1).last_error, "ADDRESS_REFUSED");
  EXPECT_EQ(received, 0);
  EXPECT_EQ(CheckSinkReachable(url, false, &resolver).code(),
            absl::StatusCode::kInvalidArgument);
  // Where no setting allows it.
  {
    std::lock_guard lock(TheNames().mutex);
    TheNames().moving = {"169.254.169.254"};
  }
  EXPECT_FALSE(CheckSinkReachable(url, true, &resolver).ok());
}

}  // namespace
}  // namespace shirube
