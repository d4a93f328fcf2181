#include "tests/e2e/rule_fixture.h"

#include <thread>

#include "absl/time/clock.h"
#include "tests/e2e/health.h"

namespace shirube::e2e {

namespace fs = std::filesystem;

fs::path Shipped(const std::string& id) {
  const fs::path lua = fs::path(SHIRUBE_BUILT_RULES) / (id + ".lua");
  return fs::exists(lua) ? lua : fs::path(SHIRUBE_BUILT_RULES) / (id + ".so");
}
fs::path Tiny(const std::string& id) {
  const fs::path folder(SHIRUBE_TINY_MODULES);
  return id.starts_with("lua_") ? folder / "lua" / (id + ".lua")
                                : folder / (id + ".so");
}

void RuleFixture::SetUp() {
  fs::create_directory(Rules());
  for (const char* id : {"achieved", "on_track", "at_risk"}) {
    Drop(Shipped(id));
  }
}

std::vector<std::string> RuleFixture::Arguments() const {
  return {"--db",     folder_ / "shirube.db",
          "--listen", "unix:" + (folder_ / "socket").string(),
          "--rules",  Rules().string()};
}

void RuleFixture::Start(const std::vector<std::string>& arguments) {
  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  options_ = {.server = server_->address(), .actor = "佐藤"};
}

void RuleFixture::Drop(const fs::path& file, const std::string& name) {
  const fs::path to =
      Rules() / (name.empty() ? file.filename().string() : name);
  fs::remove(to);
  fs::copy_file(file, to);
  fs::permissions(to, fs::perms::owner_all | fs::perms::group_read |
                          fs::perms::others_read);
}

std::string RuleFixture::Done(const std::vector<std::string>& arguments) {
  CommandResult result = server_->Shirube(arguments);
  EXPECT_EQ(result.exit_code, 0) << testing::PrintToString(arguments) << "\n"
                                 << result.out << result.err;
  return result.out;
}

std::string RuleFixture::Refused(const std::vector<std::string>& arguments,
                                 int code) {
  CommandResult result = server_->Shirube(arguments);
  EXPECT_EQ(result.exit_code, code) << testing::PrintToString(arguments) << "\n"
                                    << result.out << result.err;
  return result.err;
}

std::string RuleFixture::Registered(std::vector<std::string> files) {
  files.insert(files.begin(), {"rule", "register"});
  files.insert(files.end(), {"-o", "name"});
  return IdIn(Done(files));
}

std::string RuleFixture::IdIn(const std::string& name) {
  return name.substr(name.find('/') + 1, 27);
}

std::map<std::string, std::string> RuleFixture::Verdicts(
    const std::string& parent) {
  v1::ListVerdictsRequest request;
  request.set_parent(parent);
  auto rows = client::EvaluationClient(options_).AllVerdicts(request).All();
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::map<std::string, std::string> verdicts;
  if (!rows.ok()) return verdicts;
  for (const v1::Verdict& row : *rows) {
    verdicts[row.indicator()] = v1::Verdict::Status_Name(row.status()) + " " +
                                row.reason() +
                                (row.waiting() ? " waiting" : "");
  }
  return verdicts;
}

std::string RuleFixture::Health(const std::string& name) {
  return HealthOf(server_->address(), name);
}

bool RuleFixture::HealthBecomes(const std::string& name,
                                const std::string& wanted) {
  const absl::Time until = absl::Now() + absl::Seconds(30);
  while (absl::Now() < until) {
    if (Health(name) == wanted) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace shirube::e2e
