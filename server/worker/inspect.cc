#include "server/worker/inspect.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/inspection.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/worker/module_elf.h"
#include "server/worker/surroundings.h"

namespace shirube::worker {
namespace {

// Looking at the largest module takes less.
constexpr uint64_t kMemoryLimit = uint64_t{64} << 20;

void Leave(const ModuleElf& found, const frame::LayerReport& layers,
           char* area) {
  frame::InspectionResult result;
  result.layers = layers;
  result.value = found.value;
  std::memcpy(result.subject, found.subject, sizeof(result.subject));
  if (found.finding == frame::Finding::kWell) {
    result.manifest_bytes = static_cast<uint32_t>(found.manifest.size());
    result.cases_bytes = static_cast<uint32_t>(found.cases.size());
    std::copy(found.manifest.begin(), found.manifest.end(),
              area + frame::kResultManifest);
    std::copy(found.cases.begin(), found.cases.end(),
              area + frame::kResultCases);
  }
  result.finding = static_cast<uint32_t>(found.finding);
  std::memcpy(area, &result, sizeof(result));
}

}  // namespace

int Inspect(uint64_t file_bytes) {
  static frame::WorkerPage page;  // nobody reads it: the exit code says enough
  Confinement confinement(Stage::kInspecting, kMemoryLimit);
  const frame::Mapping area = frame::Map(frame::kResultFd, frame::kResultBytes,
                                         frame::Access::kReadWrite);
  struct stat info = {};
  if (!area.valid() || fstat(frame::kModuleFd, &info) != 0) return 1;
  const auto bytes = static_cast<uint64_t>(info.st_size);
  frame::Mapping memory;
  if (bytes > 0) {
    memory = frame::Map(frame::kModuleFd, bytes, frame::Access::kReadOnly);
    if (!memory.valid()) return 1;
  }
  confinement.Enter(&page);
  if (confinement.failed() != nullptr) return 1;
  const std::string_view file(static_cast<const char*>(memory.base()), bytes);
  const ModuleElf found = ReadModuleElf(file, std::max(bytes, file_bytes));
  Leave(found, confinement.report(), static_cast<char*>(area.base()));
  return 0;
}

}  // namespace shirube::worker
