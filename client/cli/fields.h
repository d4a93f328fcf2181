// Options that set fields of a resource: which exist is said by a table, so
// that create and update of every resource read the command line in one way.
#ifndef SHIRUBE_CLIENT_CLI_FIELDS_H_
#define SHIRUBE_CLIENT_CLI_FIELDS_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/output/table.h"

namespace shirube::cli {

enum class FieldKind {
  kText,
  kPeriod,  // FY2022, R4, 令和4年度 …: stored as its id
  kWord,  // an enum's value without its prefix (LEVEL), or a Japanese operator
  kInteger,
  kPairs,  // NAME=VALUE, repeatable: a map
};

struct FieldOption {
  std::string_view option;  // "--unit"
  std::string_view path;    // "unit", "target.period"
  FieldKind kind = FieldKind::kText;
  std::string_view help;
};

// The values typed for a table of options, one object a subcommand.
class Fields {
 public:
  // Declares the options at `app`; this object must outlive the parsing.
  void Declare(CLI::App* app, const std::vector<FieldOption>& options);

  // Sets what was typed in `resource` and names its top-level fields in `mask`.
  // An error of usage names the option and the forms it takes.
  absl::Status Apply(google::protobuf::Message* resource,
                     google::protobuf::FieldMask* mask) const;

 private:
  struct Typed {
    FieldOption field;
    CLI::Option* option = nullptr;
    std::vector<std::string> texts;
  };
  std::map<std::string_view, Typed> typed_;
};

// All set fields of a message under each other: name, value.
Table FieldTable(const google::protobuf::Message& message, bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_FIELDS_H_
