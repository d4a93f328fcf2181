// The memory of one Lua state: malloc with a cap. What would pass it is
// refused, which Lua answers with a collection, a second try and then the error
// that OUT_OF_MEMORY comes from. Of the state's thread.
#ifndef SHIRUBE_SERVER_WORKER_LUA_MEMORY_H_
#define SHIRUBE_SERVER_WORKER_LUA_MEMORY_H_

#include <cstddef>

namespace shirube::lua {

class Memory {
 public:
  explicit Memory(size_t limit) : limit_(limit) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  size_t used() const { return used_; }
  size_t limit() const { return limit_; }

  // As realloc: nullptr where it is refused, and then `old` is as it was.
  // `new_bytes` 0 frees.
  void* Resize(void* old, size_t old_bytes, size_t new_bytes);

  // Called with `who` whenever memory is refused.
  void OnRefusal(void (*told)(void*), void* who) {
    told_ = told;
    who_ = who;
  }

  // A lua_Alloc; `memory` is the Memory.
  static void* Allocate(void* memory, void* old, size_t old_bytes,
                        size_t new_bytes);

 private:
  const size_t limit_;
  size_t used_ = 0;
  void (*told_)(void*) = nullptr;
  void* who_ = nullptr;
};

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_MEMORY_H_
