// What a module's manifest calls by name and the ABI by number: reasons,
// parameters, facts. The host has looked at the manifest already; here it is
// read once more, by a process that trusts nobody.
#ifndef SHIRUBE_SERVER_WORKER_LUA_NAMES_H_
#define SHIRUBE_SERVER_WORKER_LUA_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shirube::lua {

struct Names {
  struct Reason {
    uint16_t code = 0;
    std::string id;
    bool raised = false;  // or what cannot_tell says
  };
  struct Fact {
    std::string name;
    bool in_units = false;  // of the row, and no ratio
  };
  std::string id;
  std::vector<Reason> reasons;
  std::vector<std::string> parameters;
  std::vector<Fact> facts;

  // nullptr where no reason has this code.
  const Reason* reason(uint16_t code) const;
};

// False for what is no manifest.
bool ReadNames(std::string_view manifest, Names* names);

// "NO_TARGET" for what keeps a row from being judged (rule.hpp), whatever a
// manifest says; nullptr for another code.
const char* ObstacleName(uint16_t code);

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_NAMES_H_
