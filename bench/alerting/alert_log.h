// A log of transitions in a store, made without judging anything: as many as
// are wanted, of the length that they have in use.
#ifndef SHIRUBE_BENCH_ALERTING_ALERT_LOG_H_
#define SHIRUBE_BENCH_ALERTING_ALERT_LOG_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "server/ledger/ledger.h"
#include "server/storage/store.h"

namespace shirube {

// Ends the program where `body` is refused.
MutationResult Write(Ledger* ledger, MutationBody body);

// Appends `count` transitions (whole thousands) of a new plan's 1,000
// indicators, which begin to lag and no longer do, in turn.
void FillLog(Ledger* ledger, const PlanId& plan, int count);

// All of them.
std::vector<AlertTransition> ReadLog(Store* store);

// A webhook on this machine.
Subscription WebhookTo(const std::string& id, const std::string& url);

// A ledger that says how far a subscription has been settled.
class SettlingLedger : public Ledger {
 public:
  explicit SettlingLedger(Ledger* ledger) : ledger_(ledger) {}

  void Submit(Mutation mutation, Callback done) override {
    ledger_->Submit(std::move(mutation), std::move(done));
  }
  void AddListener(CommitListener* listener) override {
    ledger_->AddListener(listener);
  }
  void RemoveListener(CommitListener* listener) override {
    ledger_->RemoveListener(listener);
  }
  absl::StatusOr<RunId> NewRun() override { return ledger_->NewRun(); }
  void Shutdown() override { ledger_->Shutdown(); }
  void Settle(std::vector<DeliverySettlement> settled,
              std::function<void(absl::Status)> done) override;

  // Until everything up to `position` is durably settled.
  void Await(int64_t position);

 private:
  Ledger* const ledger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t position_ = 0;  // guarded by mutex_
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_ALERT_LOG_H_
