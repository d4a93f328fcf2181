// The command `shirube`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "client/cli/run.h"

int main(int argc, char** argv) {
  winsize size{};
  ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  return shirube::cli::Run(std::vector<std::string>(argv + 1, argv + argc),
                           {.in = std::cin,
                            .out = std::cout,
                            .err = std::cerr,
                            .in_terminal = isatty(STDIN_FILENO) == 1,
                            .out_terminal = isatty(STDOUT_FILENO) == 1,
                            .err_terminal = isatty(STDERR_FILENO) == 1,
                            .width = size.ws_col});
}
