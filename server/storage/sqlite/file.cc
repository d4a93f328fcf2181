#include "server/storage/sqlite/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube::sqlite {

namespace {

// https://www.sqlite.org/fileformat.html, "The Database Header".
constexpr size_t kHeaderBytes = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status ReadOnly(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STORE_READ_ONLY",
      absl::StrCat(path,
                   " cannot be written. Give the server's user write "
                   "permission, or name another database."),
      absl::StrCat(path,
                   " に書き込めません。サーバーの実行者に書き込み権限を"
                   "与えるか、別のデータベースを指定してください。"));
}

absl::Status NotWhole(const std::string& path, std::string_view en,
                      std::string_view ja) {
  return MakeError(
      absl::StatusCode::kDataLoss, "STORE_CORRUPT",
      absl::StrCat(path, " ", std::string(en),
                   ". Restore a backup, or name another database."),
      absl::StrCat(path, " ", std::string(ja),
                   "。バックアップから戻すか、別のデータベースを指定して"
                   "ください。"));
}

absl::Status Failed(const std::string& what, int error) {
  return MakeError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
                   absl::StrCat(what, ": ", std::strerror(error)),
                   absl::StrCat(what, ": ", std::strerror(error)));
}

uint32_t BigEndian(const unsigned char* bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

// The size that the header speaks of; 0 when it does not say.
uint64_t StatedSize(const std::array<unsigned char, kHeaderBytes>& header) {
  const uint32_t stored = BigEndian(&header[16], 2);
  const uint64_t page = stored == 1 ? 65536 : stored;
  // The page count is valid when the two change counters agree.
  if (BigEndian(&header[24], 4) != BigEndian(&header[92], 4)) return 0;
  return page * BigEndian(&header[28], 4);
}

absl::Status CheckWhole(const std::string& database, uint64_t size) {
  std::array<unsigned char, kHeaderBytes> header{};
  std::FILE* file = std::fopen(database.c_str(), "rb");
  if (file == nullptr) return Failed("opening " + database, errno);
  const size_t got = std::fread(header.data(), 1, header.size(), file);
  std::fclose(file);
  if (got < kHeaderBytes) {
    return NotWhole(database, "is truncated", "は途中で切れています");
  }
  if (std::memcmp(header.data(), kMagic.data(), kMagic.size()) != 0) {
    return NotWhole(database, "is not a database",
                    "はデータベースではありません");
  }
  // While a write-ahead log exists, pages may still be in it alone.
  struct stat log;
  const bool has_log =
      stat((database + "-wal").c_str(), &log) == 0 && log.st_size > 0;
  if (!has_log && size < StatedSize(header)) {
    return NotWhole(database, "is truncated", "は途中で切れています");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& database) {
  const std::string path = database + ".lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return errno == EACCES || errno == EROFS ? ReadOnly(path)
                                             : Failed("opening " + path, errno);
  }
  FileLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Failed("locking " + path, errno);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STORE_LOCKED",
      absl::StrCat(database,
                   " is in use by another server. Stop that server, "
                   "or name another database."),
      absl::StrCat(database,
                   " は別のサーバーが使っています。そのサーバーを"
                   "止めるか、別のデータベースを指定してください。"));
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(other.fd_) {
  other.fd_ = -1;
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

absl::Status CheckFolder(const std::string& database) {
  const std::string folder = FolderOf(database);
  struct stat info;
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "STORE_FOLDER_MISSING",
        absl::StrCat("The folder ", folder, " of the database ", database,
                     " does not exist. Create it first."),
        absl::StrCat("データベース ", database, " のフォルダー ", folder,
                     " がありません。先に作ってください。"));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) return ReadOnly(folder);
  return absl::OkStatus();
}

absl::StatusOr<bool> IsNew(const std::string& database) {
  struct stat info;
  if (stat(database.c_str(), &info) != 0) {
    if (errno != ENOENT) return Failed("looking for " + database, errno);
    if (stat((database + "-wal").c_str(), &info) == 0) {
      return NotWhole(database, "is missing, but its -wal file is there",
                      "がありませんが、-wal ファイルが残っています");
    }
    return true;
  }
  if (!S_ISREG(info.st_mode)) {
    return NotWhole(database, "is not a file", "はファイルではありません");
  }
  // The super-user may write everything: a file that nobody is allowed to write
  // is meant to stay as it is all the same.
  if ((info.st_mode & 0222) == 0 || access(database.c_str(), W_OK) != 0) {
    return ReadOnly(database);
  }
  SHIRUBE_RETURN_IF_ERROR(CheckWhole(database, info.st_size));
  return false;
}

absl::Status MakeEmpty(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    unlink((path + suffix).c_str());
  }
  const int fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return errno == EACCES || errno == EROFS
               ? ReadOnly(path)
               : Failed("creating " + path, errno);
  }
  close(fd);
  return absl::OkStatus();
}

absl::Status MoveIntoPlace(const std::string& made,
                           const std::string& database) {
  if (rename(made.c_str(), database.c_str()) != 0) {
    return Failed("renaming " + made, errno);
  }
  const int folder =
      open(FolderOf(database).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Failed("opening the folder of " + database, errno);
  const int synced = fsync(folder);
  const int error = errno;
  close(folder);
  return synced == 0 ? absl::OkStatus()
                     : Failed("syncing the folder of " + database, error);
}

}  // namespace shirube::sqlite
