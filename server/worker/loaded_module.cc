#include "server/worker/loaded_module.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdio>

namespace shirube::worker {
namespace {

frame::Greeting Failed(frame::Greeting::Status status, int value,
                       const char* detail) {
  frame::Greeting greeting;
  greeting.status = status;
  greeting.value = value;
  std::snprintf(greeting.detail, sizeof(greeting.detail), "%s",
                detail == nullptr ? "" : detail);
  return greeting;
}

}  // namespace

frame::Greeting Load(LoadedModule* module) {
  using frame::Greeting;
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/self/fd/%d", frame::kModuleFd);
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Failed(Greeting::kLoadFailed, 0, dlerror());
  using Entry = const shirube_rule* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, "shirube_rule_v0"));
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
  void* state = nullptr;
  if (const int refused = rule->create(&state); refused != 0) {
    return Failed(Greeting::kInitFailed, refused, "create refused to start");
  }
  module->rule = rule;
  module->state = state;
  return Greeting();
}

}  // namespace shirube::worker
