#include "server/worker/loaded_module.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdio>

#include "server/worker/trap.h"

namespace shirube::worker {
namespace {

using frame::Greeting;

Greeting Failed(Greeting::Status status, int value, const char* detail) {
  Greeting greeting;
  greeting.status = status;
  greeting.value = value;
  std::snprintf(greeting.detail, sizeof(greeting.detail), "%s",
                detail == nullptr ? "" : detail);
  return greeting;
}

}  // namespace

Greeting OpenLibrary(LoadedModule* module) {
  module->library = dlopen(kModulePath, RTLD_NOW | RTLD_LOCAL);
  if (module->library != nullptr) return Greeting();
  return Failed(Greeting::kLoadFailed, 0, dlerror());
}

Greeting FindRule(LoadedModule* module) {
  using Entry = const shirube_rule* (*)();
  const auto entry =
      reinterpret_cast<Entry>(dlsym(module->library, "shirube_rule_v0"));
  if (entry == nullptr) return Failed(Greeting::kMissingSymbol, 0, dlerror());
  const shirube_rule* rule = entry();
  if (rule == nullptr ||
      rule->struct_size < offsetof(shirube_rule, destroy) + sizeof(void*)) {
    return Failed(Greeting::kMissingSymbol, 0,
                  "shirube_rule_v0 returned no complete shirube_rule");
  }
  if (rule->abi_major != SHIRUBE_RULE_ABI_MAJOR ||
      rule->abi_minor != SHIRUBE_RULE_ABI_MINOR) {
    return Failed(Greeting::kOtherAbi, static_cast<int>(rule->abi_minor),
                  "built for another version of the ABI");
  }
  if (rule->create == nullptr || rule->evaluate == nullptr) {
    return Failed(Greeting::kMissingSymbol, 0, "create or evaluate is missing");
  }
  module->rule = rule;
  return Greeting();
}

Greeting Create(LoadedModule* module) {
  if (const int refused = module->rule->create(&module->state); refused != 0) {
    return Failed(Greeting::kInitFailed, refused, "create refused to start");
  }
  return Greeting();
}

}  // namespace shirube::worker
