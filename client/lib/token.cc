#include "client/lib/token.h"

#include <sys/stat.h>

#include <algorithm>

#include "client/lib/credentials.h"
#include "client/lib/error.h"

namespace shirube::client {
namespace {

constexpr size_t kMaxTokenBytes = 4096;
constexpr char kBlank[] = " \t\r\n";

const FileRole kToken = {"トークンのファイル", "token file",
                         "--token-file (SHIRUBE_TOKEN_FILE)"};

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

absl::StatusOr<std::string> ReadToken(const std::string& path,
                                      const std::string& language) {
  if (LooksLikeToken(path)) {
    return LocalError(
        absl::StatusCode::kInvalidArgument, language,
        kToken.option +
            " にはトークンではなく、それを書いたファイルを指定してください。"
            "コマンドラインで見えたトークンは shirube token revoke "
            "で無効にしてください。",
        kToken.option +
            " takes the file that holds the token, not the token; one that "
            "stood on a command line was seen: `shirube token revoke` ends it");
  }
  auto text = ReadCredentialFile(path, kToken, language);
  if (!text.ok()) return text.status();
  std::string token = Trimmed(*text);
  // What a header can carry.
  const bool plain = std::all_of(token.begin(), token.end(),
                                 [](char c) { return c > ' ' && c < 0x7f; });
  if (!token.empty() && plain && token.size() <= kMaxTokenBytes) return token;
  return LocalError(
      absl::StatusCode::kInvalidArgument, language,
      kToken.ja + " " + path +
          ": トークンだけを1行で書いたファイルではありません。shirube token "
          "create の出力をそのまま保存してください。",
      kToken.en + " " + path +
          ": does not hold a token and nothing else; store what `shirube token "
          "create` prints as it is");
}

bool OthersMayRead(const std::string& path) {
  struct stat file {};
  return !path.empty() && stat(path.c_str(), &file) == 0 &&
         S_ISREG(file.st_mode) && (file.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

bool LooksLikeToken(const std::string& text) {
  return text.starts_with("shirube_") && text.size() > 40 &&
         text.find('/') == std::string::npos;
}

absl::StatusOr<std::string> TokenFiles::Get(const std::string& path,
                                            const std::string& language) {
  struct stat file {};
  const bool there = stat(path.c_str(), &file) == 0;
  const FileStamp stamp = there ? FileStamp::Of(file) : FileStamp();
  std::lock_guard lock(mutex_);
  const auto found = held_.find(path);
  if (there && found != held_.end() &&
      (found->second.read_once || found->second.stamp == stamp)) {
    return found->second.token;
  }
  auto token = ReadToken(path, language);
  if (!token.ok()) return token.status();
  held_[path] = {stamp, !S_ISREG(file.st_mode), *token};
  return *token;
}

std::optional<std::string> WarningAboutFiles(const Options& options) {
  std::string paths;
  for (const std::string& path : {*options.token_file, *options.tls_key}) {
    if (OthersMayRead(path)) paths += (paths.empty() ? "" : " ") + path;
  }
  if (paths.empty()) return std::nullopt;
  return *options.language == "ja"
             ? "ほかの人も読めます。本人だけにしてください: chmod 600 " + paths
             : "others may read what only you should: chmod 600 " + paths;
}

}  // namespace shirube::client
