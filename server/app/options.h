// The command line of shirubed.
#ifndef SHIRUBE_SERVER_APP_OPTIONS_H_
#define SHIRUBE_SERVER_APP_OPTIONS_H_

#include <optional>

#include "server/app/server.h"
#include "server/base/logging.h"

namespace shirube {

struct CommandLine {
  ServerOptions server;
  LogLevel log_level = LogLevel::kInfo;
};

// Nothing, with `*exit_code` set, when the program is to end: after --help and
// --version (0), or after a message about what cannot be read (2).
std::optional<CommandLine> ParseCommandLine(int argc, char** argv,
                                            int* exit_code);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_OPTIONS_H_
