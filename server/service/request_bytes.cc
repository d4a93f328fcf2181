#include "server/service/request_bytes.h"

#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "server/base/text.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kMaxDepth = 100;

std::string Walk(std::string_view bytes, const Descriptor& type, int depth);

// Path of the bad text in one length-delimited field; empty for none.
std::string WalkField(std::string_view content, const FieldDescriptor& field,
                      int index, int depth) {
  std::string path(field.name());
  if (field.is_repeated()) absl::StrAppend(&path, "[", index, "]");
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    return IsUtf8(content) ? "" : path;
  }
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return "";
  const std::string inner = Walk(content, *field.message_type(), depth + 1);
  return inner.empty() ? "" : absl::StrCat(path, ".", inner);
}

std::string Walk(std::string_view bytes, const Descriptor& type, int depth) {
  if (depth > kMaxDepth) return "";
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  std::map<int, int> seen;
  while (const uint32_t tag = in.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) !=
        WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return "";
      continue;
    }
    uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return "";
    const int at = in.CurrentPosition();
    if (size > bytes.size() - at) return "";
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    if (const FieldDescriptor* field = type.FindFieldByNumber(number)) {
      const std::string path =
          WalkField(bytes.substr(at, size), *field, seen[number]++, depth);
      if (!path.empty()) return path;
    }
    if (!in.Skip(static_cast<int>(size))) return "";
  }
  return "";
}

}  // namespace

std::string FindBadText(std::string_view bytes, const Descriptor& type) {
  if (bytes.size() > std::numeric_limits<int>::max()) return "";
  return Walk(bytes, type, 0);
}

absl::Status ParseRequest(std::string_view bytes,
                          google::protobuf::Message* out) {
  if (bytes.size() <= std::numeric_limits<int>::max() &&
      out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  const std::string type(out->GetDescriptor()->full_name());
  const std::string field = FindBadText(bytes, *out->GetDescriptor());
  if (field.empty()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
        absl::StrCat("the bytes are no ", type,
                     "; send a message of this type, encoded by protobuf"),
        absl::StrCat(
            "送られたバイト列は", type,
            "ではありません。protobufで符号化したメッセージを送ってください"),
        {{"message", type}});
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
      absl::StrCat(field,
                   ": the text is no UTF-8; convert it before sending "
                   "(a CP932 shell or file is a usual cause)"),
      absl::StrCat(field,
                   ": UTF-8として読めません。送る前にUTF-8へ変換してください"
                   "(CP932のシェルやファイルが原因であることが多いです)"),
      {{"message", type}, {"field", field}});
}

}  // namespace shirube
