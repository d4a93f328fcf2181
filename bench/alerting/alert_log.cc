#include "bench/alerting/alert_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/measure.h"
#include "server/alerting/signature.h"

namespace shirube {
namespace {

constexpr int kIndicators = 1000;

IndicatorKey NumberedKey(const PlanId& plan, int i) {
  return {plan, IndicatorId(absl::StrCat("i-", i))};
}

Verdict VerdictOf(const IndicatorKey& key, int round) {
  const bool lags = round % 2 == 0;
  Verdict verdict;
  verdict.indicator = key;
  verdict.status = lags ? Status::kAtRisk : Status::kOnTrack;
  verdict.reason = lags ? "OFF_PACE" : "ON_PACE";
  verdict.severity = lags ? Severity::kWarning : Severity::kNone;
  verdict.module = lags ? "at_risk" : "on_track";
  verdict.period = *Period::FiscalYear(2022);
  verdict.value = OrDie(Decimal::Make(round, 0));
  verdict.rule_set = RuleSetId("rs-1");
  verdict.input_revision = 1;
  verdict.judged_time = absl::Now();
  return verdict;
}

AlertNews NewsOf(const IndicatorKey& key) {
  AlertNews news;
  news.key = key;
  news.display_name = "防災士の認証登録者数";
  news.unit = "人";
  news.owner = "防災くらし安心部";
  news.sentence = {
      "令和4年度の実績は1,700人で、基準値1,619人から目標値2,400人までの"
      "10.4%にとどまる。経過した期間の割合60%"
      "を下回っており、要改善と判定する。",
      "At 1,700 in FY2022 it has come 10.4 % of the way from 1,619 to 2,400, "
      "less than the 60 % of the time that has passed: at risk."};
  news.way_out = {"令和5年度に2,244人以上であれば順調と判定される。",
                  "At 2,244 or more in FY2023 it would be on track."};
  return news;
}

}  // namespace

MutationResult Write(Ledger* ledger, MutationBody body) {
  Mutation mutation;
  mutation.actor.name = "bench";
  mutation.body = std::move(body);
  return OrDie(ledger->SubmitAndWait(std::move(mutation)));
}

void FillLog(Ledger* ledger, const PlanId& id, int count) {
  Plan plan;
  plan.id = id;
  plan.display_name = "計画";
  Write(ledger, Create<Plan>{plan, "plan"});
  for (int i = 0; i < kIndicators; ++i) {
    Indicator indicator;
    indicator.plan = id;
    indicator.id = NumberedKey(id, i).indicator;
    indicator.display_name = absl::StrCat("指標 ", i);
    Write(ledger, Create<Indicator>{indicator, "indicator"});
  }
  for (int round = 0; round < count / kIndicators; ++round) {
    StoreVerdicts store;
    for (int i = 0; i < kIndicators; ++i) {
      store.verdicts.push_back(VerdictOf(NumberedKey(id, i), round));
      store.news.push_back(NewsOf(NumberedKey(id, i)));
    }
    Write(ledger, std::move(store));
  }
}

std::vector<AlertTransition> ReadLog(Store* store) {
  return OrDie(OrDie(store->Snapshot())->ListTransitions(0, 0));
}

Subscription WebhookTo(const std::string& id, const std::string& url) {
  Subscription made;
  made.id = SubscriptionId(id);
  made.sink = SinkKind::kWebhook;
  made.url = url;
  made.allow_private = true;
  made.secrets = {{MakeSecret(), absl::UnixEpoch(), std::nullopt}};
  return made;
}

void SettlingLedger::Settle(std::vector<DeliverySettlement> settled,
                            std::function<void(absl::Status)> done) {
  int64_t position = 0;
  for (const DeliverySettlement& one : settled) {
    position = std::max(position, one.position.value_or(0));
  }
  ledger_->Settle(std::move(settled),
                  [this, position, done](absl::Status status) {
                    if (status.ok()) {
                      const std::lock_guard lock(mutex_);
                      position_ = std::max(position_, position);
                      changed_.notify_all();
                    }
                    done(std::move(status));
                  });
}

void SettlingLedger::Await(int64_t position) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return position_ >= position; });
}

}  // namespace shirube
