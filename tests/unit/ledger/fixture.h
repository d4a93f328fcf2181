// A ledger over a real store in a folder of its own, and mutations in few
// words.
#ifndef SHIRUBE_TESTS_UNIT_LEDGER_FIXTURE_H_
#define SHIRUBE_TESTS_UNIT_LEDGER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/domain/violation.h"
#include "server/ledger/ledger.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {

Mutation Body(MutationBody body);
Mutation Requested(MutationBody body, const std::string& request_id,
                   const std::string& payload_hash = "hash");

// An indicator with baseline and target, as reports have them.
Indicator FullyMade(const std::string& plan, const std::string& id);

class LedgerFixture : public testing::Test, public CommitListener {
 protected:
  LedgerFixture();
  ~LedgerFixture() override;

  void StartLedger(Ledger::Options options = {});
  void OnCommit(const CommittedGroup& group) override {
    groups_.push_back(group);
  }

  absl::StatusOr<MutationResult> Submit(Mutation mutation);
  absl::StatusOr<MutationResult> Do(MutationBody body) {
    return Submit(Body(std::move(body)));
  }
  // Must succeed.
  MutationResult Did(MutationBody body);
  std::string ReasonOf(MutationBody body);  // of the refusal; "OK" for success

  std::unique_ptr<StoreReader> Read() { return *store_->Snapshot(); }
  Revision head() { return (*Read()->Head()).revision; }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<CommittedGroup> groups_;  // read after an answer only
};

// Every revision up to the head has exactly one change, in order, and times
// never go backwards.
void ExpectGapFree(Store* store);

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_LEDGER_FIXTURE_H_
