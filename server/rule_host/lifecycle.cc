#include "server/rule_host/lifecycle.h"

namespace shirube {
namespace {

using enum ModuleState;

struct Transition {
  ModuleState from, to;
};

// A quarantine may come at any time, because an evaluation may have a module of
// which another life begins or ends beside it. A module that is loaded again
// starts from DISCOVERED; one that drains while an evaluation still has it may
// be taken back as it is.
constexpr Transition kLegal[] = {
    {kDiscovered, kVerified},    {kDiscovered, kRejected},
    {kVerified, kStarting},      {kVerified, kRetired},
    {kStarting, kSelfTest},      {kStarting, kRejected},
    {kSelfTest, kReady},         {kSelfTest, kRejected},
    {kReady, kActive},           {kReady, kRetired},
    {kActive, kDraining},        {kDraining, kActive},
    {kDraining, kRetired},       {kRetired, kDiscovered},
    {kRejected, kDiscovered},    {kQuarantined, kDiscovered},
    {kDiscovered, kQuarantined}, {kVerified, kQuarantined},
    {kStarting, kQuarantined},   {kSelfTest, kQuarantined},
    {kReady, kQuarantined},      {kActive, kQuarantined},
    {kDraining, kQuarantined},   {kRetired, kQuarantined},
    {kRejected, kQuarantined},
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
    case ModuleReason::kFileTooLarge:
      return "FILE_TOO_LARGE";
    case ModuleReason::kHashMismatch:
      return "HASH_MISMATCH";
    case ModuleReason::kNotElf:
      return "NOT_ELF";
    case ModuleReason::kNotText:
      return "NOT_TEXT";
    case ModuleReason::kNameTaken:
      return "NAME_TAKEN";
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
    case ModuleReason::kExtraExports:
      return "EXTRA_EXPORTS";
    case ModuleReason::kForbiddenDependency:
      return "FORBIDDEN_DEPENDENCY";
    case ModuleReason::kLoadForbiddenCall:
      return "LOAD_FORBIDDEN_CALL";
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
