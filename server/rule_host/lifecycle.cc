#include "server/rule_host/lifecycle.h"

namespace shirube {
namespace {

using enum ModuleState;

struct Transition {
  ModuleState from, to;
};

// Quarantine and retirement are entered once modules are changed while the
// server runs; the table has them already, because callers show every state.
constexpr Transition kLegal[] = {
    {kDiscovered, kVerified},    {kDiscovered, kRejected},
    {kDiscovered, kQuarantined}, {kVerified, kStarting},
    {kVerified, kRetired},       {kStarting, kSelfTest},
    {kStarting, kRejected},      {kSelfTest, kReady},
    {kSelfTest, kRejected},      {kReady, kActive},
    {kReady, kRetired},          {kActive, kDraining},
    {kActive, kQuarantined},     {kDraining, kRetired},
    {kDraining, kQuarantined},   {kRetired, kDiscovered},
    {kRejected, kDiscovered},    {kQuarantined, kDiscovered},
};

}  // namespace

bool IsLegal(ModuleState from, ModuleState to) {
  for (const Transition& transition : kLegal) {
    if (transition.from == from && transition.to == to) return true;
  }
  return false;
}

std::string_view StateWord(ModuleState state) {
  switch (state) {
    case kDiscovered:
      return "DISCOVERED";
    case kVerified:
      return "VERIFIED";
    case kStarting:
      return "STARTING";
    case kSelfTest:
      return "SELF_TEST";
    case kReady:
      return "READY";
    case kActive:
      return "ACTIVE";
    case kDraining:
      return "DRAINING";
    case kRetired:
      return "RETIRED";
    case kRejected:
      return "REJECTED";
    case kQuarantined:
      return "QUARANTINED";
  }
  return "";
}

std::string_view ReasonWord(ModuleReason reason) {
  switch (reason) {
    case ModuleReason::kNone:
      return "";
    case ModuleReason::kNotARegularFile:
      return "NOT_A_REGULAR_FILE";
    case ModuleReason::kUnsafePermissions:
      return "UNSAFE_PERMISSIONS";
    case ModuleReason::kNotElf:
      return "NOT_ELF";
    case ModuleReason::kTruncated:
      return "TRUNCATED";
    case ModuleReason::kWrongArch:
      return "WRONG_ARCH";
    case ModuleReason::kNoManifest:
      return "NO_MANIFEST";
    case ModuleReason::kManifestTooLarge:
      return "MANIFEST_TOO_LARGE";
    case ModuleReason::kManifestInvalid:
      return "MANIFEST_INVALID";
    case ModuleReason::kAbiTooNew:
      return "ABI_TOO_NEW";
    case ModuleReason::kAbiTooOld:
      return "ABI_TOO_OLD";
    case ModuleReason::kMissingSymbol:
      return "MISSING_SYMBOL";
    case ModuleReason::kLoadCrashed:
      return "LOAD_CRASHED";
    case ModuleReason::kInitFailed:
      return "INIT_FAILED";
    case ModuleReason::kInitTimeout:
      return "INIT_TIMEOUT";
    case ModuleReason::kSelfTestFailed:
      return "SELF_TEST_FAILED";
    case ModuleReason::kNotFound:
      return "NOT_FOUND";
    case ModuleReason::kWorkerUnavailable:
      return "WORKER_UNAVAILABLE";
  }
  return "";
}

}  // namespace shirube
