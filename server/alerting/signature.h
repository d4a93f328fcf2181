// Standard Webhooks signatures and their secrets. Pure but for MakeSecret.
#ifndef SHIRUBE_SERVER_ALERTING_SIGNATURE_H_
#define SHIRUBE_SERVER_ALERTING_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace shirube {

// The key in `whsec_` and base64: 24 to 64 bytes. The error never repeats the
// text.
absl::StatusOr<std::string> DecodeSecret(std::string_view text);

// A new one with 256 random bits.
std::string MakeSecret();

// The value of `webhook-signature`: one `v1,…` for each of `secrets`, so that a
// receiver may hold either while one is replaced by the other. INVALID_ARGUMENT
// where a secret cannot be decoded.
absl::StatusOr<std::string> SignWebhook(const std::vector<std::string>& secrets,
                                        std::string_view id, int64_t timestamp,
                                        std::string_view body);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_SIGNATURE_H_
