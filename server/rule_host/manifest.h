// What a rule module says of itself, read from its ELF note without running it.
// Immutable once parsed; readable from any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_MANIFEST_H_
#define SHIRUBE_SERVER_RULE_HOST_MANIFEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/verdict.h"
#include "server/rule_host/answers.h"

namespace shirube {

struct ManifestText {
  std::string ja, en;
};

// One reason a module declares.
struct ManifestReason {
  uint16_t code = 0;
  std::string id;  // "ON_PACE"
  // What an answer with this reason is; a RAISED one raises a status or a mark.
  uint8_t answer = kAnswerRaised;
  Status status = Status::kUnspecified;
  std::string mark;
  Severity severity = Severity::kNone;
  std::string symbol;    // as its publisher prints it
  ManifestText title;    // 順調
  ManifestText message;  // with {actual}, {expected} …
};

struct ManifestFact {
  enum class Unit : uint8_t { kRow, kRatio };  // of the indicator; a ratio
  std::string name;
  Unit unit = Unit::kRow;
  ManifestText title;
};

struct ManifestParameter {
  enum class Stricter : uint8_t { kUnspecified, kHigher, kLower };
  std::string name;
  int64_t default_millionths = 0;
  int64_t min_millionths = 0;
  int64_t max_millionths = 0;
  Stricter stricter = Stricter::kUnspecified;
  std::string at_most;  // another parameter that it may not exceed; or empty
  ManifestText title;
};

struct Manifest {
  std::string id;
  std::string version;  // semver
  uint32_t abi_major = 0;
  uint32_t abi_minor = 0;
  uint32_t schema_major = 0;  // of the columns it reads
  uint32_t schema_minor = 0;
  ManifestText title;
  bool requires_target = false;
  bool requires_observation = false;
  // Its answers change with the month: it is told today, and rows with a
  // publication calendar are asked again when the month turns.
  bool requires_today = false;
  bool approximate = false;  // arithmetic
  ManifestText source;       // of the method
  std::vector<ManifestParameter> parameters;
  std::vector<ManifestFact> facts;
  std::vector<ManifestReason> reasons;  // by code

  // nullptr for a code the manifest does not declare (kReasonNone, too).
  const ManifestReason* reason(uint16_t code) const;
  bool raises_marks() const;  // a mark module: never changes a status
};

// INVALID_ARGUMENT names the field and what it must be.
absl::StatusOr<Manifest> ParseManifest(std::string_view json);

// "NO_TARGET" … for a host reason, else the manifest's id; empty for
// kReasonNone and unknown codes.
std::string_view ReasonWord(const Manifest& manifest, uint16_t code);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MANIFEST_H_
