// What every command gets: where to print, in which form, and the server.
#ifndef SHIRUBE_CLIENT_CLI_CONTEXT_H_
#define SHIRUBE_CLIENT_CLI_CONTEXT_H_

#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/cli/exit_code.h"
#include "client/cli/output/style.h"
#include "client/lib/alert_client.h"
#include "client/lib/clients.h"

namespace shirube::cli {

enum class Format { kTable, kJson, kJsonl, kCsv, kName, kHtml };

struct Context {
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // errors, warnings, progress

  Format format = Format::kTable;
  bool color = false;     // on `out`
  bool terminal = false;  // somebody sits there and can answer a question
  bool progress = false;  // `err` is a terminal
  int width = 0;          // of the terminal; 0: not one, print in full
  bool japanese = false;  // language of the texts

  std::string plan;            // --plan, as typed; empty: not given
  bool no_wait = false;        // writing commands return before judging
  bool timeout_typed = false;  // --timeout was given
  client::Options typed;       // by --server and the like, and nothing else
  std::string context_name;    // --context; empty: the current one
  std::string contexts_path;   // where contexts are saved
  client::Options options;     // what is in force
  std::shared_ptr<client::Connection> connection;

  client::PlanClient plans() const { return {connection, options}; }
  client::ObservationClient observations() const {
    return {connection, options};
  }
  client::EvaluationClient evaluation() const { return {connection, options}; }
  client::RuleClient rules() const { return {connection, options}; }
  client::AlertClient alerts() const { return {connection, options}; }
  client::AdminClient admin() const { return {connection, options}; }

  // The text in the language of the output.
  std::string_view Say(std::string_view ja, std::string_view en) const {
    return japanese ? ja : en;
  }
  std::string Painted(std::string_view text, Tone tone) const {
    return Paint(text, tone, color);
  }
};

// Prints an error to `err` (as JSON where the output is JSON: {"error": {code,
// reason, message, violations}}) and gives the command's exit code.
int Fail(const Context& context, const absl::Status& status);
// The same for a mistake of the command line: exit code 2.
int FailUsage(const Context& context, std::string_view ja, std::string_view en);

void Warn(const Context& context, std::string_view text);

// Returns when everything up to `revision` of `plan` ("plans/demo") has been
// judged, so that the next command of any process sees what this one caused;
// at once with --no-wait.
absl::Status WaitJudged(const Context& context, const std::string& plan,
                        const std::string& revision);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_CONTEXT_H_
