#include "server/rule_host/frame/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace shirube::frame {

void Fd::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    if (base_ != nullptr) munmap(base_, bytes_);
    base_ = std::exchange(other.base_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

Mapping::~Mapping() {
  if (base_ != nullptr) munmap(base_, bytes_);
}

Fd CreateMemoryFile(const char* name, uint64_t bytes) {
  Fd fd(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid() || ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) {
    return Fd();
  }
  return fd;
}

bool SealMemoryFile(int fd, Seal seal) {
  // Without SHRINK a worker could truncate the file and its owner would die of
  // SIGBUS; without SEAL it could add seals of its own.
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (seal == Seal::kNoNewWriters) seals |= F_SEAL_FUTURE_WRITE;
  if (seal == Seal::kFrozen) seals |= F_SEAL_WRITE;
  return fcntl(fd, F_ADD_SEALS, seals) == 0;
}

Mapping Map(int fd, uint64_t bytes, Access access) {
  const int protection =
      access == Access::kReadWrite ? PROT_READ | PROT_WRITE : PROT_READ;
  void* base = mmap(nullptr, bytes, protection, MAP_SHARED | MAP_NORESERVE, fd,
                    /*offset=*/0);
  if (base == MAP_FAILED) return Mapping();
  return Mapping(base, bytes);
}

}  // namespace shirube::frame
