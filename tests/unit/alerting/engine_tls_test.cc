#include <gtest/gtest.h>

#include <atomic>
#include <csignal>

#include "tests/unit/alerting/certificate.h"
#include "tests/unit/alerting/fake_log.h"
#include "tests/unit/alerting/receiver.h"
#include "tests/unit/alerting/tunnel_proxy.h"

namespace shirube {
namespace {

// What became of one delivery to a receiver with `certificate`: its last error,
// or "" where it was delivered.
std::string Deliver(const Certificate& certificate, const std::string& ca_pem,
                    const std::string& proxy = "") {
  // SSL_write has no MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  std::atomic<int> received = 0;
  Receiver receiver(
      [&](const Request&) {
        ++received;
        return Reply{};
      },
      certificate.context.get());
  FakeLog log;
  EngineOptions options;
  const auto time = std::make_shared<JumpingTime>();
  options.time = time;
  DeliveryEngine engine(&log, options);
  engine.Start();
  SinkConfig config;
  config.url = receiver.Url("/hook");
  config.allow_private = true;
  config.ca_pem = ca_pem;
  config.proxy = proxy;
  config.retry_for = absl::Seconds(5);
  const SubscriptionId id("s");
  log.Append("a", time->Now());
  log.Serve(&engine, id, config);
  EXPECT_TRUE(log.AwaitAll(id));
  const auto dead = log.kept(id).dead;
  EXPECT_EQ(received, dead.empty() ? 1 : 0);
  return dead.empty() ? "" : dead.begin()->second.last_error;
}

TEST(DeliveryEngineTls, TrustsTheAuthorityThatIsConfigured) {
  const Certificate good = MakeCertificate("IP:127.0.0.1");
  EXPECT_EQ(Deliver(good, good.pem), "");
}

TEST(DeliveryEngineTls, SendsNothingToACertificateOfNobodyKnown) {
  const Certificate good = MakeCertificate("IP:127.0.0.1");
  EXPECT_EQ(Deliver(good, ""), "TLS_FAILED");
  EXPECT_EQ(Deliver(good, MakeCertificate("IP:127.0.0.1").pem), "TLS_FAILED");
}

TEST(DeliveryEngineTls, SendsNothingToACertificateOutOfDate) {
  const Certificate old = MakeCertificate("IP:127.0.0.1", -24 * 3600);
  EXPECT_EQ(Deliver(old, old.pem), "TLS_FAILED");
  const Certificate early = MakeCertificate("IP:127.0.0.1", 24 * 3600);
  EXPECT_EQ(Deliver(early, early.pem), "TLS_FAILED");
}

// The certificate that counts is the receiver's.
TEST(DeliveryEngineTls, GoesThroughAProxyToAReceiverThatItVerifies) {
  const TunnelProxy proxy;
  const Certificate good = MakeCertificate("IP:127.0.0.1");
  EXPECT_EQ(Deliver(good, good.pem, proxy.Url()), "");
  EXPECT_EQ(proxy.tunnels(), 1);
  EXPECT_EQ(Deliver(good, "", proxy.Url()), "TLS_FAILED");
}

TEST(DeliveryEngineTls, SendsNothingToACertificateForAnotherName) {
  const Certificate other = MakeCertificate("DNS:example.jp");
  EXPECT_EQ(Deliver(other, other.pem), "TLS_FAILED");
}

}  // namespace
}  // namespace shirube
