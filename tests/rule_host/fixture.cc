#include "tests/rule_host/fixture.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "rules/include/shirube/rule.h"

namespace shirube {
namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string pattern = (fs::temp_directory_path() / "shirube-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

RowInput MakeRow(const std::string& id, int64_t target, int64_t value) {
  RowInput row;
  row.key = {PlanId("plan"), IndicatorId(id)};
  row.input_revision = 1;
  row.present = SHIRUBE_HAS_TARGET | SHIRUBE_HAS_TARGET_PERIOD;
  row.target = target;
  row.target_index = 12 * 2024;
  RowPoint point;
  point.period = Period::FiscalYear(2022).value();
  point.units = value;
  row.points.push_back(point);
  return row;
}

void KillAndAwait(int pid) {
  ASSERT_EQ(kill(pid, SIGKILL), 0);
  siginfo_t info = {};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
}

RuleHostFixture::RuleHostFixture() {
  options_.rules_dir = rules_.path();
  options_.worker_program = SHIRUBE_WORKER;
  TableOptions table;
  table.max_bytes = uint64_t{1} << 30;
  table_ = Table::Create(table).value();
}

void RuleHostFixture::Install(const std::vector<std::string>& modules) {
  for (const std::string& module : modules) {
    fs::copy_file(fs::path(SHIRUBE_TINY_MODULES) / (module + ".so"),
                  fs::path(rules_.path()) / (module + ".so"),
                  fs::copy_options::overwrite_existing);
  }
}

void RuleHostFixture::StartHost(const std::vector<std::string>& modules) {
  options_.default_modules = modules;
  auto host = RuleHost::Start(options_, table_->memory());
  ASSERT_TRUE(host.ok()) << host.status();
  host_ = *std::move(host);
}

void RuleHostFixture::AddRows(const std::vector<int64_t>& targets) {
  for (const int64_t target : targets) {
    const std::string id = "i" + std::to_string(rows_added_++);
    ASSERT_TRUE(table_->Upsert(MakeRow(id, target, /*value=*/100)).ok());
  }
}

std::vector<ModuleAnswers> RuleHostFixture::AskAll(const AskOptions& options) {
  const Selection all = table_->SelectAll();
  EXPECT_EQ(all.parts.size(), 1u);
  const auto answers = host_->Evaluate(*Set(), all.parts[0].ask(), options);
  EXPECT_TRUE(answers.ok()) << answers.status();
  return answers.value_or(std::vector<ModuleAnswers>());
}

std::shared_ptr<const RuleSet> RuleHostFixture::Set() {
  const auto set = host_->FindRuleSet();
  EXPECT_TRUE(set.ok()) << set.status();
  return set.value_or(nullptr);
}

ModuleInfo RuleHostFixture::InfoOf(const std::string& id) const {
  for (const ModuleInfo& info : host_->ListModules()) {
    if (info.file == id + ".so") return info;
  }
  ADD_FAILURE() << "module " << id << " is not listed";
  return {};
}

}  // namespace shirube
