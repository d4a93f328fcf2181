// Copies a file into memory that nobody can change: the one moment in which a
// module's file is read. Any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_FILE_COPY_H_
#define SHIRUBE_SERVER_RULE_HOST_FILE_COPY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/lifecycle.h"

namespace shirube {

struct FrozenCopy {
  frame::Fd memory;
  uint64_t file_bytes = 0;  // of the whole file
  std::string sha256;       // of what was copied; empty for a beginning
  bool whole = false;       // or `memory` has the beginning of a file that is
                            // larger than `most`
};

// NOT_FOUND, NOT_A_REGULAR_FILE, UNSAFE_PERMISSIONS, HASH_MISMATCH where the
// file was changed while it was read. Of a file larger than `most` only the
// beginning is copied; holes stay holes.
ModuleProblem CopyFile(const std::string& path, uint64_t most,
                       FrozenCopy* copy);
ModuleProblem CopyBytes(std::string_view bytes, FrozenCopy* copy);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_FILE_COPY_H_
