#include "tests/rules/loaded_module.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "server/worker/lua/rule.h"
#include "server/worker/module_lua.h"
#include "tests/paths.h"

namespace shirube::rules_test {
namespace {

constexpr uint32_t kFacts = 6;

std::string NoteIn(Elf_Data* data, uint32_t type) {
  GElf_Nhdr header;
  size_t name = 0, content = 0, at = 0;
  while ((at = gelf_getnote(data, at, &header, &name, &content)) != 0) {
    const char* bytes = static_cast<const char*>(data->d_buf);
    const std::string_view owner(SHIRUBE_NOTE_OWNER);
    if (header.n_type == type && header.n_namesz == owner.size() + 1 &&
        std::string_view(bytes + name, owner.size()) == owner) {
      return std::string(bytes + content, header.n_descsz);
    }
  }
  return "";
}

bool IsLua(const std::string& path) { return path.ends_with(".lua"); }

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::string ModuleUnderTest::PathOf(const std::string& id) {
  const std::string stem = std::string(SHIRUBE_BINARY_DIR) + "/rules/" + id;
  return stem + (std::filesystem::exists(stem + ".lua") ? ".lua" : ".so");
}

ModuleUnderTest ModuleUnderTest::At(const std::string& path) {
  ModuleUnderTest module;
  if (IsLua(path)) {
    module.text_ = Read(path);
    return module;
  }
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "cannot load %s: %s\n", path.c_str(), dlerror());
    std::abort();
  }
  using Entry = const shirube_rule* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, "shirube_rule_v0"));
  module.rule_ = entry();
  return module;
}

const shirube_rule* ModuleUnderTest::rule() const {
  return rule_ != nullptr ? rule_ : lua::RuleOf(text_);
}

Answers ModuleUnderTest::Ask(const shirube_batch* batch, const uint32_t* rows,
                             uint32_t n) const {
  Answers answers;
  answers.answer.assign(n, SHIRUBE_UNSET);
  answers.reason.assign(n, 0xEEEE);
  answers.judged_point.assign(n, 0xEEEE);
  const uint32_t facts = batch->want_facts ? kFacts : 0;
  answers.numerator.assign(size_t{facts} * n, {});
  answers.denominator.assign(size_t{facts} * n, {});
  shirube_verdicts verdicts = {};
  verdicts.struct_size = sizeof(verdicts);
  verdicts.facts_count = facts;
  verdicts.answer = answers.answer.data();
  verdicts.reason = answers.reason.data();
  verdicts.judged_point = answers.judged_point.data();
  verdicts.fact_numerator = answers.numerator.data();
  verdicts.fact_denominator = answers.denominator.data();
  verdicts.facts_stride = n;
  void* state = nullptr;
  const shirube_rule* const rule = this->rule();
  if (rule->create(&state) != 0 ||
      rule->evaluate(state, batch, rows, n, &verdicts) != 0) {
    std::fprintf(stderr, "a module refused a valid batch: %s\n",
                 text_.empty() ? "" : lua::LastFailure().text);
    std::abort();
  }
  rule->destroy(state);
  return answers;
}

std::string ModuleUnderTest::Note(const std::string& path, uint32_t type) {
  if (IsLua(path)) {
    const std::string text = Read(path);
    const worker::ModuleLua found = worker::ReadModuleLua(text, text.size());
    return std::string(type == SHIRUBE_NOTE_MANIFEST ? found.manifest
                                                     : found.cases);
  }
  elf_version(EV_CURRENT);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Elf* elf = elf_begin(file, ELF_C_READ, nullptr);
  std::string found;
  size_t segments = 0;
  if (elf != nullptr) elf_getphdrnum(elf, &segments);
  for (size_t i = 0; i < segments && found.empty(); ++i) {
    GElf_Phdr header;
    gelf_getphdr(elf, static_cast<int>(i), &header);
    if (header.p_type != PT_NOTE) continue;
    Elf_Data* data = elf_getdata_rawchunk(
        elf, static_cast<int64_t>(header.p_offset), header.p_filesz,
        header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    if (data != nullptr) found = NoteIn(data, type);
  }
  elf_end(elf);
  close(file);
  return found;
}

}  // namespace shirube::rules_test
