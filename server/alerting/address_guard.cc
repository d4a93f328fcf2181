#include "server/alerting/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace shirube {
namespace {

using V4 = std::array<uint8_t, 4>;
using V6 = std::array<uint8_t, 16>;

template <typename Address>
struct Net {
  Address base;
  int bits;
  AddressKind kind;
};

constexpr AddressKind kPrivate = AddressKind::kPrivate;
constexpr AddressKind kForbidden = AddressKind::kForbidden;

// The first row that matches counts: single hosts stand before their networks.
constexpr Net<V4> kV4[] = {
    {{169, 254, 169, 0}, 24, kForbidden},    // metadata of most clouds
    {{169, 254, 170, 0}, 24, kForbidden},    // credentials of containers
    {{100, 100, 100, 200}, 32, kForbidden},  // metadata, Alibaba
    {{192, 0, 0, 192}, 32, kForbidden},      // metadata, Oracle
    {{168, 63, 129, 16}, 32, kForbidden},    // host agent, Azure
    {{0, 0, 0, 0}, 8, kForbidden},           // reaches the host itself
    {{10, 0, 0, 0}, 8, kPrivate},
    {{100, 64, 0, 0}, 10, kPrivate},  // carrier-grade NAT
    {{127, 0, 0, 0}, 8, kPrivate},
    {{169, 254, 0, 0}, 16, kPrivate},
    {{172, 16, 0, 0}, 12, kPrivate},
    {{192, 0, 0, 0}, 24, kPrivate},
    {{192, 0, 2, 0}, 24, kPrivate},  // documentation
    {{192, 88, 99, 0}, 24, kPrivate},
    {{192, 168, 0, 0}, 16, kPrivate},
    {{198, 18, 0, 0}, 15, kPrivate},  // benchmarks
    {{198, 51, 100, 0}, 24, kPrivate},
    {{203, 0, 113, 0}, 24, kPrivate},
    {{224, 0, 0, 0}, 4, kForbidden},  // multicast
    {{240, 0, 0, 0}, 4, kForbidden},  // reserved, broadcast
};

constexpr Net<V6> kV6[] = {
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, kForbidden},  // metadata, Amazon
    {{0xfd, 0x20, 0x00, 0xce}, 32, kForbidden},  // metadata, Google
    {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa9, 0xfe, 0xa9, 0xfe},
     128,
     kForbidden},  // metadata, OpenStack
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, kForbidden},  // local NAT64
    {{0x20, 0x01, 0x00, 0x00}, 32, kForbidden},              // Teredo
    {{0x01, 0x00}, 64, kPrivate},                            // discard
    {{0x20, 0x01, 0x0d, 0xb8}, 32, kPrivate},                // documentation
    {{0xfc}, 7, kPrivate},
    {{0xfe, 0x80}, 10, kPrivate},
    {{0xfe, 0xc0}, 10, kPrivate},
    {{0xff}, 8, kForbidden},
};

template <typename Address>
bool Within(const Address& address, const Net<Address>& net) {
  for (int bit = 0; bit < net.bits; ++bit) {
    const int mask = 0x80 >> (bit % 8);
    if ((address[bit / 8] & mask) != (net.base[bit / 8] & mask)) return false;
  }
  return true;
}

template <typename Address, size_t n>
AddressKind Look(const Address& address, const Net<Address> (&nets)[n]) {
  for (const auto& net : nets) {
    if (Within(address, net)) return net.kind;
  }
  return AddressKind::kPublic;
}

AddressKind OfEmbedded(const V6& address, size_t at) {
  V4 v4;
  std::copy_n(address.begin() + at, 4, v4.begin());
  return Look(v4, kV4);
}

// Addresses that carry another one are judged by what they carry.
AddressKind OfV6(const V6& address) {
  constexpr Net<V6> kMapped = {
      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, kPrivate};
  constexpr Net<V6> kTranslated = {
      {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, kPrivate};
  constexpr Net<V6> kNat64 = {{0, 0x64, 0xff, 0x9b}, 96, kPrivate};
  constexpr Net<V6> k6to4 = {{0x20, 0x02}, 16, kPrivate};
  constexpr Net<V6> kLoopback = {
      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, kPrivate};
  constexpr Net<V6> kCompatible = {{}, 96, kPrivate};
  if (Within(address, kLoopback)) return kPrivate;
  if (Within(address, k6to4)) return OfEmbedded(address, 2);
  for (const auto& net : {kMapped, kTranslated, kNat64, kCompatible}) {
    if (Within(address, net)) return OfEmbedded(address, 12);
  }
  return Look(address, kV6);
}

}  // namespace

AddressKind ClassifyAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    V4 v4;
    std::memcpy(v4.data(), &in.sin_addr, v4.size());
    return Look(v4, kV4);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    V6 v6;
    std::memcpy(v6.data(), &in.sin6_addr, v6.size());
    return OfV6(v6);
  }
  return kForbidden;
}

std::optional<AddressKind> ClassifyLiteral(const std::string& text) {
  V4 v4;
  if (inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return Look(v4, kV4);
  V6 v6;
  // A zone ("fe80::1%eth0") changes nothing about the kind.
  const std::string bare = text.substr(0, text.find('%'));
  if (inet_pton(AF_INET6, bare.c_str(), v6.data()) == 1) return OfV6(v6);
  return std::nullopt;
}

}  // namespace shirube
