#include "server/rule_host/folder.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/base/text.h"

namespace shirube {
namespace {

constexpr std::string_view kNativeSuffix = ".so";
constexpr std::string_view kLuaSuffix = ".lua";

// [a-z][a-z0-9_]{0,62}
bool IsModuleId(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 63 && letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

// The name without .so or .lua; nothing where it has neither.
std::optional<std::string_view> Stem(std::string_view name) {
  for (const std::string_view suffix : {kNativeSuffix, kLuaSuffix}) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      return name.substr(0, name.size() - suffix.size());
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::set<std::string>> NamesIn(const std::string& path) {
  std::error_code error;
  std::set<std::string> names;
  std::filesystem::directory_iterator at(path, error), end;
  for (; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (Stem(name).has_value()) names.insert(name);
  }
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("rules_dir ", path, " cannot be read: ", error.message()));
  }
  return names;
}

}  // namespace

Folder::Folder(std::string path, Verify verify)
    : path_(std::move(path)), verify_(std::move(verify)) {}

bool Folder::IsTaken(std::string_view name) const {
  if (!name.ends_with(kLuaSuffix)) return false;
  struct stat info = {};
  const std::string native = absl::StrCat(
      path_, "/", absl::string_view(Stem(name)->data(), Stem(name)->size()),
      ".so");
  return lstat(native.c_str(), &info) == 0;
}

ModuleProblem Folder::Read(const std::string& name,
                           const std::string& expected_sha256,
                           ModuleFile* file) const {
  const std::string shown = Displayable(name);
  const std::optional<std::string_view> stem = Stem(name);
  if (!stem.has_value() || name.find('/') != std::string::npos) {
    return {
        ModuleReason::kNotFound,
        absl::StrCat("\"", shown,
                     "\" is no file name like achieved.so or mine.lua; ",
                     "give the name of a file of rules_dir, no path"),
        absl::StrCat("「", shown,
                     "」はファイル名ではありません。achieved.so や mine.lua "
                     "のように、rules_dir の中のファイル名を指定して"
                     "ください。")};
  }
  if (!IsModuleId(*stem)) {
    return {
        ModuleReason::kManifestInvalid,
        absl::StrCat("a module's file is called after its id, "
                     "[a-z][a-z0-9_]{0,62}, with .so or .lua; \"",
                     shown, "\" is not: rename it"),
        absl::StrCat("モジュールのファイル名は、そのid([a-z][a-z0-9_]{0,62})"
                     "に .so か .lua を付けたものです。「",
                     shown, "」を改名してください。")};
  }
  const std::string id(*stem);
  if (IsTaken(name)) {
    return {ModuleReason::kNameTaken,
            absl::StrCat(id,
                         ".so lies beside it and is the one taken: take "
                         "one of the two away, or give this module another "
                         "id and name"),
            absl::StrCat("同じフォルダーに ", id,
                         ".so があり、そちらを使います。どちらかを取り除くか、"
                         "このモジュールのidとファイル名を変えてください")};
  }
  return verify_(absl::StrCat(path_, "/", name), id, expected_sha256, file);
}

Folder::Entry Folder::Look(const std::string& name,
                           const Identity& identity) const {
  Entry entry;
  entry.identity = identity;
  ModuleFile file;
  entry.file.name = Displayable(name);
  entry.file.problem = Read(name, /*expected_sha256=*/"", &file);
  entry.file.since = absl::Now();
  entry.file.sha256 = file.sha256;
  entry.file.manifest = file.manifest;
  entry.file.cases_count = file.cases_count;
  if (!entry.file.problem.ok()) {
    LogWarning("rule module ", entry.file.name, " is REJECTED: ",
               std::string(ReasonWord(entry.file.problem.reason)), ": ",
               entry.file.problem.detail);
  }
  return entry;
}

absl::Status Folder::Rescan() {
  const std::lock_guard scan(scan_);
  SHIRUBE_ASSIGN_OR_RETURN(const std::set<std::string> names, NamesIn(path_));
  std::map<std::string, Entry> before;
  {
    const std::lock_guard lock(mu_);
    before = entries_;
  }
  std::map<std::string, Entry> now;
  for (const std::string& name : names) {
    struct stat info = {};
    if (lstat(absl::StrCat(path_, "/", name).c_str(), &info) != 0) continue;
    const Identity identity(info.st_dev, info.st_ino, info.st_size,
                            info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                            info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
                            IsTaken(name));
    const auto known = before.find(name);
    const bool same =
        known != before.end() && known->second.identity == identity;
    now[name] = same ? known->second : Look(name, identity);
  }
  const std::lock_guard lock(mu_);
  entries_ = std::move(now);
  return absl::OkStatus();
}

std::vector<FolderFile> Folder::List() const {
  const std::lock_guard lock(mu_);
  std::vector<FolderFile> files;
  for (const auto& [name, entry] : entries_) files.push_back(entry.file);
  return files;
}

}  // namespace shirube
