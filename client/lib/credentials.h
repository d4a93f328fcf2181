// The files a client brings to the door, read and checked before they are used:
// what is wrong with one is told by name, with what to do. Thread-safe.
#ifndef SHIRUBE_CLIENT_LIB_CREDENTIALS_H_
#define SHIRUBE_CLIENT_LIB_CREDENTIALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/file_stamp.h"
#include "client/lib/options.h"

namespace shirube::client {

// PEM texts; empty where no file is named.
struct TlsFiles {
  std::string ca, cert, key;
};

// The tls_… files of `options`, which is resolved. NOT_FOUND for a missing
// file, PERMISSION_DENIED for one that may not be read, INVALID_ARGUMENT for
// what is no PEM, has expired, or is a certificate without the key to it.
absl::StatusOr<TlsFiles> ReadTlsFiles(const Options& options);

// Changes when one of those files does.
std::vector<FileStamp> StampsOfTlsFiles(const Options& options);

// A whole file of at most 1 MiB. `what` names it in both languages.
struct FileRole {
  std::string ja, en, option;
};
absl::StatusOr<std::string> ReadCredentialFile(const std::string& path,
                                               const FileRole& role,
                                               const std::string& language);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_CREDENTIALS_H_
