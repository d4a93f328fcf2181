#include "server/rule_host/confinement.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/violation.h"
#include "server/rule_host/child.h"
#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/memory_file.h"

namespace shirube {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(10);

struct LayerWords {
  frame::Layer layer;
  const char* name;
  const char* does;
};

constexpr LayerWords kLayers[] = {
    {frame::kSeccomp, "seccomp",
     "system calls: its own memory and its socket, nothing else"},
    {frame::kLandlock, "landlock",
     "no file, port, signal or abstract socket outside of the worker"},
    {frame::kRlimits, "rlimits",
     "memory, CPU time, stack; no descriptor, process or file of its own"},
    {frame::kNoNewPrivileges, "no_new_privs",
     "gains no privileges, leaves no core, cannot be traced"},
    {frame::kSealedMemory, "sealed_memory",
     "runs from memory that nobody can change"}};

std::string DetailOf(const LayerWords& words,
                     const frame::LayerReport& report) {
  if ((report.active >> words.layer & 1) == 0) {
    return absl::StrCat("not active: ",
                        std::strerror(report.error[words.layer]));
  }
  if (words.layer == frame::kLandlock) {
    return absl::StrCat(words.does, " (ABI ", report.landlock_abi, ")");
  }
  return words.does;
}

Confinement FromReport(const frame::LayerReport& report) {
  Confinement confinement;
  for (const LayerWords& words : kLayers) {
    confinement.layers.push_back(
        {.name = words.name,
         .active = (report.active >> words.layer & 1) != 0,
         .detail = DetailOf(words, report)});
  }
  return confinement;
}

absl::Status NoProbe(const std::string& program, const std::string& why) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WORKER_UNAVAILABLE",
      absl::StrCat("worker_program ", program, " does not work: ", why,
                   "; build it together with this server"),
      absl::StrCat("worker_program ", program, " が動きません: ", why,
                   "。このサーバーと一緒にビルドしてください。"));
}

}  // namespace

absl::StatusOr<Confinement> ProbeConfinement(Spawner* spawner,
                                             const std::string& worker_program,
                                             uint64_t memory_limit_bytes) {
  int sockets[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return NoProbe(worker_program, std::strerror(errno));
  }
  const frame::Fd ours(sockets[0]);
  frame::Fd theirs(sockets[1]);
  // In place of a module: something that is sealed like one.
  const frame::Fd sealed = frame::CreateMemoryFile("shirube-probe", 1);
  if (!sealed.valid() ||
      !frame::SealMemoryFile(sealed.get(), frame::Seal::kFrozen)) {
    return NoProbe(worker_program, std::strerror(errno));
  }
  Child child;
  const int error =
      child.Start(spawner, worker_program, frame::kModeProbe,
                  memory_limit_bytes, {theirs.get(), sealed.get()});
  if (error != 0) return NoProbe(worker_program, std::strerror(error));
  theirs.Reset();
  const std::optional<siginfo_t> end = child.Await(kDeadline);
  frame::Greeting greeting;
  const ssize_t got =
      recv(ours.get(), &greeting, sizeof(greeting), MSG_DONTWAIT | MSG_TRUNC);
  if (!end.has_value() || got != sizeof(greeting) ||
      greeting.header.magic != frame::kControlMagic ||
      greeting.header.version != frame::kControlVersion) {
    return NoProbe(worker_program, "it said no proper greeting");
  }
  return FromReport(greeting.layers);
}

absl::Status RequireLayers(const std::vector<std::string>& required,
                           Confinement* confinement) {
  std::vector<std::string> missing;
  for (const std::string& name : required) {
    const auto at = std::find_if(
        confinement->layers.begin(), confinement->layers.end(),
        [&](const ConfinementLayer& layer) { return layer.name == name; });
    if (at == confinement->layers.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "required_layers: \"", name,
          "\" is none of seccomp, landlock, rlimits, no_new_privs, "
          "sealed_memory"));
    }
    at->required = true;
    if (!at->active)
      missing.push_back(absl::StrCat(name, " (", at->detail, ")"));
  }
  if (missing.empty()) return absl::OkStatus();
  const std::string list = absl::StrJoin(missing, ", ");
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CONFINEMENT_MISSING",
      absl::StrCat("rule modules cannot be confined as required: ", list,
                   "; run on a kernel (and in a container) that allows it, or "
                   "require less"),
      absl::StrCat("判定モジュールを必要な水準で隔離できません: ", list,
                   "。これを許すカーネル(コンテナー)で動かすか、必須の指定を"
                   "減らしてください。"));
}

}  // namespace shirube
