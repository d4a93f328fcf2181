// The commands of `shirube`. Each Add… declares its options with CLI11; parsing
// the command line leaves the one that was asked for in `Chosen`.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_COMMANDS_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "client/cli/context.h"

namespace shirube::cli {

struct Chosen {
  std::function<int(Context&)> run;  // gives the exit code
  bool here = false;                 // it asks no server
};

void AddImport(CLI::App& app, Chosen& chosen);
void AddPlan(CLI::App& app, Chosen& chosen);
void AddInitiative(CLI::App& app, Chosen& chosen);
void AddIndicator(CLI::App& app, Chosen& chosen);
void AddAssess(CLI::App& app, Chosen& chosen);
void AddRecord(CLI::App& app, Chosen& chosen);
void AddCorrect(CLI::App& app, Chosen& chosen);
void AddHistory(CLI::App& app, Chosen& chosen);
void AddSheet(CLI::App& app, Chosen& chosen);
void AddVerdicts(CLI::App& app, Chosen& chosen);
void AddFlags(CLI::App& app, Chosen& chosen);
void AddCompare(CLI::App& app, Chosen& chosen);
void AddExplain(CLI::App& app, Chosen& chosen);
void AddRule(CLI::App& app, Chosen& chosen);
void AddAlert(CLI::App& app, Chosen& chosen);
void AddSubscription(CLI::App& app, Chosen& chosen);
void AddAudit(CLI::App& app, Chosen& chosen);
void AddToken(CLI::App& app, Chosen& chosen);
void AddContext(CLI::App& app, Chosen& chosen);
void AddServer(CLI::App& app, Chosen& chosen);
void AddCompletion(CLI::App& app, Chosen& chosen);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_COMMANDS_H_
