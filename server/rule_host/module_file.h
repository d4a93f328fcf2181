// A module's file, read once and held: what was verified is what runs, whatever
// happens to the file afterwards. Immutable; any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_
#define SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/manifest.h"

namespace shirube {

struct ModuleFile {
  frame::Fd memory;    // its bytes, frozen; what workers load
  std::string sha256;  // of them
  std::shared_ptr<const Manifest> manifest;
  std::string cases;  // its own test cases, as text
};

// A module file is at most this large.
inline constexpr size_t kMaxModuleBytes = 64 << 20;

// Reads and checks `path`, whose name says that the module is called `id`. On a
// problem `file` holds what was found until then.
ModuleProblem ReadModuleFile(const std::string& path, const std::string& id,
                             ModuleFile* file);
// The same of bytes that were kept elsewhere.
ModuleProblem ReadModuleBytes(std::string_view bytes, const std::string& id,
                              ModuleFile* file);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_
