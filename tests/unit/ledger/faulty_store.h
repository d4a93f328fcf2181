// A store that fails its n-th call: every call of every reader and transaction
// counts; or all calls of one name.
#ifndef SHIRUBE_TESTS_UNIT_LEDGER_FAULTY_STORE_H_
#define SHIRUBE_TESTS_UNIT_LEDGER_FAULTY_STORE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/storage/store.h"

namespace shirube {

class FaultyStore : public Store {
 public:
  enum class CommitFault {
    kLost,    // the failing commit stored nothing
    kStored,  // it stored everything and then said that it failed
  };
  explicit FaultyStore(Store* store) : store_(store) {}

  // Fails the n-th call from now on, once; 0 for none.
  void FailCall(int n, CommitFault fault = CommitFault::kLost) {
    fault_ = fault;
    left_ = n;
    failed_ = false;
  }
  // Fails every call of this name from now on ("NextAlertBacklog"), whatever
  // else works; empty for none.
  void FailCallsOf(const std::string& name);
  bool failed() const { return failed_; }

  absl::StatusOr<std::unique_ptr<StoreReader>> Snapshot() override;
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override;

  // For the readers: an error when it is this call's turn.
  absl::Status Turn(std::string_view name = "");
  CommitFault fault() const { return fault_; }

 private:
  bool Refuses(std::string_view name);

  Store* const store_;
  std::mutex mutex_;
  std::string refused_;  // guarded by mutex_
  std::atomic<int> left_{0};
  std::atomic<bool> failed_{false};
  std::atomic<CommitFault> fault_{CommitFault::kLost};
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_LEDGER_FAULTY_STORE_H_
