#include "server/access/token_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "server/base/japan.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr std::string_view kPrefix = "shirube_";
constexpr size_t kIdChars = 8;
constexpr size_t kSaltBytes = 16;
constexpr size_t kSecretBytes = 32;
constexpr size_t kMaxNameBytes = 200;
constexpr std::string_view kHeader =
    "# Shirube: who may come in.\n"
    "# id\tname\troles\tlast day\tsalt\tsha256(salt, secret)\n";

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(count)) != 1) {
    return "";
  }
  return bytes;
}

std::string HashOf(std::string_view salt, std::string_view secret) {
  const std::string both = absl::StrCat(View(salt), View(secret));
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(both.data()), both.size(),
         digest);
  return std::string(reinterpret_cast<char*>(digest), sizeof digest);
}

bool IsHex(std::string_view text, size_t bytes) {
  return text.size() == 2 * bytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

absl::Status FileError(absl::StatusCode code, const std::string& en,
                       const std::string& ja) {
  return MakeError(code, "INVALID_FIELD", en, ja);
}

absl::Status WrongLine(const std::string& file, int line, const char* en,
                       const char* ja) {
  return FileError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(file, ":", line, ": ", en),
                   absl::StrCat(file, " の", line, "行目: ", ja));
}

bool IsName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return true;
}

std::string LastDayText(const std::optional<absl::CivilDay>& day) {
  return day ? absl::FormatCivilTime(*day) : "-";
}

std::string LineOf(const TokenRecord& record) {
  const auto or_dash = [](const std::string& text) {
    return text.empty() ? std::string("-") : text;
  };
  return absl::StrCat(record.id, "\t", record.name, "\t",
                      FormatRoles(record.roles), "\t",
                      LastDayText(record.last_day), "\t", or_dash(record.salt),
                      "\t", or_dash(record.hash), "\n");
}

// What is wrong with one line, or its record.
absl::StatusOr<TokenRecord> ParseLine(const std::string& line,
                                      const std::string& file, int number) {
  const std::vector<std::string> cells = absl::StrSplit(line, '\t');
  if (cells.size() != 6) {
    return WrongLine(file, number, "expected 6 fields between tabs",
                     "タブ区切りの6項目が必要です");
  }
  TokenRecord record;
  record.id = cells[0];
  record.name = cells[1];
  const bool certificate = record.id == kCertificateId;
  if (!certificate && !IsHex(record.id, kIdChars / 2)) {
    return WrongLine(file, number, "the id is 8 hex digits, or cert",
                     "IDは16進数8桁か cert です");
  }
  if (!IsName(record.name)) {
    return WrongLine(file, number, "the name is empty or too long",
                     "名前が空か、長すぎます");
  }
  const auto roles = ParseRoles(cells[2]);
  if (!roles) {
    return WrongLine(file, number, "roles are READ, RECORD, MANAGE, RULES",
                     "権限は READ、RECORD、MANAGE、RULES です");
  }
  record.roles = *roles;
  if (cells[3] != "-") {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(cells[3], &day)) {
      return WrongLine(file, number, "the last day is no date (2027-03-31)",
                       "最終日が日付ではありません(例: 2027-03-31)");
    }
    record.last_day = day;
  }
  if (!certificate) {
    if (!IsHex(cells[4], kSaltBytes) || !IsHex(cells[5], 32)) {
      return WrongLine(file, number, "salt or hash is damaged",
                       "ソルトかハッシュが壊れています");
    }
    record.salt = cells[4];
    record.hash = cells[5];
  }
  return record;
}

absl::Status CannotRead(const std::string& path) {
  return FileError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("cannot read ", path),
                   absl::StrCat("読み取れません: ", path));
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    // Only of what is not there a new one may be made.
    if (errno != ENOENT) return CannotRead(path);
    return FileError(absl::StatusCode::kNotFound,
                     absl::StrCat("no such file: ", path),
                     absl::StrCat("ファイルがありません: ", path));
  }
  if (!S_ISREG(info.st_mode)) {
    return FileError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat(path, " is no ordinary file"),
                     absl::StrCat(path, " は通常のファイルではありません"));
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return FileError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("others may write ", path, ": chmod 600 ", path),
        absl::StrCat("ほかの人が書き換えられます: chmod 600 ", path));
  }
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in.is_open() || in.bad()) return CannotRead(path);
  return text.str();
}

bool WriteFully(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return fsync(fd) == 0;
}

absl::Status CannotWrite(const std::string& path) {
  const std::string why = std::strerror(errno);
  return FileError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("cannot write ", path, ": ", why),
                   absl::StrCat("書き込めません: ", path, ": ", why));
}

// Where the text lies: a link stays a link. NOT_FOUND leads nowhere.
absl::StatusOr<std::string> BehindLinks(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char target[PATH_MAX];
  if (realpath(path.c_str(), target) != nullptr) return std::string(target);
  return FileError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(path, " is a link to a file that is not there"),
      absl::StrCat(path, " はリンクで、リンク先のファイルがありません"));
}

// Of two who change the file the second waits, or it would take away what the
// first wrote. The folder is what is locked: the file is another one after each
// change.
class Turn {
 public:
  explicit Turn(const std::string& path)
      : folder_(
            open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (folder_ >= 0 && !taken_) {
      taken_ = flock(folder_, LOCK_EX) == 0;
      if (!taken_ && errno != EINTR) return;
    }
  }
  ~Turn() {
    if (folder_ >= 0) close(folder_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

 private:
  static std::string FolderOf(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
  }
  const int folder_;
  bool taken_ = false;
};

// A file that belongs to the server stays the server's, whoever changes it.
bool KeepOwner(const std::string& path, int fd) {
  struct stat before {
  }, now{};
  if (stat(path.c_str(), &before) != 0) return true;  // it is new
  if (fstat(fd, &now) != 0) return false;
  const bool same = before.st_uid == now.st_uid && before.st_gid == now.st_gid;
  if (!same && fchown(fd, before.st_uid, before.st_gid) != 0) return false;
  return fchmod(fd, before.st_mode & 07777) == 0;
}

// Whoever reads the file meanwhile sees the old one or the new one.
absl::Status Replace(const std::string& path, const std::string& text) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (fd < 0) return CannotWrite(path);
  bool ok = KeepOwner(path, fd) && WriteFully(fd, text);
  ok = close(fd) == 0 && ok;
  if (ok && rename(temporary.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  absl::Status failed = CannotWrite(path);
  unlink(temporary.c_str());
  return failed;
}

// Replaces the text by what `change` makes of it; of a file that is not there
// of nothing.
template <typename Change>
absl::Status ChangeFile(const std::string& given, const Change& change) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string path, BehindLinks(given));
  const Turn turn(path);
  if (!turn.taken()) return CannotWrite(path);
  SHIRUBE_ASSIGN_OR_RETURN(const std::string text, change(ReadAll(path)));
  return Replace(path, text);
}

}  // namespace

absl::StatusOr<TokenTable> TokenTable::Parse(std::string_view text,
                                             const std::string& file) {
  TokenTable table;
  int number = 0;
  for (std::string line :
       std::vector<std::string>(absl::StrSplit(View(text), '\n'))) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    SHIRUBE_ASSIGN_OR_RETURN(TokenRecord record, ParseLine(line, file, number));
    for (const TokenRecord& other : table.records_) {
      if (other.id == record.id &&
          (record.id != kCertificateId || other.name == record.name)) {
        return WrongLine(file, number, "a line before has the same id",
                         "同じIDの行があります");
      }
    }
    table.records_.push_back(std::move(record));
  }
  return table;
}

TokenMatch TokenTable::FindToken(std::string_view token,
                                 absl::CivilDay today) const {
  if (!token.starts_with(kPrefix)) return {};
  token.remove_prefix(kPrefix.size());
  if (token.size() < kIdChars + 2 || token[kIdChars] != '_') return {};
  const std::string_view id = token.substr(0, kIdChars);
  const std::string_view secret = token.substr(kIdChars + 1);
  for (const TokenRecord& record : records_) {
    if (record.id != id || record.hash.empty()) continue;
    const std::string wanted = absl::HexStringToBytes(record.hash);
    const std::string found =
        HashOf(absl::HexStringToBytes(record.salt), secret);
    if (CRYPTO_memcmp(wanted.data(), found.data(), found.size()) != 0) {
      return {};
    }
    return {&record, record.last_day && *record.last_day < today};
  }
  return {};
}

const TokenRecord* TokenTable::FindCertificate(std::string_view name) const {
  for (const TokenRecord& record : records_) {
    if (record.id == kCertificateId && record.name == name) return &record;
  }
  return nullptr;
}

absl::StatusOr<MadeToken> MakeToken(const std::string& name, RoleSet roles,
                                    std::optional<absl::CivilDay> last_day,
                                    absl::CivilDay today) {
  if (!IsName(name)) {
    return FileError(absl::StatusCode::kInvalidArgument,
                     "a name has 1 to 200 bytes and no tabs or line ends",
                     "名前は1〜200バイトで、タブや改行は使えません");
  }
  if (roles.empty()) {
    return FileError(absl::StatusCode::kInvalidArgument,
                     "name at least one role: READ, RECORD, MANAGE, RULES",
                     "権限を1つ以上指定してください: READ、RECORD、MANAGE、"
                     "RULES");
  }
  if (last_day && *last_day < today) {
    return FileError(absl::StatusCode::kInvalidArgument,
                     "the last day has passed", "最終日が過ぎています");
  }
  const std::string id = RandomBytes(kIdChars / 2);
  const std::string salt = RandomBytes(kSaltBytes);
  const std::string random = RandomBytes(kSecretBytes);
  if (id.empty() || salt.empty() || random.empty()) {
    return absl::InternalError("the system gives no random bytes");
  }
  const std::string secret = absl::WebSafeBase64Escape(random);
  MadeToken made;
  made.record.id = absl::BytesToHexString(id);
  made.record.name = name;
  made.record.roles = roles;
  made.record.last_day = last_day;
  made.record.salt = absl::BytesToHexString(salt);
  made.record.hash = absl::BytesToHexString(HashOf(salt, secret));
  made.token = absl::StrCat(View(kPrefix), made.record.id, "_", secret);
  return made;
}

absl::StatusOr<TokenTable> ReadTokenFile(const std::string& path) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string text, ReadAll(path));
  return TokenTable::Parse(text, path);
}

absl::Status AppendToken(const std::string& path, const TokenRecord& record) {
  return ChangeFile(
      path,
      [&](absl::StatusOr<std::string> text) -> absl::StatusOr<std::string> {
        if (absl::IsNotFound(text.status())) text = std::string(kHeader);
        SHIRUBE_RETURN_IF_ERROR(text.status());
        if (!text->empty() && text->back() != '\n') *text += '\n';
        *text += LineOf(record);
        SHIRUBE_RETURN_IF_ERROR(TokenTable::Parse(*text, path).status());
        return text;
      });
}

absl::Status RevokeToken(const std::string& path, const std::string& id) {
  return ChangeFile(
      path,
      [&](absl::StatusOr<std::string> text) -> absl::StatusOr<std::string> {
        SHIRUBE_RETURN_IF_ERROR(text.status());
        std::vector<std::string> kept = absl::StrSplit(*text, '\n');
        const size_t gone = std::erase_if(kept, [&](const std::string& line) {
          return !id.empty() && line.rfind(id + "\t", 0) == 0;
        });
        if (gone > 0) return absl::StrJoin(kept, "\n");
        return FileError(
            absl::StatusCode::kNotFound,
            absl::StrCat("no token has the id ", id, " in ", path),
            absl::StrCat(path, " に ID ", id, " のトークンはありません"));
      });
}

absl::CivilDay TodayInJapan() { return DayInJapan(absl::Now()); }

}  // namespace shirube
