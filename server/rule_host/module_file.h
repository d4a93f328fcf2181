// A module's file, read once and held: what was verified is what runs, whatever
// happens to the file afterwards. Immutable; any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_
#define SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/inspection.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/manifest.h"

namespace shirube {

struct ModuleFile {
  std::string file;  // "achieved.so"; empty where bytes were given
  ModuleLanguage language = ModuleLanguage::kNative;
  frame::Fd memory;    // its bytes, frozen; what workers load
  uint64_t size = 0;   // of them
  std::string sha256;  // of them
  std::shared_ptr<const Manifest> manifest;
  std::string manifest_json;
  std::string cases;    // its own test cases, as text
  int cases_count = 0;  // in them; 0 where they cannot be read
  // The line of the file that is line 1 of `cases`, where the file is text.
  int cases_line = 1;

  // A copy out of `memory`.
  absl::StatusOr<std::string> Bytes() const;
};

// A module file is at most this large.
inline constexpr uint64_t kMaxModuleBytes = uint64_t{64} << 20;

// Reads and checks `path`, whose name says that the module is called `id` and,
// by its end (.so, .lua), what it is written in:
// a regular file that nobody but root and the service can change and that was
// not changed while it was read; its sha256 as expected (empty: any); its
// inside as the inspector wants it; its manifest. On a problem `file` holds
// what was found until then.
ModuleProblem ReadModuleFile(const std::string& path, const std::string& id,
                             const std::string& expected_sha256,
                             const Inspector& inspector, ModuleFile* file);
// The same of bytes that were kept elsewhere.
ModuleProblem ReadModuleBytes(std::string_view bytes, const std::string& id,
                              const std::string& expected_sha256,
                              const Inspector& inspector, ModuleFile* file);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MODULE_FILE_H_
