// The command `shirube`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "client/cli/run.h"
#include "client/cli/saved_contexts.h"
#include "client/lib/connection.h"

int main(int argc, char** argv) {
  // What the transport has to say stands in our own errors.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  shirube::client::KeepTlsForLastThreads();
  winsize size{};
  ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  return shirube::cli::Run(std::vector<std::string>(argv + 1, argv + argc),
                           {.in = std::cin,
                            .out = std::cout,
                            .err = std::cerr,
                            .in_terminal = isatty(STDIN_FILENO) == 1,
                            .out_terminal = isatty(STDOUT_FILENO) == 1,
                            .err_terminal = isatty(STDERR_FILENO) == 1,
                            .width = size.ws_col,
                            .contexts_path = shirube::cli::ContextsPath()});
}
