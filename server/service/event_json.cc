#include "server/service/event_json.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace shirube {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

void AppendText(std::string_view text, std::string* out) {
  out->push_back('"');
  size_t plain = 0;  // up to here it is written
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool control = static_cast<unsigned char>(c) < 0x20;
    if (!control && c != '"' && c != '\\') continue;
    out->append(text.substr(plain, i - plain));
    char escaped[8] = {'\\', c, '\0'};
    if (control) std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
    out->append(escaped);
    plain = i + 1;
  }
  out->append(text.substr(plain));
  out->push_back('"');
}

void AppendMessage(const Message& message, std::string* out);

// One field, or the `at`-th of a list.
class Value {
 public:
  Value(const Message& message, const FieldDescriptor* field, int at)
      : message_(message), field_(field), at_(at) {}

  void AppendTo(std::string* out) const {
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        out->append(Get(&Reflection::GetBool, &Reflection::GetRepeatedBool)
                        ? "true"
                        : "false");
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(
            out, Get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
        return;
      case FieldDescriptor::CPPTYPE_INT64:  // more than a double holds
        absl::StrAppend(
            out, "\"",
            Get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), "\"");
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        return AppendEnum(out);
      case FieldDescriptor::CPPTYPE_STRING:
        return AppendString(out);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return AppendMessage(Inner(), out);
      default:  // event_json_test fails for an event with such a field
        out->append("null");
    }
  }

 private:
  template <typename T>
  T Get(T (Reflection::*one)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*of_list)(const Message&, const FieldDescriptor*, int)
            const) const {
    const Reflection& reflection = *message_.GetReflection();
    return field_->is_repeated() ? (reflection.*of_list)(message_, field_, at_)
                                 : (reflection.*one)(message_, field_);
  }
  const Message& Inner() const {
    const Reflection& reflection = *message_.GetReflection();
    return field_->is_repeated()
               ? reflection.GetRepeatedMessage(message_, field_, at_)
               : reflection.GetMessage(message_, field_);
  }
  void AppendString(std::string* out) const {
    const Reflection& reflection = *message_.GetReflection();
    std::string scratch;
    AppendText(field_->is_repeated()
                   ? reflection.GetRepeatedStringReference(message_, field_,
                                                           at_, &scratch)
                   : reflection.GetStringReference(message_, field_, &scratch),
               out);
  }
  void AppendEnum(std::string* out) const {
    const int number =
        Get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue);
    const auto* value = field_->enum_type()->FindValueByNumber(number);
    if (value == nullptr) {
      absl::StrAppend(out, number);
    } else {
      AppendText(value->name(), out);
    }
  }

  const Message& message_;
  const FieldDescriptor* const field_;
  const int at_;
};

void AppendField(const Message& message, const FieldDescriptor* field,
                 std::string* out) {
  AppendText(field->json_name(), out);
  out->push_back(':');
  if (!field->is_repeated()) return Value(message, field, 0).AppendTo(out);
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    out->push_back(i == 0 ? '[' : ',');
    Value(message, field, i).AppendTo(out);
  }
  out->push_back(']');
}

void AppendMessage(const Message& message, std::string* out) {
  if (message.GetDescriptor() == Timestamp::descriptor()) {
    return AppendText(google::protobuf::util::TimeUtil::ToString(
                          static_cast<const Timestamp&>(message)),
                      out);
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  const char* before = "{";
  for (const FieldDescriptor* field : fields) {
    out->append(std::exchange(before, ","));
    AppendField(message, field, out);
  }
  out->append(fields.empty() ? "{}" : "}");
}

}  // namespace

std::string JsonOf(const Message& message) {
  std::string out;
  AppendMessage(message, &out);
  return out;
}

std::string JsonOf(std::string_view text) {
  std::string out;
  AppendText(text, &out);
  return out;
}

}  // namespace shirube
