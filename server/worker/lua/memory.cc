#include "server/worker/lua/memory.h"

#include <cstdlib>

namespace shirube::lua {

void* Memory::Resize(void* old, size_t old_bytes, size_t new_bytes) {
  if (new_bytes == 0) {
    std::free(old);
    used_ -= old_bytes;
    return nullptr;
  }
  const bool grows = new_bytes > old_bytes;
  const bool fits = !grows || new_bytes - old_bytes <= limit_ - used_;
  void* resized = fits ? std::realloc(old, new_bytes) : nullptr;
  if (resized == nullptr) {
    if (!grows) return old;  // Lua counts on it that less is always to be had
    if (told_ != nullptr) told_(who_);
    return nullptr;
  }
  used_ += new_bytes - old_bytes;
  return resized;
}

void* Memory::Allocate(void* memory, void* old, size_t old_bytes,
                       size_t new_bytes) {
  // Without an old block Lua says there what the new one is for.
  return static_cast<Memory*>(memory)->Resize(
      old, old == nullptr ? 0 : old_bytes, new_bytes);
}

}  // namespace shirube::lua
