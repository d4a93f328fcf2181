#include "server/service/row_fields.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/domain/decimal.h"
#include "server/domain/period.h"

namespace shirube {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// "KIND_LEVEL" of enum Kind is LEVEL; the zero value is empty.
std::string BareWord(const EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  std::string prefix;
  for (char c : value.type()->name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  prefix += '_';
  return absl::StartsWith(value.name(), prefix)
             ? std::string(value.name().substr(prefix.size()))
             : std::string(value.name());
}

std::string TimeText(const Message& message) {
  const auto& stamp = dynamic_cast<const google::protobuf::Timestamp&>(message);
  return absl::FormatTime(
      "%Y-%m-%d%ET%H:%M:%E*SZ",
      absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos()),
      absl::UTCTimeZone());
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

FieldValues ReadSingle(const Message& row, const FieldDescriptor& field) {
  const auto& reflection = *row.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = reflection.GetString(row, &field);
      if (text.empty()) return {};
      return {std::move(text)};
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string word = BareWord(*reflection.GetEnum(row, &field));
      if (word.empty()) return {};
      return {std::move(word)};
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return {absl::StrCat(reflection.GetInt32(row, &field))};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {reflection.GetBool(row, &field) ? "true" : "false"};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (IsTime(field) && reflection.HasField(row, &field)) {
        return {TimeText(reflection.GetMessage(row, &field))};
      }
      return {};
    default:
      return {};
  }
}

}  // namespace

FieldValues ReadField(const Message& row, std::string_view field) {
  const size_t dot = field.find('.');
  const std::string first(field.substr(0, dot));
  const auto* descriptor = row.GetDescriptor()->FindFieldByName(first);
  if (descriptor == nullptr) return {};
  const auto& reflection = *row.GetReflection();
  if (dot != std::string_view::npos) {
    if (descriptor->is_repeated() || descriptor->message_type() == nullptr ||
        !reflection.HasField(row, descriptor)) {
      return {};
    }
    return ReadField(reflection.GetMessage(row, descriptor),
                     field.substr(dot + 1));
  }
  if (!descriptor->is_repeated()) return ReadSingle(row, *descriptor);
  FieldValues values;
  if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    for (int i = 0; i < reflection.FieldSize(row, descriptor); ++i) {
      values.push_back(reflection.GetRepeatedString(row, descriptor, i));
    }
  }
  return values;
}

int CompareValues(std::string_view a, std::string_view b) {
  if (const auto x = Decimal::Parse(a), y = Decimal::Parse(b);
      x.ok() && y.ok()) {
    return *x < *y ? -1 : *x == *y ? 0 : 1;
  }
  if (const auto x = Period::ParseId(a), y = Period::ParseId(b);
      x.ok() && y.ok()) {
    return *x < *y ? -1 : *x == *y ? 0 : 1;
  }
  return a.compare(b);
}

}  // namespace shirube
