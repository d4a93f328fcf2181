#include "server/worker/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace shirube::worker {
namespace {

// Ours, because the headers of a release are older than the kernels it meets.
#ifdef SYS_landlock_create_ruleset
constexpr long kCreateRuleset = SYS_landlock_create_ruleset;
constexpr long kRestrictSelf = SYS_landlock_restrict_self;
#else
constexpr long kCreateRuleset = 444;
constexpr long kRestrictSelf = 446;
#endif
constexpr uint32_t kAskVersion = 1;

struct RulesetAttributes {
  uint64_t handled_access_fs;
  uint64_t handled_access_net;  // from ABI 4
  uint64_t scoped;              // from ABI 6
};

// Every right that this version can take away.
RulesetAttributes EverythingOf(int abi) {
  int fs_rights = 13;            // execute … make_sym
  if (abi >= 2) fs_rights = 14;  // refer
  if (abi >= 3) fs_rights = 15;  // truncate
  if (abi >= 5) fs_rights = 16;  // ioctl_dev
  RulesetAttributes attributes = {};
  attributes.handled_access_fs = (uint64_t{1} << fs_rights) - 1;
  if (abi >= 4) attributes.handled_access_net = 3;  // bind_tcp, connect_tcp
  if (abi >= 6) attributes.scoped = 3;  // abstract_unix_socket, signal
  return attributes;
}

}  // namespace

int RestrictByLandlock(int32_t* abi) {
  const long version = syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  if (version < 1) return version < 0 ? errno : ENOSYS;
  *abi = static_cast<int32_t>(version);
  const RulesetAttributes attributes = EverythingOf(*abi);
  // Fields the kernel does not know are zero, which it takes.
  const int rules = static_cast<int>(
      syscall(kCreateRuleset, &attributes, sizeof(attributes), 0));
  if (rules < 0) return errno;
  const int error = syscall(kRestrictSelf, rules, 0) == 0 ? 0 : errno;
  close(rules);
  return error;
}

}  // namespace shirube::worker
