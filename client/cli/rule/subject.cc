#include "client/cli/rule/subject.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "client/cli/rule/errors.h"
#include "server/base/status_macros.h"
#include "server/base/text.h"

namespace shirube::cli {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Shown(const fs::path& path) {
  return path.lexically_normal().string();
}

// Files of a folder with this ending, by name.
std::vector<fs::path> FilesIn(const fs::path& folder,
                              const std::string& ending) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ending) files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// As the manifest says, else as the folder is called.
std::string IdOfFolder(const fs::path& folder) {
  const auto manifest = nlohmann::json::parse(
      ReadText(folder / "manifest.json"), nullptr, /*allow_exceptions=*/false);
  if (manifest.is_object()) {
    const auto id = manifest.find("id");
    if (id != manifest.end() && id->is_string()) {
      return id->get<std::string>();
    }
  }
  std::error_code error;
  return fs::canonical(folder, error).filename().string();
}

absl::StatusOr<std::string> ModuleIn(const Context& context,
                                     const fs::path& folder) {
  const std::string id = IdOfFolder(folder);
  std::vector<fs::path> found;
  std::error_code error;
  for (const char* ending : {".so", ".lua"}) {
    const fs::path path = folder / (id + ending);
    if (fs::exists(path, error)) found.push_back(path);
  }
  if (found.size() == 1) return Shown(found[0]);
  const std::string shown = Shown(folder);
  if (found.size() == 2) {
    return KitError(
        context, absl::StatusCode::kInvalidArgument, "AMBIGUOUS_MODULE",
        shown + " に " + id + ".so と " + id +
            ".lua があります。ファイルを指定してください。",
        shown + " holds " + id + ".so and " + id + ".lua: name the file");
  }
  return KitError(
      context, absl::StatusCode::kNotFound, "MODULE_NOT_BUILT",
      shown + " に " + id + ".so も " + id +
          ".lua もありません。先に make を実行するか、--module FILE で指定して"
          "ください。",
      shown + " has neither " + id + ".so nor " + id +
          ".lua: run make there first, or name it with --module FILE");
}

// A module that is older than what it is made of would be tested in vain.
void WarnOfOldBuild(const Context& context, const fs::path& folder,
                    Subject* subject) {
  if (!subject->path.ends_with(".so")) return;
  std::error_code error;
  const auto built = fs::last_write_time(subject->path, error);
  if (error) return;
  for (const char* ending : {".c", ".cc", ".cpp", ".h", ".hpp", ".json"}) {
    for (const fs::path& source : FilesIn(folder, ending)) {
      if (fs::last_write_time(source, error) <= built || error) continue;
      const std::string name = source.filename().string();
      subject->warnings.push_back(std::string(context.Say(
          subject->path + " は " + name +
              " より古いファイルです。make を実行してください。",
          subject->path + " is older than " + name + ": run make")));
      return;
    }
  }
}

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// The first line that is not UTF-8, counted from 0; else -1. Such a case would
// carry a name that nobody can read, into the module and its verdicts.
int LineThatIsNoText(std::string_view text) {
  for (int line = 0; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!IsUtf8(text.substr(0, end))) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return -1;
}

class Reader {
 public:
  explicit Reader(std::vector<CaseProblem>* problems) : problems_(*problems) {}

  void Read(const std::string& text, const std::string& file, int first_line) {
    if (IsBlank(text)) return;
    if (const int line = LineThatIsNoText(text); line >= 0) {
      problems_.push_back(
          {CaseProblem::Kind::kUnreadable, file, first_line + line,
           "is not UTF-8; save the file as UTF-8, as by `iconv -f cp932 -t "
           "utf-8`",
           "UTF-8 ではありません。UTF-8 で保存してください(例: `iconv -f cp932 "
           "-t utf-8`)"});
      return;
    }
    cases::ParseResult read = cases::ParseCases(text, first_line);
    if (!read.error.empty()) {
      problems_.push_back({CaseProblem::Kind::kUnreadable, file,
                           read.error_line, Displayable(read.error_text),
                           Displayable(read.error_ja)});
      return;
    }
    for (cases::Case& one : read.cases) {
      one.file = file;
      cases_.push_back(std::move(one));
    }
  }

  std::vector<cases::Case> Take() { return std::move(cases_); }

 private:
  std::vector<CaseProblem>& problems_;
  std::vector<cases::Case> cases_;
};

}  // namespace

absl::StatusOr<Subject> FindSubject(const Context& context,
                                    const std::string& text,
                                    const std::string& module) {
  std::error_code error;
  const fs::path path = text;
  if (!fs::exists(path, error)) {
    return KitError(context, absl::StatusCode::kNotFound, "NOT_FOUND",
                    text + " がありません。", "there is no " + text);
  }
  Subject subject;
  if (!fs::is_directory(path, error)) {
    if (!module.empty()) {
      return UsageError(context.Say("--module はフォルダーと使います。",
                                    "--module goes with a folder"));
    }
    subject.path = Shown(path);
    return subject;
  }
  if (module.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(subject.path, ModuleIn(context, path));
    WarnOfOldBuild(context, path, &subject);
  } else {
    subject.path = module;
  }
  for (const fs::path& file : FilesIn(path / "cases", ".case")) {
    subject.case_files.push_back(Shown(file));
  }
  return subject;
}

absl::StatusOr<std::string> FindWorker(const Context& context,
                                       const std::string& typed) {
  std::string program = typed;
  std::error_code error;
  if (program.empty()) {
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    program = (self.parent_path() / "shirube-rule-worker").string();
  }
  if (access(program.c_str(), X_OK) == 0) return program;
  const std::string why =
      std::error_code(errno, std::generic_category()).message();
  return KitError(
      context, absl::StatusCode::kUnavailable, "WORKER_UNAVAILABLE",
      "モジュールを動かすプログラム " + program + " を実行できません: " + why +
          "。--worker で指定してください。",
      "the program that runs modules, " + program + ", cannot be run: " + why +
          "; say where it is with --worker");
}

std::vector<cases::Case> ReadCases(const Subject& subject,
                                   const ModuleFile& file,
                                   std::vector<CaseProblem>* problems) {
  Reader reader(problems);
  for (const std::string& path : subject.case_files) {
    std::error_code error;
    if (fs::file_size(path, error) > (4u << 20) || error) {
      problems->push_back({CaseProblem::Kind::kUnreadable, path, 1,
                           "cannot be read, or is larger than 4 MiB",
                           "読めないか、4 MiBを超えています"});
      continue;
    }
    reader.Read(ReadText(path), path, /*first_line=*/1);
  }
  if (subject.case_files.empty()) {
    const bool text = file.language == ModuleLanguage::kLua;
    reader.Read(file.cases, text ? subject.path : subject.path + "[cases]",
                file.cases_line);
  }
  std::vector<cases::Case> cases = reader.Take();
  const std::vector<CaseProblem> found = ReviewCases(cases, *file.manifest);
  problems->insert(problems->end(), found.begin(), found.end());
  return cases;
}

}  // namespace shirube::cli
