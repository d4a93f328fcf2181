// The folder of rule modules (rules_dir): which of its files are modules, and
// why the others are not. Looked at when the host starts and when somebody
// asks; a file that has not changed is not verified again.
//
// Keeps no bytes: whoever wants to run a module verifies its file anew. Any
// thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_FOLDER_H_
#define SHIRUBE_SERVER_RULE_HOST_FOLDER_H_

#include <sys/stat.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/manifest.h"
#include "server/rule_host/module_file.h"

namespace shirube {

// What was found behind a name ending in .so or .lua.
struct FolderFile {
  std::string name;       // "achieved.so"
  ModuleProblem problem;  // ok: it is a module
  absl::Time since;       // verified or rejected at
  std::string sha256;     // where its bytes were read
  std::shared_ptr<const Manifest> manifest;
  int cases_count = 0;
};

class Folder {
 public:
  // Reads and verifies one file: its path, the id that its name says, and its
  // sha256 (empty: any).
  using Verify = std::function<ModuleProblem(
      const std::string& path, const std::string& id,
      const std::string& expected_sha256, ModuleFile* file)>;

  Folder(std::string path, Verify verify);

  // FAILED_PRECONDITION where the folder cannot be read; then what was known
  // stays.
  absl::Status Rescan();
  std::vector<FolderFile> List() const;  // by name

  // The file of that name, read now. A path is NOT_FOUND, a name that no module
  // can have MANIFEST_INVALID, and NAME.lua beside NAME.so NAME_TAKEN.
  ModuleProblem Read(const std::string& name,
                     const std::string& expected_sha256,
                     ModuleFile* file) const;

 private:
  // Of what was verified; anything else is another file.
  using Identity =
      std::tuple<dev_t, ino_t, off_t, int64_t, int64_t, int64_t, int64_t, bool>;
  struct Entry {
    Identity identity;
    FolderFile file;
  };
  Entry Look(const std::string& name, const Identity& identity) const;
  // That NAME.so lies beside this NAME.lua.
  bool IsTaken(std::string_view name) const;

  const std::string path_;
  const Verify verify_;
  std::mutex scan_;  // one scan at a time; before mu_
  mutable std::mutex mu_;
  std::map<std::string, Entry> entries_;  // by name
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_FOLDER_H_
