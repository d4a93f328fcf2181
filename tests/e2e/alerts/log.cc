#include "tests/e2e/alerts/log.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"

namespace shirube::e2e {

std::vector<v1::Alert> ReadAlerts(const client::AlertClient& alerts) {
  v1::ListAlertsRequest request;
  request.set_parent("plans/-");
  request.set_page_size(1000);
  request.set_filter("state = RESOLVED OR NOT state = RESOLVED");
  auto all = alerts.AllAlerts(request).All();
  EXPECT_TRUE(all.ok()) << all.status();
  return all.ok() ? *std::move(all) : std::vector<v1::Alert>();
}

std::vector<v1::AlertTransition> ReadLog(const client::AlertClient& alerts) {
  std::vector<v1::AlertTransition> log;
  for (const v1::Alert& alert : ReadAlerts(alerts)) {
    v1::ListAlertTransitionsRequest request;
    request.set_parent(alert.name());
    request.set_page_size(1000);
    auto rows = alerts.AllAlertTransitions(request).All();
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (rows.ok()) log.insert(log.end(), rows->begin(), rows->end());
  }
  return log;
}

std::vector<std::string> WrongInLog(
    const std::vector<v1::AlertTransition>& log) {
  std::vector<std::string> wrong;
  std::map<std::string, v1::Alert> last;
  for (const v1::AlertTransition& row : log) {
    v1::Alert& before = last[row.alert().name()];
    const std::string& key = row.idempotency_key();
    if (row.alert().transition_seq() != before.transition_seq() + 1) {
      wrong.push_back(absl::StrCat(key, " follows ", before.transition_seq()));
    }
    if (row.from_state() != before.state()) {
      wrong.push_back(absl::StrCat(key, " comes from another state"));
    }
    if (key !=
        absl::StrCat(row.alert().name(), ":", row.alert().transition_seq())) {
      wrong.push_back(absl::StrCat(key, " is no key of its alert"));
    }
    before = row.alert();
  }
  return wrong;
}

std::vector<std::string> WrongAlerts(const std::vector<v1::Verdict>& verdicts,
                                     const std::vector<v1::Alert>& alerts) {
  std::vector<std::string> wrong;
  std::map<std::string, std::vector<const v1::Alert*>> open;
  std::set<std::pair<std::string, std::string>> by_hand;
  for (const v1::Alert& alert : alerts) {
    if (alert.kind() != v1::Alert::KIND_LAGGING_INDICATOR) continue;
    if (alert.state() != v1::Alert::STATE_RESOLVED) {
      open[alert.subject()].push_back(&alert);
    } else if (alert.resolution() == v1::Alert::RESOLUTION_BY_HAND) {
      by_hand.insert({alert.subject(), alert.period()});
    }
  }
  for (const v1::Verdict& verdict : verdicts) {
    const auto& own = open[verdict.indicator()];
    const bool lags =
        verdict.status() == v1::Verdict::STATUS_AT_RISK &&
        !by_hand.contains({verdict.indicator(), verdict.period()});
    if (own.size() != (lags ? 1u : 0u)) {
      wrong.push_back(absl::StrCat(verdict.indicator(), " is ",
                                   v1::Verdict::Status_Name(verdict.status()),
                                   " with ", own.size(), " open alerts"));
    } else if (lags && (own[0]->period() != verdict.period() ||
                        own[0]->value() != verdict.value())) {
      wrong.push_back(absl::StrCat(own[0]->name(), " is of ", own[0]->period(),
                                   " ", own[0]->value(), ", the verdict of ",
                                   verdict.period(), " ", verdict.value()));
    }
  }
  return wrong;
}

}  // namespace shirube::e2e
