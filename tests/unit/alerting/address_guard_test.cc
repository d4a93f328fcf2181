#include "server/alerting/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "server/alerting/sink_url.h"

namespace shirube {
namespace {

constexpr AddressKind kPublic = AddressKind::kPublic;
constexpr AddressKind kPrivate = AddressKind::kPrivate;
constexpr AddressKind kForbidden = AddressKind::kForbidden;

struct Case {
  const char* address;
  AddressKind kind;
};

constexpr Case kCases[] = {
    {"8.8.8.8", kPublic},
    {"1.1.1.1", kPublic},
    {"9.255.255.255", kPublic},
    {"11.0.0.0", kPublic},
    {"100.63.255.255", kPublic},
    {"100.128.0.0", kPublic},
    {"126.255.255.255", kPublic},
    {"128.0.0.0", kPublic},
    {"169.253.255.255", kPublic},
    {"169.255.0.0", kPublic},
    {"172.15.255.255", kPublic},
    {"172.32.0.0", kPublic},
    {"192.167.255.255", kPublic},
    {"192.169.0.0", kPublic},
    {"198.17.255.255", kPublic},
    {"198.20.0.0", kPublic},
    {"223.255.255.255", kPublic},
    {"10.0.0.0", kPrivate},
    {"10.255.255.255", kPrivate},
    {"100.64.0.0", kPrivate},
    {"100.127.255.255", kPrivate},
    {"127.0.0.1", kPrivate},
    {"127.255.255.255", kPrivate},
    {"169.254.0.1", kPrivate},
    {"169.254.168.255", kPrivate},
    {"172.16.0.0", kPrivate},
    {"172.31.255.255", kPrivate},
    {"192.168.0.1", kPrivate},
    {"192.0.2.1", kPrivate},
    {"198.51.100.9", kPrivate},
    {"203.0.113.255", kPrivate},
    {"198.18.0.1", kPrivate},
    {"0.0.0.0", kForbidden},
    {"0.1.2.3", kForbidden},
    {"169.254.169.254", kForbidden},
    {"169.254.170.2", kForbidden},
    {"169.254.170.23", kForbidden},
    {"100.100.100.200", kForbidden},
    {"192.0.0.192", kForbidden},
    {"168.63.129.16", kForbidden},
    {"224.0.0.1", kForbidden},
    {"239.255.255.255", kForbidden},
    {"240.0.0.1", kForbidden},
    {"255.255.255.255", kForbidden},
    {"2606:4700::1111", kPublic},
    {"2001:4860:4860::8888", kPublic},
    {"::ffff:8.8.8.8", kPublic},
    {"64:ff9b::808:808", kPublic},
    {"2002:808:808::1", kPublic},
    {"::1", kPrivate},
    {"::ffff:127.0.0.1", kPrivate},
    {"::ffff:10.1.2.3", kPrivate},
    {"::7f00:1", kPrivate},
    {"64:ff9b::a00:1", kPrivate},
    {"2002:a00:1::1", kPrivate},
    {"fc00::1", kPrivate},
    {"fdff::1", kPrivate},
    {"fe80::1", kPrivate},
    {"febf::1", kPrivate},
    {"fec0::1", kPrivate},
    {"2001:db8::1", kPrivate},
    {"::", kForbidden},
    {"::ffff:169.254.169.254", kForbidden},
    {"::ffff:0:a9fe:a9fe", kForbidden},
    {"::a9fe:a9fe", kForbidden},
    {"64:ff9b::a9fe:a9fe", kForbidden},
    {"64:ff9b:1::1", kForbidden},
    {"2002:a9fe:a9fe::1", kForbidden},
    {"2001::1", kForbidden},
    {"fd00:ec2::254", kForbidden},
    {"fd20:ce::254", kForbidden},
    {"fe80::a9fe:a9fe", kForbidden},
    {"ff02::1", kForbidden},
};

TEST(AddressGuard, SortsAddressesInText) {
  for (const Case& c : kCases) {
    EXPECT_EQ(ClassifyLiteral(c.address), c.kind) << c.address;
  }
}

TEST(AddressGuard, SortsAddressesOfSockets) {
  for (const Case& c : kCases) {
    sockaddr_storage storage{};
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    if (inet_pton(AF_INET, c.address, &v4->sin_addr) == 1) {
      storage.ss_family = AF_INET;
    } else {
      ASSERT_EQ(inet_pton(AF_INET6, c.address, &v6->sin6_addr), 1);
      storage.ss_family = AF_INET6;
    }
    EXPECT_EQ(ClassifyAddress(reinterpret_cast<sockaddr&>(storage)), c.kind)
        << c.address;
  }
  sockaddr unix_socket{};
  unix_socket.sa_family = AF_UNIX;
  EXPECT_EQ(ClassifyAddress(unix_socket), kForbidden);
}

TEST(AddressGuard, TakesNamesForNames) {
  EXPECT_FALSE(ClassifyLiteral("example.jp").has_value());
  EXPECT_FALSE(ClassifyLiteral("").has_value());
  EXPECT_EQ(ClassifyLiteral("fe80::1%eth0"), kPrivate);
}

TEST(AddressGuard, AllowsPrivateOnesWhereSaid) {
  EXPECT_TRUE(MayConnect(kPublic, false));
  EXPECT_FALSE(MayConnect(kPrivate, false));
  EXPECT_TRUE(MayConnect(kPrivate, true));
  EXPECT_FALSE(MayConnect(kForbidden, true));
}

TEST(SinkUrl, IsRefusedWhereItMayNotBeSentTo) {
  for (const char* url :
       {"", "file:///etc/passwd", "ftp://example.jp/", "gopher://example.jp",
        "http://example.jp/", "https://user:word@example.jp/",
        "https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/",
        "https://2130706433/", "https://10.0.0.1:8443/x",
        "https://169.254.169.254/latest"}) {
    EXPECT_EQ(ParseSinkUrl(url, false).status().code(),
              absl::StatusCode::kInvalidArgument)
        << url;
  }
  for (const char* url :
       {"file:///etc/passwd", "https://user@example.jp/",
        "http://169.254.169.254/latest", "http://[fd00:ec2::254]/",
        "http://0.0.0.0/", "http://[::ffff:169.254.169.254]/"}) {
    EXPECT_FALSE(ParseSinkUrl(url, true).ok()) << url;
  }
}

TEST(SinkUrl, NamesTheHostWithItsPort) {
  EXPECT_EQ(ParseSinkUrl("https://example.jp/hook", false)->host,
            "example.jp:443");
  EXPECT_EQ(ParseSinkUrl("http://127.0.0.1:9093", true)->host,
            "127.0.0.1:9093");
  EXPECT_EQ(ParseSinkUrl("http://[::1]/a", true)->host, "[::1]:80");
}

}  // namespace
}  // namespace shirube
