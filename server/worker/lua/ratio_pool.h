// The ratios that a script has in its hands: those made while its chunk ran,
// which stay, and those of the row it judges, which go with the row. Each value
// is there once. Of the state's thread.
#ifndef SHIRUBE_SERVER_WORKER_LUA_RATIO_POOL_H_
#define SHIRUBE_SERVER_WORKER_LUA_RATIO_POOL_H_

#include <cstdint>

#include "server/worker/lua/exact.h"
#include "server/worker/lua/handle.h"
#include "server/worker/lua/memory.h"

namespace shirube::lua {

class RatioPool {
 public:
  explicit RatioPool(Memory* memory) : memory_(memory) {}
  ~RatioPool();
  RatioPool(const RatioPool&) = delete;
  RatioPool& operator=(const RatioPool&) = delete;

  // False where there is no room for another one.
  bool Intern(const Exact& value, Handle* handle);
  // nullptr for one of an earlier row.
  const Exact* Find(const Handle& handle) const;

  // All there are stay.
  void KeepAll() { kept_ = count_; }
  // Those of the last row go.
  void BeginRow(uint32_t generation) {
    generation_ = generation;
    count_ = kept_;
  }

 private:
  struct Entry {
    uint32_t index_and_one;  // 0: never used
    uint32_t generation;
  };

  bool IsLive(const Entry& entry) const {
    return entry.index_and_one != 0 && (entry.generation == Handle::kForEver ||
                                        entry.generation == generation_);
  }
  Entry* Place(const Exact& value) const;
  bool Grow();

  Memory* const memory_;
  Exact* ratios_ = nullptr;
  Entry* table_ = nullptr;  // twice as many, open addressing
  uint32_t capacity_ = 0;   // a power of two
  uint32_t count_ = 0;
  uint32_t kept_ = 0;
  uint32_t generation_ = Handle::kForEver;
};

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_RATIO_POOL_H_
