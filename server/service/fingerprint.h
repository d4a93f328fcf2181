// Short hashes for tokens and repeated requests: SipHash-2-4 with two keys, 128
// bits in all. Guards against accidents and mixed-up tokens; it is no seal
// against somebody who knows the key.
#ifndef SHIRUBE_SERVER_SERVICE_FINGERPRINT_H_
#define SHIRUBE_SERVER_SERVICE_FINGERPRINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"

namespace shirube {

uint64_t SipHash24(uint64_t key0, uint64_t key1, std::string_view text);

// 32 hex digits.
std::string Fingerprint(std::string_view text);

// Of `request` without its field `request_id`; the same for the same content
// in whatever order its map entries came.
std::string RequestFingerprint(const google::protobuf::Message& request);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_FINGERPRINT_H_
