#include "server/rule_host/elf_notes.h"

#include <gelf.h>
#include <libelf.h>

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"

namespace shirube {
namespace {

#if defined(__x86_64__)
constexpr GElf_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr GElf_Half kMachine = EM_AARCH64;
#else
#error "no rule modules for this machine yet"
#endif

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

// Takes our notes out of one segment or section of notes.
void ReadNotes(Elf_Data* data, ModuleNotes* notes, bool* found_manifest) {
  size_t offset = 0;
  GElf_Nhdr header;
  size_t name_at = 0, content_at = 0;
  while (offset < data->d_size &&
         (offset = gelf_getnote(data, offset, &header, &name_at, &content_at)) >
             0) {
    const char* bytes = static_cast<const char*>(data->d_buf);
    const std::string_view name(bytes + name_at, header.n_namesz);
    if (name !=
        std::string_view(SHIRUBE_NOTE_OWNER, sizeof(SHIRUBE_NOTE_OWNER))) {
      continue;
    }
    const std::string_view content(bytes + content_at, header.n_descsz);
    if (header.n_type == SHIRUBE_NOTE_MANIFEST) {
      notes->manifest = content;
      *found_manifest = true;
    } else if (header.n_type == SHIRUBE_NOTE_CASES) {
      notes->cases = content;
    }
  }
}

ModuleProblem CheckHeader(Elf* elf, const GElf_Ehdr& header) {
  if (gelf_getclass(elf) != ELFCLASS64 || header.e_machine != kMachine ||
      header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return {ModuleReason::kWrongArch,
            absl::StrCat("built for ELF machine ", header.e_machine,
                         ", this server runs on ", kMachine)};
  }
  if (header.e_type != ET_DYN) {
    return {ModuleReason::kNotElf,
            "is no shared library; link it with -shared"};
  }
  return {};
}

}  // namespace

ModuleProblem ReadModuleNotes(std::string_view file, ModuleNotes* notes) {
  elf_version(EV_CURRENT);
  // libelf only reads; its interface takes char*.
  const ElfHandle elf(elf_memory(const_cast<char*>(file.data()), file.size()));
  GElf_Ehdr header;
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF ||
      gelf_getehdr(elf.get(), &header) == nullptr) {
    return {ModuleReason::kNotElf, "is no ELF file; build a shared library"};
  }
  if (ModuleProblem problem = CheckHeader(elf.get(), header); !problem.ok()) {
    return problem;
  }
  size_t segments = 0;
  if (elf_getphdrnum(elf.get(), &segments) != 0) {
    return {ModuleReason::kTruncated, "its program headers cannot be read"};
  }
  bool found_manifest = false;
  for (size_t i = 0; i < segments; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &segment) == nullptr) {
      return {ModuleReason::kTruncated, "its program headers cannot be read"};
    }
    if (segment.p_offset > file.size() ||
        segment.p_filesz > file.size() - segment.p_offset) {
      return {ModuleReason::kTruncated,
              absl::StrCat("segment ", i, " ends behind the file of ",
                           file.size(), " bytes")};
    }
    if (segment.p_type != PT_NOTE) continue;
    Elf_Data* data = elf_getdata_rawchunk(
        elf.get(), static_cast<int64_t>(segment.p_offset), segment.p_filesz,
        segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    if (data != nullptr) ReadNotes(data, notes, &found_manifest);
  }
  if (!found_manifest) {
    return {ModuleReason::kNoManifest,
            "has no manifest note of owner \"" SHIRUBE_NOTE_OWNER
            "\"; build it with its manifest.json"};
  }
  if (notes->manifest.size() > kMaxManifestBytes) {
    return {ModuleReason::kManifestTooLarge,
            absl::StrCat("manifest of ", notes->manifest.size(),
                         " bytes; at most ", kMaxManifestBytes)};
  }
  return {};
}

}  // namespace shirube
