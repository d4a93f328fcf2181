// From the bytes of a request to a message, with an error that says where the
// bytes are wrong. Pure.
#ifndef SHIRUBE_SERVER_SERVICE_REQUEST_BYTES_H_
#define SHIRUBE_SERVER_SERVICE_REQUEST_BYTES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace shirube {

// INVALID_ARGUMENT MALFORMED_REQUEST: no message of this type, or a text that
// is no UTF-8; the latter names the field ("document.indicators[3].unit").
absl::Status ParseRequest(std::string_view bytes,
                          google::protobuf::Message* out);

// Path of the first string that is no UTF-8; empty when there is none or the
// bytes cannot be walked.
std::string FindBadText(std::string_view bytes,
                        const google::protobuf::Descriptor& type);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_REQUEST_BYTES_H_
