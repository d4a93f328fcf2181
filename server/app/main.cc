// shirubed: starts the server, waits for a signal, drains.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "server/app/options.h"
#include "server/app/server.h"
#include "server/base/logging.h"
#include "server/domain/violation.h"

namespace {

// Blocked before the first thread is made, so that every thread inherits it and
// the main thread alone takes the signals, by sigwait.
sigset_t BlockEndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// A connection costs a file: with the usual 1024, so many callers that say
// nothing would keep all others out.
void AllowManyFiles() {
  constexpr rlim_t kFiles = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kFiles) return;
  limit.rlim_cur = std::min(limit.rlim_max, kFiles);
  setrlimit(RLIMIT_NOFILE, &limit);
}

void PrintError(const absl::Status& status) {
  const shirube::ErrorDetails details = shirube::DetailsOf(status);
  std::fprintf(stderr, "shirubed: %s\n", details.en.c_str());
  if (!details.ja.empty() && details.ja != details.en) {
    std::fprintf(stderr, "shirubed: %s\n", details.ja.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto command_line = shirube::ParseCommandLine(argc, argv, &exit_code);
  if (!command_line) return exit_code;
  shirube::SetLogLevel(command_line->log_level);
  const sigset_t signals = BlockEndingSignals();
  AllowManyFiles();

  auto server = shirube::Server::Start(command_line->server);
  if (!server.ok()) {
    PrintError(server.status());
    return 1;
  }
  std::printf("listening on %s\n", (*server)->address().c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  shirube::LogInfo("signal ", signal, ": draining");
  (*server)->Drain();
  server->reset();
  shirube::LogInfo("stopped");
  return 0;
}
