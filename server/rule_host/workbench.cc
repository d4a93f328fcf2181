#include "server/rule_host/workbench.h"

#include <utility>

#include "server/rule_host/rule_host.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

Workbench::Limits::Limits() {
  const RuleHostOptions server;
  call_deadline = server.call_deadline;
  start_deadline = server.start_deadline;
  memory_bytes = server.memory_limit_bytes;
}

Workbench::Workbench(std::string worker_program, Limits limits)
    : worker_program_(std::move(worker_program)),
      limits_(limits),
      inspector_(&spawner_, worker_program_) {}

ModuleProblem Workbench::Open(const std::string& path, ModuleFile* file) const {
  const std::string name = path.substr(path.rfind('/') + 1);
  return ReadModuleFile(path, name.substr(0, name.find('.')),
                        /*expected_sha256=*/"", inspector_, file);
}

Trial::Setup Workbench::SetupFor(const ModuleFile& file) {
  const auto start = [this, &file](const frame::ColumnMemory& columns,
                                   ModuleProblem* problem) {
    return WorkerProcess::Start(
        &spawner_,
        {.program = worker_program_,
         .memory_limit_bytes = static_cast<uint64_t>(limits_.memory_bytes),
         .start_deadline = limits_.start_deadline},
        file.memory.get(), columns, problem);
  };
  return {.file = &file,
          .start = start,
          .call_deadline = limits_.call_deadline,
          .deadline = limits_.trial};
}

}  // namespace shirube
