// What holds a rule module inside its worker, as it was found when the host
// started. Immutable; reported by the server, and configuration can require a
// layer.
#ifndef SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_
#define SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rule_host/spawner.h"

namespace shirube {

struct ConfinementLayer {
  std::string name;  // "seccomp", "landlock" …
  bool active = false;
  bool required = false;  // by configuration
  std::string detail;     // what it does, or why it is not there
};

struct Confinement {
  std::vector<ConfinementLayer> layers;
};

// Starts a worker without a module, which takes every layer and says which of
// them hold on this machine: seccomp, landlock, rlimits, no_new_privs,
// sealed_memory. FAILED_PRECONDITION where no worker can be started at all.
absl::StatusOr<Confinement> ProbeConfinement(Spawner* spawner,
                                             const std::string& worker_program,
                                             uint64_t memory_limit_bytes);

// Marks the layers that are `required`. INVALID_ARGUMENT for a name that is
// none; FAILED_PRECONDITION CONFINEMENT_MISSING, naming every layer that is
// required and not active, why, and what to do.
absl::Status RequireLayers(const std::vector<std::string>& required,
                           Confinement* confinement);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_
