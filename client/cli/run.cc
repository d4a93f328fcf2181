#include "client/cli/run.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

#include "client/cli/commands/commands.h"
#include "client/cli/saved_contexts.h"
#include "client/lib/token.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr char kVersion[] = "shirube 0.1.0";
constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 denied,\n"
    "5 conflict, 6 unavailable, 7 partly done, 8 the input was refused,\n"
    "10 something lags (with --fail-on at-risk).";

struct GlobalOptions {
  client::Options typed;
  std::string language, plan, context;
  double timeout_seconds = 0;
  Format format = Format::kTable;
  bool no_color = false, no_wait = false;
};

void AddGlobalOptions(CLI::App& app, GlobalOptions* global) {
  client::Options& typed = global->typed;
  app.add_option("--server", typed.server,
                 "host:port or unix:/path; else SHIRUBE_SERVER, else of the "
                 "context, else 127.0.0.1:8471");
  app.add_option("--context", global->context,
                 "A saved server and way in (shirube context)");
  app.add_option("--tls-ca", typed.tls_ca,
                 "PEM file of the server's CA; else SHIRUBE_TLS_CA")
      ->type_name("FILE");
  app.add_option("--cert", typed.tls_cert,
                 "PEM file of your certificate; else SHIRUBE_TLS_CERT")
      ->type_name("FILE");
  app.add_option("--key", typed.tls_key,
                 "PEM file of the key to it; else SHIRUBE_TLS_KEY")
      ->type_name("FILE");
  app.add_option("--token-file", typed.token_file,
                 "File that holds your token; else SHIRUBE_TOKEN_FILE")
      ->type_name("FILE");
  app.add_option("-o,--output", global->format,
                 "table, json, jsonl, csv, name (flags: html)")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, Format>{{"table", Format::kTable},
                                                    {"json", Format::kJson},
                                                    {"jsonl", Format::kJsonl},
                                                    {"csv", Format::kCsv},
                                                    {"name", Format::kName},
                                                    {"html", Format::kHtml}})
                      .description(""))
      ->type_name("FORMAT");
  app.add_option("--plan", global->plan, "The plan that names belong to");
  app.add_option("--lang", global->language, "ja or en; else by LANG")
      ->check(CLI::IsMember({"ja", "en"}));
  app.add_option("--actor", typed.actor, "Who makes the change");
  app.add_option("--timeout", global->timeout_seconds,
                 "Seconds for one call (30)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--no-color", global->no_color, "No colours; also NO_COLOR");
  app.add_flag("--no-wait", global->no_wait,
               "Writing commands return before judging");
}

void AddCommands(CLI::App& app, Chosen& chosen) {
  AddImport(app, chosen);
  AddFlags(app, chosen);
  AddExplain(app, chosen);
  AddVerdicts(app, chosen);
  AddCompare(app, chosen);
  AddRecord(app, chosen);
  AddCorrect(app, chosen);
  AddHistory(app, chosen);
  AddSheet(app, chosen);
  AddAssess(app, chosen);
  AddPlan(app, chosen);
  AddInitiative(app, chosen);
  AddIndicator(app, chosen);
  AddRule(app, chosen);
  AddAlert(app, chosen);
  AddSubscription(app, chosen);
  AddAudit(app, chosen);
  AddServer(app, chosen);
  AddContext(app, chosen);
  AddToken(app, chosen);
  AddCompletion(app, chosen);
}

// Global options may stand before or after the command.
void LetFallThrough(CLI::App* app) {
  for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) {
    sub->fallthrough();
    LetFallThrough(sub);
  }
}

bool ColorWanted(const Surroundings& surroundings, bool no_color) {
  const char* variable = std::getenv("NO_COLOR");
  return surroundings.out_terminal && !no_color &&
         (variable == nullptr || *variable == '\0');
}

bool IsJapanese(const client::Options& options) {
  return *client::Resolve(options, {}).language == "ja";
}

// What is in force, by the context that was asked for.
absl::StatusOr<client::Options> OptionsInForce(const Context& context) {
  const client::Options environment = client::FromEnvironment();
  const bool japanese = IsJapanese(Merge(context.typed, environment));
  SHIRUBE_ASSIGN_OR_RETURN(const SavedContexts saved,
                           LoadContexts(context.contexts_path, japanese));
  SHIRUBE_ASSIGN_OR_RETURN(const client::Options chosen,
                           FindContext(saved, context.context_name, japanese));
  return WithContext(context.typed, environment, chosen,
                     !context.context_name.empty());
}

// With the saved context it is to use; `*found` says whether there is one.
Context MakeContext(const GlobalOptions& global,
                    const Surroundings& surroundings, absl::Status* found) {
  Context context{surroundings.in, surroundings.out, surroundings.err};
  context.format = global.format;
  context.color = ColorWanted(surroundings, global.no_color);
  context.terminal = surroundings.in_terminal && surroundings.err_terminal;
  context.progress = surroundings.err_terminal;
  context.width = surroundings.out_terminal ? surroundings.width : 0;
  context.plan = global.plan;
  context.no_wait = global.no_wait;
  context.context_name = global.context;
  context.contexts_path = surroundings.contexts_path;
  context.typed = global.typed;
  // A variable of a script that is empty says nothing.
  for (auto* text : {&context.typed.server, &context.typed.actor}) {
    if (*text && (*text)->empty()) text->reset();
  }
  if (!global.language.empty()) context.typed.language = global.language;
  if (global.timeout_seconds > 0) {
    context.typed.timeout = absl::Seconds(global.timeout_seconds);
    context.timeout_typed = true;
  }
  const auto in_force = OptionsInForce(context);
  *found = in_force.status();
  context.options =
      client::Resolve(in_force.ok() ? *in_force : context.typed, {});
  context.japanese = *context.options.language == "ja";
  context.connection = surroundings.connection
                           ? surroundings.connection
                           : client::Connect(context.options);
  return context;
}

// A command line that cannot be read; nothing was called.
int FailCommandLine(const GlobalOptions& global,
                    const Surroundings& surroundings, const char* what) {
  Context context{surroundings.in, surroundings.out, surroundings.err};
  context.format = global.format;
  const int code = Fail(context, UsageError(what));
  if (context.format != Format::kJson && context.format != Format::kJsonl) {
    surroundings.err << "shirube --help, or shirube COMMAND --help, tells what "
                        "can be typed.\n";
  }
  return code;
}

}  // namespace

int Run(const std::vector<std::string>& arguments,
        const Surroundings& surroundings) {
  CLI::App app("Keeps the promises of a public plan honest.", "shirube");
  GlobalOptions global;
  Chosen chosen;
  AddGlobalOptions(app, &global);
  AddCommands(app, chosen);
  LetFallThrough(&app);
  app.set_version_flag("--version", kVersion);
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  try {
    // CLI11 takes the arguments last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    // Help and version end with 0, anything else is a mistake of usage.
    if (error.get_exit_code() == 0) {
      return app.exit(error, surroundings.out, surroundings.err);
    }
    return FailCommandLine(global, surroundings, error.what());
  }
  absl::Status found;
  Context context = MakeContext(global, surroundings, &found);
  if (chosen.here) return chosen.run(context);
  if (!found.ok()) return Fail(context, found);
  if (auto warning = client::WarningAboutFiles(context.options)) {
    Warn(context, *warning);
  }
  return chosen.run(context);
}

}  // namespace shirube::cli
