// The limits of connections, beside those of what is said on them (limits.h).
// What a connection sends before one of its calls is let in is a stranger's;
// health checks are too. So all strangers together fill at most kMaxStrangers
// times kMaxStrangerBytes of memory.
#ifndef SHIRUBE_SERVER_BASE_CONNECTION_LIMITS_H_
#define SHIRUBE_SERVER_BASE_CONNECTION_LIMITS_H_

#include <cstdint>

namespace shirube::limits {

inline constexpr int kMaxConnections = 4'096;  // fewer where files are few
inline constexpr int kMaxStrangers = 1'000;
inline constexpr int64_t kMaxStrangerBytes = int64_t{128} << 10;
inline constexpr int kMaxStrangerSeconds = 600;
inline constexpr int kMaxTurnedAway = 100;  // calls, before one is let in
// Of others, between two messages, while none is awaited; and while one is.
inline constexpr int64_t kMaxQuietBytes = int64_t{1} << 20;
inline constexpr int64_t kMaxUnreadBytes = int64_t{128} << 20;
inline constexpr int kHandshakeSeconds = 10;       // until HTTP/2 has begun
inline constexpr int kIdleConnectionMinutes = 30;  // without any call
inline constexpr int kMaxReadBytes = 16 << 10;     // of a connection, at once
// Of gRPC's buffers, all together.
inline constexpr int64_t kMaxTransportMemory = int64_t{512} << 20;

}  // namespace shirube::limits

#endif  // SHIRUBE_SERVER_BASE_CONNECTION_LIMITS_H_
