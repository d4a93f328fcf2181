// What somebody who writes a module has of the rule host: a file is verified as
// the server verifies it, and tried in workers confined as the server's are,
// without a folder, a table or a rule set. One thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_WORKBENCH_H_
#define SHIRUBE_SERVER_RULE_HOST_WORKBENCH_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "server/rule_host/inspection.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/spawner.h"
#include "server/rule_host/trial.h"

namespace shirube {

class Workbench {
 public:
  struct Limits {  // the server's own where nobody says otherwise
    Limits();
    absl::Duration call_deadline, start_deadline;
    int64_t memory_bytes;
    // For everything a trial asks, on the wall.
    absl::Duration trial = absl::Minutes(2);
  };
  explicit Workbench(std::string worker_program, Limits limits = Limits());

  // Reads and verifies a file, which is called after its module. On a problem
  // `file` holds what was found until then.
  ModuleProblem Open(const std::string& path, ModuleFile* file) const;
  // `file` outlives the trial, and the bench does.
  Trial::Setup SetupFor(const ModuleFile& file);
  const Limits& limits() const { return limits_; }

 private:
  const std::string worker_program_;
  const Limits limits_;
  Spawner spawner_;
  const Inspector inspector_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_WORKBENCH_H_
