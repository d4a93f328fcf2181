// A store of the schema before alerts, under a server that knows them.
#include "absl/strings/str_join.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/file.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/statement.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Texts(sqlite::Database* db, const std::string& sql) {
  sqlite::Query q(db, sql);
  std::vector<std::string> texts;
  while (q.Next()) texts.push_back(q.Text());
  EXPECT_TRUE(q.status().ok()) << q.status();
  return texts;
}

// What a server of schema 2 would have written: all that it knew of `path`.
void WriteAsSchema2(const std::string& path, const std::string& old) {
  ASSERT_TRUE(sqlite::MakeEmpty(old).ok());
  auto db = *sqlite::Database::Open(old, sqlite::Database::Mode::kWriter);
  const auto& all = sqlite::AllMigrations();
  ASSERT_TRUE(
      sqlite::CreateStore(db.get(), absl::UnixEpoch(), {all[0], all[1]}).ok());
  const auto run = [&](const std::string& sql) {
    const absl::Status status = db->Execute(sql);
    ASSERT_TRUE(status.ok()) << sql << ": " << status;
  };
  run("PRAGMA foreign_keys = OFF");
  run("ATTACH '" + path + "' AS now");
  run("DELETE FROM store");
  for (const std::string& table :
       Texts(db.get(),
             "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND "
             "name NOT LIKE 'sqlite_%' AND name <> 'schema_version'")) {
    const std::string columns =
        absl::StrJoin(Texts(db.get(), "SELECT name FROM pragma_table_info('" +
                                          table + "', 'main')"),
                      ", ");
    run(absl::StrCat("INSERT INTO main.", table, " (", columns, ") SELECT ",
                     columns, " FROM now.", table));
  }
}

class ServerUpgradeTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ApplyDemo();
    WaitJudged(Do(client_->observations, &Observations::RecordObservation,
                  "parent: 'plans/demo/indicators/i-01' observation { period: "
                  "'fy2023' value: '1700' }")
                   .revision());
    client_.reset();
    server_.reset();
    const std::string path = folder_ / "shirube.db";
    WriteAsSchema2(path, folder_ / "old.db");
    std::filesystem::rename(folder_ / "old.db", path);
    auto server = Server::Start(OptionsIn(folder_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }
  v1::ListAlertsResponse All() {
    return Do(client_->alerts, &Alerts::ListAlerts,
              "parent: 'plans/demo' filter: 'severity = WARNING OR severity = "
              "CRITICAL OR state = RESOLVED'");
  }
};

TEST_F(ServerUpgradeTest, JudgesOnAndOpensNothingForWhatLaggedBefore) {
  const auto verdict = Do(client_->evaluation, &Evaluation::GetVerdict,
                          "name: 'plans/demo/indicators/i-01/verdict'");
  EXPECT_EQ(verdict.status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_THAT(All().alerts(), IsEmpty());
  Do(client_->evaluation, &Evaluation::RunEvaluation, "parent: 'plans/demo'");
  WaitJudged(Do(client_->plans, &Plans::UpdateIndicator,
                "indicator { name: 'plans/demo/indicators/i-01' definition: "
                "'登録者の数' } update_mask { paths: 'definition' }")
                 .revision());
  EXPECT_THAT(All().alerts(), IsEmpty());
  EXPECT_THAT(All().lagging_without_alert(),
              ElementsAre("plans/demo/indicators/i-01"));
}

TEST_F(ServerUpgradeTest, OpensWhatLaggedBeforeWhenAskedTo) {
  const auto opened =
      Do(client_->alerts, &Alerts::OpenExistingAlerts, "parent: 'plans/demo'");
  EXPECT_THAT(opened.alerts(), ElementsAre("plans/demo/alerts/l-i-01-fy2023"));
  EXPECT_THAT(All().lagging_without_alert(), IsEmpty());
  WaitJudged(Do(client_->observations, &Observations::CorrectObservation,
                "observation { name: 'plans/demo/indicators/i-01/observations/"
                "fy2023' value: '2400' }")
                 .revision());
  EXPECT_EQ(Do(client_->alerts, &Alerts::GetAlert,
               "name: 'plans/demo/alerts/l-i-01-fy2023'")
                .resolution(),
            v1::Alert::RESOLUTION_CORRECTED);
}

}  // namespace
}  // namespace shirube
