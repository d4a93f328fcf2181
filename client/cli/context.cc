#include "client/cli/context.h"

#include <google/protobuf/struct.pb.h>

#include "client/cli/output/messages.h"
#include "client/lib/error.h"

namespace shirube::cli {
namespace {

void PrintJsonError(const Context& context, const absl::Status& status,
                    const client::Error& error, const std::string& message) {
  google::protobuf::Struct root;
  auto& fields = *(*root.mutable_fields())["error"]
                      .mutable_struct_value()
                      ->mutable_fields();
  fields["code"].set_string_value(absl::StatusCodeToString(status.code()));
  fields["reason"].set_string_value(error.reason);
  fields["message"].set_string_value(message);
  auto* violations = fields["violations"].mutable_list_value();
  for (const auto& violation : error.violations) {
    auto& entry =
        *violations->add_values()->mutable_struct_value()->mutable_fields();
    entry["field"].set_string_value(violation.field);
    entry["description"].set_string_value(violation.description);
  }
  context.err << ToJson(root, false) << '\n';
}

}  // namespace

int Fail(const Context& context, const absl::Status& status) {
  client::Error error = client::ErrorOf(status);
  // The localized text is the longer one in either language.
  const std::string message =
      error.localized.empty() ? error.message : error.localized;
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    PrintJsonError(context, status, error, message);
    return ExitCodeOf(status);
  }
  context.err << context.Say("エラー: ", "error: ") << message << '\n';
  // One violation is the message itself.
  if (error.violations.size() > 1) {
    for (const auto& violation : error.violations) {
      context.err << "  " << violation.field << ": " << violation.description
                  << '\n';
    }
  }
  return ExitCodeOf(status);
}

int FailUsage(const Context& context, std::string_view ja,
              std::string_view en) {
  Fail(context, absl::InvalidArgumentError(std::string(context.Say(ja, en))));
  return kUsage;
}

void Warn(const Context& context, std::string_view text) {
  context.err << context.Say("注意: ", "warning: ") << text << '\n';
}

absl::Status WaitJudged(const Context& context, const std::string& plan,
                        const std::string& revision) {
  if (context.no_wait || revision.empty()) return absl::OkStatus();
  v1::ListFlagsRequest request;
  request.set_parent(plan);
  request.set_page_size(1);
  request.set_min_revision(revision);
  return context.evaluation().ListFlags(request).status();
}

}  // namespace shirube::cli
