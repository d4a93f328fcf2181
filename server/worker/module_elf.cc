#include "server/worker/module_elf.h"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <vector>

#include "rules/include/shirube/rule.h"

namespace shirube::worker {
namespace {

using frame::Finding;

#if defined(__x86_64__)
constexpr GElf_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr GElf_Half kMachine = EM_AARCH64;
#else
#error "no rule modules for this machine yet"
#endif

constexpr uint64_t kPage = 4096;              // the loader maps whole ones
constexpr size_t kMostDynamicEntries = 4096;  // a large library has fifty
constexpr char kEntry[] = "shirube_rule_v0";
constexpr std::string_view kOwner(SHIRUBE_NOTE_OWNER,
                                  sizeof(SHIRUBE_NOTE_OWNER));

// What the worker has loaded itself, so that no module makes it open a file.
constexpr std::string_view kAllowedLibraries[] = {"libc.so.6",
                                                  "libm.so.6",
                                                  "libstdc++.so.6",
                                                  "libgcc_s.so.1",
                                                  "ld-linux-x86-64.so.2",
                                                  "ld-linux-aarch64.so.1"};

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};

class Reader {
 public:
  Reader(std::string_view file, uint64_t file_bytes)
      : file_(file), file_bytes_(file_bytes) {}

  ModuleElf Read();

 private:
  bool ReadHeader();
  bool ReadSegments();
  bool ReadNotes();
  bool ReadDynamic();
  bool CheckDependencies();
  bool CheckExports();

  bool whole() const { return file_.size() == file_bytes_; }
  // Always false, so that checks end with it.
  bool Found(Finding finding, std::string_view subject = {},
             uint64_t value = 0);

  bool ReadNotesOf(const GElf_Phdr& segment);
  bool TakeNote(const GElf_Nhdr& note, std::string_view name, uint64_t at);
  bool TakeNoteBeyond(std::string_view chunk, uint64_t at);

  // The bytes of the file that the loader will map at `address`, as far as
  // their segment goes; empty where there are none.
  std::string_view At(uint64_t address) const;
  Elf_Data* Chunk(std::string_view bytes, Elf_Type type) const;
  // The string of the dynamic string table; empty behind its end.
  std::string_view String(uint64_t offset) const;
  const GElf_Dyn* Entry(int64_t tag) const;
  // How many dynamic symbols there are, by the tables the loader looks them up
  // in.
  uint64_t SymbolsCount() const;
  uint64_t GnuSymbolsCount() const;

  const std::string_view file_;
  const uint64_t file_bytes_;
  std::unique_ptr<Elf, ElfEnd> elf_;
  std::vector<GElf_Phdr> segments_;
  std::vector<GElf_Dyn> dynamic_;
  bool has_manifest_ = false;
  ModuleElf result_;
};

bool Reader::Found(Finding finding, std::string_view subject, uint64_t value) {
  result_.finding = finding;
  result_.value = value;
  const size_t bytes = std::min(subject.size(), sizeof(result_.subject) - 1);
  std::copy_n(subject.begin(), bytes, result_.subject);
  result_.subject[bytes] = '\0';
  return false;
}

bool Reader::ReadHeader() {
  elf_version(EV_CURRENT);
  // libelf only reads; its interface takes char*.
  elf_.reset(elf_memory(const_cast<char*>(file_.data()), file_.size()));
  GElf_Ehdr header;
  if (elf_ == nullptr || elf_kind(elf_.get()) != ELF_K_ELF ||
      gelf_getehdr(elf_.get(), &header) == nullptr) {
    return Found(Finding::kNotElf, "an ELF header");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != kMachine) {
    return Found(Finding::kWrongArch, {},
                 header.e_machine | uint64_t{header.e_ident[EI_CLASS]} << 16 |
                     uint64_t{header.e_ident[EI_DATA]} << 24);
  }
  if (header.e_type != ET_DYN) {
    return Found(Finding::kNotElf, "the type of a shared library");
  }
  return true;
}

bool Reader::ReadSegments() {
  size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) {
    return Found(Finding::kTruncated, "the table of its segments");
  }
  uint64_t mapped_to = 0;
  size_t dynamic_count = 0;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) == nullptr) {
      return Found(Finding::kTruncated, "the table of its segments");
    }
    if (segment.p_offset > file_bytes_ ||
        segment.p_filesz > file_bytes_ - segment.p_offset) {
      char name[32];
      std::snprintf(name, sizeof(name), "segment %zu", i);
      return Found(Finding::kTruncated, name);
    }
    dynamic_count += segment.p_type == PT_DYNAMIC;
    if (segment.p_type == PT_LOAD) {
      // One address, one meaning: what is checked is what is loaded.
      if (segment.p_vaddr / kPage * kPage < mapped_to ||
          segment.p_memsz < segment.p_filesz ||
          segment.p_vaddr > UINT64_MAX / 4 ||
          segment.p_memsz > UINT64_MAX / 4) {
        return Found(Finding::kNotElf, "segments that do not overlap");
      }
      mapped_to = (segment.p_vaddr + segment.p_memsz + kPage - 1) / kPage;
      mapped_to *= kPage;
    }
    segments_.push_back(segment);
  }
  if (dynamic_count != 1) {
    return Found(Finding::kNotElf, "one dynamic section");
  }
  return true;
}

bool Reader::TakeNote(const GElf_Nhdr& note, std::string_view name,
                      uint64_t at) {
  if (name != kOwner) return true;
  if (note.n_type == SHIRUBE_NOTE_MANIFEST) {
    if (note.n_descsz > frame::kMaxManifestBytes) {
      return Found(Finding::kManifestTooLarge, {}, note.n_descsz);
    }
    result_.manifest = file_.substr(at, note.n_descsz);
    has_manifest_ = true;
  } else if (note.n_type == SHIRUBE_NOTE_CASES) {
    if (note.n_descsz > frame::kMaxCasesBytes) {
      return Found(Finding::kCasesTooLarge, {}, note.n_descsz);
    }
    result_.cases = file_.substr(at, note.n_descsz);
  }
  return true;
}

// A note whose content reaches behind what is there: of interest if it is ours
// and too large anyhow.
bool Reader::TakeNoteBeyond(std::string_view chunk, uint64_t at) {
  GElf_Nhdr note;
  if (chunk.size() - at < sizeof(note)) return true;
  std::memcpy(&note, chunk.data() + at, sizeof(note));
  const std::string_view name = chunk.substr(at + sizeof(note), note.n_namesz);
  const uint32_t limit = note.n_type == SHIRUBE_NOTE_MANIFEST
                             ? frame::kMaxManifestBytes
                             : frame::kMaxCasesBytes;
  return note.n_descsz <= limit || TakeNote(note, name, 0);
}

bool Reader::ReadNotesOf(const GElf_Phdr& segment) {
  if (segment.p_offset >= file_.size()) return true;
  const std::string_view chunk =
      file_.substr(segment.p_offset, segment.p_filesz);
  Elf_Data* data =
      Chunk(chunk, segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
  if (data == nullptr) return true;
  // By offset in the data, which libelf may have copied to align it.
  size_t at = 0;
  while (at < data->d_size) {
    GElf_Nhdr note;
    size_t name_at = 0, content_at = 0;
    const size_t next = gelf_getnote(data, at, &note, &name_at, &content_at);
    if (next == 0) return TakeNoteBeyond(chunk, at);
    const std::string_view name = chunk.substr(name_at, note.n_namesz);
    if (!TakeNote(note, name, segment.p_offset + content_at)) return false;
    at = next;
  }
  return true;
}

bool Reader::ReadNotes() {
  for (const GElf_Phdr& segment : segments_) {
    if (segment.p_type == PT_NOTE && !ReadNotesOf(segment)) return false;
  }
  return has_manifest_ || Found(Finding::kNoManifest);
}

std::string_view Reader::At(uint64_t address) const {
  for (const GElf_Phdr& segment : segments_) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      const uint64_t skip = address - segment.p_vaddr;
      return file_.substr(segment.p_offset + skip, segment.p_filesz - skip);
    }
  }
  return {};
}

Elf_Data* Reader::Chunk(std::string_view bytes, Elf_Type type) const {
  return elf_getdata_rawchunk(elf_.get(), bytes.data() - file_.data(),
                              bytes.size(), type);
}

bool Reader::ReadDynamic() {
  for (const GElf_Phdr& segment : segments_) {
    if (segment.p_type != PT_DYNAMIC) continue;
    std::string_view bytes = At(segment.p_vaddr);
    bytes = bytes.substr(0, bytes.size() - bytes.size() % sizeof(Elf64_Dyn));
    Elf_Data* data = bytes.empty() ? nullptr : Chunk(bytes, ELF_T_DYN);
    GElf_Dyn entry;
    for (int i = 0; data != nullptr && gelf_getdyn(data, i, &entry) != nullptr;
         ++i) {
      if (entry.d_tag == DT_NULL) return true;
      // Of two tables the loader takes the last, and this the first.
      if (dynamic_.size() == kMostDynamicEntries ||
          (entry.d_tag != DT_NEEDED && Entry(entry.d_tag) != nullptr)) {
        return Found(Finding::kNotElf, "a dynamic section of single entries");
      }
      dynamic_.push_back(entry);
    }
  }
  return Found(Finding::kTruncated, "its dynamic section");
}

const GElf_Dyn* Reader::Entry(int64_t tag) const {
  for (const GElf_Dyn& entry : dynamic_) {
    if (entry.d_tag == tag) return &entry;
  }
  return nullptr;
}

std::string_view Reader::String(uint64_t offset) const {
  const GElf_Dyn* table = Entry(DT_STRTAB);
  if (table == nullptr) return {};
  const std::string_view strings = At(table->d_un.d_ptr);
  if (offset >= strings.size()) return {};
  const std::string_view rest = strings.substr(offset);
  const size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view()
                                       : rest.substr(0, end);
}

bool Reader::CheckDependencies() {
  // What would make the loader look for, or run, something else.
  constexpr struct {
    int64_t tag;
    std::string_view name;
  } kRefused[] = {{DT_RPATH, "a search path of its own (DT_RPATH)"},
                  {DT_RUNPATH, "a search path of its own (DT_RUNPATH)"},
                  {DT_AUDIT, "an auditor (DT_AUDIT)"},
                  {DT_DEPAUDIT, "an auditor (DT_DEPAUDIT)"},
                  {DT_FILTER, "a filter (DT_FILTER)"},
                  {DT_AUXILIARY, "a filter (DT_AUXILIARY)"},
                  {DT_CONFIG, "a configuration of the loader (DT_CONFIG)"}};
  for (const auto& refused : kRefused) {
    if (Entry(refused.tag) != nullptr) {
      return Found(Finding::kForbiddenDependency, refused.name);
    }
  }
  for (const GElf_Dyn& entry : dynamic_) {
    if (entry.d_tag != DT_NEEDED) continue;
    const std::string_view name = String(entry.d_un.d_val);
    if (std::find(std::begin(kAllowedLibraries), std::end(kAllowedLibraries),
                  name) == std::end(kAllowedLibraries)) {
      return Found(Finding::kForbiddenDependency, name);
    }
  }
  const GElf_Dyn* flags = Entry(DT_FLAGS_1);
  if (flags != nullptr && (flags->d_un.d_val & DF_1_PIE) != 0) {
    return Found(Finding::kNotElf, "the type of a shared library");
  }
  return true;
}

uint64_t Reader::SymbolsCount() const {
  const uint64_t gnu_count = GnuSymbolsCount();
  const GElf_Dyn* hash = Entry(DT_HASH);
  if (hash == nullptr) return gnu_count;
  uint32_t head[2] = {};
  const std::string_view table = At(hash->d_un.d_ptr);
  if (table.size() < sizeof(head)) return gnu_count;
  std::memcpy(head, table.data(), sizeof(head));
  return std::max<uint64_t>(head[1], gnu_count);
}

uint64_t Reader::GnuSymbolsCount() const {
  uint32_t head[4] = {};
  const GElf_Dyn* hash = Entry(DT_GNU_HASH);
  if (hash == nullptr) return 0;
  const std::string_view table = At(hash->d_un.d_ptr);
  if (table.size() < sizeof(head)) return 0;
  std::memcpy(head, table.data(), sizeof(head));
  const uint64_t buckets_count = head[0], first = head[1], words = head[2];
  const uint64_t buckets_at = sizeof(head) + words * 8;
  const uint64_t chains_at = buckets_at + buckets_count * 4;
  if (chains_at > table.size()) return 0;
  uint32_t last = 0;
  for (uint64_t i = 0; i < buckets_count; ++i) {
    uint32_t bucket = 0;
    std::memcpy(&bucket, table.data() + buckets_at + i * 4, 4);
    last = std::max(last, bucket);
  }
  if (last < first) return first;  // only what it needs from elsewhere
  for (uint64_t at = chains_at + uint64_t{last - first} * 4;
       at + 4 <= table.size(); at += 4, ++last) {
    uint32_t chain = 0;
    std::memcpy(&chain, table.data() + at, 4);
    if ((chain & 1) != 0) return uint64_t{last} + 1;
  }
  return 0;
}

bool Reader::CheckExports() {
  const GElf_Dyn* table = Entry(DT_SYMTAB);
  const std::string_view bytes =
      table == nullptr ? std::string_view() : At(table->d_un.d_ptr);
  const uint64_t count =
      std::min<uint64_t>(SymbolsCount(), bytes.size() / sizeof(Elf64_Sym));
  Elf_Data* data =
      count == 0 ? nullptr
                 : Chunk(bytes.substr(0, count * sizeof(Elf64_Sym)), ELF_T_SYM);
  bool has_entry = false;
  uint64_t extra = 0;
  char names[sizeof(result_.subject)] = {};
  size_t used = 0;
  GElf_Sym symbol;
  for (int i = 1; data != nullptr && gelf_getsym(data, i, &symbol) != nullptr;
       ++i) {
    const int visibility = GELF_ST_VISIBILITY(symbol.st_other);
    if (symbol.st_shndx == SHN_UNDEF ||
        GELF_ST_BIND(symbol.st_info) == STB_LOCAL ||
        (visibility != STV_DEFAULT && visibility != STV_PROTECTED)) {
      continue;
    }
    const std::string_view name = String(symbol.st_name);
    if (name == kEntry && GELF_ST_TYPE(symbol.st_info) == STT_FUNC) {
      has_entry = true;
      continue;
    }
    ++extra;
    if (used + name.size() + 2 < sizeof(names)) {
      used += static_cast<size_t>(std::snprintf(
          names + used, sizeof(names) - used, "%s%.*s", used == 0 ? "" : " ",
          static_cast<int>(name.size()), name.data()));
    }
  }
  if (!has_entry) return Found(Finding::kMissingSymbol);
  if (extra > 0) return Found(Finding::kExtraExports, names, extra);
  return true;
}

ModuleElf Reader::Read() {
  if (ReadHeader() && ReadSegments() && ReadNotes() && whole() &&
      ReadDynamic() && CheckDependencies() && CheckExports()) {
    result_.finding = Finding::kWell;
  }
  return result_;
}

}  // namespace

ModuleElf ReadModuleElf(std::string_view file, uint64_t file_bytes) {
  return Reader(file, file_bytes).Read();
}

}  // namespace shirube::worker
