#include "server/rule_host/system_call.h"

#include <seccomp.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

constexpr uint32_t kX32Bit = 0x4000'0000;

struct Dialect {
  uint32_t architecture;
  const char* prefix;
};

Dialect DialectOf(uint32_t architecture, uint32_t number) {
  if (architecture == SCMP_ARCH_X86_64 && (number & kX32Bit) != 0) {
    return {SCMP_ARCH_X32, "x32 "};
  }
  if (architecture == seccomp_arch_native()) return {architecture, ""};
  if (architecture == SCMP_ARCH_X86) return {architecture, "i386 "};
  return {architecture, "foreign "};
}

}  // namespace

std::string SystemCallName(uint32_t architecture, uint32_t number) {
  const Dialect dialect = DialectOf(architecture, number);
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(dialect.architecture,
                                       static_cast<int>(number)),
      std::free);
  if (name == nullptr) return absl::StrCat(dialect.prefix, "call ", number);
  return absl::StrCat(dialect.prefix, name.get());
}

}  // namespace shirube
