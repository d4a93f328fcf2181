// Update masks: which fields of a resource a request writes.
#ifndef SHIRUBE_SERVER_SERVICE_UPDATE_MASK_H_
#define SHIRUBE_SERVER_SERVICE_UPDATE_MASK_H_

#include <set>
#include <string>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "server/service/field_reader.h"

namespace shirube {

// The fields of `writable` that are to be written: those of the mask, with `*`
// all, with an empty mask those that are set in `resource`. Any other path is a
// violation of `update_mask`, `name` and `etag` excepted, which say what is
// meant and not what to write.
std::set<std::string> ReadUpdateMask(const google::protobuf::FieldMask& mask,
                                     const google::protobuf::Message& resource,
                                     const std::vector<std::string>& writable,
                                     const FieldReader& reader);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_UPDATE_MASK_H_
