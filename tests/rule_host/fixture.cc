#include "tests/rule_host/fixture.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

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

std::string RuleHostFixture::FileNameOf(const std::string& module) const {
  const fs::path folder(options_.rules_dir);
  const bool lua =
      module.starts_with("lua_") || (fs::exists(folder / (module + ".lua")) &&
                                     !fs::exists(folder / (module + ".so")));
  return module + (lua ? ".lua" : ".so");
}

void RuleHostFixture::Install(const std::vector<std::string>& modules) {
  for (const std::string& module : modules) {
    const std::string name = FileNameOf(module);
    const fs::path built(SHIRUBE_TINY_MODULES);
    fs::copy_file((name.ends_with(".lua") ? built / "lua" : built) / name,
                  fs::path(rules_.path()) / name,
                  fs::copy_options::overwrite_existing);
  }
}

void RuleHostFixture::StartHost(const std::vector<std::string>& modules) {
  set_ = nullptr;
  host_ = nullptr;
  auto host = RuleHost::Start(options_, table_->memory());
  ASSERT_TRUE(host.ok()) << host.status();
  host_ = *std::move(host);
  std::vector<std::shared_ptr<const ModuleFile>> files;
  for (const std::string& module : modules) {
    auto file = host_->VerifyFile(FileNameOf(module));
    if (file.ok()) files.push_back(*std::move(file));
  }
  if (files.empty()) return;
  auto set = host_->Load(std::move(files), {}, RuleHost::OnFailure::kLeaveOut);
  ASSERT_TRUE(set.ok()) << set.status();
  set_ = *std::move(set);
}

std::vector<std::shared_ptr<const ModuleFile>> RuleHostFixture::FilesOf(
    const std::vector<std::string>& modules) {
  std::vector<std::shared_ptr<const ModuleFile>> files;
  for (const std::string& module : modules) {
    auto file = host_->VerifyFile(FileNameOf(module));
    EXPECT_TRUE(file.ok()) << file.status();
    if (file.ok()) files.push_back(*std::move(file));
  }
  return files;
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleHostFixture::Load(
    const std::vector<std::string>& modules,
    std::map<std::string, int64_t> parameters) {
  return host_->Load(FilesOf(modules), std::move(parameters),
                     RuleHost::OnFailure::kRefuse);
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

ModuleInfo RuleHostFixture::InfoOf(const std::string& id) const {
  for (const ModuleInfo& info : host_->ListModules()) {
    if (info.file == FileNameOf(id)) return info;
  }
  ADD_FAILURE() << "module " << id << " is not listed";
  return {};
}

}  // namespace shirube
