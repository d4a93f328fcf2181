#include "tests/e2e/alerts/many.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/alerts/log.h"

namespace shirube::e2e {
namespace {

int64_t Query(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
      SQLITE_OK);
  sqlite3_busy_timeout(database, 10'000);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(database);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sqlite3_errmsg(database);
  const int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return value;
}

}  // namespace

v1::ApplyPlanRequest ManyFigures(int count) {
  v1::ApplyPlanRequest request;
  request.set_plan(kManyPlan);
  v1::PlanDocument& document = *request.mutable_document();
  document.mutable_plan()->set_name("plans/-");
  document.mutable_plan()->set_display_name("計画");
  for (int i = 0; i < count; ++i) {
    v1::Indicator& indicator = *document.add_indicators();
    indicator.set_name(absl::StrCat("plans/-/indicators/i-", i));
    indicator.set_display_name(absl::StrCat("指標", i));
    indicator.set_kind(v1::Indicator::KIND_LEVEL);
    indicator.mutable_baseline()->set_value("0");
    indicator.mutable_baseline()->set_period("fy2019");
    indicator.mutable_target()->set_value("1000");
    indicator.mutable_target()->set_period("fy2029");
    v1::Observation& observation = *document.add_observations();
    observation.set_indicator(indicator.name());
    observation.set_period("fy2024");
    // 500 are due: 0.7 of it lags by the threshold alone.
    observation.set_value(i % 3 == 0 ? "600" : "350");
  }
  return request;
}

void AwaitAlerts(const AlertClients& clients) {
  v1::ApplyPlanRequest mark;
  mark.set_plan("plans/mark");
  mark.mutable_update_mask()->add_paths("plan.display_name");
  mark.mutable_document()->mutable_plan()->set_name("plans/-");
  mark.mutable_document()->mutable_plan()->set_display_name(
      absl::FormatTime(absl::Now()));
  const auto marked = clients.plans.ApplyPlan(mark);
  ASSERT_TRUE(marked.ok()) << marked.status();
  v1::ListVerdictsRequest judged;
  judged.set_parent(kManyPlan);
  judged.set_page_size(1);
  judged.set_min_revision(marked->revision());
  const auto page = clients.evaluation.ListVerdicts(judged);
  EXPECT_TRUE(page.ok()) << page.status();
}

int64_t RunsLeft(const std::string& database) {
  return Query(database, "SELECT count(*) FROM alert_backlog");
}

std::vector<std::string> WrongAmongMany(const AlertClients& clients,
                                        const std::string& database,
                                        int* lagging) {
  v1::ListVerdictsRequest request;
  request.set_parent(kManyPlan);
  request.set_page_size(1000);
  const auto verdicts = clients.evaluation.AllVerdicts(request).All();
  EXPECT_TRUE(verdicts.ok()) << verdicts.status();
  if (!verdicts.ok()) return {};
  *lagging = 0;
  for (const v1::Verdict& verdict : *verdicts) {
    if (verdict.status() == v1::Verdict::STATUS_AT_RISK) ++*lagging;
  }
  std::vector<std::string> wrong =
      WrongAlerts(*verdicts, ReadAlerts(clients.alerts));
  if (Query(database,
            "SELECT count(*) FROM (SELECT 1 FROM alert_transition GROUP BY "
            "plan, alert HAVING count(*) != max(seq))") != 0) {
    wrong.push_back("numbers of alerts have gaps");
  }
  if (Query(database,
            "SELECT count(*) - max(position) FROM alert_transition") != 0) {
    wrong.push_back("positions of the log have gaps");
  }
  return wrong;
}

}  // namespace shirube::e2e
