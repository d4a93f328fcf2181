// The database file before SQLite opens it: is it there, is it ours to write,
// is it whole, does another server hold it. Every error says what to do.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_FILE_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shirube::sqlite {

// The exclusive lock on `<database>.lock`, held until destroyed. The file
// stays: taking it away would let two servers lock two files.
class FileLock {
 public:
  // FAILED_PRECONDITION STORE_LOCKED when another process holds it.
  static absl::StatusOr<FileLock> Take(const std::string& database);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// FAILED_PRECONDITION STORE_FOLDER_MISSING, STORE_READ_ONLY.
absl::Status CheckFolder(const std::string& database);

// True when there is no database yet. FAILED_PRECONDITION STORE_READ_ONLY;
// DATA_LOSS STORE_CORRUPT for what is no database, or not all of one.
absl::StatusOr<bool> IsNew(const std::string& database);

// An empty file of mode 0600 at `path`; what was there is removed.
absl::Status MakeEmpty(const std::string& path);
// Puts the finished `made` in the place of `database`, durably.
absl::Status MoveIntoPlace(const std::string& made,
                           const std::string& database);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_FILE_H_
