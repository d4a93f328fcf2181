// A new module's folder: a small yardstick that builds and passes its case, to
// be changed into one's own.
#ifndef SHIRUBE_CLIENT_CLI_RULE_NEW_MODULE_H_
#define SHIRUBE_CLIENT_CLI_RULE_NEW_MODULE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"

namespace shirube::cli {

struct NewModule {
  std::string name;
  std::string language;  // "c", "cpp", "lua"
  std::string folder;    // to be made: DIR/NAME
};

// The files written, relative to the folder. ALREADY_EXISTS where the folder
// holds anything; on any error nothing is left behind.
absl::StatusOr<std::vector<std::string>> WriteNewModule(
    const Context& context, const NewModule& module);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_NEW_MODULE_H_
