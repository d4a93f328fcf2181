// One Lua module in one Lua state: reads its names, runs its chunk once and
// then its judge for every row it is asked about. The worker has one, an
// in-process test as many as it likes; each belongs to one thread.
//
// An error, a refused allocation or a used up budget ends the call and leaves
// its text in failure(); nothing in the script can catch the latter two. The
// engine may be asked again after any of them.
#ifndef SHIRUBE_SERVER_WORKER_LUA_ENGINE_H_
#define SHIRUBE_SERVER_WORKER_LUA_ENGINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lua.hpp"
#include "server/worker/lua/exact.h"
#include "server/worker/lua/failure.h"
#include "server/worker/lua/handle.h"
#include "server/worker/lua/memory.h"
#include "server/worker/lua/names.h"
#include "server/worker/lua/ratio_pool.h"
#include "shirube/rule.hpp"

namespace shirube::lua {

struct Limits {
  size_t memory_bytes = size_t{64} << 20;
  // Instructions of Lua's machine, well inside the host's deadlines.
  uint32_t instructions_a_row = 2'000'000;
  uint32_t instructions_at_start = 20'000'000;
};

class Engine {
 public:
  // What evaluate returns; 0 is success.
  enum Refusal : int {
    kBatchTooOld = 1,
    kVerdictsTooOld,
    kParametersMissing,
    kFailed
  };

  // A state with the libraries and nothing of a module. It reads the clock (for
  // the seed of a table): to be called before a filter forbids that. nullptr
  // where there is no memory.
  static std::unique_ptr<Engine> Create(const Limits& limits);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Compiles and runs `text`, whose manifest is `manifest`. Once; `text` is
  // not needed afterwards. False: see failure().
  bool Start(std::string_view text, std::string_view manifest);

  // shirube_rule::evaluate. Not 0: kFailed says more in failure().
  int Evaluate(const shirube_batch* batch, const uint32_t* rows, uint32_t n,
               shirube_verdicts* verdicts);

  const Failure& failure() const { return failure_; }
  size_t memory_used() const { return memory_.used(); }

  // ---- For the functions that a script calls.

  static Engine* Of(lua_State* state) {
    return *static_cast<Engine**>(lua_getextraspace(state));
  }
  const Names& names() const { return names_; }
  // Raises an error where no row is being judged.
  const rule::Row& row(lua_State* state) const;
  const void* row_userdata() const { return row_userdata_; }
  uint32_t generation() const { return generation_; }
  bool serving() const { return serving_; }  // the chunk has run
  bool facts_wanted() const { return facts_count_ != 0; }
  Exact parameter(uint32_t number) const;

  void PushRatio(lua_State* state, const Exact& value);
  // nullptr for one of an earlier row.
  const Exact* FindRatio(const Handle& handle) const {
    return ratios_.Find(handle);
  }
  // A new answer of the row, in place of the last one, which is none any more
  // even if this one ends in an error: its facts first, then what stands for it
  // is pushed.
  void BeginAnswer() {
    facts_given_ = 0;
    answers_ = answers_ % Handle::kMostIndex + 1;
  }
  void GiveFact(uint32_t fact, const Exact& value) {
    facts_given_ |= uint64_t{1} << fact;
    facts_[fact] = value;
  }
  void PushAnswer(lua_State* state, const rule::Answer& answer);

  // After an error that a script may not catch.
  bool must_end() const { return failure_.kind != frame::kNoFailure; }
  void NoteOutOfMemory();

 private:
  explicit Engine(const Limits& limits);

  static int RunChunk(lua_State* state);
  static int RunRows(lua_State* state);
  static int OnError(lua_State* state);
  static void OnCount(lua_State* state, lua_Debug* activation);
  static void OnRefusedMemory(void* engine);

  bool Protected(lua_CFunction body, uint32_t instructions);
  void BeginRow(uint32_t position);
  void EndRow();
  void Fail(frame::WorkerFailure kind, const char* where, const char* what);

  const Limits limits_;
  Memory memory_;
  RatioPool ratios_;
  Names names_;
  std::string file_name_;  // as errors have it: no allocation while they run
  lua_State* state_ = nullptr;
  void* row_userdata_ = nullptr;
  int row_reference_ = LUA_NOREF;
  int judge_reference_ = LUA_NOREF;
  bool serving_ = false;

  std::string_view text_;  // while it starts

  // The call, and the row of it.
  const shirube_batch* batch_ = nullptr;
  const uint32_t* rows_ = nullptr;
  uint32_t n_ = 0;
  shirube_verdicts* verdicts_ = nullptr;
  uint32_t facts_count_ = 0;
  uint32_t position_ = 0;
  uint32_t generation_ = Handle::kForEver;
  bool in_row_ = false;
  rule::Row row_{nullptr, 0, 0};
  rule::Answer answer_;
  uint32_t answers_ = 0;      // of this row so far
  uint64_t facts_given_ = 0;  // bit f: fact f
  Exact facts_[frame::kMaxFacts];

  uint32_t counts_ = 0, counts_allowed_ = 0;
  uint32_t instructions_ = 0;  // what counts_allowed_ comes from
  Failure failure_;
  char refused_at_[96] = {};  // the line at which memory was refused last
};

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_ENGINE_H_
