#include "server/service/update_mask.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"

namespace shirube {
namespace {

bool IsSet(const google::protobuf::Message& resource,
           const std::string& field) {
  const auto* descriptor = resource.GetDescriptor()->FindFieldByName(field);
  if (descriptor == nullptr) return false;
  const auto* reflection = resource.GetReflection();
  return descriptor->is_repeated()
             ? reflection->FieldSize(resource, descriptor) > 0
             : reflection->HasField(resource, descriptor);
}

}  // namespace

std::set<std::string> ReadUpdateMask(const google::protobuf::FieldMask& mask,
                                     const google::protobuf::Message& resource,
                                     const std::vector<std::string>& writable,
                                     const FieldReader& reader) {
  std::set<std::string> fields;
  if (mask.paths().empty()) {
    for (const std::string& field : writable) {
      if (IsSet(resource, field)) fields.insert(field);
    }
    return fields;
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") {
      fields.insert(writable.begin(), writable.end());
    } else if (std::find(writable.begin(), writable.end(), path) !=
               writable.end()) {
      fields.insert(path);
    } else if (path != "name" && path != "etag") {
      const std::string known = absl::StrJoin(writable, ", ");
      reader.Refuse(
          "update_mask",
          absl::StrCat("no field ", Quoted(path),
                       " can be written; these can: ", known),
          absl::StrCat(
              QuotedJa(path),
              "は書き込める項目ではありません。書き込める項目: ", known));
    }
  }
  return fields;
}

}  // namespace shirube
