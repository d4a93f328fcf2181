// Messages of ours as proto JSON, as protobuf's MessageToJsonString writes it,
// which builds its description of every type anew for each message: 70 us of a
// delivery's 120. For messages of text, truth values, whole numbers, enums,
// Timestamps, messages of these, and lists.
#ifndef SHIRUBE_SERVER_SERVICE_EVENT_JSON_H_
#define SHIRUBE_SERVER_SERVICE_EVENT_JSON_H_

#include <string>
#include <string_view>

#include "google/protobuf/message.h"

namespace shirube {

std::string JsonOf(const google::protobuf::Message& message);
// Of a text in UTF-8.
std::string JsonOf(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_EVENT_JSON_H_
