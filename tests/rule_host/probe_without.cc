// probe_without landlock|seccomp WORKER: takes a layer of confinement away, as
// an old kernel or a container would, and prints what the host finds: a line a
// layer, whether it could be required, and whether a module runs all the same.
#include <seccomp.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "server/domain/violation.h"
#include "server/rule_host/confinement.h"
#include "server/rule_host/file_copy.h"
#include "server/rule_host/worker_process.h"

namespace shirube {
namespace {

bool TakeAway(const std::string& layer) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  const uint32_t missing = SCMP_ACT_ERRNO(ENOSYS);
  if (layer == "landlock") {
    // Newer than the release's libseccomp may know by name.
    seccomp_rule_add(filter, missing, 444, 0);
  } else {
    seccomp_rule_add(filter, missing, SCMP_SYS(seccomp), 0);
    seccomp_rule_add(filter, missing, SCMP_SYS(prctl), 1,
                     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
  }
  const bool taken = seccomp_load(filter) == 0;
  seccomp_release(filter);
  return taken;
}

void RunModule(Spawner* spawner, const std::string& worker) {
  std::ifstream file(SHIRUBE_TINY_MODULES "/steady.so", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const frame::Fd columns = frame::CreateMemoryFile("columns", 4096);
  FrozenCopy copy;
  ModuleProblem problem = CopyBytes(bytes, &copy);
  const auto started =
      WorkerProcess::Start(spawner, {.program = worker}, copy.memory.get(),
                           {columns.get(), nullptr, 4096}, &problem);
  std::printf("module: %s\n",
              started != nullptr ? "READY" : problem.detail.c_str());
}

int Main(const std::string& layer, const std::string& worker) {
  if (!TakeAway(layer)) return 3;
  Spawner spawner;
  auto confinement = ProbeConfinement(&spawner, worker, 64 << 20);
  if (!confinement.ok()) {
    std::printf("%s\n", confinement.status().ToString().c_str());
    return 4;
  }
  for (const ConfinementLayer& found : confinement->layers) {
    std::printf("%s: %s\n", found.name.c_str(), found.detail.c_str());
  }
  const absl::Status required = RequireLayers({layer}, &*confinement);
  std::printf("required: %s %s\n",
              absl::StatusCodeToString(required.code()).c_str(),
              DetailsOf(required).reason.c_str());
  RunModule(&spawner, worker);
  return 0;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  return argc == 3 ? shirube::Main(argv[1], argv[2]) : 2;
}
