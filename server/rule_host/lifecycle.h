// Where a module stands, and what it may become: data, with a test.
#ifndef SHIRUBE_SERVER_RULE_HOST_LIFECYCLE_H_
#define SHIRUBE_SERVER_RULE_HOST_LIFECYCLE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace shirube {

enum class ModuleState : uint8_t {
  kDiscovered,   // a file of that name lies in the rules folder
  kVerified,     // its bytes are held and its manifest is valid; never run yet
  kStarting,     // its worker is being started
  kSelfTest,     // loaded; answers its own cases
  kReady,        // passed them; could be asked
  kActive,       // belongs to a rule set that is loaded: is asked
  kDraining,     // no set has it any more; an evaluation may still finish
  kRetired,      // its workers are gone; it may be loaded again
  kRejected,     // could not be started; the reason says why
  kQuarantined,  // misbehaved; is not asked until released
};

enum class ModuleReason : uint8_t {
  kNone,
  kNotARegularFile,
  kUnsafePermissions,
  kFileTooLarge,
  kHashMismatch,
  kNotElf,
  kNotText,    // a Lua module that is not all text
  kNameTaken,  // NAME.lua beside NAME.so
  kTruncated,
  kWrongArch,
  kNoManifest,
  kManifestTooLarge,
  kManifestInvalid,
  kAbiTooNew,
  kAbiTooOld,
  kMissingSymbol,
  kExtraExports,
  kForbiddenDependency,
  kLoadCrashed,
  kLoadForbiddenCall,
  kInitFailed,
  kInitTimeout,
  kSelfTestFailed,
  kNotFound,           // a rule set names it, no file of that name is there
  kWorkerUnavailable,  // the worker program cannot be started
};

std::string_view StateWord(ModuleState state);     // "ACTIVE"
std::string_view ReasonWord(ModuleReason reason);  // "NOT_ELF"

// What a module is written in, as its bytes say.
enum class ModuleLanguage : uint8_t { kNative, kLua };

bool IsLegal(ModuleState from, ModuleState to);

// Why a module is where it is.
struct ModuleProblem {
  ModuleReason reason = ModuleReason::kNone;
  std::string detail;          // what was expected, what was found, what to do
  std::string ja;              // the same in Japanese; empty: detail has to do
  bool took_too_long = false;  // to find out took a deadline of seconds

  bool ok() const { return reason == ModuleReason::kNone; }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_LIFECYCLE_H_
