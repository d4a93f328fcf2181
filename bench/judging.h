// What judges in a server, over a store of the caller's, without the service in
// front of it: table, rule host with confined workers, ledger, evaluator.
#ifndef SHIRUBE_BENCH_JUDGING_H_
#define SHIRUBE_BENCH_JUDGING_H_

#include <memory>

#include "server/evaluation/evaluator.h"
#include "server/evaluation/quarantine_inbox.h"
#include "server/ledger/ledger.h"
#include "server/rule_host/rule_host.h"
#include "server/storage/store.h"
#include "server/table/table.h"

namespace shirube {

class Judging {
 public:
  // Has judged what was due when it returns.
  explicit Judging(Store* store);
  ~Judging();

  Table* table() { return table_.get(); }
  RuleHost* host() { return host_.get(); }
  Ledger* ledger() { return ledger_.get(); }
  Evaluator* evaluator() { return evaluator_.get(); }

  Revision Head();
  // Until nothing is left to be judged.
  void Settle();

 private:
  Store* const store_;
  QuarantineInbox quarantines_;
  std::unique_ptr<Table> table_;
  std::unique_ptr<RuleHost> host_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_JUDGING_H_
