// Reads a module's manifest and cases out of its ELF notes, without loading or
// running any of it. Pure on the bytes given; any thread.
//
// The place for the wider checks of a module's file (its dependencies, its
// exports, every segment inside the file) before it is ever started.
#ifndef SHIRUBE_SERVER_RULE_HOST_ELF_NOTES_H_
#define SHIRUBE_SERVER_RULE_HOST_ELF_NOTES_H_

#include <string>
#include <string_view>

#include "server/rule_host/lifecycle.h"

namespace shirube {

struct ModuleNotes {
  std::string manifest;  // JSON
  std::string cases;     // text; may be empty
};

inline constexpr size_t kMaxManifestBytes = 64 << 10;

// NOT_ELF, WRONG_ARCH, TRUNCATED, NO_MANIFEST, MANIFEST_TOO_LARGE; or no
// problem, and `notes` is filled.
ModuleProblem ReadModuleNotes(std::string_view file, ModuleNotes* notes);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_ELF_NOTES_H_
