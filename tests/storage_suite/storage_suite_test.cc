// The acceptance suite of every storage driver: resources, history, lists, the
// change log and transactions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/violation.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StorageSuite : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    store_.reset();
    auto store = GetParam().open(folder_.path());
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::unique_ptr<StoreReader> Read() {
    auto snapshot = store_->Snapshot();
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return *std::move(snapshot);
  }
  template <typename T>
  Revision Put(T row, bool deleted = false) {
    return Writer(store_.get()).Begin().Put(std::move(row), deleted).Commit();
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

template <typename T>
std::vector<std::string> Ids(const absl::StatusOr<std::vector<T>>& rows) {
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> ids;
  if (rows.ok()) {
    for (const T& row : *rows) ids.push_back(row.id.value());
  }
  return ids;
}

std::vector<std::string> ObservationIds(
    const absl::StatusOr<std::vector<Observation>>& rows) {
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> ids;
  for (const Observation& row : *rows) {
    ids.push_back(row.indicator.value() + "/" + row.id());
  }
  return ids;
}

TEST_P(StorageSuite, StartsEmptyWithAHistoryOfItsOwn) {
  const StoreHead head = *Read()->Head();
  EXPECT_EQ(head.revision, 0);
  EXPECT_EQ(head.judged_through, 0);
  EXPECT_FALSE(head.history.empty());
  TempFolder other_folder;
  auto other = *GetParam().open(other_folder.path());
  EXPECT_NE((*(*other->Snapshot())->Head()).history, head.history);
}

TEST_P(StorageSuite, KeepsEverythingWhenOpenedAgain) {
  const std::string history = (*Read()->Head()).history;
  Put(MakePlan("a"));
  Open();
  EXPECT_EQ((*Read()->Head()).history, history);
  EXPECT_EQ((*Read()->Head()).revision, 1);
  EXPECT_TRUE((*Read()->GetPlan(PlanId("a"))).has_value());
}

TEST_P(StorageSuite, GivesBackEveryFieldOfAPlan) {
  Plan plan = MakePlan("a");
  plan.description = "説明 \"quoted\"";
  plan.first_year = Year(2021);
  plan.last_year = Year(2024);
  plan.owner = "行政改革課";
  plan.rule_set = RuleSetId("rs-0123");
  plan.parameters = {{"pace_threshold", Num("0.80")}};
  plan.flag_policy.kind = FlagPolicy::Kind::kShare;
  plan.flag_policy.at_risk_share = Num("0.5");
  plan.manual_fields = {"parameters"};
  Put(plan);
  const Plan back = **Read()->GetPlan(PlanId("a"));
  EXPECT_EQ(back.display_name, plan.display_name);
  EXPECT_EQ(back.description, plan.description);
  EXPECT_EQ(back.first_year, plan.first_year);
  EXPECT_EQ(back.last_year, plan.last_year);
  EXPECT_EQ(back.owner, plan.owner);
  EXPECT_EQ(back.rule_set, plan.rule_set);
  EXPECT_EQ(back.parameters.at("pace_threshold").ToString(), "0.80");
  EXPECT_EQ(back.flag_policy.kind, FlagPolicy::Kind::kShare);
  EXPECT_EQ(back.flag_policy.at_risk_share.ToString(), "0.5");
  EXPECT_EQ(back.manual_fields, plan.manual_fields);
  EXPECT_EQ(back.stamp.revision, 1);
  EXPECT_EQ(back.stamp.actor, "tester");
  EXPECT_FALSE(back.stamp.deleted());
}

TEST_P(StorageSuite, GivesBackNestedEntriesAsPrinted) {
  Initiative initiative = MakeInitiative("a", "p1-m1");
  initiative.parent = InitiativeId("p1");
  initiative.label = "3";
  initiative.subtitle = "～働き方改革～";
  initiative.order = 2;
  initiative.owner = "人事課";
  initiative.parameters = {{"noise", Num("1.50")}};
  Entry child{EntryType::kAccomplishment, Year(2022), "内訳", "・", {}, {}};
  Entry first{EntryType::kAccomplishment,
              Year(2022),
              "研修を実施",
              "-",
              {child, child},
              {"r4.txt", 12, {"NFKC", "a \"b\" \\ c\n"}}};
  Entry second{EntryType::kPlanned, Year(2023), "継続", "※", {}, {}};
  initiative.entries = {first, second};
  Put(initiative);
  const Initiative back =
      **Read()->GetInitiative({PlanId("a"), InitiativeId("p1-m1")});
  EXPECT_EQ(back.parent, initiative.parent);
  EXPECT_EQ(back.kind, InitiativeKind::kMeasure);
  EXPECT_EQ(back.label, "3");
  EXPECT_EQ(back.subtitle, initiative.subtitle);
  EXPECT_EQ(back.order, 2);
  EXPECT_EQ(back.owner, "人事課");
  EXPECT_EQ(back.parameters.at("noise").ToString(), "1.50");
  ASSERT_EQ(back.entries.size(), 2u);
  EXPECT_EQ(back.entries[0].text, "研修を実施");
  EXPECT_EQ(back.entries[0].provenance, first.provenance);
  ASSERT_EQ(back.entries[0].children.size(), 2u);
  EXPECT_EQ(back.entries[0].children[1].text, "内訳");
  EXPECT_EQ(back.entries[1].type, EntryType::kPlanned);
  EXPECT_EQ(back.entries[1].fiscal_year, Year(2023));
  EXPECT_EQ(back.entries[1].marker, "※");
}

Indicator FullIndicator() {
  Indicator indicator = MakeIndicator("a", "i-01");
  indicator.definition = "定義";
  indicator.kind = IndicatorKind::kBand;
  indicator.quantity = Quantity::kAmount;
  indicator.direction = Direction::kDown;
  Value value;
  value.number = Num("100.0");
  value.unit = "億円";
  value.raw = "100.0億円";
  value.multiplier = "10000";
  value.provenance = {"r4.txt", 7, {"NFKC"}};
  Value unread;
  unread.unread = "１２..5";
  indicator.baselines = {{value, Year(2019), std::nullopt},
                         {unread, std::nullopt, Year(2022)}};
  Target target;
  target.value = value;
  target.upper = value;
  target.upper->number = Num("120.00");
  target.period = Year(2024);
  target.every_year = true;
  target.words = "向上";
  target.op = Operator::kAtMost;
  target.effective_from = Year(2021);
  Target plain;
  plain.value = value;
  indicator.targets = {plain, target};
  indicator.milestones = {{value, Year(2022)}};
  indicator.window_start = Year(2021);
  indicator.noise_band = Num("0.50");
  indicator.owner = "課";
  indicator.source = "統計";
  indicator.notes = {"注1", "", "注2"};
  indicator.publication = Publication{9, 2};
  indicator.printed_under = InitiativeId("p1");
  indicator.links = {InitiativeId("p1-m1"), InitiativeId("p1-m2")};
  indicator.parameters = {{"pace_threshold", Num("0.9")}};
  indicator.manual_fields = {"links"};
  indicator.order = 4;
  return indicator;
}

TEST_P(StorageSuite, GivesBackEveryFieldOfAnIndicator) {
  const Indicator indicator = FullIndicator();
  Put(indicator);
  const Indicator back =
      **Read()->GetIndicator({PlanId("a"), IndicatorId("i-01")});
  EXPECT_EQ(back.kind, IndicatorKind::kBand);
  EXPECT_EQ(back.quantity, Quantity::kAmount);
  EXPECT_EQ(back.direction, Direction::kDown);
  ASSERT_EQ(back.baselines.size(), 2u);
  EXPECT_EQ(back.baselines[0].value, indicator.baselines[0].value);
  EXPECT_EQ(back.baselines[0].value.number->ToString(), "100.0");
  EXPECT_EQ(back.baselines[0].period, Year(2019));
  EXPECT_EQ(back.baselines[1].value.unread, "１２..5");
  EXPECT_FALSE(back.baselines[1].value.number.has_value());
  EXPECT_EQ(back.baselines[1].effective_from, Year(2022));
  ASSERT_EQ(back.targets.size(), 2u);
  EXPECT_FALSE(back.targets[0].upper.has_value());
  EXPECT_EQ(back.targets[1].upper, indicator.targets[1].upper);
  EXPECT_EQ(back.targets[1].op, Operator::kAtMost);
  EXPECT_TRUE(back.targets[1].every_year);
  EXPECT_EQ(back.targets[1].words, "向上");
  EXPECT_EQ(back.targets[1].effective_from, Year(2021));
  ASSERT_EQ(back.milestones.size(), 1u);
  EXPECT_EQ(back.milestones[0].period, Year(2022));
  EXPECT_EQ(back.window_start, Year(2021));
  EXPECT_EQ(back.noise_band->ToString(), "0.50");
  EXPECT_EQ(back.notes, indicator.notes);
  ASSERT_TRUE(back.publication.has_value());
  EXPECT_EQ(back.publication->month, 9);
  EXPECT_EQ(back.publication->lag_years, 2);
  EXPECT_EQ(back.printed_under, InitiativeId("p1"));
  EXPECT_EQ(back.links, indicator.links);
  EXPECT_EQ(back.parameters.at("pace_threshold"), Num("0.9"));
  EXPECT_EQ(back.manual_fields, indicator.manual_fields);
  EXPECT_EQ(back.order, 4);
}

TEST_P(StorageSuite, GivesBackEveryFieldOfAnObservation) {
  Observation observation = MakeObservation("a", "i-01", 2022, "2233.00");
  observation.basis = Basis::kToDate;
  observation.assumed_to_date = true;
  observation.value.raw = "2,233.00人";
  observation.value.provenance = {"r4.txt", 30, {"thousands"}};
  observation.state = ObservationState::kProvisional;
  observation.note = "精査中";
  observation.source = "人事課調べ";
  Put(observation);
  const Observation back = **Read()->GetObservation(
      {{PlanId("a"), IndicatorId("i-01")}, "fy2022-todate"});
  EXPECT_EQ(back.value, observation.value);
  EXPECT_EQ(back.value.number->ToString(), "2233.00");
  EXPECT_EQ(back.basis, Basis::kToDate);
  EXPECT_TRUE(back.assumed_to_date);
  EXPECT_EQ(back.state, ObservationState::kProvisional);
  EXPECT_EQ(back.note, "精査中");
  EXPECT_EQ(back.source, "人事課調べ");
}

TEST_P(StorageSuite, GivesBackAnAssessment) {
  Assessment assessment;
  assessment.plan = PlanId("a");
  assessment.id = AssessmentId("a-01");
  assessment.indicator = IndicatorId("i-01");
  assessment.fiscal_year = Year(2022);
  assessment.cause = "要因";
  assessment.response = "対応";
  assessment.judgement = "順調";
  assessment.author = "課長";
  assessment.judged_on = *Period::Date(2023, 6, 1);
  Put(assessment);
  const Assessment back =
      **Read()->GetAssessment({PlanId("a"), AssessmentId("a-01")});
  EXPECT_EQ(back.indicator, IndicatorId("i-01"));
  EXPECT_EQ(back.fiscal_year, Year(2022));
  EXPECT_EQ(back.cause, "要因");
  EXPECT_EQ(back.judged_on, assessment.judged_on);
}

TEST_P(StorageSuite, ReadsAsKnownAtAnEarlierRevision) {
  Plan plan = MakePlan("a");
  plan.parameters = {{"x", Num("1")}};
  Put(plan);
  plan.display_name = "second";
  plan.parameters.clear();
  Put(plan);
  Put(plan, /*deleted=*/true);
  auto reader = Read();
  EXPECT_FALSE((*reader->GetPlan(PlanId("a"), 0)).has_value());
  EXPECT_EQ((**reader->GetPlan(PlanId("a"), 1)).parameters.size(), 1u);
  EXPECT_EQ((**reader->GetPlan(PlanId("a"), 2)).display_name, "second");
  EXPECT_TRUE((**reader->GetPlan(PlanId("a"), 2)).parameters.empty());
  EXPECT_FALSE((**reader->GetPlan(PlanId("a"), 2)).stamp.deleted());
  EXPECT_TRUE((**reader->GetPlan(PlanId("a"))).stamp.deleted());
}

TEST_P(StorageSuite, KeepsEveryRevisionOfAnObservation) {
  Put(MakeObservation("a", "i-01", 2022, "10"));
  Put(MakeObservation("a", "i-01", 2022, "10.5"));
  Put(MakeObservation("a", "i-01", 2023, "11"));
  auto revisions = *Read()->ListObservationRevisions(
      {{PlanId("a"), IndicatorId("i-01")}, "fy2022"});
  ASSERT_EQ(revisions.size(), 2u);
  EXPECT_EQ(revisions[0].value.number->ToString(), "10");
  EXPECT_EQ(revisions[0].stamp.revision, 1);
  EXPECT_EQ(revisions[1].value.number->ToString(), "10.5");
  EXPECT_EQ(revisions[1].stamp.revision, 2);
}

TEST_P(StorageSuite, CountsTheLastOfTwoPutsOfOneRevision) {
  Indicator indicator = FullIndicator();
  Writer writer(store_.get());
  writer.Begin().Put(indicator);
  indicator.links.clear();
  indicator.display_name = "last";
  writer.Put(indicator).Commit();
  const Indicator back =
      **Read()->GetIndicator({PlanId("a"), IndicatorId("i-01")});
  EXPECT_EQ(back.display_name, "last");
  EXPECT_THAT(back.links, IsEmpty());
}

TEST_P(StorageSuite, HidesDeletedOnesFromListsUnlessAsked) {
  Put(MakePlan("a"));
  Put(MakePlan("b"));
  Put(MakePlan("a"), /*deleted=*/true);
  ListQuery query;
  EXPECT_THAT(Ids(Read()->ListPlans(query)), ElementsAre("b"));
  query.show_deleted = true;
  EXPECT_THAT(Ids(Read()->ListPlans(query)), ElementsAre("a", "b"));
  query.show_deleted = false;
  query.at = 2;
  EXPECT_THAT(Ids(Read()->ListPlans(query)), ElementsAre("a", "b"));
}

TEST_P(StorageSuite, PagesByKey) {
  Writer writer(store_.get());
  writer.Begin();
  for (const char* plan : {"a", "b"}) {
    for (const char* id : {"i-1", "i-2", "i-3"}) {
      writer.Put(MakeIndicator(plan, id));
    }
  }
  writer.Commit();
  ListQuery query;
  query.plan = PlanId("a");
  query.limit = 2;
  EXPECT_THAT(Ids(Read()->ListIndicators(query)), ElementsAre("i-1", "i-2"));
  query.after = "i-2";
  EXPECT_THAT(Ids(Read()->ListIndicators(query)), ElementsAre("i-3"));
  query = ListQuery();
  query.after = "a/i-2";
  query.limit = 2;
  EXPECT_THAT(Ids(Read()->ListIndicators(query)), ElementsAre("i-3", "i-1"));
}

TEST_P(StorageSuite, ListsObservationsByPeriodTheLongerLast) {
  Writer writer(store_.get());
  writer.Begin();
  for (const char* id :
       {"fy2022", "fy2022q4", "m2023-03", "cy2021", "fy2020", "d2021-03-31"}) {
    Observation observation = MakeObservation("a", "i-1", 2022, "1");
    observation.period = *Period::ParseId(id);
    writer.Put(observation);
  }
  writer.Put(MakeObservation("a", "i-0", 2030, "1")).Commit();
  ListQuery query;
  query.plan = PlanId("a");
  const auto all = ObservationIds(Read()->ListObservations(query));
  EXPECT_THAT(all, ElementsAre("i-0/fy2030", "i-1/d2021-03-31", "i-1/fy2020",
                               "i-1/cy2021", "i-1/m2023-03", "i-1/fy2022q4",
                               "i-1/fy2022"));
  // Every page begins after the last row of the one before.
  std::vector<std::string> paged;
  query.limit = 1;
  for (;;) {
    const auto page = ObservationIds(Read()->ListObservations(query));
    if (page.empty()) break;
    paged.push_back(page.front());
    query.after = page.front();
  }
  EXPECT_EQ(paged, all);
}

TEST_P(StorageSuite, FindsIndicatorsOfAnInitiativeByLinkOrByPrint) {
  Indicator linked = MakeIndicator("a", "i-1");
  linked.links = {InitiativeId("m1")};
  Indicator printed = MakeIndicator("a", "i-2");
  printed.printed_under = InitiativeId("m1");
  Indicator elsewhere = MakeIndicator("a", "i-3");
  elsewhere.printed_under = InitiativeId("m1");
  elsewhere.links = {InitiativeId("m2")};
  Writer(store_.get()).Begin().Put(linked).Put(printed).Put(elsewhere).Commit();
  ListQuery query;
  query.plan = PlanId("a");
  query.initiative = InitiativeId("m1");
  EXPECT_THAT(Ids(Read()->ListIndicators(query)), ElementsAre("i-1", "i-2"));
}

TEST_P(StorageSuite, ScansWhatIsNotDeleted) {
  Writer writer(store_.get());
  writer.Begin();
  writer.Put(FullIndicator()).Put(MakeIndicator("a", "i-02"));
  writer.Put(MakeObservation("a", "i-01", 2022, "1"));
  writer.Put(MakeObservation("a", "i-02", 2022, "2"));
  writer.Commit();
  Put(MakeIndicator("a", "i-02"), /*deleted=*/true);
  Put(MakeObservation("a", "i-01", 2022, "3"));
  auto reader = Read();
  std::vector<std::string> seen;
  ASSERT_TRUE(reader
                  ->ScanIndicators([&](Indicator indicator) {
                    seen.push_back(indicator.id.value());
                    EXPECT_EQ(indicator.links.size(), 2u);
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(reader
                  ->ScanObservations([&](Observation observation) {
                    seen.push_back(observation.value.number->ToString());
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_THAT(seen, ElementsAre("i-01", "3"));
  const absl::Status stopped = reader->ScanIndicators(
      [](const Indicator&) { return absl::CancelledError("enough"); });
  EXPECT_EQ(stopped.code(), absl::StatusCode::kCancelled);
}

TEST_P(StorageSuite, ShowsASnapshotNothingThatCameAfterIt) {
  Put(MakePlan("a"));
  auto before = Read();
  Put(MakePlan("b"));
  EXPECT_EQ((*before->Head()).revision, 1);
  EXPECT_FALSE((*before->GetPlan(PlanId("b"))).has_value());
  EXPECT_TRUE((*Read()->GetPlan(PlanId("b"))).has_value());
}

TEST_P(StorageSuite, ShowsNothingBeforeTheCommitAndNothingWithoutIt) {
  {
    Writer writer(store_.get());
    writer.Begin().Put(MakePlan("a"));
    EXPECT_TRUE((*writer.tx()->GetPlan(PlanId("a"))).has_value());
    EXPECT_FALSE((*Read()->GetPlan(PlanId("a"))).has_value());
  }
  EXPECT_FALSE((*Read()->GetPlan(PlanId("a"))).has_value());
  Put(MakePlan("b"));
  EXPECT_EQ((*Read()->Head()).revision, 1);
}

TEST_P(StorageSuite, UndoesToTheMarkAndNoFurther) {
  Writer writer(store_.get());
  writer.Begin().Put(MakePlan("a"));
  ASSERT_TRUE(writer.tx()->Mark().ok());
  writer.Put(MakePlan("b"));
  ASSERT_TRUE(writer.tx()->UndoToMark().ok());
  ASSERT_TRUE(writer.tx()->Mark().ok());
  writer.Put(MakePlan("c"));
  ASSERT_TRUE(writer.tx()->KeepSinceMark().ok());
  writer.Commit();
  EXPECT_THAT(Ids(Read()->ListPlans(ListQuery())), ElementsAre("a", "c"));
}

TEST_P(StorageSuite, RefusesASecondTransaction) {
  auto first = store_->Begin();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(store_->Begin().status().code(), absl::StatusCode::kInternal);
  first->reset();
  EXPECT_TRUE(store_->Begin().ok());
}

TEST_P(StorageSuite, RefusesARevisionThatIsNotTheNext) {
  auto tx = *store_->Begin();
  Change change;
  change.revision = 2;
  change.time = (*tx->Head()).commit_time;
  EXPECT_EQ(tx->AppendChange(change).code(), absl::StatusCode::kInternal);
  change.revision = 1;
  change.time -= absl::Seconds(1);
  EXPECT_EQ(tx->AppendChange(change).code(), absl::StatusCode::kInternal);
}

TEST_P(StorageSuite, ListsChangesAsTheyWereMade) {
  Writer writer(store_.get());
  writer.Begin();
  Change change;
  change.revision = 1;
  change.time = writer.time();
  change.actor = "officer";
  change.claimed = true;
  change.action = "RecordObservation";
  change.touched = {
      {ResourceKind::kObservation, ChangeType::kCreated, PlanId("a"), "i-01",
       "fy2022"},
      {ResourceKind::kPlan, ChangeType::kDeleted, PlanId("a"), "", ""}};
  ASSERT_TRUE(writer.tx()->AppendChange(change).ok());
  ASSERT_TRUE(writer.tx()->Commit().ok());
  Put(MakePlan("b"));
  auto changes = *Read()->ListChanges(0, 0);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].revision, 1);
  EXPECT_EQ(changes[0].actor, "officer");
  EXPECT_TRUE(changes[0].claimed);
  EXPECT_EQ(changes[0].action, "RecordObservation");
  EXPECT_EQ(changes[0].touched, change.touched);
  EXPECT_EQ((*Read()->ListChanges(0, 1)).size(), 1u);
  EXPECT_EQ((*Read()->ListChanges(1, 0)).front().revision, 2);
}

TEST_P(StorageSuite, RemembersRequestsUntilTheyAreForgotten) {
  Writer writer(store_.get());
  writer.Begin();
  const RequestRecord record{"CreatePlan", "r1", "hash",
                             "plans/a",    1,    writer.time()};
  ASSERT_TRUE(writer.tx()->PutRequest(record).ok());
  writer.Commit();
  auto found = *Read()->GetRequest("CreatePlan", "r1");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->payload_hash, "hash");
  EXPECT_EQ(found->resource, "plans/a");
  EXPECT_EQ(found->revision, 1);
  EXPECT_EQ(found->time, record.time);
  EXPECT_FALSE((*Read()->GetRequest("UpdatePlan", "r1")).has_value());
  writer.Begin();
  ASSERT_TRUE(writer.tx()->DeleteRequestsBefore(record.time).ok());
  EXPECT_TRUE((*writer.tx()->GetRequest("CreatePlan", "r1")).has_value());
  ASSERT_TRUE(writer.tx()
                  ->DeleteRequestsBefore(record.time + absl::Microseconds(1))
                  .ok());
  EXPECT_FALSE((*writer.tx()->GetRequest("CreatePlan", "r1")).has_value());
}

TEST_P(StorageSuite, KeepsSourcesByHash) {
  PlanSource source;
  source.sha256 = "aa";
  source.file = "r4.txt";
  source.encoding = "CP932";
  source.lines = 300;
  source.normalisations = {"NFKC"};
  source.layout = "{\"title\":\"x\"}";
  source.revision = 1;
  Writer writer(store_.get());
  writer.Begin();
  ASSERT_TRUE(writer.tx()->PutSource(PlanId("a"), source).ok());
  writer.Commit();
  source.layout = "{}";
  source.revision = 2;
  writer.Begin();
  ASSERT_TRUE(writer.tx()->PutSource(PlanId("a"), source).ok());
  writer.Commit();
  auto now = *Read()->ListPlanSources(PlanId("a"));
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(now[0].layout, "{}");
  EXPECT_EQ(now[0].encoding, "CP932");
  EXPECT_EQ(now[0].lines, 300);
  EXPECT_EQ((*Read()->ListPlanSources(PlanId("a"), 1))[0].layout,
            "{\"title\":\"x\"}");
}

INSTANTIATE_TEST_SUITE_P(Drivers, StorageSuite, testing::ValuesIn(AllDrivers()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
