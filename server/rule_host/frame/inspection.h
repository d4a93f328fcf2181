// What the inspector (the worker program in its mode "inspect") leaves in its
// result area for the host: what a module's file says of itself, found without
// running any of it by a process that can do nothing but look. The host reads
// the area after that process has ended, and believes no length in it.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_INSPECTION_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_INSPECTION_H_

#include <cstdint>
#include <type_traits>

#include "server/rule_host/frame/control.h"

namespace shirube::frame {

// An inspector's descriptors: the result area, then the memory file.
inline constexpr int kResultFd = kControlFd;
static_assert(kModuleFd == kResultFd + 1);

inline constexpr uint32_t kMaxManifestBytes = 64 << 10;
inline constexpr uint32_t kMaxCasesBytes = 4 << 20;

enum class Finding : uint32_t {
  kNothingYet = 0,            // the inspector never came to an end
  kWell = 1,                  // manifest and cases are there; value: the line
                              // of a text in which the cases begin
  kNotElf = 2,                // subject: what it lacks
  kTruncated = 3,             // subject: what lies behind the end
  kWrongArch = 4,             // value: its machine, class << 16, data << 24
  kNoManifest = 5,            //
  kManifestTooLarge = 6,      // value: its bytes
  kCasesTooLarge = 7,         // value: their bytes
  kMissingSymbol = 8,         //
  kExtraExports = 9,          // subject: their names, value: how many
  kForbiddenDependency = 10,  // subject: the library, or what else it asks for
  kNotText = 11,  // subject: why (bytecode …), value: at which byte
};

// What a file is by its content; the host compares it with the file's name.
enum Language : uint32_t {
  kNative = 0,  // or nothing that anybody knows
  kLua = 1,     // text, UTF-8 without NUL; also where no manifest is in it
};

struct InspectionResult {
  uint32_t finding = 0;
  uint32_t manifest_bytes = 0;
  uint32_t cases_bytes = 0;
  uint32_t language = kNative;
  uint64_t value = 0;
  LayerReport layers;  // what confined the inspector
  char subject[512] = {};
};
static_assert(std::is_trivially_copyable_v<InspectionResult>);

// The area: the result, then the manifest, then the cases.
inline constexpr uint64_t kResultManifest = 4096;
inline constexpr uint64_t kResultCases = kResultManifest + kMaxManifestBytes;
inline constexpr uint64_t kResultBytes = kResultCases + kMaxCasesBytes;
static_assert(sizeof(InspectionResult) <= kResultManifest);

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_INSPECTION_H_
