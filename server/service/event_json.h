// Messages of ours as proto JSON, by protobuf's own writer. Its
// MessageToJsonString builds its description of every type anew for each
// message, a fifth of what an event costs; here they are kept.
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
