#include "server/worker/lua/engine.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>

#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

// The hook runs that often; a budget is a multiple of it.
constexpr int kCountEvery = 1'000;
// Lua itself would go on to some hundred thousand, and take its time.
constexpr int kMostNestedCalls = 5'000;
// A collection when the heap is so many percent of what was left by the last:
// what a row leaves behind is little and all of it garbage.
constexpr int kCollectorPause = 400, kCollectorStep = 400;

// "name.lua:12: " of the innermost function of the module; empty where there is
// none.
void Where(lua_State* state, char* text, size_t bytes) {
  text[0] = '\0';
  lua_Debug activation;
  for (int level = 0; lua_getstack(state, level, &activation) != 0; ++level) {
    if (lua_getinfo(state, "Sl", &activation) != 0 &&
        activation.currentline > 0) {
      std::snprintf(text, bytes, "%s:%d: ", activation.short_src,
                    activation.currentline);
      return;
    }
  }
}

// What Lua makes of a long name in its messages.
std::string ShortName(const std::string& id) {
  const std::string name = id + ".lua";
  constexpr size_t kMost = LUA_IDSIZE - 1;
  return name.size() <= kMost ? name
                              : "..." + name.substr(name.size() - (kMost - 3));
}

// Whether `text` says already where: "name.lua:12:".
bool SaysWhere(const char* text, const std::string& name) {
  if (std::strncmp(text, name.c_str(), name.size()) != 0) return false;
  text += name.size();
  if (*text++ != ':' || *text < '0' || *text > '9') return false;
  while (*text >= '0' && *text <= '9') ++text;
  return *text == ':';
}

// Cuts what does not fit, between two characters.
void Copy(const char* from, char* to, size_t bytes) {
  const size_t length = std::strlen(from);
  size_t n = std::min(length, bytes - 1);
  while (n > 0 && n < length && (from[n] & 0xC0) == 0x80) --n;
  std::memmove(to, from, n);
  to[n] = '\0';
}

}  // namespace

Engine::Engine(const Limits& limits)
    : limits_(limits), memory_(limits.memory_bytes), ratios_(&memory_) {}

Engine::~Engine() {
  if (state_ != nullptr) lua_close(state_);
}

std::unique_ptr<Engine> Engine::Create(const Limits& limits) {
  std::unique_ptr<Engine> engine(new (std::nothrow) Engine(limits));
  if (engine == nullptr) return nullptr;
  engine->state_ = lua_newstate(Memory::Allocate, &engine->memory_);
  if (engine->state_ == nullptr) return nullptr;
  lua_State* const state = engine->state_;
  *static_cast<Engine**>(lua_getextraspace(state)) = engine.get();
  engine->memory_.OnRefusal(OnRefusedMemory, engine.get());
  lua_gc(state, LUA_GCINC, kCollectorPause, kCollectorStep, 0);
  const auto furnish = [](lua_State* state) {
    Engine* const engine = Of(state);
    PushEnvironment(state);
    lua_rawsetp(state, LUA_REGISTRYINDEX, engine);
    engine->row_userdata_ = PushRow(state);
    engine->row_reference_ = luaL_ref(state, LUA_REGISTRYINDEX);
    return 0;
  };
  lua_pushcfunction(state, furnish);
  if (lua_pcall(state, 0, 0, 0) != LUA_OK) return nullptr;
  return engine;
}

// ---- Running. ----

bool Engine::Protected(lua_CFunction body, uint32_t instructions) {
  failure_.kind = frame::kNoFailure;
  refused_at_[0] = '\0';
  instructions_ = instructions;
  counts_allowed_ = instructions / kCountEvery;
  counts_ = 0;
  lua_settop(state_, 0);
  lua_sethook(state_, OnCount, LUA_MASKCOUNT, kCountEvery);
  lua_pushcfunction(state_, OnError);
  lua_pushcfunction(state_, body);
  const int status = lua_pcall(state_, 0, 0, 1);
  lua_sethook(state_, nullptr, 0, 0);
  in_row_ = false;
  if (status == LUA_OK) return true;
  if (status == LUA_ERRMEM) {
    NoteOutOfMemory();
  } else if (!must_end()) {
    // Where the handler itself had no room left.
    const bool is_text = lua_type(state_, -1) == LUA_TSTRING;
    Fail(frame::kRaisedError, "", is_text ? lua_tostring(state_, -1) : "error");
  }
  lua_settop(state_, 0);
  return false;
}

// The first failure counts: what follows it is a consequence.
void Engine::Fail(frame::WorkerFailure kind, const char* where,
                  const char* what) {
  if (must_end()) return;
  failure_.kind = kind;
  char text[2 * sizeof(failure_.text)];
  if (*where == '\0' && !SaysWhere(what, file_name_)) {
    std::snprintf(text, sizeof(text), "%s: %s", file_name_.c_str(), what);
  } else {
    std::snprintf(text, sizeof(text), "%s%s", where, what);
  }
  Copy(text, failure_.text, sizeof(failure_.text));
}

// The last act of an error that nothing caught; the stack is still as it was.
int Engine::OnError(lua_State* state) {
  Engine* const engine = Of(state);
  if (engine->must_end()) return 1;
  const char* text = lua_tostring(state, 1);
  char made[64];
  if (text == nullptr) {
    std::snprintf(made, sizeof(made), "error without a text (it is a %s value)",
                  luaL_typename(state, 1));
    text = made;
  }
  char where[96] = {};
  if (!SaysWhere(text, engine->file_name_)) {
    Where(state, where, sizeof(where));
  }
  engine->Fail(frame::kRaisedError, where, text);
  return 1;
}

void Engine::OnCount(lua_State* state, lua_Debug* activation) {
  Engine* const engine = Of(state);
  const bool too_deep = lua_getstack(state, kMostNestedCalls, activation) != 0;
  if (++engine->counts_ <= engine->counts_allowed_ && !too_deep) return;
  char where[96], text[96];
  Where(state, where, sizeof(where));
  if (too_deep) {
    std::snprintf(text, sizeof(text),
                  "stack overflow: more than %d calls within each other",
                  kMostNestedCalls);
  } else {
    std::snprintf(text, sizeof(text), "used up the %u instructions that %s has",
                  engine->instructions_,
                  engine->serving_ ? "a row" : "the start");
  }
  engine->Fail(too_deep ? frame::kRaisedError : frame::kTimeUsedUp, where,
               text);
  lua_pushstring(state, "ended");
  lua_error(state);
}

// Lua may find memory yet; only where it does not this line is told.
void Engine::OnRefusedMemory(void* engine) {
  auto* const self = static_cast<Engine*>(engine);
  if (self->state_ == nullptr) return;
  Where(self->state_, self->refused_at_, sizeof(self->refused_at_));
}

void Engine::NoteOutOfMemory() {
  char text[96];
  std::snprintf(text, sizeof(text),
                "needs more memory than the %zu MiB that it has",
                limits_.memory_bytes >> 20);
  Fail(frame::kMemoryUsedUp, refused_at_, text);
}

// ---- Starting. ----

bool Engine::Start(std::string_view text, std::string_view manifest) {
  failure_.kind = frame::kNoFailure;
  names_ = Names();
  const bool has_names = ReadNames(manifest, &names_);
  file_name_ = ShortName(has_names ? names_.id : "module");
  if (!has_names) {
    Fail(frame::kRaisedError, "", "its manifest cannot be read");
    return false;
  }
  text_ = text;
  const bool well = Protected(RunChunk, limits_.instructions_at_start);
  text_ = {};
  if (!well) return false;
  ratios_.KeepAll();
  serving_ = true;
  return true;
}

int Engine::RunChunk(lua_State* state) {
  Engine* const engine = Of(state);
  lua_pushfstring(state, "@%s", engine->file_name_.c_str());
  // Nothing but text: compiled code can break the machine that runs it.
  if (luaL_loadbufferx(state, engine->text_.data(), engine->text_.size(),
                       lua_tostring(state, -1), "t") != LUA_OK) {
    return lua_error(state);
  }
  lua_rawgetp(state, LUA_REGISTRYINDEX, engine);
  lua_pushvalue(state, -1);
  lua_setupvalue(state, -3, 1);
  lua_insert(state, -2);
  lua_call(state, 0, 0);
  if (lua_getfield(state, -1, "judge") != LUA_TFUNCTION) {
    return luaL_error(
        state, "has no function judge(row); define it, and not as a local one");
  }
  engine->judge_reference_ = luaL_ref(state, LUA_REGISTRYINDEX);
  lua_gc(state, LUA_GCCOLLECT);
  return 0;
}

// ---- Rows. ----

int Engine::Evaluate(const shirube_batch* batch, const uint32_t* rows,
                     uint32_t n, shirube_verdicts* verdicts) {
  failure_.kind = frame::kNoFailure;
  if (batch->struct_size < sizeof(shirube_batch)) return kBatchTooOld;
  if (verdicts->struct_size < sizeof(shirube_verdicts)) return kVerdictsTooOld;
  if (batch->parameters_count < names_.parameters.size()) {
    return kParametersMissing;
  }
  batch_ = batch;
  rows_ = rows;
  n_ = n;
  verdicts_ = verdicts;
  facts_count_ = batch->want_facts == 0
                     ? 0
                     : std::min({verdicts->facts_count, frame::kMaxFacts,
                                 static_cast<uint32_t>(names_.facts.size())});
  return Protected(RunRows, limits_.instructions_a_row) ? 0 : kFailed;
}

int Engine::RunRows(lua_State* state) {
  Engine* const engine = Of(state);
  lua_rawgeti(state, LUA_REGISTRYINDEX, engine->judge_reference_);
  lua_rawgeti(state, LUA_REGISTRYINDEX, engine->row_reference_);
  for (uint32_t k = 0; k < engine->n_; ++k) {
    engine->BeginRow(k);
    lua_pushvalue(state, 1);
    lua_pushvalue(state, 2);
    lua_call(state, 1, 1);
    if (!lua_isnil(state, -1)) {
      const Handle last = {Handle::kAnswer, engine->generation_,
                           engine->answers_};
      if (engine->answers_ == 0 ||
          lua_touserdata(state, -1) != last.pointer()) {
        return luaL_error(state,
                          "judge returned %s, not what its last raise(), "
                          "not_raise() or cannot_tell() gave",
                          luaL_typename(state, -1));
      }
    } else {
      engine->answer_ = {};  // nothing said: UNANSWERED
      engine->facts_given_ = 0;
    }
    engine->EndRow();
    lua_pop(state, 1);
  }
  return 0;
}

void Engine::BeginRow(uint32_t position) {
  position_ = position;
  row_ = rule::Row(batch_, rows_ != nullptr ? rows_[position] : position,
                   position);
  if (++generation_ == Handle::kForEver) ++generation_;
  ratios_.BeginRow(generation_);
  answers_ = 0;
  counts_ = 0;
  lua_sethook(state_, OnCount, LUA_MASKCOUNT, kCountEvery);  // counts anew
  in_row_ = true;
}

void Engine::EndRow() {
  in_row_ = false;
  const uint32_t k = position_;
  verdicts_->answer[k] = answer_.answer;
  verdicts_->reason[k] = answer_.reason;
  verdicts_->judged_point[k] = answer_.judged_point;
  for (uint32_t f = 0; f < facts_count_; ++f) {
    if ((facts_given_ >> f & 1) == 0) continue;
    rule::Facts(verdicts_, k, facts_count_)
        .Set(f, {facts_[f].numerator, facts_[f].denominator});
  }
}

const rule::Row& Engine::row(lua_State* state) const {
  if (!in_row_) luaL_error(state, "there is a row inside of judge(row) only");
  return row_;
}

Exact Engine::parameter(uint32_t number) const {
  const shirube_parameter& parameter = batch_->parameters[number];
  int64_t millionths = 0;
  std::memcpy(&millionths,
              reinterpret_cast<const char*>(parameter.base) +
                  uint64_t{position_} * parameter.stride,
              sizeof(millionths));
  return OfMillionths(millionths);
}

void Engine::PushRatio(lua_State* state, const Exact& value) {
  Handle handle;
  if (!ratios_.Intern(value, &handle)) {
    NoteOutOfMemory();
    luaL_error(state, "no memory for another ratio");
  }
  lua_pushlightuserdata(state, handle.pointer());
}

void Engine::PushAnswer(lua_State* state, const rule::Answer& answer) {
  answer_ = answer;
  const Handle handle = {Handle::kAnswer, generation_, answers_};
  lua_pushlightuserdata(state, handle.pointer());
}

}  // namespace shirube::lua
