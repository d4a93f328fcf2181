// The command line as a function, so that tests run it without a process.
#ifndef SHIRUBE_CLIENT_CLI_RUN_H_
#define SHIRUBE_CLIENT_CLI_RUN_H_

#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "client/lib/connection.h"

namespace shirube::cli {

// What the process knows of its surroundings.
struct Surroundings {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_terminal = false, out_terminal = false, err_terminal = false;
  int width = 0;  // of the terminal; 0: unknown or none
  // The file of saved contexts; empty: there is none.
  std::string contexts_path = {};
  // Instead of connecting to --server; null: connect.
  std::shared_ptr<client::Connection> connection;
};

// Runs `arguments` (without the program's name); gives the exit code.
int Run(const std::vector<std::string>& arguments,
        const Surroundings& surroundings);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RUN_H_
