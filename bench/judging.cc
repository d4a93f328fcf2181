#include "bench/judging.h"

#include "absl/time/clock.h"
#include "bench/measure.h"

namespace shirube {

Judging::Judging(Store* store) : store_(store) {
  table_ = OrDie(Table::Create());
  RuleHostOptions options;
  options.rules_dir = BuildFolder() / "rules";
  options.worker_program = BuildFolder() / "bin" / "shirube-rule-worker";
  options.required_layers = {"seccomp", "rlimits", "no_new_privs",
                             "sealed_memory"};
  host_ = OrDie(RuleHost::Start(options, table_->memory()));
  ledger_ = OrDie(Ledger::Start(store_, Ledger::Options()));
  Evaluator::Dependencies dependencies;
  dependencies.store = store_;
  dependencies.ledger = ledger_.get();
  dependencies.table = table_.get();
  dependencies.rule_host = host_.get();
  dependencies.quarantines = &quarantines_;
  evaluator_ = OrDie(Evaluator::Start(dependencies, Evaluator::Options()));
  Settle();
}

Judging::~Judging() {
  evaluator_.reset();
  ledger_->Shutdown();
}

Revision Judging::Head() {
  return OrDie(OrDie(store_->Snapshot())->Head()).revision;
}

void Judging::Settle() {
  OrDie(evaluator_->WaitJudged(Head(), absl::Now() + absl::Minutes(10)));
}

}  // namespace shirube
