#include "tests/e2e/integrate_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/paths.h"
#include "tests/unit/client/certificates.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kBeginning[] = "Something to hear of";
constexpr const char* kExamples[] = {
    "A webhook in Python", "A stream in Node.js", "An Alertmanager that mails",
    "A systemd timer"};
constexpr std::chrono::seconds kPatience(120);

// Whether one of the tests runs it.
bool IsRun(const std::string& section) {
  return section == kBeginning ||
         std::find(std::begin(kExamples), std::end(kExamples), section) !=
             std::end(kExamples);
}

std::string Replace(const std::string& text, const Replaced& replaced) {
  return absl::StrReplaceAll(text, replaced);
}

std::vector<Step> StepsOf(const Document& page, const std::string& section) {
  std::vector<Step> steps;
  for (const Step& step : page.steps) {
    if (step.section == section) steps.push_back(step);
  }
  return steps;
}

}  // namespace

fs::path NodeModules() {
  return fs::path(SHIRUBE_SOURCE_DIR) / "build/node/node_modules";
}

HeldPort::HeldPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

HeldPort::~HeldPort() { close(fd_); }

void IntegrateTest::SetUp() {
  const fs::path source = SHIRUBE_SOURCE_DIR;
  page_ = ReadDocument(ContentOf(source / "docs/integrate.md"));
  ASSERT_EQ(page_.problems, std::vector<std::string>());
  ASSERT_EQ(StepsOf(page_, kBeginning).size(), 2u);
  for (const Step& step : page_.steps) {
    EXPECT_TRUE(IsRun(step.section)) << step.section;
  }
  for (const FileBlock& file : page_.files) {
    EXPECT_TRUE(IsRun(file.section)) << file.section;
  }
  // What the reader cloned and built.
  const fs::path clone = folder_ / "clone";
  work_ = folder_ / "work";
  fs::create_directory(clone);
  fs::create_directory(work_);
  fs::create_directory_symlink(SHIRUBE_BINARY_DIR, clone / "build");
  for (const char* part : {"samples", "proto"}) {
    fs::create_directory_symlink(source / part, clone / part);
  }
  const client::TestAuthority authority("city");
  const client::PemPair pair =
      authority.Issue("server", "IP:127.0.0.1,DNS:localhost");
  std::ofstream(folder_ / "ca.pem") << authority.Pem();
  std::ofstream(folder_ / "cert.pem") << pair.cert;
  std::ofstream(folder_ / "key.pem") << pair.key;
  const CommandResult token = RunProgram(
      {Binary("shirube"), "token", "create", "--file", folder_ / "tokens",
       "--name", "portal", "--roles", "READ,RECORD,MANAGE"});
  ASSERT_EQ(token.exit_code, 0) << token.err;
  std::ofstream(folder_ / "token") << token.out;
  fs::permissions(folder_ / "token", fs::perms::owner_read);
  StartServer();
  environment_ = {"SHIRUBE_SERVER=" + server_->address(),
                  "SHIRUBE_TLS_CA=" + std::string(folder_ / "ca.pem"),
                  "SHIRUBE_TOKEN_FILE=" + std::string(folder_ / "token"),
                  "SHIRUBE_HOME=" + clone.string(),
                  "HOME=" + work_.string(),
                  "LC_ALL=C.UTF-8",
                  "LANG=C.UTF-8",
                  "COLUMNS=200",
                  absl::StrCat("PATH=", (clone / "build/bin").string(), ":",
                               std::getenv("PATH"))};
}

void IntegrateTest::StartServer() {
  CommandResult failure;
  server_ = Server::Start(
      {"--db", folder_ / "shirube.db", "--listen",
       "127.0.0.1:" + port_.number(), "--tls-cert", folder_ / "cert.pem",
       "--tls-key", folder_ / "key.pem", "--tokens", folder_ / "tokens",
       "--name", "shirube.example.jp", "--alert-link",
       "https://plans.example.jp/{alert}"},
      &failure);
  ASSERT_NE(server_, nullptr) << failure.err;
}

void IntegrateTest::EndServer() { EXPECT_EQ(server_->End(SIGTERM), 0); }

void IntegrateTest::WriteFiles(const std::string& section,
                               const Replaced& replaced) {
  std::string said;
  for (const Step& step : StepsOf(page_, section)) said += step.commands;
  for (const FileBlock& file : page_.files) {
    if (file.section != section) continue;
    said += file.content;
    EXPECT_LT(std::count(file.content.begin(), file.content.end(), '\n'), 40)
        << file.name << " is no short example any more";
    std::ofstream(work_ / file.name) << Replace(file.content, replaced);
  }
  for (const auto& [from, to] : replaced) {
    EXPECT_NE(said.find(from), std::string::npos) << from;
  }
}

std::unique_ptr<Program> IntegrateTest::Type(const std::string& section,
                                             const Replaced& replaced) {
  WriteFiles(section, replaced);
  std::string script = "set -e\n" + StepsOf(page_, kBeginning)[0].commands;
  const std::vector<Step> steps = StepsOf(page_, section);
  EXPECT_FALSE(steps.empty()) << section;
  for (const Step& step : steps) {
    absl::StrAppend(&script, Replace(step.commands, replaced));
  }
  absl::StrAppend(&script, "echo typed\nwait\n");
  std::ofstream(folder_ / "script") << "cd " << work_.string() << "\n"
                                    << script;
  auto typed = std::make_unique<Program>(
      std::vector<std::string>{"/bin/bash", folder_ / "script"}, environment_,
      Program::Children::kWithIt);
  AwaitPrinted(*typed, "typed\n");
  return typed;
}

void IntegrateTest::AwaitShown(const std::string& section,
                               const Program& typed) {
  for (const Step& step : StepsOf(page_, section)) {
    if (!step.shown) continue;
    EXPECT_TRUE(typed.WaitForLog(
        [&](const std::string& log) {
          return Matches(absl::StrCat("…\n", *step.shown, "…\n"), log);
        },
        kPatience))
        << "docs/integrate.md:" << step.shown_line << ": what came was\n"
        << typed.Log() << server_->Log();
  }
}

void IntegrateTest::AwaitPrinted(const Program& typed,
                                 const std::string& text) const {
  EXPECT_TRUE(typed.WaitForLog(
      [&](const std::string& log) {
        return log.find(text) != std::string::npos;
      },
      kPatience))
      << text << ": what came was\n"
      << typed.Log() << server_->Log();
}

CommandResult IntegrateTest::Bash(const std::string& commands) const {
  return RunProgram({"/bin/bash", "-c", commands}, environment_);
}

void IntegrateTest::FallBehind() {
  const CommandResult ran = Bash(StepsOf(page_, kBeginning)[1].commands);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

CommandResult IntegrateTest::Shirube(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), Binary("shirube"));
  return RunProgram(arguments, environment_);
}

void IntegrateTest::Succeed(const std::vector<std::string>& arguments) const {
  const CommandResult done = Shirube(arguments);
  EXPECT_EQ(done.exit_code, 0) << arguments[0] << "\n" << done.out << done.err;
}

void IntegrateTest::Correct(const std::string& value) const {
  Succeed({"correct", "防災士", "R5", value, "--plan", "reform"});
}

nlohmann::json IntegrateTest::Json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-o", "json"});
  const CommandResult answer = Shirube(arguments);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return nlohmann::json::parse(answer.out, nullptr, false);
}

std::string IntegrateTest::SentenceInJapanese() const {
  const nlohmann::json answer =
      Json({"alert", "list", "--filter", "kind = LAGGING_INDICATOR"});
  EXPECT_EQ(answer["alerts"].size(), 1u) << answer;
  const std::string sentence = answer["alerts"][0]["sentence"]["ja"];
  EXPECT_NE(sentence, "");
  return sentence;
}

}  // namespace shirube::e2e
