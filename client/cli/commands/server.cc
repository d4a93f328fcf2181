// shirube server: what the server is and how it confines rule modules.
#include "client/cli/commands/commands.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/rule_tables.h"

namespace shirube::cli {
namespace {

int Show(const Context& context) {
  const auto info = context.admin().GetServerInfo({});
  if (!info.ok()) return Fail(context, info.status());
  if (context.format == Format::kTable) {
    context.out << ServerText(*info,
                              {context.width, context.color, context.japanese});
  } else if (context.format == Format::kName) {
    context.out << *context.options.server << '\n';
  } else {
    PrintOne(context, *info, [&] { return ServerForPrograms(*info); });
  }
  return kDone;
}

}  // namespace

void AddServer(CLI::App& app, Chosen& chosen) {
  app.add_subcommand("server",
                     "The server's version and how it confines rule modules")
      ->callback([&chosen] {
        chosen.run = [](Context& context) { return Show(context); };
      });
}

}  // namespace shirube::cli
