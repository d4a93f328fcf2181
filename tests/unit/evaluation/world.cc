#include "tests/unit/evaluation/world.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/storage/sqlite/sqlite_store.h"

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
  settings_.host.rules_dir = SHIRUBE_BINARY_DIR "/rules";
  settings_.host.worker_program = SHIRUBE_BINARY_DIR "/bin/shirube-rule-worker";
  Start();
}

World::~World() {
  End();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void World::Start() {
  store_ = OpenSqliteStore(folder_ / "shirube.db").value();
  table_ = Table::Create().value();
  host_ = RuleHost::Start(settings_.host, table_->memory()).value();
  const auto modules = host_->FindRuleSet();
  if (!modules.ok()) {
    ADD_FAILURE() << "the default modules do not serve: " << modules.status();
    patience_ = absl::ZeroDuration();
  }
  ledger_ = Ledger::Start(store_.get(), Ledger::Options()).value();
  commits_ = std::make_unique<Commits>();
  ledger_->AddListener(commits_.get());
  if (settings_.start_evaluator) StartEvaluator();
}

void World::StartEvaluator() {
  Evaluator::Dependencies dependencies;
  dependencies.store = store_.get();
  dependencies.ledger = ledger_.get();
  dependencies.table = table_.get();
  dependencies.rule_host = host_.get();
  dependencies.clock = [this] { return now; };
  evaluator_ = Evaluator::Start(dependencies, settings_.evaluator).value();
}

void World::End() {
  evaluator_.reset();
  ledger_->RemoveListener(commits_.get());
  ledger_->Shutdown();
  ledger_.reset();
  host_.reset();
  table_.reset();
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
