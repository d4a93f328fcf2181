// What a module's file says of itself, and whether it may be loaded: its
// header, segments, notes, dependencies and exports, as the loader will see
// them. Never runs any of it. The bytes may be anything; this runs in a process
// that can do nothing else.
#ifndef SHIRUBE_SERVER_WORKER_MODULE_ELF_H_
#define SHIRUBE_SERVER_WORKER_MODULE_ELF_H_

#include <cstdint>
#include <string_view>

#include "server/rule_host/frame/inspection.h"

namespace shirube::worker {

struct ModuleElf {
  frame::Finding finding = frame::Finding::kNothingYet;
  uint64_t value = 0;
  char subject[sizeof(frame::InspectionResult::subject)] = {};
  std::string_view manifest, cases;  // in the file's bytes
};

// `file` is the whole file of `file_bytes` or its beginning; of a beginning
// the notes are looked at and nothing else, and kWell is never found.
ModuleElf ReadModuleElf(std::string_view file, uint64_t file_bytes);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_MODULE_ELF_H_
