// Merging documents: two years, corrections, what a person set, prune.
#include <set>

#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Entry MakeEntry(EntryType type, int year, const std::string& text, int line) {
  return {type, Year(year), text, "-", {}, {"r4.txt", line, {}}};
}

class ApplyPlanTest : public LedgerFixture {
 protected:
  // One year's report: a pillar, a measure with entries of two years, an
  // indicator printed under the pillar, its value.
  static PlanDocument Report(int year) {
    PlanDocument document;
    document.plan = MakePlan("a");
    Initiative pillar = MakeInitiative("a", "x1");
    pillar.kind = InitiativeKind::kPillar;
    pillar.display_name = "県民視点に立った県政運営";
    Initiative measure = MakeInitiative("a", "x2");
    measure.parent = InitiativeId("x1");
    measure.display_name = "働き方改革の推進";
    measure.entries = {
        MakeEntry(EntryType::kAccomplishment, year,
                  std::to_string(year) + "年度の実績", 10 + year),
        MakeEntry(EntryType::kPlanned, year + 1,
                  std::to_string(year + 1) + "年度の計画", 20 + year)};
    document.initiatives = {pillar, measure};
    Indicator indicator = FullyMade("a", "y1");
    indicator.display_name = "ワーキングネット参加者数";
    indicator.printed_under = InitiativeId("x1");
    indicator.targets[0].value.provenance = {"r4.txt", 100 + year, {}};
    document.indicators = {indicator};
    document.observations = {
        MakeObservation("a", "y1", year, std::to_string(year))};
    PlanSource source;
    source.sha256 = "hash" + std::to_string(year);
    source.file = "report.txt";
    document.sources = {source};
    return document;
  }
  MutationResult Apply(PlanDocument document, ApplyOptions options = {}) {
    return Did(ApplyPlan{std::move(document), std::move(options)});
  }
  static std::vector<std::string> Fields(const PlanDifference& difference) {
    std::vector<std::string> fields;
    for (const PlanChange& change : difference.changes) {
      fields.push_back(change.name.substr(change.name.rfind('/') + 1) + " " +
                       change.field +
                       (change.held == PlanChange::Held::kNo ? "" : " held"));
    }
    return fields;
  }
  Indicator StoredIndicator() {
    return **Read()->GetIndicator({PlanId("a"), IndicatorId("i-p1-01")});
  }
  std::string Value(const std::string& id) {
    auto found =
        *Read()->GetObservation({{PlanId("a"), IndicatorId("i-p1-01")}, id});
    return found.has_value() ? found->value.number->ToString() : "none";
  }
};

TEST_F(ApplyPlanTest, MakesIdsByPosition) {
  PlanDocument document = Report(2022);
  Indicator loose = FullyMade("a", "y2");
  loose.display_name = "どこにも属さない指標";
  document.indicators.push_back(loose);
  const MutationResult result = Apply(document);
  EXPECT_EQ(result.revision, 1);
  EXPECT_THAT(Fields(result.difference),
              ElementsAre("a ", "p1 ", "p1-m1 ", "i-p1-01 ", "i-01 ", "fy2022 ",
                          "a sources"));
  EXPECT_EQ(result.difference.names.at("plans/a/initiatives/x2"),
            "plans/a/initiatives/p1-m1");
  EXPECT_EQ(result.difference.names.at("plans/a/indicators/y1"),
            "plans/a/indicators/i-p1-01");
  EXPECT_EQ(StoredIndicator().printed_under, InitiativeId("p1"));
  EXPECT_EQ(Value("fy2022"), "2022");
  EXPECT_EQ((*Read()->ListPlanSources(PlanId("a"))).size(), 1u);
}

TEST_F(ApplyPlanTest, TakesNoRevisionForTheSameDocumentAgain) {
  Apply(Report(2022));
  const MutationResult again = Apply(Report(2022));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.revision, 1);
  EXPECT_THAT(again.difference.changes, IsEmpty());
  EXPECT_EQ(head(), 1);
}

TEST_F(ApplyPlanTest, KeepsTheFirstYearWhenASecondIsImported) {
  Apply(Report(2022));
  Did(LinkIndicator{{PlanId("a"), IndicatorId("i-p1-01")},
                    InitiativeId("p1-m1")});
  PlanDocument second = Report(2023);
  // Printed a little differently: spaces and widths do not count.
  second.indicators[0].display_name = "ワーキング ネット参加者数";
  second.initiatives[1].display_name = "働き方改革の 推進";
  ApplyOptions all;
  all.mask = {"*"};
  const MutationResult result = Apply(second, all);
  EXPECT_EQ(Value("fy2022"), "2022");
  EXPECT_EQ(Value("fy2023"), "2023");
  EXPECT_THAT(StoredIndicator().links, ElementsAre(InitiativeId("p1-m1")));
  const Initiative measure =
      **Read()->GetInitiative({PlanId("a"), InitiativeId("p1-m1")});
  std::vector<std::string> texts;
  for (const Entry& entry : measure.entries) texts.push_back(entry.text);
  EXPECT_THAT(texts, ElementsAre("2022年度の実績", "2023年度の計画",
                                 "2023年度の実績", "2024年度の計画"));
  EXPECT_EQ((*Read()->ListIndicators(ListQuery())).size(), 1u);
  EXPECT_EQ((*Read()->ListPlanSources(PlanId("a"))).size(), 2u);
  EXPECT_EQ(result.difference.held, 0);
}

TEST_F(ApplyPlanTest, LeavesThePlaceOfWhatAPartOfThePlanMentions) {
  PlanDocument document = Report(2022);
  Indicator second = FullyMade("a", "y2");
  second.display_name = "二番目の指標";
  second.printed_under = InitiativeId("x1");
  second.order = 1;
  document.indicators.push_back(second);
  Apply(document);
  PlanDocument part;
  part.plan = document.plan;
  second.printed_under = InitiativeId();
  second.order = 0;
  part.indicators = {second};
  EXPECT_THAT(Fields(Apply(part).difference), IsEmpty());
  ApplyOptions replace;
  replace.mask = {"indicators.order"};
  EXPECT_THAT(Fields(Apply(part, replace).difference),
              ElementsAre("i-p1-02 order"));
}

TEST_F(ApplyPlanTest, ShowsADifferenceWithoutStoringIt) {
  ApplyOptions options;
  options.validate_only = true;
  const MutationResult result = Apply(Report(2022), options);
  EXPECT_FALSE(result.changed);
  EXPECT_EQ(result.difference.applied, 6);
  EXPECT_EQ(head(), 0);
  EXPECT_FALSE((*Read()->GetPlan(PlanId("a"))).has_value());
}

TEST_F(ApplyPlanTest, HoldsAnotherValueForAStoredPeriod) {
  Apply(Report(2022));
  PlanDocument document = Report(2022);
  document.observations[0].value.number = Num("2000");
  const MutationResult held = Apply(document);
  ASSERT_EQ(held.difference.changes.size(), 1u);
  const PlanChange& change = held.difference.changes[0];
  EXPECT_EQ(change.kind, PlanChange::Kind::kCorrect);
  EXPECT_EQ(change.held, PlanChange::Held::kNeedsAcceptCorrections);
  EXPECT_EQ(change.before, "2022");
  EXPECT_EQ(change.after, "2000");
  EXPECT_FALSE(held.changed);
  ApplyOptions accept;
  accept.accept_corrections = true;
  const MutationResult applied = Apply(document, accept);
  EXPECT_EQ(applied.difference.applied, 1);
  EXPECT_EQ(Value("fy2022"), "2000");
  EXPECT_EQ((*Read()->ListChanges(1, 0)).at(0).touched.at(0).type,
            ChangeType::kCorrected);
}

TEST_F(ApplyPlanTest, DoesNotTakeAnotherScaleForACorrection) {
  Apply(Report(2022));
  PlanDocument document = Report(2022);
  document.observations[0].value.number = Num("2022.0");
  EXPECT_THAT(Apply(document).difference.changes, IsEmpty());
}

TEST_F(ApplyPlanTest, TakesAFigureThatWasNotAvailableBefore) {
  PlanDocument document = Report(2022);
  document.observations[0].value = shirube::Value();
  document.observations[0].state = ObservationState::kNotAvailable;
  document.observations[0].note = "未公表";
  Apply(document);
  EXPECT_EQ(Apply(Report(2022)).difference.applied, 1);
  EXPECT_EQ(Value("fy2022"), "2022");
}

TEST_F(ApplyPlanTest, ReplacesANamedFieldOnlyIfTheMaskHasIt) {
  Apply(Report(2022));
  PlanDocument document = Report(2022);
  document.indicators[0].targets[0].value.number = Num("3000");
  document.indicators[0].owner = "新しい課";  // empty so far
  const MutationResult held = Apply(document);
  EXPECT_THAT(Fields(held.difference),
              UnorderedElementsAre("i-p1-01 target held", "i-p1-01 owner"));
  EXPECT_EQ(StoredIndicator().owner, "新しい課");
  EXPECT_EQ(StoredIndicator().targets[0].value.number, Num("2400"));
  ApplyOptions mask;
  mask.mask = {"indicators.target"};
  Apply(document, mask);
  EXPECT_EQ(StoredIndicator().targets[0].value.number, Num("3000"));
  EXPECT_EQ((**Read()->GetIndicator(StoredIndicator().key(), 1))
                .targets[0]
                .value.number,
            Num("2400"));
}

TEST_F(ApplyPlanTest, AddsARevisedTargetAndKeepsTheOldOne) {
  Apply(Report(2022));
  PlanDocument document = Report(2023);
  document.indicators[0].targets[0].effective_from = Year(2023);
  document.indicators[0].targets[0].value.number = Num("3000");
  Apply(document);
  ASSERT_EQ(StoredIndicator().targets.size(), 2u);
  EXPECT_EQ(StoredIndicator().targets[0].value.number, Num("2400"));
  EXPECT_EQ(StoredIndicator().targets[1].value.number, Num("3000"));
}

TEST_F(ApplyPlanTest, LeavesWhatAPersonSet) {
  Apply(Report(2022));
  Did(Update<Indicator>{StoredIndicator().key(), "",
                        [](Indicator& indicator) {
                          indicator.direction = Direction::kDown;
                          indicator.notes = {"手で書いた"};
                          return absl::OkStatus();
                        },
                        "indicator"});
  Did(LinkIndicator{StoredIndicator().key(), InitiativeId("p1")});
  PlanDocument document = Report(2022);
  document.indicators[0].direction = Direction::kUp;
  document.indicators[0].links = {InitiativeId("x2")};
  document.indicators[0].notes = {"印刷された注"};
  ApplyOptions all;
  all.mask = {"*"};
  const MutationResult held = Apply(document, all);
  EXPECT_EQ(held.difference.held, 3);
  for (const PlanChange& change : held.difference.changes) {
    EXPECT_EQ(change.held, PlanChange::Held::kNeedsOverwriteManual);
  }
  EXPECT_EQ(StoredIndicator().direction, Direction::kDown);
  all.overwrite_manual = true;
  Apply(document, all);
  EXPECT_EQ(StoredIndicator().direction, Direction::kUp);
  EXPECT_THAT(StoredIndicator().links, ElementsAre(InitiativeId("p1-m1")));
}

TEST_F(ApplyPlanTest, LeavesEmptyWhatAPersonEmptied) {
  Apply(Report(2022));
  const IndicatorKey key = StoredIndicator().key();
  Did(LinkIndicator{key, InitiativeId("p1")});
  Did(UnlinkIndicator{key, InitiativeId("p1")});
  PlanDocument document = Report(2022);
  document.indicators[0].links = {InitiativeId("x1")};
  EXPECT_EQ(Apply(document).difference.held, 1);
  EXPECT_THAT(StoredIndicator().links, IsEmpty());
}

TEST_F(ApplyPlanTest, DeletesWhatIsNotMentionedOnlyWithPrune) {
  Apply(Report(2022));
  PlanDocument rest = Report(2022);
  rest.initiatives.pop_back();
  rest.indicators.clear();
  rest.observations.clear();
  EXPECT_THAT(Apply(rest).difference.changes, IsEmpty());
  ApplyOptions prune;
  prune.prune = true;
  const MutationResult pruned = Apply(rest, prune);
  EXPECT_THAT(Fields(pruned.difference), ElementsAre("i-p1-01 ", "p1-m1 "));
  EXPECT_TRUE(StoredIndicator().stamp.deleted());
  // What comes back later is new: the deleted ids are skipped.
  Apply(Report(2022));
  ListQuery query;
  EXPECT_EQ((*Read()->ListIndicators(query)).at(0).id, IndicatorId("i-p1-02"));
  query.initiative = InitiativeId("p1");
  EXPECT_EQ((*Read()->ListInitiatives(query)).at(0).id, InitiativeId("p1-m2"));
}

TEST_F(ApplyPlanTest, RefusesNamesThatItCannotTellApart) {
  Did(Create<Plan>{MakePlan("a"), "plan"});
  for (const char* id : {"i-01", "i-02"}) {
    Indicator indicator = FullyMade("a", id);
    indicator.display_name = Report(2022).indicators[0].display_name;
    Did(Create<Indicator>{indicator, "indicator"});
  }
  const auto result = Do(ApplyPlan{Report(2022), {}});
  EXPECT_EQ(DetailsOf(result.status()).reason, "AMBIGUOUS_MATCH");
  EXPECT_EQ(head(), 3);
}

TEST_F(ApplyPlanTest, NamesEveryViolationOfADocumentAndStoresNothing) {
  PlanDocument document = Report(2022);
  document.indicators[0].targets[0].period = Year(2000);
  document.observations.push_back(document.observations[0]);
  document.observations.push_back(MakeObservation("a", "none", 2022, "1"));
  const auto result = Do(ApplyPlan{document, {}});
  std::set<std::string> fields;
  for (const Violation& v : DetailsOf(result.status()).violations) {
    fields.insert(v.field.substr(0, v.field.rfind('.')));
  }
  EXPECT_THAT(fields, testing::IsSupersetOf({"document.observations[1]",
                                             "document.observations[2]"}));
  EXPECT_GE(fields.size(), 3u);
  EXPECT_EQ(head(), 0);
}

TEST_F(ApplyPlanTest, RefusesDuplicateIdsAndCycles) {
  PlanDocument twice = Report(2022);
  twice.initiatives[1].id = twice.initiatives[0].id;
  EXPECT_EQ(Do(ApplyPlan{twice, {}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  PlanDocument circle = Report(2022);
  circle.initiatives[0].parent = InitiativeId("x2");
  const auto result = Do(ApplyPlan{circle, {}});
  ASSERT_FALSE(DetailsOf(result.status()).violations.empty());
  EXPECT_EQ(DetailsOf(result.status()).violations[0].reason, "CYCLE");
}

TEST_F(ApplyPlanTest, RefusesValuesToDateThatRunBack) {
  PlanDocument document = Report(2022);
  Indicator& indicator = document.indicators[0];
  indicator.kind = IndicatorKind::kCumulative;
  indicator.window_start = Year(2021);
  indicator.baselines.clear();
  document.observations[0].basis = Basis::kToDate;
  document.observations.push_back(document.observations[0]);
  document.observations[1].period = Year(2023);
  document.observations[1].value.number = Num("5");
  EXPECT_EQ(ReasonOf(ApplyPlan{document, {}}), "VALUE_DECREASES");
  ApplyOptions allow;
  allow.allow_decrease = true;
  EXPECT_EQ(ReasonOf(ApplyPlan{document, allow}), "OK");
}

TEST_F(ApplyPlanTest, FindsByIdWhenAsked) {
  ApplyOptions by_id;
  by_id.match_by = MatchBy::kId;
  Apply(Report(2022), by_id);
  PlanDocument renamed = Report(2022);
  renamed.indicators[0].display_name = "改称後の指標";
  by_id.mask = {"indicators.display_name"};
  const MutationResult result = Apply(renamed, by_id);
  EXPECT_THAT(Fields(result.difference), ElementsAre("y1 display_name"));
  EXPECT_TRUE(result.difference.names.empty());
}

TEST_F(ApplyPlanTest, MergesAssessmentsBySubjectAndYear) {
  PlanDocument document = Report(2022);
  Assessment assessment;
  assessment.initiative = InitiativeId("x2");
  assessment.fiscal_year = Year(2022);
  assessment.cause = "要因";
  document.assessments = {assessment};
  Apply(document);
  EXPECT_FALSE(Apply(document).changed);
  ListQuery query;
  const auto stored = *Read()->ListAssessments(query);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].initiative, InitiativeId("p1-m1"));
}

TEST_F(ApplyPlanTest, RefusesADeletedPlan) {
  Did(Create<Plan>{MakePlan("a"), "plan"});
  Did(Delete<Plan>{PlanId("a"), "", false});
  EXPECT_EQ(ReasonOf(ApplyPlan{Report(2022), {}}), "RESOURCE_EXISTS");
}

}  // namespace
}  // namespace shirube
