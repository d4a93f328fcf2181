// Memory files shared between the host and its workers, and the two things one
// has to hold of them: a descriptor and a mapping. Used on both sides, so: no
// Abseil, errno tells what failed.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_MEMORY_FILE_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_MEMORY_FILE_H_

#include <cstddef>
#include <cstdint>
#include <utility>

namespace shirube::frame {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Fd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// Owns a mapping.
class Mapping {
 public:
  Mapping() = default;
  Mapping(void* base, size_t bytes) : base_(base), bytes_(bytes) {}
  Mapping(Mapping&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  void* base() const { return base_; }
  size_t bytes() const { return bytes_; }
  bool valid() const { return base_ != nullptr; }

 private:
  void* base_ = nullptr;
  size_t bytes_ = 0;
};

enum class Access { kReadOnly, kReadWrite };

// What may still be done to a file once it is sealed; its size never changes.
enum class Seal {
  kNoNewWriters,  // only mappings made before may write
  kWritable,      // the size alone is fixed
  kFrozen,        // nobody writes it again
};

// A sparse memory file of `bytes`. Invalid on failure.
Fd CreateMemoryFile(const char* name, uint64_t bytes);
bool SealMemoryFile(int fd, Seal seal);
// Maps all `bytes`. Invalid on failure.
Mapping Map(int fd, uint64_t bytes, Access access);

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_MEMORY_FILE_H_
