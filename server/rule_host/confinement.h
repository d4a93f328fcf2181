// What holds a rule module inside its worker, as it was found when the host
// started. Immutable; reported by the server, and configuration can require a
// layer.
#ifndef SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_
#define SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_

#include <string>
#include <vector>

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

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CONFINEMENT_H_
