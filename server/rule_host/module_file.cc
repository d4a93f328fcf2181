#include "server/rule_host/module_file.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"
#include "server/rule_host/file_copy.h"
#include "server/rule_host/self_test.h"

namespace shirube {
namespace {

// While the major version is 0 every minor version is another ABI.
ModuleProblem CheckVersion(const char* what,
                           std::pair<uint32_t, uint32_t> theirs,
                           ModuleLanguage language) {
  const auto ours = std::pair(uint32_t{SHIRUBE_RULE_ABI_MAJOR},
                              uint32_t{SHIRUBE_RULE_ABI_MINOR});
  if (theirs == ours) return {};
  const std::string theirs_word =
      absl::StrCat(theirs.first, ".", theirs.second);
  const std::string our_word = absl::StrCat(ours.first, ".", ours.second);
  const bool lua = language == ModuleLanguage::kLua;
  return {
      theirs > ours ? ModuleReason::kAbiTooNew : ModuleReason::kAbiTooOld,
      absl::StrCat(lua ? "written for " : "built for ", what, " ", theirs_word,
                   ", this server speaks ", our_word,
                   lua ? "; take the version for this server, or change the "
                         "manifest once the source fits"
                       : "; build it with this server's rule.h"),
      absl::StrCat(what, " ", theirs_word, " 用です。このサーバーは ", our_word,
                   lua ? " です。このサーバー用の版を使うか、ソースを合わせて"
                         "からマニフェストを直してください"
                       : " です。このサーバーの rule.h でビルドしてください")};
}

// The columns a module reads are those of its header.
ModuleProblem CheckAbi(const Manifest& manifest, ModuleLanguage language) {
  ModuleProblem problem =
      CheckVersion("ABI", {manifest.abi_major, manifest.abi_minor}, language);
  if (!problem.ok()) return problem;
  return CheckVersion("data schema",
                      {manifest.schema_major, manifest.schema_minor}, language);
}

ModuleProblem CheckHash(const std::string& found, const std::string& expected) {
  if (expected.empty() || found == expected) return {};
  return {ModuleReason::kHashMismatch,
          absl::StrCat("its sha256 is ", found, ", expected is ", expected,
                       "; put the expected file there, or name this one"),
          absl::StrCat("sha256 は ", found, " で、期待した ", expected,
                       " と違います。正しいファイルを置くか、この sha256 を指定"
                       "してください")};
}

ModuleProblem TooLarge(uint64_t bytes) {
  return {ModuleReason::kFileTooLarge,
          absl::StrCat("has ", bytes, " bytes; a module has at most ",
                       kMaxModuleBytes, ": strip it"),
          absl::StrCat(bytes, " バイトあります。モジュールの上限は ",
                       kMaxModuleBytes, " バイトです。strip してください")};
}

// What a file of this name is to be; nothing where it has another end.
std::optional<ModuleLanguage> LanguageOfName(std::string_view path) {
  if (path.ends_with(".lua")) return ModuleLanguage::kLua;
  if (path.ends_with(".so")) return ModuleLanguage::kNative;
  return std::nullopt;
}

ModuleProblem ReadManifest(const std::string& id, Inspection inspection,
                           ModuleFile* file) {
  file->language = inspection.language;
  file->cases_line = inspection.cases_line;
  file->manifest_json = std::move(inspection.manifest);
  file->cases = std::move(inspection.cases);
  absl::StatusOr<Manifest> manifest = ParseManifest(file->manifest_json);
  if (!manifest.ok()) {
    const std::string why(manifest.status().message());
    return {ModuleReason::kManifestInvalid, why,
            absl::StrCat("マニフェストが正しくありません: ", why)};
  }
  if (manifest->id != id) {
    return {ModuleReason::kManifestInvalid,
            absl::StrCat("manifest: id: \"", manifest->id,
                         "\" must be the file's name \"", id, "\""),
            absl::StrCat("マニフェストの id \"", manifest->id,
                         "\" がファイル名 \"", id, "\" と違います")};
  }
  file->manifest = std::make_shared<const Manifest>(*std::move(manifest));
  ModuleProblem problem = CheckAbi(*file->manifest, file->language);
  // Here, once: it takes a while for a text of megabytes.
  if (problem.ok()) file->cases_count = CountCases(file->cases);
  return problem;
}

// What is checked of a copy, wherever it came from.
ModuleProblem Verify(FrozenCopy copy, const std::string& id,
                     const std::string& expected_sha256,
                     std::optional<ModuleLanguage> named,
                     const Inspector& inspector, ModuleFile* file) {
  file->size = copy.file_bytes;
  file->sha256 = std::move(copy.sha256);
  if (copy.whole) {
    ModuleProblem problem = CheckHash(file->sha256, expected_sha256);
    if (!problem.ok()) return problem;
  }
  Inspection inspection;
  ModuleProblem problem =
      inspector.Inspect(copy.memory.get(), copy.file_bytes, &inspection, named);
  if (!copy.whole && problem.reason != ModuleReason::kManifestTooLarge) {
    return TooLarge(copy.file_bytes);
  }
  if (!problem.ok()) return problem;
  problem = ReadManifest(id, std::move(inspection), file);
  if (problem.ok()) file->memory = std::move(copy.memory);
  return problem;
}

}  // namespace

absl::StatusOr<std::string> ModuleFile::Bytes() const {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = pread(memory.get(), bytes.data() + got,
                            bytes.size() - got, static_cast<off_t>(got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      return absl::InternalError(
          absl::StrCat("module ", sha256, ": its memory cannot be read"));
    }
    got += static_cast<size_t>(n);
  }
  return bytes;
}

ModuleProblem ReadModuleFile(const std::string& path, const std::string& id,
                             const std::string& expected_sha256,
                             const Inspector& inspector, ModuleFile* file) {
  file->file = path.substr(path.rfind('/') + 1);
  FrozenCopy copy;
  ModuleProblem problem = CopyFile(path, kMaxModuleBytes, &copy);
  if (!problem.ok()) return problem;
  return Verify(std::move(copy), id, expected_sha256, LanguageOfName(path),
                inspector, file);
}

ModuleProblem ReadModuleBytes(std::string_view bytes, const std::string& id,
                              const std::string& expected_sha256,
                              const Inspector& inspector, ModuleFile* file) {
  if (bytes.size() > kMaxModuleBytes) return TooLarge(bytes.size());
  FrozenCopy copy;
  ModuleProblem problem = CopyBytes(bytes, &copy);
  if (!problem.ok()) return problem;
  return Verify(std::move(copy), id, expected_sha256, std::nullopt, inspector,
                file);
}

}  // namespace shirube
