#include "tests/rule_host/worker_fixture.h"

#include <poll.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/rule_host/file_copy.h"

namespace shirube {
namespace {

constexpr char kMark[] = "attempt-is-here";
constexpr size_t kTextAt = sizeof(kMark) + 7 * sizeof(int64_t);
constexpr uint64_t kColumnsBytes = 1 << 20;

}  // namespace

WorkerFixture::WorkerFixture()
    : inspector_(&spawner_, SHIRUBE_WORKER),
      columns_(frame::CreateMemoryFile("columns", kColumnsBytes)) {
  options_.program = SHIRUBE_WORKER;
}

std::string TinyBytes::BytesOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string TinyBytes::BytesOf(const std::string& module) {
  return BytesOfFile(absl::StrCat(SHIRUBE_TINY_MODULES, "/", module, ".so"));
}

std::string TinyBytes::Attempting(const std::string& where,
                                  const Attempt& attempt) {
  std::string bytes = BytesOf("attempts_in_" + where);
  const size_t at = bytes.find(std::string(kMark, sizeof(kMark)));
  EXPECT_NE(at, std::string::npos);
  std::vector<int64_t> numbers = {attempt.call};
  numbers.insert(numbers.end(), attempt.arguments.begin(),
                 attempt.arguments.end());
  std::memcpy(bytes.data() + at + sizeof(kMark), numbers.data(),
              numbers.size() * sizeof(int64_t));
  std::memcpy(bytes.data() + at + kTextAt, attempt.text.c_str(),
              attempt.text.size() + 1);
  return bytes;
}

std::unique_ptr<WorkerProcess> WorkerFixture::Start(const std::string& bytes,
                                                    ModuleProblem* problem) {
  FrozenCopy copy;
  *problem = CopyBytes(bytes, &copy);
  if (!problem->ok()) return nullptr;
  return WorkerProcess::Start(&spawner_, options_, copy.memory.get(),
                              {columns_.get(), nullptr, kColumnsBytes},
                              problem);
}

ModuleProblem WorkerFixture::LoadProblem(const std::string& where,
                                         const Attempt& attempt) {
  ModuleProblem problem;
  Start(Attempting(where, attempt), &problem);
  return problem;
}

ModuleOutcome WorkerFixture::Ask(WorkerProcess* worker) {
  frame::Request request;
  request.as_of_index = INT32_MAX;
  ModuleOutcome outcome;
  if (!worker->Send(request)) return worker->Autopsy();
  while (outcome.ok()) {
    pollfd ready = {worker->socket(), POLLIN, 0};
    poll(&ready, 1, /*timeout=*/5);
    if (worker->Receive(&outcome).has_value()) return {};
    if (outcome.ok()) outcome = worker->CheckDeadline(call_deadline_);
  }
  return outcome;
}

ModuleOutcome WorkerFixture::OutcomeInEvaluate(const Attempt& attempt) {
  ModuleProblem problem;
  const auto worker = Start(Attempting("evaluate", attempt), &problem);
  EXPECT_TRUE(problem.ok()) << ReasonWord(problem.reason) << problem.detail;
  return worker == nullptr ? ModuleOutcome() : Ask(worker.get());
}

}  // namespace shirube
