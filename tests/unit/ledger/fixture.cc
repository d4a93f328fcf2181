#include "tests/unit/ledger/fixture.h"

namespace shirube {

Mutation Body(MutationBody body) {
  return {{"officer", true}, std::nullopt, std::move(body)};
}

Mutation Requested(MutationBody body, const std::string& request_id,
                   const std::string& payload_hash) {
  return {{"officer", true},
          RequestKey{"Method", request_id, payload_hash},
          std::move(body)};
}

Indicator FullyMade(const std::string& plan, const std::string& id) {
  Indicator indicator = MakeIndicator(plan, id);
  Baseline baseline;
  baseline.value.number = Num("1619");
  baseline.period = Year(2019);
  indicator.baselines = {baseline};
  Target target;
  target.value.number = Num("2400");
  target.period = Year(2024);
  indicator.targets = {target};
  return indicator;
}

LedgerFixture::LedgerFixture() {
  store_ = *AllDrivers().front().open(folder_.path());
  StartLedger();
}

LedgerFixture::~LedgerFixture() {
  if (ledger_ != nullptr) ledger_->Shutdown();
}

void LedgerFixture::StartLedger(Ledger::Options options) {
  ledger_.reset();
  ledger_ = *Ledger::Start(store_.get(), options);
  ledger_->AddListener(this);
}

absl::StatusOr<MutationResult> LedgerFixture::Submit(Mutation mutation) {
  return ledger_->SubmitAndWait(std::move(mutation));
}

MutationResult LedgerFixture::Did(MutationBody body) {
  absl::StatusOr<MutationResult> result = Do(std::move(body));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : MutationResult();
}

std::string LedgerFixture::ReasonOf(MutationBody body) {
  const absl::StatusOr<MutationResult> result = Do(std::move(body));
  return result.ok() ? "OK" : DetailsOf(result.status()).reason;
}

void ExpectGapFree(Store* store) {
  auto reader = *store->Snapshot();
  const StoreHead head = *reader->Head();
  const std::vector<Change> changes = *reader->ListChanges(0, 0);
  ASSERT_EQ(static_cast<Revision>(changes.size()), head.revision);
  for (size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].revision, static_cast<Revision>(i + 1));
    if (i > 0) {
      EXPECT_GE(changes[i].time, changes[i - 1].time);
    }
  }
}

}  // namespace shirube
