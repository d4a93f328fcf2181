#include "tests/unit/evaluation/world.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rule_host/compose.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/paths.h"

namespace shirube::testing {
namespace {

std::filesystem::path MakeFolder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "shirube-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  return name;
}

}  // namespace

void Commits::OnCommit(const CommittedGroup& group) {
  if (watch) watch(group);
  const std::lock_guard lock(mutex_);
  for (const CommittedMutation& mutation : group.mutations) {
    verdicts_.insert(verdicts_.end(), mutation.verdicts.begin(),
                     mutation.verdicts.end());
  }
  came_.notify_all();
}

bool Commits::WaitFor(
    const std::function<bool(const std::vector<Verdict>&)>& holds) {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, std::chrono::seconds(20),
                        [&] { return holds(verdicts_); });
}

std::vector<Verdict> Commits::verdicts() {
  const std::lock_guard lock(mutex_);
  return verdicts_;
}

World::World(Settings settings)
    : now(absl::FromUnixSeconds(1'700'000'000)),  // 15 November 2023
      settings_(std::move(settings)),
      folder_(MakeFolder()) {
  std::filesystem::create_directory(rules());
  for (const char* module : {"achieved", "on_track", "at_risk"}) {
    Place(absl::StrCat(SHIRUBE_BINARY_DIR, "/rules/", module, ".so"));
  }
  settings_.host.rules_dir = rules();
  std::filesystem::create_symlink(SHIRUBE_BINARY_DIR "/bin/shirube-rule-worker",
                                  worker_program());
  settings_.host.worker_program = worker_program();
  settings_.host.on_quarantine = [this](const QuarantineNotice& notice) {
    quarantines_.Add(notice);
  };
  Start();
}

World::~World() {
  End();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void World::Start() {
  store_ = OpenSqliteStore(folder_ / "shirube.db").value();
  faulty_ = std::make_unique<FaultyStore>(store_.get());
  table_ = Table::Create().value();
  host_ = RuleHost::Start(settings_.host, table_->memory()).value();
  Ledger::Options ledger;
  ledger.clock = [this] { return absl::Time(now); };
  ledger_ = Ledger::Start(faulty_.get(), ledger).value();
  commits_ = std::make_unique<Commits>();
  ledger_->AddListener(commits_.get());
  if (settings_.start_evaluator) StartEvaluator();
}

void World::StartEvaluator() {
  Evaluator::Dependencies dependencies;
  dependencies.store = faulty_.get();
  dependencies.ledger = ledger_.get();
  dependencies.table = table_.get();
  dependencies.rule_host = host_.get();
  dependencies.quarantines = &quarantines_;
  dependencies.clock = [this] { return absl::Time(now); };
  evaluator_ = Evaluator::Start(dependencies, settings_.evaluator).value();
}

void World::End() {
  evaluator_.reset();
  ledger_->RemoveListener(commits_.get());
  ledger_->Shutdown();
  ledger_.reset();
  host_.reset();
  table_.reset();
  faulty_.reset();
  store_.reset();
}

void World::Restart() {
  End();
  Start();
}

Revision World::Write(MutationBody body) {
  Mutation mutation;
  mutation.actor.name = "tester";
  mutation.body = std::move(body);
  const absl::StatusOr<MutationResult> result =
      ledger_->SubmitAndWait(std::move(mutation));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? result->revision : 0;
}

Revision World::AddPlan(const std::string& id, const Parameters& parameters) {
  Plan plan;
  plan.id = PlanId(id);
  plan.display_name = "計画 " + id;
  plan.parameters = parameters;
  return Write(Create<Plan>{plan, "plan"});
}

Revision World::AddInitiative(const std::string& plan, const std::string& id,
                              const std::string& parent,
                              const Parameters& parameters) {
  Initiative initiative;
  initiative.plan = PlanId(plan);
  initiative.id = InitiativeId(id);
  initiative.parent = InitiativeId(parent);
  initiative.kind =
      parent.empty() ? InitiativeKind::kPillar : InitiativeKind::kMeasure;
  initiative.display_name = "施策 " + id;
  initiative.parameters = parameters;
  return Write(Create<Initiative>{initiative, "initiative"});
}

Revision World::Add(const Indicator& indicator) {
  return Write(Create<Indicator>{indicator, "indicator"});
}

Revision World::Record(const Observation& observation) {
  RecordObservation body;
  body.observation = observation;
  body.prefix = "observation";
  return Write(body);
}

void World::Place(const std::filesystem::path& file, bool grown) {
  const std::filesystem::path to = rules() / file.filename();
  std::filesystem::remove(to);
  std::filesystem::copy_file(file, to);
  // Bytes behind the last section: another file, the same module.
  if (grown) std::ofstream(to, std::ios::app | std::ios::binary) << "\n";
  std::filesystem::permissions(to, std::filesystem::perms::owner_read |
                                       std::filesystem::perms::owner_write);
}

RuleSetId World::Register(const std::vector<std::string>& modules,
                          const Parameters& parameters) {
  RegisterRuleSet body;
  std::vector<RuleSetMember> members;
  for (const std::string& module : modules) {
    const auto file = host_->VerifyFile(module + ".so");
    if (!file.ok()) {
      ADD_FAILURE() << file.status();
      return RuleSetId();
    }
    RegisterRuleModule one;
    one.module.module = (*file)->manifest->id;
    one.module.version = (*file)->manifest->version;
    one.module.sha256 = (*file)->sha256;
    one.module.file = (*file)->file;
    one.module.manifest_json = (*file)->manifest_json;
    one.module.bytes = (*file)->Bytes().value();
    one.by_server = true;  // tests have several builds of one version
    members.push_back({(*file)->manifest, (*file)->sha256});
    body.rule_set.modules.push_back(
        {one.module.module, one.module.version, one.module.sha256});
    Write(one);
  }
  const RuleSet set = ComposeRuleSet(members, parameters).value();
  body.rule_set.id = set.id();
  body.rule_set.canonical_json = set.canonical();
  for (const auto& [name, millionths] : set.parameters()) {
    body.rule_set.parameters[name] = DecimalOfMillionths(millionths);
  }
  Write(body);
  return set.id();
}

RuleSetId World::RegisterDamaged() {
  RegisterRuleModule damaged;
  damaged.module.module = "achieved";
  damaged.module.version = "9.0.0";
  damaged.module.sha256 = std::string(64, 'd');
  damaged.module.file = "achieved.so";
  damaged.module.bytes = "no module";
  Write(damaged);
  RegisterRuleSet set;
  set.rule_set.id = RuleSetId("rs-damaged");
  set.rule_set.canonical_json = "damaged";
  set.rule_set.modules = {{"achieved", "9.0.0", damaged.module.sha256}};
  Write(set);
  return set.rule_set.id;
}

absl::StatusOr<ActivationOutcome> World::Activate(
    const std::string& plan, const RuleSetId& id,
    std::optional<RuleSetId> expected, const std::string& request_id) {
  ActivateRuleSet body;
  body.plan = PlanId(plan);
  body.rule_set = id;
  body.expected = std::move(expected);
  Mutation mutation;
  mutation.actor.name = "tester";
  if (!request_id.empty()) {
    mutation.request = RequestKey{"ActivateRuleSet", request_id, "hash"};
  }
  mutation.body = std::move(body);
  return evaluator_->Activate(std::move(mutation), /*rollback=*/false,
                              absl::Now() + patience_);
}

absl::StatusOr<ActivationOutcome> World::Rollback(const std::string& plan) {
  ActivateRuleSet body;
  body.plan = PlanId(plan);
  Mutation mutation;
  mutation.actor.name = "tester";
  mutation.body = std::move(body);
  return evaluator_->Activate(std::move(mutation), /*rollback=*/true,
                              absl::Now() + patience_);
}

absl::StatusOr<MutationResult> World::Release(const std::string& sha256) {
  Mutation mutation;
  mutation.actor.name = "tester";
  mutation.body = ReleaseQuarantine{sha256};
  return evaluator_->Release(std::move(mutation), absl::Now() + patience_);
}

RuleSetId World::Active(const std::string& plan) {
  const auto active = store_->Snapshot().value()->GetActivation(PlanId(plan));
  EXPECT_TRUE(active.ok()) << active.status();
  return active.ok() && *active ? (*active)->rule_set : RuleSetId();
}

std::string World::Sha256Of(const std::string& module) {
  return host_->VerifyFile(module + ".so").value()->sha256;
}

void World::SetAside(const std::string& module) {
  QuarantineNotice notice;
  notice.sha256 = Sha256Of(module);
  notice.module = module;
  notice.version = "1.0.0";
  notice.reason = "CRASHED";
  notice.en = "it failed too often";
  notice.ja = "失敗が多すぎる";
  notice.time = now - absl::Hours(24);
  host_->SetQuarantined(notice);
  quarantines_.Add(notice);
  const absl::Time give_up = absl::Now() + patience_;
  while (absl::Now() < give_up) {
    const auto stored = *store_->Snapshot().value()->ListQuarantines();
    for (const QuarantineRecord& one : stored) {
      if (one.sha256 == notice.sha256) return;
    }
    std::this_thread::yield();
  }
  ADD_FAILURE() << "the quarantine of " << module << " was never stored";
}

void World::Judge(Revision revision) {
  const absl::Status status =
      evaluator_->WaitJudged(revision, absl::Now() + patience_);
  EXPECT_TRUE(status.ok()) << status;
}

Verdict World::VerdictOf(const Indicator& indicator) {
  Judge(store_->Snapshot().value()->Head().value().revision);
  const absl::StatusOr<Verdict> verdict =
      evaluator_->GetVerdict(indicator.key(), {});
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  return verdict.ok() ? *verdict : Verdict();
}

}  // namespace shirube::testing
