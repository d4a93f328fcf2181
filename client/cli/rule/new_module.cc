#include "client/cli/rule/new_module.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>

#include "absl/strings/str_replace.h"
#include "client/cli/rule/errors.h"
#include "client/cli/rule/templates.h"
#include "rules/include/shirube/rule.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;  // by relative path

std::string Filled(std::string_view name, const Files& words) {
  const std::string text(Templates().at(name));
  return absl::StrReplaceAll(
      text, std::vector<std::pair<std::string, std::string>>(words.begin(),
                                                             words.end()));
}

Files FilesOf(const NewModule& module) {
  const std::string abi = std::to_string(SHIRUBE_RULE_ABI_MAJOR) + "." +
                          std::to_string(SHIRUBE_RULE_ABI_MINOR);
  const bool cpp = module.language == "cpp", lua = module.language == "lua";
  const std::string source = module.name + (lua ? ".lua" : cpp ? ".cc" : ".c");
  Files words = {{"@NAME@", module.name},
                 {"@ABI@", abi},
                 {"@SOURCE@", source},
                 {"@LANGUAGE@", cpp ? "C++" : "C"}};
  const std::string manifest = Filled("native/manifest.json", words);
  const std::string cases = Filled("native/cases.case", words);
  if (lua) {
    words["@MANIFEST@"] = manifest;
    words["@CASES@"] = cases;
    return {{source, Filled("lua/module.lua", words)},
            {"README.md", Filled("lua/README.md", words)}};
  }
  const std::string of = module.language + "/";
  Files files = {{"Makefile", Filled(of + "Makefile", words)},
                 {source, Filled(of + (cpp ? "module.cc" : "module.c"), words)},
                 {"manifest.json", manifest},
                 {"cases/" + module.name + ".case", cases},
                 {"notes.S", Filled("native/notes.S", words)},
                 {"module.map", Filled("native/module.map", words)},
                 {"README.md", Filled("native/README.md", words)},
                 {".gitignore", "/build/\n/" + module.name + ".so\n"}};
  for (const auto& [name, text] : Templates()) {
    const bool header = name.starts_with("include/");
    if (!header || (!cpp && name.ends_with(".hpp"))) continue;
    files[std::string(name)] = std::string(text);
  }
  return files;
}

absl::Status CannotWrite(const Context& context, const std::string& path,
                         const std::string& why) {
  return KitError(context, absl::StatusCode::kPermissionDenied, "CANNOT_WRITE",
                  path + " を書けません: " + why,
                  path + " cannot be written: " + why);
}

// Nothing there, or an empty folder.
absl::Status CheckFree(const Context& context, const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(folder, error);
  if (!fs::exists(status)) return absl::OkStatus();
  if (!fs::is_directory(status)) {
    return KitError(
        context, absl::StatusCode::kAlreadyExists, "NOT_A_FOLDER",
        folder +
            " は既にあり、フォルダーではありません。別の名前か --dir を指定"
            "してください。",
        folder + " exists and is no folder; take another name, or --dir");
  }
  fs::directory_iterator inside(folder, error);
  if (error) return CannotWrite(context, folder, error.message());
  if (inside == fs::directory_iterator()) return absl::OkStatus();
  const std::string found = inside->path().filename().string();
  return KitError(
      context, absl::StatusCode::kAlreadyExists, "FOLDER_NOT_EMPTY",
      folder + " は空ではありません(" + found +
          " など)。何も書いていません。別の名前か、別の場所を --dir で指定して"
          "ください。",
      folder + " is not empty (it holds " + found +
          "); nothing was written. Take another name, or another place with "
          "--dir");
}

bool WriteText(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  // The server takes no module that others could change: nor shall a file of
  // one in Lua be, which is its module.
  return !file.fail() && chmod(path.c_str(), 0644) == 0;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WriteNewModule(
    const Context& context, const NewModule& module) {
  SHIRUBE_RETURN_IF_ERROR(CheckFree(context, module.folder));
  std::error_code error;
  const fs::path folder = fs::absolute(module.folder).lexically_normal();
  fs::create_directories(folder.parent_path(), error);
  // Beside it first: the folder is there with all of its files, or not at all.
  std::string pattern = (folder.parent_path() / ".shirube-new-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return CannotWrite(
        context, folder.parent_path().string(),
        std::error_code(errno, std::generic_category()).message());
  }
  const fs::path draft = pattern;
  std::vector<std::string> names;
  for (const auto& [name, text] : FilesOf(module)) {
    if (!WriteText(draft / name, text)) {
      const std::string why =
          std::error_code(errno, std::generic_category()).message();
      fs::remove_all(draft, error);
      return CannotWrite(context, (folder / name).string(), why);
    }
    names.push_back(name);
  }
  fs::permissions(draft, fs::perms(0755), error);
  fs::rename(draft, folder, error);  // an empty folder makes place
  if (error) {
    const std::string why = error.message();
    fs::remove_all(draft, error);
    return CannotWrite(context, module.folder, why);
  }
  return names;
}

}  // namespace shirube::cli
