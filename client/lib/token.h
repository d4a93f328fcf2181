// The token that a caller shows with each call, from a file. Its text goes
// nowhere but into the call: no error holds it.
#ifndef SHIRUBE_CLIENT_LIB_TOKEN_H_
#define SHIRUBE_CLIENT_LIB_TOKEN_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/file_stamp.h"
#include "client/lib/options.h"

namespace shirube::client {

// What token files held when they were last read. Thread-safe.
class TokenFiles {
 public:
  // The token in `path`, read again when the file has changed; a pipe, which
  // can be read only once, is not. Errors are those of ReadTlsFiles;
  // INVALID_ARGUMENT for what cannot be a token.
  absl::StatusOr<std::string> Get(const std::string& path,
                                  const std::string& language);

 private:
  struct Held {
    FileStamp stamp;
    bool read_once = false;
    std::string token;
  };
  std::mutex mutex_;
  std::map<std::string, Held> held_;
};

// A token itself, where the path of its file is asked for.
bool LooksLikeToken(const std::string& text);

// Says, in the language of `options`, that others may read the token file, or
// the key; none where they are kept well or there is none.
std::optional<std::string> WarningAboutFiles(const Options& options);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_TOKEN_H_
