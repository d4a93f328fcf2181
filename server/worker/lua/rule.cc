#include "server/worker/lua/rule.h"

#include <cstdio>
#include <memory>

#include "server/worker/module_lua.h"

namespace shirube::lua {
namespace {

thread_local std::string named_file;
thread_local Limits named_limits;
thread_local Failure last_failure;

int Refuse(const char* why, const char* what = "") {
  last_failure = {};
  last_failure.kind = frame::kRaisedError;
  std::snprintf(last_failure.text, sizeof(last_failure.text), "%s%s", why,
                what);
  return Engine::kFailed;
}

int Create(void** state) {
  const worker::ModuleLua module =
      worker::ReadModuleLua(named_file, named_file.size());
  if (module.finding == frame::Finding::kNotText) {
    return Refuse("no text, but ", module.subject);
  }
  if (module.finding != frame::Finding::kWell) {
    return Refuse("no Lua module, for want of ", module.subject);
  }
  std::unique_ptr<Engine> engine = Engine::Create(named_limits);
  if (engine == nullptr) return Refuse("no memory for a Lua state");
  if (!engine->Start(named_file, module.manifest)) {
    last_failure = engine->failure();
    return Engine::kFailed;
  }
  *state = engine.release();
  return 0;
}

int Evaluate(const void* state, const shirube_batch* batch,
             const uint32_t* rows, uint32_t n, shirube_verdicts* verdicts) {
  // The ABI's promise that a state does not change is about answers; a machine
  // that computes has a stack.
  auto* const engine = static_cast<Engine*>(const_cast<void*>(state));
  const int result = engine->Evaluate(batch, rows, n, verdicts);
  if (result != 0) last_failure = engine->failure();
  return result;
}

void Destroy(void* state) { delete static_cast<Engine*>(state); }

constexpr shirube_rule kRule = {sizeof(shirube_rule),
                                SHIRUBE_RULE_ABI_MAJOR,
                                SHIRUBE_RULE_ABI_MINOR,
                                0,
                                Create,
                                Evaluate,
                                Destroy};

}  // namespace

const shirube_rule* RuleOf(std::string_view file, const Limits& limits) {
  named_file = file;
  named_limits = limits;
  return &kRule;
}

const shirube_rule* EngineRule() { return &kRule; }

const Failure& LastFailure() { return last_failure; }

}  // namespace shirube::lua
