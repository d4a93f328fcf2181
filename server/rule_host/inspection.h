// Looks at a module's file in a process of its own that can do nothing else:
// the server parses no ELF. Any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_INSPECTION_H_
#define SHIRUBE_SERVER_RULE_HOST_INSPECTION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/rule_host/frame/inspection.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/spawner.h"

namespace shirube {

// What a module's file carries: bounded copies of bytes that nobody vouches
// for.
struct Inspection {
  std::string manifest;  // JSON, or so it says
  std::string cases;     // text; may be empty
  ModuleLanguage language = ModuleLanguage::kNative;
  int cases_line = 1;         // of a text, in which the cases begin
  frame::LayerReport layers;  // what held the process that looked
};

class Inspector {
 public:
  // `spawner` outlives it.
  Inspector(Spawner* spawner, std::string worker_program,
            absl::Duration deadline = absl::Seconds(10));

  // `memory` is a frozen memory file with the file of `file_bytes`, or its
  // beginning: then the answer is always a problem. However the inspector ends,
  // it is a problem of the module. `named` is the language that the file's name
  // promises: another one is a problem, too.
  ModuleProblem Inspect(
      int memory, uint64_t file_bytes, Inspection* found,
      std::optional<ModuleLanguage> named = std::nullopt) const;

 private:
  Spawner* const spawner_;
  const std::string program_;
  const absl::Duration deadline_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_INSPECTION_H_
