// Which addresses a sink may be at. A subscription's URL is written by whoever
// may write subscriptions, the request leaves from inside: without a guard it
// would reach what only the server should. Judged is the address that the name
// resolved to, not the name. Pure.
#ifndef SHIRUBE_SERVER_ALERTING_ADDRESS_GUARD_H_
#define SHIRUBE_SERVER_ALERTING_ADDRESS_GUARD_H_

#include <sys/socket.h>

#include <optional>
#include <string>

namespace shirube {

enum class AddressKind {
  kPublic,
  // Loopback, private networks, link-local and what is set aside for special
  // use: only for subscriptions with `allow_private`.
  kPrivate,
  // Cloud metadata, multicast, broadcast, unspecified: never.
  kForbidden,
};

AddressKind ClassifyAddress(const sockaddr& address);

// Of an address in text ("10.0.0.1", "::1"); empty where `text` is a name.
std::optional<AddressKind> ClassifyLiteral(const std::string& text);

inline bool MayConnect(AddressKind kind, bool allow_private) {
  return kind == AddressKind::kPublic ||
         (kind == AddressKind::kPrivate && allow_private);
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_ADDRESS_GUARD_H_
