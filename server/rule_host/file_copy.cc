#include "server/rule_host/file_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/rule_host/digest.h"

namespace shirube {
namespace {

constexpr size_t kChunkBytes = 256 << 10;
constexpr uint64_t kBeginningBytes = 1 << 20;
// How often a file that was written just now is looked at again.
constexpr int kPatience = 25;

ModuleProblem CannotOpen(int error) {
  const std::string why = std::strerror(error);
  switch (error) {
    case ENOENT:
      return {ModuleReason::kNotFound, "there is no such file",
              "ファイルがありません"};
    case EACCES:
      return {
          ModuleReason::kUnsafePermissions,
          "the service may not read it; chmod u+r it and give it to the "
          "service's user",
          "サービスに読み取り権限がありません。所有者をサービスのユーザーにし"
          "て chmod u+r してください"};
    case ELOOP:
      return {ModuleReason::kNotARegularFile,
              "is a link; put the file itself there",
              "リンクです。ファイルそのものを置いてください"};
    default:
      return {ModuleReason::kNotARegularFile,
              absl::StrCat("cannot be opened as a file: ", why),
              absl::StrCat("ファイルとして開けません: ", why)};
  }
}

ModuleProblem CheckInfo(const struct stat& info) {
  if (!S_ISREG(info.st_mode)) {
    return {ModuleReason::kNotARegularFile,
            "is no regular file; put the file itself there",
            "通常のファイルではありません。ファイルそのものを置いてください"};
  }
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    return {
        ModuleReason::kUnsafePermissions,
        absl::StrCat("belongs to user ", info.st_uid,
                     ", who could change it; chown it to root or to the "
                     "service's user (",
                     geteuid(), ")"),
        absl::StrCat("ユーザー ", info.st_uid,
                     " の所有で、書き換えられるおそれがあります。root かサー"
                     "ビスのユーザー(",
                     geteuid(), ")に chown してください")};
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    const std::string mode = absl::StrFormat("%04o", info.st_mode & 07777);
    return {ModuleReason::kUnsafePermissions,
            absl::StrCat("its mode is ", mode,
                         ", so that others can change it; chmod go-w it"),
            absl::StrCat("モードが ", mode,
                         " で、ほかのユーザーが書き換えられます。chmod go-w し"
                         "てください")};
  }
  return {};
}

ModuleProblem Changed() {
  return {ModuleReason::kHashMismatch,
          "was changed while it was read; copy the new one under another name "
          "and rename it into place",
          "読み取り中に変更されました。新しいファイルを別名でコピーしてから改名"
          "してください"};
}

ModuleProblem NoMemory() {
  const std::string why = std::strerror(errno);
  return {ModuleReason::kWorkerUnavailable,
          absl::StrCat("no memory file for it: ", why),
          absl::StrCat("メモリーファイルを作れません: ", why)};
}

bool SameFile(const struct stat& a, const struct stat& b) {
  const auto same = [](const timespec& x, const timespec& y) {
    return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
  };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino &&
         a.st_size == b.st_size && same(a.st_mtim, b.st_mtim) &&
         same(a.st_ctim, b.st_ctim);
}

// A change within the same tick of the file system's clock as the one before
// leaves no trace. So: look again until the last change is older than that.
bool AwaitStill(int fd, struct stat* info) {
  timespec tick = {};
  clock_getres(CLOCK_REALTIME_COARSE, &tick);
  const absl::Duration age = 2 * absl::DurationFromTimespec(tick);
  for (int i = 0; i < kPatience; ++i) {
    if (fstat(fd, info) != 0) return false;
    timespec now = {};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    const absl::Duration old =
        absl::TimeFromTimespec(now) - absl::TimeFromTimespec(info->st_ctim);
    // One from the future is as still as can be told.
    if (old > age || old < -absl::Seconds(1)) return true;
    absl::SleepFor(age);
  }
  return false;
}

bool WriteAt(int fd, const char* bytes, size_t n, uint64_t at) {
  while (n > 0) {
    const ssize_t put = pwrite(fd, bytes, n, static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes += put;
    n -= static_cast<size_t>(put);
    at += static_cast<uint64_t>(put);
  }
  return true;
}

// Takes pieces, in order, into a memory file and a digest.
class Freezer {
 public:
  bool Begin(uint64_t bytes) {
    memory_ = frame::CreateMemoryFile("shirube-module", bytes);
    return memory_.valid();
  }
  bool Add(std::string_view piece) {
    digest_.Add(piece);
    const bool hole =
        std::all_of(piece.begin(), piece.end(), [](char c) { return c == 0; });
    const uint64_t at = std::exchange(at_, at_ + piece.size());
    return hole || WriteAt(memory_.get(), piece.data(), piece.size(), at);
  }
  bool Finish(FrozenCopy* copy) {
    if (!frame::SealMemoryFile(memory_.get(), frame::Seal::kFrozen)) {
      return false;
    }
    copy->memory = std::move(memory_);
    if (copy->whole) copy->sha256 = digest_.Hex();
    return true;
  }

 private:
  frame::Fd memory_;
  Sha256 digest_;
  uint64_t at_ = 0;
};

}  // namespace

ModuleProblem CopyFile(const std::string& path, uint64_t most,
                       FrozenCopy* copy) {
  const frame::Fd fd(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) return CannotOpen(errno);
  struct stat before = {};
  if (fstat(fd.get(), &before) != 0) return CannotOpen(errno);
  ModuleProblem problem = CheckInfo(before);
  if (!problem.ok()) return problem;
  if (!AwaitStill(fd.get(), &before)) return Changed();

  copy->file_bytes = static_cast<uint64_t>(before.st_size);
  copy->whole = copy->file_bytes <= most;
  uint64_t left = copy->whole ? copy->file_bytes : kBeginningBytes;
  Freezer freezer;
  if (!freezer.Begin(left)) return NoMemory();
  std::vector<char> chunk(std::min<uint64_t>(left, kChunkBytes));
  while (left > 0) {
    const ssize_t got =
        read(fd.get(), chunk.data(), std::min<uint64_t>(left, chunk.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Changed();  // it is shorter than it was
    if (!freezer.Add({chunk.data(), static_cast<size_t>(got)})) {
      return NoMemory();
    }
    left -= static_cast<uint64_t>(got);
  }
  struct stat after = {};
  if (fstat(fd.get(), &after) != 0 || !SameFile(before, after)) {
    return Changed();
  }
  return freezer.Finish(copy) ? ModuleProblem() : NoMemory();
}

ModuleProblem CopyBytes(std::string_view bytes, FrozenCopy* copy) {
  copy->file_bytes = bytes.size();
  copy->whole = true;
  Freezer freezer;
  const bool frozen =
      freezer.Begin(bytes.size()) && freezer.Add(bytes) && freezer.Finish(copy);
  return frozen ? ModuleProblem() : NoMemory();
}

}  // namespace shirube
