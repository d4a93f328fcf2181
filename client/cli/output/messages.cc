#include "client/cli/output/messages.h"

#include <google/protobuf/util/json_util.h>

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;

std::string NameOf(const Message& message) {
  const auto* field = message.GetDescriptor()->FindFieldByName("name");
  if (field == nullptr) return "";
  return message.GetReflection()->GetString(message, field);
}

}  // namespace

std::string ToJson(const Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  // Scripts find every field of a row, also where it says nothing.
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails for broken well-known types only, which none of ours holds.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options)
           .ok()) {
    return "{}";
  }
  while (json.ends_with('\n')) json.pop_back();
  return json;
}

void PrintMessages(const Context& context, std::string_view key,
                   const std::vector<const Message*>& rows,
                   const std::function<Table()>& table) {
  switch (context.format) {
    case Format::kJson: {
      context.out << "{\"" << key << "\":[";
      const char* between = "\n";
      for (const Message* row : rows) {
        context.out << between << ToJson(*row, false);
        between = ",\n";
      }
      context.out << "]}\n";
      break;
    }
    case Format::kJsonl:
      for (const Message* row : rows)
        context.out << ToJson(*row, false) << '\n';
      break;
    case Format::kName:
      for (const Message* row : rows) context.out << NameOf(*row) << '\n';
      break;
    case Format::kCsv:
      table().PrintCsv(context.out);
      break;
    case Format::kTable:
    case Format::kHtml:
      table().PrintText(context.out, context.width, context.color);
      break;
  }
}

void PrintOne(const Context& context, const Message& message,
              const std::function<Table()>& table) {
  switch (context.format) {
    case Format::kJson:
      context.out << ToJson(message) << '\n';
      break;
    case Format::kJsonl:
      context.out << ToJson(message, false) << '\n';
      break;
    case Format::kName:
      context.out << NameOf(message) << '\n';
      break;
    case Format::kCsv:
      table().PrintCsv(context.out);
      break;
    case Format::kTable:
    case Format::kHtml:
      table().PrintText(context.out, context.width, context.color);
      break;
  }
}

}  // namespace shirube::cli
