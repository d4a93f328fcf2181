// Tells whether a small file is still the one that was read. Only the library's
// own files include this.
#ifndef SHIRUBE_CLIENT_LIB_FILE_STAMP_H_
#define SHIRUBE_CLIENT_LIB_FILE_STAMP_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace shirube::client {

// Which file it is and when it was last written or replaced; all 0 for none.
struct FileStamp {
  uint64_t device = 0, inode = 0;
  int64_t size = 0, written_s = 0, written_ns = 0, changed_s = 0,
          changed_ns = 0;

  static FileStamp Of(const struct stat& file) {
    return {file.st_dev,         file.st_ino,          file.st_size,
            file.st_mtim.tv_sec, file.st_mtim.tv_nsec, file.st_ctim.tv_sec,
            file.st_ctim.tv_nsec};
  }
  static FileStamp Of(const std::string& path) {
    struct stat file {};
    if (path.empty() || stat(path.c_str(), &file) != 0) return {};
    return Of(file);
  }
  bool operator==(const FileStamp&) const = default;
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_FILE_STAMP_H_
