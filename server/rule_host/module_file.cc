#include "server/rule_host/module_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"
#include "server/rule_host/digest.h"
#include "server/rule_host/elf_notes.h"

namespace shirube {
namespace {

// Reads the whole regular file; a link is none, because what it points to can
// be changed by somebody else.
ModuleProblem ReadBytes(const std::string& path, std::string* bytes) {
  const frame::Fd fd(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) {
    if (errno == ENOENT) {
      return {ModuleReason::kNotFound, absl::StrCat("there is no ", path)};
    }
    return {ModuleReason::kNotARegularFile,
            absl::StrCat(
                path, " cannot be opened as a file: ", std::strerror(errno))};
  }
  struct stat info = {};
  if (fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return {ModuleReason::kNotARegularFile,
            absl::StrCat(path, " is no regular file")};
  }
  if (static_cast<uint64_t>(info.st_size) > kMaxModuleBytes) {
    return {ModuleReason::kNotElf,
            absl::StrCat(path, " has ", info.st_size, " bytes; at most ",
                         kMaxModuleBytes)};
  }
  bytes->resize(static_cast<size_t>(info.st_size));
  size_t got = 0;
  while (got < bytes->size()) {
    const ssize_t n = read(fd.get(), bytes->data() + got, bytes->size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += static_cast<size_t>(n);
  }
  if (got < bytes->size()) {
    return {ModuleReason::kTruncated,
            absl::StrCat(path, " ended after ", got, " of ", bytes->size(),
                         " bytes")};
  }
  return {};
}

bool Freeze(std::string_view bytes, const std::string& id, frame::Fd* memory) {
  frame::Fd fd = frame::CreateMemoryFile(id.c_str(), bytes.size());
  if (!fd.valid()) return false;
  size_t put = 0;
  while (put < bytes.size()) {
    const ssize_t n = write(fd.get(), bytes.data() + put, bytes.size() - put);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    put += static_cast<size_t>(n);
  }
  if (!frame::SealMemoryFile(fd.get(), frame::Seal::kFrozen)) return false;
  *memory = std::move(fd);
  return true;
}

// While the major version is 0 every minor version is another ABI.
ModuleProblem CheckAbi(const Manifest& manifest) {
  const auto built = std::pair(manifest.abi_major, manifest.abi_minor);
  const auto ours = std::pair(uint32_t{SHIRUBE_RULE_ABI_MAJOR},
                              uint32_t{SHIRUBE_RULE_ABI_MINOR});
  if (built == ours) return {};
  return {built > ours ? ModuleReason::kAbiTooNew : ModuleReason::kAbiTooOld,
          absl::StrCat("built for ABI ", built.first, ".", built.second,
                       ", this server speaks ", ours.first, ".", ours.second,
                       "; build it with this server's rule.h")};
}

}  // namespace

ModuleProblem ReadModuleFile(const std::string& path, const std::string& id,
                             ModuleFile* file) {
  std::string bytes;
  if (ModuleProblem problem = ReadBytes(path, &bytes); !problem.ok()) {
    return problem;
  }
  return ReadModuleBytes(bytes, id, file);
}

ModuleProblem ReadModuleBytes(std::string_view view, const std::string& id,
                              ModuleFile* file) {
  const std::string bytes(view);
  file->sha256 = Sha256Hex(bytes);
  ModuleNotes notes;
  if (ModuleProblem problem = ReadModuleNotes(bytes, &notes); !problem.ok()) {
    return problem;
  }
  absl::StatusOr<Manifest> manifest = ParseManifest(notes.manifest);
  if (!manifest.ok()) {
    return {ModuleReason::kManifestInvalid,
            std::string(manifest.status().message())};
  }
  if (manifest->id != id) {
    return {ModuleReason::kManifestInvalid,
            absl::StrCat("manifest: id: \"", manifest->id,
                         "\" must be the file's name \"", id, "\"")};
  }
  file->manifest = std::make_shared<const Manifest>(*std::move(manifest));
  file->cases = std::move(notes.cases);
  if (ModuleProblem problem = CheckAbi(*file->manifest); !problem.ok()) {
    return problem;
  }
  if (!Freeze(bytes, id, &file->memory)) {
    return {ModuleReason::kWorkerUnavailable,
            absl::StrCat("no memory file for it: ", std::strerror(errno))};
  }
  return {};
}

}  // namespace shirube
