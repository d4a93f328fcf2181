#include "tests/e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "tests/paths.h"

extern char** environ;

namespace shirube::e2e {
namespace {

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Wait(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return ExitCode(status);
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& s : strings) pointers.push_back(s.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The test's own, with what is given instead of what had its name.
std::vector<std::string> Environment(const std::vector<std::string>& given) {
  std::set<std::string> names;
  for (const std::string& one : given)
    names.insert(one.substr(0, one.find('=')));
  std::vector<std::string> all = given;
  for (char** v = environ; *v != nullptr; ++v) {
    const std::string one = *v;
    if (!names.contains(one.substr(0, one.find('=')))) all.push_back(one);
  }
  return all;
}

// Starts a program with the three standard descriptors, in a group of its own
// where `own_group`.
pid_t Spawn(std::vector<std::string> arguments,
            const std::vector<std::string>& environment, int in, int out,
            int err, bool own_group = false) {
  std::vector<std::string> variables = Environment(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (own_group) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  posix_spawn(&pid, arguments[0].c_str(), &actions, &attributes,
              Pointers(arguments).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return pid;
}

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == 0) read = ends[0], write = ends[1];
  }
  ~Pipe() { CloseRead(), CloseWrite(); }
  void CloseRead() {
    if (read >= 0) close(read);
    read = -1;
  }
  void CloseWrite() {
    if (write >= 0) close(write);
    write = -1;
  }
  int read = -1, write = -1;
};

// Reads what there is; false at the end of the stream.
bool ReadSome(int fd, std::string* text) {
  char buffer[65536];
  ssize_t n = read(fd, buffer, sizeof(buffer));
  if (n > 0) text->append(buffer, static_cast<size_t>(n));
  return n > 0;
}

}  // namespace

TempDir::TempDir() {
  std::string name =
      (std::filesystem::temp_directory_path() / "shirube-e2e-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

CommandResult RunProgram(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment,
                         const std::string& input) {
  TempDir folder;
  const std::string in_path = folder / "in";
  int in = open(in_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (write(in, input.data(), input.size()) < 0) return {};
  lseek(in, 0, SEEK_SET);
  Pipe out, err;
  pid_t pid = Spawn(arguments, environment, in, out.write, err.write);
  close(in);
  out.CloseWrite();
  err.CloseWrite();
  CommandResult result;
  if (pid < 0) return result;
  pollfd polled[2] = {{out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
  std::string* texts[2] = {&result.out, &result.err};
  for (int left = 2; left > 0;) {
    if (poll(polled, 2, -1) < 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      if (!ReadSome(polled[i].fd, texts[i])) {
        polled[i].fd = -1;
        --left;
      }
    }
  }
  result.exit_code = Wait(pid);
  return result;
}

Program::Program(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment, Children children)
    : children_(children) {
  Pipe output;
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pid_ = Spawn(arguments, environment, null, output.write, output.write,
               children == Children::kWithIt);
  close(null);
  output.CloseWrite();
  // Read on, or a full pipe would stop it at a line that it prints.
  const int log = fcntl(output.read, F_DUPFD_CLOEXEC, 0);
  drain_ = std::thread(&Program::Drain, this, log);
}

Program::~Program() {
  if (pid_ > 0) End(SIGKILL);
  if (drain_.joinable()) drain_.join();
}

void Program::Drain(int log) {
  for (std::string text; ReadSome(log, &text); text.clear()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    log_ += text;
    more_.notify_all();
  }
  close(log);
  const std::lock_guard<std::mutex> lock(mutex_);
  ended_ = true;
  more_.notify_all();
}

std::string Program::Log() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return log_;
}

bool Program::WaitForLog(const std::function<bool(const std::string&)>& enough,
                         std::chrono::seconds limit) const {
  std::unique_lock<std::mutex> lock(mutex_);
  more_.wait_for(lock, limit, [&] { return ended_ || enough(log_); });
  return enough(log_);
}

int Program::End(int signal) {
  if (pid_ <= 0) return -1;
  kill(children_ == Children::kWithIt ? -pid_ : pid_, signal);
  return AwaitEnd();
}

int Program::AwaitEnd() {
  if (pid_ <= 0) return -1;
  const int code = Wait(pid_);
  pid_ = -1;
  return code;
}

std::unique_ptr<Server> Server::Start(const std::vector<std::string>& arguments,
                                      CommandResult* failure,
                                      const std::string& wrapper) {
  std::vector<std::string> command;
  if (!wrapper.empty()) command.push_back(wrapper);
  command.push_back(Binary("shirubed"));
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto server = std::unique_ptr<Server>(new Server(command));
  constexpr std::string_view kReady = "listening on ";
  const auto listens = [&](const std::string& log) {
    const size_t at = log.find(kReady);
    const size_t end = at == std::string::npos ? at : log.find('\n', at);
    if (end == std::string::npos) return false;
    const size_t from = at + kReady.size();
    server->address_ = log.substr(from, end - from);
    return true;
  };
  if (server->program_.WaitForLog(listens)) return server;
  const CommandResult ended{server->program_.AwaitEnd(), "", server->Log()};
  if (failure != nullptr) *failure = ended;
  return nullptr;
}

bool Server::WaitForLog(const std::string& text) const {
  return program_.WaitForLog([&](const std::string& log) {
    return log.find(text) != std::string::npos;
  });
}

CommandResult Server::Shirube(std::vector<std::string> arguments,
                              const std::string& input) const {
  arguments.insert(arguments.begin(), Binary("shirube"));
  return RunProgram(
      arguments, {"SHIRUBE_SERVER=" + address_, "SHIRUBE_LANGUAGE=ja"}, input);
}

std::string Binary(const std::string& name) {
  return std::string(SHIRUBE_BINARY_DIR) + "/bin/" + name;
}

}  // namespace shirube::e2e
