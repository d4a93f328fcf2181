#include "server/worker/loaded_module.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "server/worker/lua/rule.h"
#include "server/worker/module_lua.h"
#include "server/worker/trap.h"

namespace shirube::worker {
namespace {

using frame::Greeting;

// Of a worker's memory, what is not the scripts': the worker itself, and what
// malloc keeps between its blocks.
constexpr uint64_t kOwnMemory = uint64_t{16} << 20;

uint64_t EngineMemory(uint64_t memory_limit) {
  return std::max(memory_limit - std::min(memory_limit, kOwnMemory),
                  memory_limit / 2);
}

std::string_view TextOf(const LoadedModule& module) {
  return {static_cast<const char*>(module.text.base()), module.text.bytes()};
}

Greeting Failed(Greeting::Status status, int value, const char* detail) {
  Greeting greeting;
  greeting.status = status;
  greeting.value = value;
  // Cut where it is longer.
  std::snprintf(greeting.detail, sizeof(greeting.detail), "%.*s",
                static_cast<int>(sizeof(greeting.detail) - 1),
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

bool PrepareText(uint64_t memory_limit, LoadedModule* module) {
  struct stat info = {};
  if (fstat(frame::kModuleFd, &info) != 0 || info.st_size == 0) return true;
  frame::Mapping text =
      frame::Map(frame::kModuleFd, static_cast<uint64_t>(info.st_size),
                 frame::Access::kReadOnly);
  if (!text.valid()) return false;
  module->text = std::move(text);
  if (!IsLuaModule(TextOf(*module))) {
    module->text = frame::Mapping();
    return true;
  }
  module->engine =
      lua::Engine::Create({.memory_bytes = EngineMemory(memory_limit)});
  if (module->engine != nullptr) return true;
  errno = ENOMEM;
  return false;
}

Greeting StartText(LoadedModule* module, frame::WorkerPage* page) {
  const std::string_view text = TextOf(*module);
  const ModuleLua found = ReadModuleLua(text, text.size());
  if (found.finding != frame::Finding::kWell) {
    return Failed(Greeting::kInitFailed, 0, "no Lua module");
  }
  if (!module->engine->Start(text, found.manifest)) {
    const lua::Failure& failure = module->engine->failure();
    if (failure.kind == frame::kTimeUsedUp) EndWithFailure(*module, page);
    return Failed(Greeting::kInitFailed, 0, failure.text);
  }
  module->rule = lua::EngineRule();
  module->state = module->engine.get();
  return Greeting();
}

void EndWithFailure(const LoadedModule& module, frame::WorkerPage* page) {
  const lua::Failure& failure = module.engine->failure();
  page->failure = failure.kind;
  std::memcpy(page->text, failure.text, sizeof(page->text));
  _exit(frame::kFailedExit);
}

}  // namespace shirube::worker
