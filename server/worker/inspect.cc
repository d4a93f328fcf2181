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
#include "server/worker/module_lua.h"
#include "server/worker/surroundings.h"

namespace shirube::worker {
namespace {

// What either kind of module says of itself.
struct Found {
  frame::Finding finding;
  uint64_t value;
  const char* subject;
  frame::Language language;
  std::string_view manifest, cases;
};

// Looking at the largest module takes less.
constexpr uint64_t kMemoryLimit = uint64_t{64} << 20;

void Leave(const Found& found, const frame::LayerReport& layers, char* area) {
  frame::InspectionResult result;
  result.layers = layers;
  result.value = found.value;
  result.language = found.language;
  std::strncpy(result.subject, found.subject, sizeof(result.subject) - 1);
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
  char* const result = static_cast<char*>(area.base());
  const uint64_t all = std::max(bytes, file_bytes);
  if (IsElf(file)) {
    const ModuleElf elf = ReadModuleElf(file, all);
    Leave({elf.finding, elf.value, elf.subject, frame::kNative, elf.manifest,
           elf.cases},
          confinement.report(), result);
  } else {
    const ModuleLua lua = ReadModuleLua(file, all);
    Leave({lua.finding, lua.value, lua.subject, lua.language, lua.manifest,
           lua.cases},
          confinement.report(), result);
  }
  return 0;
}

}  // namespace shirube::worker
