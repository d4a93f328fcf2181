#include "server/ledger/ledger.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "server/base/status_macros.h"
#include "server/ledger/errors.h"
#include "server/ledger/group.h"
#include "server/ledger/subscriptions.h"

namespace shirube {

namespace {

using ledger::GroupCommit;
using ledger::Task;

// Between attempts to learn what became of a commit.
constexpr auto kRetryPause = std::chrono::milliseconds(50);

class LedgerImpl final : public Ledger {
 public:
  LedgerImpl(Store* store, const Options& options)
      : store_(store), options_(options), writer_([this] { Write(); }) {}

  ~LedgerImpl() override { Shutdown(); }

  void Submit(Mutation mutation, Callback done) override {
    // Evaluation keeps one group in flight, and must not starve behind writers
    // whose work it is there to judge.
    const bool may_exceed =
        std::holds_alternative<StoreVerdicts>(mutation.body) ||
        std::holds_alternative<ObserveAlerts>(mutation.body) ||
        std::holds_alternative<ExpandRunAlerts>(mutation.body) ||
        std::holds_alternative<ForgetTransitions>(mutation.body) ||
        std::holds_alternative<TickAlerts>(mutation.body);
    Enqueue({std::move(mutation), std::move(done), nullptr}, may_exceed);
  }

  absl::StatusOr<RunId> NewRun() override {
    auto run = std::make_shared<RunId>(0);
    auto answered = std::make_shared<std::promise<absl::Status>>();
    Task task;
    task.work = [run](StoreTransaction* tx) -> absl::Status {
      SHIRUBE_ASSIGN_OR_RETURN(*run, tx->NewRun());
      return absl::OkStatus();
    };
    task.done = [answered](const absl::StatusOr<MutationResult>& result) {
      answered->set_value(result.status());
    };
    Enqueue(std::move(task), /*may_exceed=*/true);
    SHIRUBE_RETURN_IF_ERROR(answered->get_future().get());
    return *run;
  }

  void Settle(std::vector<DeliverySettlement> settled,
              std::function<void(absl::Status)> done) override {
    Task task;
    task.work = [settled = std::move(settled)](StoreTransaction* tx) {
      return ledger::SettleDeliveries(tx, settled);
    };
    task.done = [done](const absl::StatusOr<MutationResult>& result) {
      done(result.status());
    };
    Enqueue(std::move(task), /*may_exceed=*/true);
  }

  void AddListener(CommitListener* listener) override {
    std::lock_guard<std::mutex> hold(listeners_mutex_);
    listeners_.push_back(listener);
  }

  void RemoveListener(CommitListener* listener) override {
    std::lock_guard<std::mutex> hold(listeners_mutex_);
    listeners_.erase(
        std::remove(listeners_.begin(), listeners_.end(), listener),
        listeners_.end());
  }

  void Shutdown() override {
    {
      std::lock_guard<std::mutex> hold(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    std::lock_guard<std::mutex> hold(join_mutex_);
    if (writer_.joinable()) writer_.join();
  }

 private:
  void Enqueue(Task task, bool may_exceed) {
    absl::Status refused;
    {
      std::lock_guard<std::mutex> hold(mutex_);
      if (stopping_) {
        refused = ledger::ShuttingDown();
      } else if (!may_exceed && queue_.size() >= options_.max_queue) {
        refused = ledger::QueueFull();
      } else {
        queue_.push_back(std::move(task));
      }
    }
    if (refused.ok()) {
      changed_.notify_all();
    } else {
      task.done(refused);
    }
  }

  // The writer thread.
  void Write() {
    for (std::vector<Task> tasks = Take(); !tasks.empty(); tasks = Take()) {
      GroupCommit commit(store_, options_);
      commit.Run(&tasks, [this] { return Pause(); });
      if (commit.moved()) Tell(commit.group());
      for (size_t i = 0; i < tasks.size(); ++i) {
        tasks[i].done(std::move(commit.answers()[i]));
      }
    }
  }

  // What has gathered; waits for something. Empty when all is done for good.
  std::vector<Task> Take() {
    std::unique_lock<std::mutex> hold(mutex_);
    changed_.wait(hold, [this] { return stopping_ || !queue_.empty(); });
    std::vector<Task> tasks;
    while (!queue_.empty() && tasks.size() < options_.max_group) {
      tasks.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return tasks;
  }

  // False when there is no time left for another attempt.
  bool Pause() {
    std::unique_lock<std::mutex> hold(mutex_);
    return !changed_.wait_for(hold, kRetryPause, [this] { return stopping_; });
  }

  void Tell(const CommittedGroup& group) {
    std::lock_guard<std::mutex> hold(listeners_mutex_);
    for (CommitListener* listener : listeners_) listener->OnCommit(group);
  }

  Store* const store_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> queue_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::mutex listeners_mutex_;
  std::vector<CommitListener*> listeners_;  // guarded by listeners_mutex_
  std::mutex join_mutex_;
  std::thread writer_;  // last: it uses all of the above
};

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Start(Store* store,
                                                      const Options& options) {
  // A store that cannot be read now is better known before anybody writes.
  SHIRUBE_ASSIGN_OR_RETURN(auto snapshot, store->Snapshot());
  SHIRUBE_RETURN_IF_ERROR(snapshot->Head().status());
  return std::unique_ptr<Ledger>(std::make_unique<LedgerImpl>(store, options));
}

absl::StatusOr<MutationResult> Ledger::SubmitAndWait(Mutation mutation) {
  // Shared: the writer may still be inside set_value when the answer is here.
  auto answered =
      std::make_shared<std::promise<absl::StatusOr<MutationResult>>>();
  Submit(std::move(mutation),
         [answered](absl::StatusOr<MutationResult> result) {
           answered->set_value(std::move(result));
         });
  return answered->get_future().get();
}

}  // namespace shirube
