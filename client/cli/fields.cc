#include "client/cli/fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>

#include "client/cli/exit_code.h"
#include "server/base/status_macros.h"
#include "server/domain/era.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// The words planners use for enum values.
const std::map<std::string_view, std::string_view>& Words() {
  static const auto& words = *new std::map<std::string_view, std::string_view>{
      {"以上", "AT_LEAST"},    {">=", "AT_LEAST"},  {"以下", "AT_MOST"},
      {"<=", "AT_MOST"},       {"未満", "BELOW"},   {"<", "BELOW"},
      {"超", "ABOVE"},         {">", "ABOVE"},      {"程度", "ABOUT"},
      {"約", "APPROXIMATELY"}, {"増", "UP"},        {"減", "DOWN"},
      {"柱", "PILLAR"},        {"施策", "MEASURE"}, {"取組", "ACTION"}};
  return words;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-') c = '_';
  }
  return upper;
}

// Values are named PREFIX_WORD; the prefix ends where UNSPECIFIED begins.
std::string_view WordOf(const EnumValueDescriptor* value) {
  std::string_view zero = value->type()->value(0)->name();
  constexpr std::string_view kZero = "UNSPECIFIED";
  return std::string_view(value->name()).substr(zero.size() - kZero.size());
}

absl::StatusOr<const EnumValueDescriptor*> ParseWord(
    std::string_view option, const std::string& text,
    const EnumDescriptor* type) {
  std::string word = Upper(text);
  if (auto it = Words().find(text); it != Words().end()) word = it->second;
  std::string known;
  for (int i = 1; i < type->value_count(); ++i) {
    if (WordOf(type->value(i)) == word) return type->value(i);
    known += (known.empty() ? "" : ", ") + std::string(WordOf(type->value(i)));
  }
  return UsageError(std::string(option) + ": \"" + text + "\" is none of " +
                    known);
}

absl::Status SetPairs(std::string_view option,
                      const std::vector<std::string>& texts,
                      const FieldDescriptor* field, Message* message) {
  for (const std::string& text : texts) {
    size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return UsageError(std::string(option) + ": \"" + text +
                        "\" is not NAME=VALUE");
    }
    Message* entry = message->GetReflection()->AddMessage(message, field);
    entry->GetReflection()->SetString(entry, entry->GetDescriptor()->map_key(),
                                      text.substr(0, equals));
    entry->GetReflection()->SetString(
        entry, entry->GetDescriptor()->map_value(), text.substr(equals + 1));
  }
  return absl::OkStatus();
}

absl::Status SetField(const FieldOption& option,
                      const std::vector<std::string>& texts,
                      const FieldDescriptor* field, Message* message) {
  const Reflection* reflection = message->GetReflection();
  if (option.kind == FieldKind::kPairs) {
    return SetPairs(option.option, texts, field, message);
  }
  if (field->is_repeated()) {
    for (const std::string& text : texts) {
      reflection->AddString(message, field, text);
    }
    return absl::OkStatus();
  }
  const std::string& text = texts.front();
  switch (option.kind) {
    case FieldKind::kPeriod: {
      if (text.empty()) {
        reflection->ClearField(message, field);
        break;
      }
      auto period = ParsePeriod(text);
      if (!period.ok()) {
        return UsageError(std::string(option.option) + ": " +
                          std::string(period.status().message()));
      }
      reflection->SetString(message, field, period->ToId());
      break;
    }
    case FieldKind::kWord: {
      SHIRUBE_ASSIGN_OR_RETURN(
          const EnumValueDescriptor* value,
          ParseWord(option.option, text, field->enum_type()));
      reflection->SetEnum(message, field, value);
      break;
    }
    case FieldKind::kInteger: {
      int32_t number = 0;
      auto [end, error] =
          std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) {
        return UsageError(std::string(option.option) + ": \"" + text +
                          "\" is not a whole number");
      }
      reflection->SetInt32(message, field, number);
      break;
    }
    default:
      reflection->SetString(message, field, text);
  }
  return absl::OkStatus();
}

// The message and field that `path` names, made on the way.
struct Place {
  Message* message;
  const FieldDescriptor* field;
};
Place Walk(Message* message, std::string_view path) {
  while (true) {
    size_t dot = path.find('.');
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(
        std::string(path.substr(0, dot)));
    if (dot == std::string_view::npos) return {message, field};
    message = message->GetReflection()->MutableMessage(message, field);
    path = path.substr(dot + 1);
  }
}

// Another number or period takes the place of one that was printed: how that
// one was printed, read or not read says nothing of the new one.
void ForgetPrinted(const Place& place) {
  const bool value = place.field->name() == "value";
  if (!value && place.field->name() != "period") return;
  for (const char* name : {"raw", "multiplier", "place", "steps", "unread"}) {
    const FieldDescriptor* field =
        place.message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || (!value && field->name() == "unread")) continue;
    place.message->GetReflection()->ClearField(place.message, field);
  }
}

std::string Scalar(const Message& message, const FieldDescriptor* field,
                   int index) {
  const Reflection* r = message.GetReflection();
  const bool repeated = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? r->GetRepeatedString(message, field, index)
                      : r->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::string(WordOf(repeated
                                    ? r->GetRepeatedEnum(message, field, index)
                                    : r->GetEnum(message, field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return r->GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(r->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(r->GetInt64(message, field));
    default:
      return "";
  }
}

void AddRows(const Message& message, const std::string& prefix, Table* table) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string name = prefix + field->name();
    const int count =
        field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const int index = field->is_repeated() ? i : -1;
      const std::string numbered =
          index < 0 ? name : name + "[" + std::to_string(i) + "]";
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        table->rows.push_back({numbered, Scalar(message, field, index)});
        continue;
      }
      const Message& child =
          index < 0 ? reflection->GetMessage(message, field)
                    : reflection->GetRepeatedMessage(message, field, i);
      if (const auto* time =
              dynamic_cast<const google::protobuf::Timestamp*>(&child)) {
        table->rows.push_back(
            {numbered, google::protobuf::util::TimeUtil::ToString(*time)});
      } else {
        AddRows(child, numbered + ".", table);
      }
    }
  }
}

}  // namespace

void Fields::Declare(CLI::App* app, const std::vector<FieldOption>& options) {
  for (const FieldOption& field : options) {
    Typed& typed = typed_[field.option];
    typed.field = field;
    const std::string name(field.option), help(field.help);
    typed.option = app->add_option(name, typed.texts, help)
                       ->allow_extra_args(false)
                       ->type_size(1)
                       ->expected(1);
    if (field.kind == FieldKind::kPairs) {
      typed.option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
          ->type_name("NAME=VALUE");
    } else {
      typed.option->type_name(field.kind == FieldKind::kPeriod ? "PERIOD"
                              : field.kind == FieldKind::kWord ? "WORD"
                                                               : "TEXT");
    }
  }
}

absl::Status Fields::Apply(Message* resource,
                           google::protobuf::FieldMask* mask) const {
  for (const auto& [name, typed] : typed_) {
    if (typed.option->count() == 0) continue;
    Place place = Walk(resource, typed.field.path);
    if (typed.texts.empty()) continue;
    ForgetPrinted(place);
    SHIRUBE_RETURN_IF_ERROR(
        SetField(typed.field, typed.texts, place.field, place.message));
    if (mask != nullptr) {
      // A mask names whole fields: what else stands in the field is in
      // `resource`, as it was read.
      const std::string_view path = typed.field.path;
      mask->add_paths(std::string(path.substr(0, path.find('.'))));
    }
  }
  return absl::OkStatus();
}

Table FieldTable(const Message& message, bool japanese) {
  Table table;
  table.columns = {{japanese ? "項目" : "FIELD", "field"},
                   {japanese ? "値" : "VALUE", "value"}};
  AddRows(message, "", &table);
  return table;
}

}  // namespace shirube::cli
