// docs/integrate.md as its reader goes through it: a server behind TLS and
// tokens, one example typed into a shell, an indicator that falls behind.
#ifndef SHIRUBE_TESTS_E2E_INTEGRATE_FIXTURE_H_
#define SHIRUBE_TESTS_E2E_INTEGRATE_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/document.h"
#include "tests/e2e/need.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {

// A port of loopback that is this test's own: bound, so that nobody else gets
// it, and free for a program that sets SO_REUSEADDR.
class HeldPort {
 public:
  HeldPort();
  ~HeldPort();
  HeldPort(const HeldPort&) = delete;
  std::string number() const { return std::to_string(port_); }

 private:
  int fd_, port_ = 0;
};

// What the page says, and what stands here instead. The longer one goes first
// where two begin alike.
using Replaced = std::map<std::string, std::string>;

class IntegrateTest : public testing::Test {
 protected:
  void SetUp() override;

  // The files of a section, as they are typed.
  void WriteFiles(const std::string& section, const Replaced& replaced);
  // Types the section after what begins the page, and lets run on what runs on.
  std::unique_ptr<Program> Type(const std::string& section,
                                const Replaced& replaced);
  // Waits until all that the section shows has been printed.
  void AwaitShown(const std::string& section, const Program& typed);
  // Waits until `text` has been printed.
  void AwaitPrinted(const Program& typed, const std::string& text) const;
  // Types what lets an indicator fall behind.
  void FallBehind();
  // Corrects its figure: 2,300 is on track, 1,700 is not.
  void Correct(const std::string& value) const;
  // One command to its end.
  CommandResult Shirube(std::vector<std::string> arguments) const;
  void Succeed(const std::vector<std::string>& arguments) const;
  CommandResult Bash(const std::string& commands) const;
  // What `shirube … -o json` answers.
  nlohmann::json Json(std::vector<std::string> arguments) const;
  // Of the only alert there is.
  std::string SentenceInJapanese() const;

  // Lets the server end, and starts it again at the same address.
  void EndServer();
  void StartServer();

  Document page_;
  TempDir folder_;
  std::filesystem::path work_;
  std::unique_ptr<Server> server_;
  std::vector<std::string> environment_;

 private:
  const HeldPort port_;
};

// Where ./dev installs what comes from npm.
std::filesystem::path NodeModules();

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_INTEGRATE_FIXTURE_H_
