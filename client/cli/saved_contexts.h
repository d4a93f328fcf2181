// Where a server is and how to come in, saved under a name. The file holds
// paths, never a token. One thread; what cannot be written leaves the old file.
#ifndef SHIRUBE_CLIENT_CLI_SAVED_CONTEXTS_H_
#define SHIRUBE_CLIENT_CLI_SAVED_CONTEXTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/options.h"

namespace shirube::cli {

// A setting as it is called in the file ("tlsCa") and on the command line
// ("--tls-ca").
struct Setting {
  const char* key;
  const char* flag;
  std::optional<std::string> client::Options::*field;
  bool is_path;
};
const std::vector<Setting>& AllSettings();

struct SavedContexts {
  std::string current;  // empty: none
  std::map<std::string, client::Options> contexts;
};

// $XDG_CONFIG_HOME/shirube/contexts.json, else ~/.config/shirube/…; empty for
// whoever has no home.
std::string ContextsPath();

// None where there is no file. INVALID_ARGUMENT names the file and what is
// wrong with it.
absl::StatusOr<SavedContexts> LoadContexts(const std::string& path,
                                           bool japanese);
// Replaces the file as a whole, readable by its owner only.
absl::Status StoreContexts(const std::string& path,
                           const SavedContexts& contexts, bool japanese);

// The context called `name`, or the current one for ""; without one, nothing
// is set. NOT_FOUND lists those there are.
absl::StatusOr<client::Options> FindContext(const SavedContexts& contexts,
                                            const std::string& name,
                                            bool japanese);

// `typed`, then the environment, then the context; a context that was named on
// the command line goes before the environment. Its files are for its own
// server: where another server is asked for, they stay behind.
client::Options WithContext(const client::Options& typed,
                            const client::Options& environment,
                            const client::Options& context, bool named);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_SAVED_CONTEXTS_H_
