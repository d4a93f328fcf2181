// Create, Update, Delete and Undelete.
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ResourcesTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    Did(Create<Initiative>{MakeInitiative("a", "p1"), "initiative"});
    Did(Create<Initiative>{Under("p1", "m1"), "initiative"});
    Did(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
  }
  static Initiative Under(const std::string& parent, const std::string& id) {
    Initiative initiative = MakeInitiative("a", id);
    initiative.parent = InitiativeId(parent);
    return initiative;
  }
  static Update<Initiative> Move(const std::string& id,
                                 const std::string& parent) {
    return {{PlanId("a"), InitiativeId(id)},
            "",
            [parent](Initiative& initiative) {
              initiative.parent = InitiativeId(parent);
              return absl::OkStatus();
            },
            "initiative"};
  }
  static Update<Indicator> Patch(std::function<void(Indicator&)> change,
                                 const std::string& etag = "") {
    return {{PlanId("a"), IndicatorId("i-01")},
            etag,
            [change](Indicator& indicator) {
              change(indicator);
              return absl::OkStatus();
            },
            "indicator"};
  }
  Indicator Stored() {
    return **Read()->GetIndicator({PlanId("a"), IndicatorId("i-01")});
  }
  const IndicatorKey key_{PlanId("a"), IndicatorId("i-01")};
};

TEST_F(ResourcesTest, NamesEveryViolationAtOnce) {
  Indicator bad = FullyMade("a", "i-02");
  bad.display_name.clear();
  bad.targets[0].period = Year(2010);
  bad.links = {InitiativeId("none")};
  const auto result = Do(Create<Indicator>{bad, "indicator"});
  const ErrorDetails details = DetailsOf(result.status());
  std::vector<std::string> fields;
  for (const Violation& v : details.violations) fields.push_back(v.field);
  EXPECT_THAT(fields, testing::Contains("indicator.display_name"));
  EXPECT_THAT(fields, testing::Contains("indicator.links[0]"));
  EXPECT_GE(fields.size(), 3u);
  EXPECT_EQ(head(), 4);
}

TEST_F(ResourcesTest, RefusesAnEtagThatIsNotTheStoredOne) {
  const std::string etag = EtagOf(Stored().stamp);
  const auto rename = [](Indicator& i) { i.owner = "新しい課"; };
  Did(Patch(rename, etag));
  const auto again = Do(Patch([](Indicator& i) { i.owner = "x"; }, etag));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(DetailsOf(again.status()).reason, "ETAG_MISMATCH");
  EXPECT_EQ(Stored().owner, "新しい課");
}

TEST_F(ResourcesTest, TakesNoRevisionForAnUpdateThatChangesNothing) {
  const Revision before = head();
  const MutationResult result = Did(Patch([](Indicator&) {}));
  EXPECT_FALSE(result.changed);
  EXPECT_EQ(result.revision, before);
  EXPECT_EQ(head(), before);
}

TEST_F(ResourcesTest, KeepsAPatchFromIdsAndStamp) {
  Did(Patch([](Indicator& i) {
    i.id = IndicatorId("other");
    i.plan = PlanId("other");
    i.stamp = Stamp();
    i.owner = "課";
  }));
  EXPECT_EQ(Stored().owner, "課");
  EXPECT_GT(Stored().stamp.create_time, absl::UnixEpoch());
}

TEST_F(ResourcesTest, PassesOnWhatThePatchRefuses) {
  Update<Indicator> update = Patch([](Indicator&) {});
  update.patch = [](Indicator&) { return absl::DataLossError("no"); };
  EXPECT_EQ(Do(update).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ResourcesTest, NotesWhatAPersonSet) {
  EXPECT_THAT(Stored().manual_fields, IsEmpty());
  Did(Patch([](Indicator& i) {
    i.direction = Direction::kDown;
    i.owner = "課";
  }));
  EXPECT_THAT(Stored().manual_fields, ElementsAre("direction"));
  Did(LinkIndicator{key_, InitiativeId("m1")});
  EXPECT_THAT(Stored().manual_fields, ElementsAre("direction", "links"));
}

TEST_F(ResourcesTest, LinksOnceAndUnlinks) {
  EXPECT_TRUE(Did(LinkIndicator{key_, InitiativeId("m1")}).changed);
  EXPECT_FALSE(Did(LinkIndicator{key_, InitiativeId("m1")}).changed);
  EXPECT_THAT(Stored().links, ElementsAre(InitiativeId("m1")));
  EXPECT_EQ(ReasonOf(LinkIndicator{key_, InitiativeId("none")}),
            "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(Did(UnlinkIndicator{key_, InitiativeId("m1")}).changed);
  EXPECT_FALSE(Did(UnlinkIndicator{key_, InitiativeId("m1")}).changed);
  EXPECT_THAT(Stored().links, IsEmpty());
}

TEST_F(ResourcesTest, RefusesACycle) {
  const auto result = Do(Move("p1", "m1"));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  const ErrorDetails details = DetailsOf(result.status());
  ASSERT_FALSE(details.violations.empty());
  EXPECT_EQ(details.violations[0].reason, "CYCLE");
  EXPECT_EQ(details.violations[0].field, "initiative.parent_initiative");
  EXPECT_FALSE(Do(Move("p1", "p1")).ok());
}

TEST_F(ResourcesTest, RefusesATreeThatIsTooDeep) {
  Ledger::Options options;
  options.max_tree_depth = 3;
  StartLedger(options);
  Did(Create<Initiative>{Under("m1", "a1"), "initiative"});
  const auto deep = Do(Create<Initiative>{Under("a1", "a2"), "initiative"});
  EXPECT_EQ(DetailsOf(deep.status()).reason, "LIMIT_EXCEEDED");
  // Moving a branch counts what hangs below it.
  Did(Create<Initiative>{MakeInitiative("a", "p2"), "initiative"});
  EXPECT_EQ(ReasonOf(Move("p1", "p2")), "LIMIT_EXCEEDED");
}

TEST_F(ResourcesTest, RefusesAParentThatDoesNotExist) {
  EXPECT_FALSE(Do(Create<Initiative>{Under("none", "m9"), "initiative"}).ok());
  EXPECT_EQ(
      ReasonOf(Create<Initiative>{MakeInitiative("none", "m9"), "initiative"}),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ResourcesTest, DeletesWithChildrenOnlyByForce) {
  const Delete<Plan> plain{PlanId("a"), "", false};
  const auto refused = Do(plain);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(refused.status()).reason, "HAS_CHILDREN");
  const MutationResult deleted = Did(Delete<Plan>{PlanId("a"), "", true});
  EXPECT_TRUE(std::get<Plan>(deleted.resources.at(0)).stamp.deleted());
  EXPECT_TRUE(Stored().stamp.deleted());
  EXPECT_EQ(Stored().stamp.revision, deleted.revision);
  EXPECT_EQ(ReasonOf(Patch([](Indicator& i) { i.owner = "x"; })),
            "RESOURCE_NOT_FOUND");
}

TEST_F(ResourcesTest, BringsBackWhatWasDeletedTogether) {
  Did(Delete<Initiative>{{PlanId("a"), InitiativeId("m1")}, "", false});
  Did(Delete<Plan>{PlanId("a"), "", true});
  Did(Undelete<Plan>{PlanId("a")});
  ListQuery query;
  query.plan = PlanId("a");
  EXPECT_EQ((*Read()->ListIndicators(query)).size(), 1u);
  // m1 had been deleted before, on its own.
  EXPECT_EQ((*Read()->ListInitiatives(query)).size(), 1u);
  EXPECT_EQ(ReasonOf(Undelete<Plan>{PlanId("a")}), "NOT_DELETED");
  EXPECT_EQ(ReasonOf(Undelete<Plan>{PlanId("none")}), "RESOURCE_NOT_FOUND");
}

TEST_F(ResourcesTest, NeverUsesADeletedIdAgain) {
  Did(Delete<Indicator>{key_, "", true});
  const auto again = Do(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(DetailsOf(again.status()).reason, "RESOURCE_EXISTS");
  const MutationResult made =
      Did(Create<Indicator>{FullyMade("a", ""), "indicator"});
  EXPECT_EQ(std::get<Indicator>(made.resources.at(0)).id, IndicatorId("i-02"));
}

TEST_F(ResourcesTest, TakesTiesToADeletedInitiativeAway) {
  Did(LinkIndicator{key_, InitiativeId("m1")});
  EXPECT_EQ(ReasonOf(Delete<Initiative>{
                {PlanId("a"), InitiativeId("p1")}, "", false}),
            "HAS_CHILDREN");
  Did(Delete<Initiative>{{PlanId("a"), InitiativeId("p1")}, "", true});
  EXPECT_THAT(Stored().links, IsEmpty());
  EXPECT_EQ(ReasonOf(Undelete<Initiative>{{PlanId("a"), InitiativeId("m1")}}),
            "PARENT_DELETED");
  Did(Undelete<Initiative>{{PlanId("a"), InitiativeId("p1")}});
  EXPECT_FALSE((**Read()->GetInitiative({PlanId("a"), InitiativeId("m1")}))
                   .stamp.deleted());
}

TEST_F(ResourcesTest, KeepsAssessmentsOfTheirSubject) {
  Assessment assessment;
  assessment.plan = PlanId("a");
  assessment.indicator = IndicatorId("i-01");
  assessment.fiscal_year = Year(2022);
  assessment.cause = "要因";
  const MutationResult made = Did(Create<Assessment>{assessment, "assessment"});
  const Assessment& stored = std::get<Assessment>(made.resources.at(0));
  EXPECT_FALSE(stored.id.empty());
  EXPECT_FALSE((*Read()->ListChanges(made.revision - 1, 0))[0].causes_judging);
  assessment.indicator = IndicatorId("none");
  EXPECT_FALSE(Do(Create<Assessment>{assessment, "assessment"}).ok());
  Did(Delete<Indicator>{key_, "", true});
  EXPECT_TRUE(
      (**Read()->GetAssessment({PlanId("a"), stored.id})).stamp.deleted());
}

}  // namespace
}  // namespace shirube
