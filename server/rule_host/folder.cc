#include "server/rule_host/folder.h"

#include <algorithm>
#include <filesystem>
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

constexpr std::string_view kSuffix = ".so";

// [a-z][a-z0-9_]{0,62}
bool IsModuleId(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 63 && letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

bool HasSuffix(std::string_view name) {
  return name.size() > kSuffix.size() && name.ends_with(kSuffix);
}

absl::StatusOr<std::set<std::string>> NamesIn(const std::string& path) {
  std::error_code error;
  std::set<std::string> names;
  std::filesystem::directory_iterator at(path, error), end;
  for (; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (HasSuffix(name)) names.insert(name);
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

ModuleProblem Folder::Read(const std::string& name,
                           const std::string& expected_sha256,
                           ModuleFile* file) const {
  const std::string shown = Displayable(name);
  if (!HasSuffix(name) || name.find('/') != std::string::npos) {
    return {ModuleReason::kNotFound,
            absl::StrCat("\"", shown, "\" is no file name like achieved.so; ",
                         "give the name of a file of rules_dir, no path"),
            absl::StrCat("「", shown,
                         "」はファイル名ではありません。achieved.so "
                         "のように、rules_dir の中のファイル名を指定して"
                         "ください。")};
  }
  const std::string id = name.substr(0, name.size() - kSuffix.size());
  if (!IsModuleId(id)) {
    return {
        ModuleReason::kManifestInvalid,
        absl::StrCat("a module's file is called after its id, "
                     "[a-z][a-z0-9_]{0,62}, with .so; \"",
                     shown, "\" is not: rename it"),
        absl::StrCat("モジュールのファイル名は、そのid([a-z][a-z0-9_]{0,62})"
                     "に .so を付けたものです。「",
                     shown, "」を改名してください。")};
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
                            info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
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
