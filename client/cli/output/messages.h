// Resources as JSON, one a line, by name, or as a table.
#ifndef SHIRUBE_CLIENT_CLI_OUTPUT_MESSAGES_H_
#define SHIRUBE_CLIENT_CLI_OUTPUT_MESSAGES_H_

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/context.h"
#include "client/cli/output/table.h"

namespace shirube::cli {

// proto3 JSON on one line or indented; names as in client scripts (lowerCamel).
std::string ToJson(const google::protobuf::Message& message,
                   bool indented = true);

void PrintMessages(const Context& context, std::string_view key,
                   const std::vector<const google::protobuf::Message*>& rows,
                   const std::function<Table()>& table);

// Prints a list in the context's format. JSON is one object, `key` holding all
// rows: {"verdicts": […]}; jsonl is a row a line; name is the rows' `name`.
// `table` is asked for only where a table or CSV is wanted.
template <typename T>
void PrintList(const Context& context, std::string_view key,
               const std::vector<T>& rows,
               const std::function<Table()>& table) {
  std::vector<const google::protobuf::Message*> messages;
  for (const T& row : rows) messages.push_back(&row);
  PrintMessages(context, key, messages, table);
}

// Prints one resource: the table form is fields under each other.
void PrintOne(const Context& context, const google::protobuf::Message& message,
              const std::function<Table()>& table);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_OUTPUT_MESSAGES_H_
