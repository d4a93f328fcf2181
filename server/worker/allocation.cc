// The process's malloc, over the C library's: it notes on the worker's page in
// which call an allocation failed, so that a death in that call reads as what
// it is. Modules get it too, because the program's symbols come first.
#include "server/worker/allocation.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t n, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);
}

namespace shirube::worker {
namespace {

frame::WorkerPage* noted_page = nullptr;

void* Noted(void* memory) {
  if (memory == nullptr && noted_page != nullptr) {
    noted_page->malloc_failed = noted_page->progress + 1;
  }
  return memory;
}

bool IsPowerOfTwo(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

}  // namespace

void NoteFailedAllocations(frame::WorkerPage* page) { noted_page = page; }

}  // namespace shirube::worker

using shirube::worker::IsPowerOfTwo;
using shirube::worker::Noted;

extern "C" {

void* malloc(size_t bytes) { return Noted(__libc_malloc(bytes)); }

void* calloc(size_t n, size_t bytes) { return Noted(__libc_calloc(n, bytes)); }

void* realloc(void* memory, size_t bytes) {
  void* result = __libc_realloc(memory, bytes);
  // realloc(p, 0) frees and gives NULL: no failure.
  return bytes == 0 ? result : Noted(result);
}

void* memalign(size_t alignment, size_t bytes) {
  return Noted(__libc_memalign(alignment, bytes));
}

void* aligned_alloc(size_t alignment, size_t bytes) {
  return memalign(alignment, bytes);
}

int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  if (!IsPowerOfTwo(alignment) || alignment % sizeof(void*) != 0) {
    return EINVAL;
  }
  void* result = memalign(alignment, bytes);
  if (result == nullptr) return ENOMEM;
  *memory = result;
  return 0;
}

}  // extern "C"
