// Previewing and comparing rule sets on a whole server, with everything that
// can be asked wrongly, all of it told at once.
#include <sqlite3.h>

#include <fstream>

#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace fs = std::filesystem;

// The rules folder is the test's own; `steady` lies in it and is not
// registered. It raises ACHIEVED for what has met its target.
class ServerComparisonTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerOptions options = OptionsIn(folder_);
    const fs::path shipped = options.rules_dir;
    options.rules_dir = folder_ / "rules";
    rules_ = options.rules_dir;
    fs::create_directory(rules_);
    for (const char* id : {"achieved", "on_track", "at_risk"}) {
      Drop(shipped / (std::string(id) + ".so"));
    }
    Drop(fs::path(SHIRUBE_TINY_MODULES) / "steady.so");
    auto server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }

  void Drop(const fs::path& file) {
    const fs::path to = rules_ / file.filename();
    fs::copy_file(file, to, fs::copy_options::overwrite_existing);
    fs::permissions(to, fs::perms::owner_all | fs::perms::group_read);
  }

  // 防災士, which is on track in fy2022.
  void Fill() { WaitJudged(ApplyDemo().revision()); }

  grpc::Status TryPreview(const std::string& request,
                          v1::PreviewRuleSetResponse* all) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    const auto stream = client_->rules->PreviewRuleSet(
        &context, Parse<v1::PreviewRuleSetRequest>(request));
    v1::PreviewRuleSetResponse part;
    while (stream->Read(&part)) {
      EXPECT_THAT(part.rule_set(), HasSubstr("ruleSets/rs-"));
      all->MergeFrom(part);
    }
    return stream->Finish();
  }
  v1::PreviewRuleSetResponse Preview(const std::string& request) {
    v1::PreviewRuleSetResponse all;
    const grpc::Status status = TryPreview(request, &all);
    EXPECT_TRUE(status.ok()) << request << ": " << status.error_message();
    return all;
  }
  grpc::Status FailPreview(const std::string& request) {
    v1::PreviewRuleSetResponse all;
    const grpc::Status status = TryPreview(request, &all);
    EXPECT_FALSE(status.ok()) << request << ": " << all.ShortDebugString();
    return status;
  }

  v1::CompareRuleSetsResponse Compare(const std::string& request) {
    return Do(client_->evaluation, &Evaluation::CompareRuleSets, request);
  }
  grpc::Status FailCompare(const std::string& request) {
    return Fail(client_->evaluation, &Evaluation::CompareRuleSets, request);
  }

  // Everything that a write would move on.
  std::string Head() {
    return Do(client_->rules, &Rules::ListRuleSets, "").revision();
  }

  fs::path rules_;
};

// As after an upgrade: what is registered can never be started again, and the
// file that came with the server can.
TEST_F(ServerComparisonTest, PassesOverWhatWasRegisteredForAnotherAbi) {
  Fill();
  Do(client_->rules, &Rules::RegisterRuleModule, "file: 'steady.so'");
  server_.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "shirube.db").c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db,
                         "UPDATE rule_module SET module_version = '1.0.0', "
                         "manifest = replace(manifest, '\"0.2\"', '\"0.1\"') "
                         "WHERE module = 'steady'",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(db);
  EXPECT_EQ(sqlite3_changes(db), 1);
  sqlite3_close(db);
  ServerOptions options = OptionsIn(folder_);
  options.rules_dir = rules_;
  auto server = Server::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  client_ = std::make_unique<Client>(server_->address());
  const auto all =
      Preview("parent: 'plans/demo' modules: 'ruleModules/steady'");
  EXPECT_THAT(all.modules(), ElementsAre("ruleModules/steady/versions/1.2.3"));
}

TEST_F(ServerComparisonTest, PreviewsAModuleThatOnlyLiesInTheFolder) {
  Fill();
  const std::string before = Head();
  const auto all =
      Preview("parent: 'plans/demo' modules: 'ruleModules/steady'");
  ASSERT_EQ(all.summaries_size(), 1);
  const v1::PreviewSummary& summary = all.summaries(0);
  EXPECT_EQ(summary.evaluated_count(), 1);
  EXPECT_EQ(summary.changed_count(), 1);
  EXPECT_EQ(summary.before().on_track(), 1);
  EXPECT_EQ(summary.after().on_track(), 0);
  ASSERT_EQ(summary.transitions_size(), 1);
  EXPECT_EQ(summary.transitions(0).before(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(summary.transitions(0).count(), 1);
  ASSERT_EQ(all.verdict_changes_size(), 1);
  const v1::VerdictChange& change = all.verdict_changes(0);
  EXPECT_EQ(change.indicator(), "plans/demo/indicators/i-01");
  EXPECT_EQ(change.indicator_display_name(), "防災士");
  EXPECT_EQ(change.before().reason(), "ON_PACE");
  EXPECT_EQ(change.before().value(), "2233");
  EXPECT_EQ(change.as_of(), "");
  EXPECT_GE(all.flag_changes_size(), 1);
  EXPECT_EQ(all.progress().evaluated_count(), all.progress().total_count());
  EXPECT_THAT(all.modules(), ElementsAre("ruleModules/steady/versions/1.2.3"));
  // Nothing of it was stored.
  EXPECT_EQ(Head(), before);
  EXPECT_EQ(all.revision(), before);
}

TEST_F(ServerComparisonTest, ChangesNothingWhereTheSetThatJudgesIsTried) {
  Fill();
  const auto all = Preview("parent: 'plans/-' rule_set: 'ruleSets/default'");
  EXPECT_EQ(all.verdict_changes_size(), 0);
  EXPECT_EQ(all.flag_changes_size(), 0);
  ASSERT_EQ(all.summaries_size(), 1);
  EXPECT_EQ(all.summaries(0).changed_count(), 0);
  EXPECT_EQ(all.summaries(0).evaluated_count(), 1);
}

TEST_F(ServerComparisonTest, PreviewsEachPeriodByTheFiguresOfItsTime) {
  Fill();
  const auto all = Preview(
      "parent: 'plans/demo' modules: 'ruleModules/steady' "
      "as_of: 'fy2021' as_of: 'fy2022'");
  ASSERT_EQ(all.summaries_size(), 2);
  std::map<std::string, int64_t> changed;
  for (const v1::PreviewSummary& summary : all.summaries()) {
    changed[summary.as_of()] = summary.changed_count();
  }
  // Before fy2022 there is no figure, so both say that they cannot tell.
  EXPECT_THAT(changed, ElementsAre(testing::Pair("fy2021", 0),
                                   testing::Pair("fy2022", 1)));
}

TEST_F(ServerComparisonTest, TriesParametersThatNobodyRegistered) {
  Fill();
  // 防災士 is at 0.786 of its way at 0.6 of its time: pace 1.31.
  const auto all = Preview(
      "parent: 'plans/demo' modules: 'ruleModules/achieved' "
      "modules: 'ruleModules/on_track' modules: 'ruleModules/at_risk' "
      "parameters { key: 'pace_threshold' value: '1' }");
  EXPECT_EQ(all.summaries(0).changed_count(), 0);
}

TEST_F(ServerComparisonTest, TellsEverythingThatIsWrongWithAPreviewAtOnce) {
  const grpc::Status status = FailPreview(
      "parent: 'plan/x' rule_set: 'ruleSets/rs-nobody' "
      "parameters { key: 'pace_threshold' value: 'much' } "
      "as_of: 'fy2021' as_of: 'FY20' as_of: 'fy2021' as_of: 'fy2999' "
      "max_changes: -1");
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(
      FieldsOf(status),
      UnorderedElementsAre("parent", "rule_set", "parameters.pace_threshold",
                           "as_of[1]", "as_of[2]", "as_of[3]", "max_changes"));
}

TEST_F(ServerComparisonTest, WantsOneSetOrModules) {
  EXPECT_THAT(FieldsOf(FailPreview("")),
              UnorderedElementsAre("parent", "rule_set"));
  EXPECT_THAT(FieldsOf(FailPreview("parent: 'plans/-' "
                                   "rule_set: 'ruleSets/default' "
                                   "modules: 'ruleModules/steady'")),
              ElementsAre("modules"));
  EXPECT_THAT(FieldsOf(FailPreview(
                  "parent: 'plans/-' rule_set: 'ruleSets/default' "
                  "parameters { key: 'pace_threshold' value: '0.9' }")),
              ElementsAre("parameters"));
}

TEST_F(ServerComparisonTest, NamesModulesAndParametersThatDoNotFit) {
  EXPECT_THAT(FieldsOf(FailPreview("parent: 'plans/-' "
                                   "modules: 'ruleModules/nobody' "
                                   "modules: 'ruleModules/steady' "
                                   "modules: 'ruleModules/steady/versions/9' "
                                   "modules: 'steady'")),
              ElementsAre("modules[0]", "modules[2]", "modules[3]"));
  EXPECT_THAT(
      FieldsOf(FailPreview("parent: 'plans/-' modules: 'ruleModules/on_track' "
                           "parameters { key: 'pace_threshold' value: '7' } "
                           "parameters { key: 'speed' value: '1' }")),
      UnorderedElementsAre("parameters.pace_threshold", "parameters.speed"));
  EXPECT_THAT(FieldsOf(FailPreview("parent: 'plans/-' "
                                   "modules: 'ruleModules/steady' "
                                   "modules: 'ruleModules/steady'")),
              ElementsAre("modules[1]"));
}

TEST_F(ServerComparisonTest, JudgesAtMostFortyPeriodsAtOnce) {
  std::string request = "parent: 'plans/-' modules: 'ruleModules/steady' ";
  for (int year = 1980; year <= 2020; ++year) {
    request += "as_of: 'fy" + std::to_string(year) + "' ";
  }
  const grpc::Status status = FailPreview(request);
  EXPECT_THAT(FieldsOf(status), ElementsAre("as_of"));
  EXPECT_EQ(ReasonOf(status), "LIMIT_EXCEEDED");
}

TEST_F(ServerComparisonTest, SaysWhyAFileIsNoModule) {
  std::ofstream(rules_ / "words.so") << "これはモジュールではない";
  fs::permissions(rules_ / "words.so", fs::perms::owner_all);
  const grpc::Status status =
      FailPreview("parent: 'plans/-' modules: 'ruleModules/words'");
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "NOT_ELF");
  EXPECT_EQ(ReasonOf(FailCompare(
                "parent: 'plans/demo' rule_sets: 'ruleModules/words'")),
            "NOT_ELF");
}

TEST_F(ServerComparisonTest, KnowsNoPlanThatIsNotThere) {
  const grpc::Status status =
      FailPreview("parent: 'plans/nobody' modules: 'ruleModules/steady'");
  EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(FailCompare("parent: 'plans/nobody' rule_sets: 'ruleSets/default'")
                .error_code(),
            grpc::NOT_FOUND);
}

TEST_F(ServerComparisonTest, PutsRuleSetsSideBySide) {
  Fill();
  const std::string before = Head();
  const auto answer = Compare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' "
      "rule_sets: 'ruleModules/steady' rule_sets: 'ruleModules/on_track'");
  ASSERT_EQ(answer.columns_size(), 3);
  EXPECT_EQ(answer.columns(0).asked(), "ruleSets/default");
  EXPECT_THAT(answer.columns(0).rule_set(), HasSubstr("ruleSets/rs-"));
  EXPECT_EQ(answer.columns(0).modules_size(), 3);
  EXPECT_THAT(answer.columns(1).modules(),
              ElementsAre("ruleModules/steady/versions/1.2.3"));
  EXPECT_NE(answer.columns(1).title().ja(), "");
  EXPECT_EQ(answer.columns(0).counts().on_track(), 1);
  ASSERT_EQ(answer.indicators_size(), 1);
  const v1::ComparedIndicator& row = answer.indicators(0);
  EXPECT_EQ(row.indicator_display_name(), "防災士");
  EXPECT_EQ(row.unit(), "人");
  ASSERT_EQ(row.judgements_size(), 3);
  EXPECT_EQ(row.judgements(0).status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(row.judgements(2).status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_NE(row.judgements(1).status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_TRUE(row.disagreement());
  EXPECT_EQ(answer.total_count(), 1);
  EXPECT_EQ(answer.disagreement_count(), 1);
  EXPECT_EQ(Head(), before);
}

TEST_F(ServerComparisonTest, ListsOnlyDisagreementsWhereAskedTo) {
  Fill();
  const auto answer = Compare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' "
      "rule_sets: 'ruleModules/on_track' only_disagreements: true");
  EXPECT_THAT(answer.indicators(), IsEmpty());
  EXPECT_EQ(answer.total_count(), 1);
  EXPECT_EQ(answer.disagreement_count(), 0);
}

TEST_F(ServerComparisonTest, GivesPagesThatBelongToTheirRequest) {
  Fill();
  for (const char* id : {"b", "c"}) {
    Do(client_->plans, &Plans::CreateIndicator,
       std::string("parent: 'plans/demo' indicator_id: '") + id +
           "' indicator { display_name: '" + id +
           "' target { value: '1' period: 'fy2024' } }");
  }
  const std::string request =
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' page_size: 2 ";
  const auto first = Compare(request + "min_revision: '" + Head() + "'");
  EXPECT_EQ(first.indicators_size(), 2);
  EXPECT_EQ(first.total_count(), 3);
  const std::string token = "page_token: '" + first.next_page_token() + "' ";
  const auto second = Compare(request + token);
  EXPECT_EQ(second.indicators_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_EQ(second.columns(0).counts().total(), 3);
  EXPECT_EQ(ReasonOf(FailCompare(request + token + "as_of: 'fy2020'")),
            "PAGE_TOKEN_INVALID");
}

TEST_F(ServerComparisonTest, GoesOnWithPagesWhereAnIndicatorIsGone) {
  Fill();
  for (const char* id : {"b", "c"}) {
    Do(client_->plans, &Plans::CreateIndicator,
       std::string("parent: 'plans/demo' indicator_id: '") + id +
           "' indicator { display_name: '" + id +
           "' target { value: '1' period: 'fy2024' } }");
  }
  const std::string request =
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' page_size: 1 ";
  const auto all = Compare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' min_revision: '" +
      Head() + "'");
  ASSERT_EQ(all.indicators_size(), 3);
  const auto first = Compare(request);
  Do(client_->plans, &Plans::DeleteIndicator,
     "name: '" + all.indicators(1).indicator() + "'");
  const auto second =
      Compare(request + "page_token: '" + first.next_page_token() + "'");
  EXPECT_EQ(second.indicators_size(), 1);
  EXPECT_EQ(second.total_count(), 2);
}

TEST_F(ServerComparisonTest, CountsAgainWhereAnotherSetJudgesMeanwhile) {
  Fill();
  Do(client_->plans, &Plans::CreateIndicator,
     "parent: 'plans/demo' indicator_id: 'b' indicator { display_name: 'b' "
     "target { value: '1' period: 'fy2024' } }");
  const std::string request =
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' page_size: 1 ";
  const auto first = Compare(request + "min_revision: '" + Head() + "'");
  EXPECT_EQ(first.columns(0).counts().on_track(), 1);
  Do(client_->rules, &Rules::RegisterRuleModule, "file: 'steady.so'");
  const auto other = Do(client_->rules, &Rules::RegisterRuleSet,
                        "modules: 'ruleModules/steady/versions/1.2.3'");
  Do(client_->rules, &Rules::ActivateRuleSet,
     "rule_set: '" + other.name() + "'");
  const auto second =
      Compare(request + "page_token: '" + first.next_page_token() + "'");
  EXPECT_EQ(second.columns(0).rule_set(), other.name());
  EXPECT_EQ(second.columns(0).counts().on_track(), 0);
  EXPECT_EQ(second.columns(0).counts().total(), 2);
}

TEST_F(ServerComparisonTest, TellsEverythingThatIsWrongWithAComparisonAtOnce) {
  Fill();
  const std::string set =
      Do(client_->rules, &Rules::GetRuleSet, "name: 'ruleSets/default'").name();
  const grpc::Status status = FailCompare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' rule_sets: '" + set +
      "' rule_sets: 'ruleSets/rs-nobody' rule_sets: 'ruleModules/nobody' "
      "rule_sets: 'default' rule_sets: '' "
      "indicators: 'plans/other/indicators/x' as_of: 'fy2999'");
  EXPECT_THAT(FieldsOf(status),
              UnorderedElementsAre("rule_sets[1]", "rule_sets[2]",
                                   "rule_sets[3]", "rule_sets[4]",
                                   "rule_sets[5]", "indicators[0]", "as_of"));
}

TEST_F(ServerComparisonTest, ComparesOneToEightSets) {
  EXPECT_THAT(FieldsOf(FailCompare("parent: 'plans/demo'")),
              ElementsAre("rule_sets"));
  std::string many = "parent: 'plans/demo' ";
  for (int i = 0; i < 9; ++i) many += "rule_sets: 'ruleSets/default' ";
  EXPECT_THAT(FieldsOf(FailCompare(many)), ElementsAre("rule_sets"));
}

TEST_F(ServerComparisonTest, ComparesOnlyTheIndicatorsThatAreNamed) {
  Fill();
  const auto answer = Compare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' "
      "indicators: 'plans/demo/indicators/i-01'");
  EXPECT_EQ(answer.total_count(), 1);
  EXPECT_EQ(FailCompare("parent: 'plans/demo' rule_sets: 'ruleSets/default' "
                        "indicators: 'plans/demo/indicators/nobody'")
                .error_code(),
            grpc::NOT_FOUND);
  EXPECT_THAT(
      FieldsOf(FailCompare("parent: 'plans/demo' rule_sets: 'ruleSets/default' "
                           "indicators: 'plans/demo/indicators/i-01' "
                           "indicators: 'plans/demo/indicators/i-01'")),
      ElementsAre("indicators[1]"));
}

TEST_F(ServerComparisonTest, ComparesByTheFiguresOfATime) {
  Fill();
  const auto answer = Compare(
      "parent: 'plans/demo' rule_sets: 'ruleSets/default' as_of: 'fy2021'");
  EXPECT_EQ(answer.indicators(0).judgements(0).reason(), "NO_DATA");
  EXPECT_EQ(ReasonOf(FailCompare("parent: 'plans/demo' "
                                 "rule_sets: 'ruleSets/default' "
                                 "as_known_at: '2026-01-01T00:00:00Z'")),
            "AS_KNOWN_AT_UNSUPPORTED");
}

}  // namespace
}  // namespace shirube
