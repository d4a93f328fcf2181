// Storing verdicts, runs, rule sets, judged_through.
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

class VerdictsTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    Did(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
  }
  static Verdict Of(const std::string& indicator, Revision input_revision,
                    const std::string& rule_set = "rs-1") {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId(indicator)};
    verdict.status = Status::kOnTrack;
    verdict.reason = "ON_PACE";
    verdict.rule_set = RuleSetId(rule_set);
    verdict.input_revision = input_revision;
    return verdict;
  }
  MutationResult Activate(const std::string& id) {
    RegisterRuleSet store;
    store.rule_set.id = RuleSetId(id);
    Did(store);
    return Did(ActivateRuleSet{PlanId(), RuleSetId(id)});
  }
  Revision judged_through() { return (*Read()->Head()).judged_through; }
  bool Judged(const std::string& indicator = "i-01") {
    return (*Read()->GetVerdict({PlanId("a"), IndicatorId(indicator)}))
        .has_value();
  }
};

TEST_F(VerdictsTest, MovesJudgedThroughTogetherWithTheVerdicts) {
  const MutationResult result =
      Did(StoreVerdicts{{Of("i-01", 2)}, 0, false, 2});
  EXPECT_EQ(result.revision, 3);
  // Its own revision causes no judging, so it counts as judged.
  EXPECT_EQ(judged_through(), 3);
  EXPECT_EQ(groups_.back().head.judged_through, 3);
  EXPECT_EQ(groups_.back().mutations.at(0).verdicts.at(0).revision, 3);
  Did(Create<Plan>{MakePlan("b"), "plan"});
  EXPECT_EQ(judged_through(), 3);
}

TEST_F(VerdictsTest, StopsJudgedThroughAtTheFirstCause) {
  Did(Create<Plan>{MakePlan("b"), "plan"});
  Did(StoreVerdicts{{Of("i-01", 2)}, 0, false, 2});
  EXPECT_EQ(judged_through(), 2);
  // Everything behind it is judged at once when the cause is.
  const Revision before = head();
  const MutationResult result = Did(StoreVerdicts{{}, 0, false, 3});
  EXPECT_FALSE(result.changed);
  EXPECT_EQ(head(), before);
  EXPECT_EQ(judged_through(), before);
  EXPECT_EQ(groups_.back().mutations.size(), 0u);
}

TEST_F(VerdictsTest, RefusesToBeAheadOfTheHead) {
  EXPECT_EQ(ReasonOf(StoreVerdicts{{}, 0, false, 99}), "INTERNAL_FAULT");
  EXPECT_EQ(judged_through(), 0);
}

TEST_F(VerdictsTest, DropsAVerdictOfAnotherRuleSet) {
  EXPECT_TRUE(Activate("rs-2").changed);
  EXPECT_FALSE(Activate("rs-2").changed);
  const MutationResult dropped = Did(StoreVerdicts{{Of("i-01", 2, "rs-1")}});
  EXPECT_EQ(dropped.dropped, 1u);
  EXPECT_FALSE(dropped.changed);
  EXPECT_FALSE(Judged());
  EXPECT_EQ(Did(StoreVerdicts{{Of("i-01", 2, "rs-2")}}).dropped, 0u);
  EXPECT_TRUE(Judged());
}

TEST_F(VerdictsTest, DropsAVerdictOfOlderInput) {
  Did(StoreVerdicts{{Of("i-01", 2)}});
  EXPECT_EQ(Did(StoreVerdicts{{Of("i-01", 1)}}).dropped, 1u);
  EXPECT_EQ(Did(StoreVerdicts{{Of("i-01", 2)}}).dropped, 0u);
}

TEST_F(VerdictsTest, DropsAVerdictOfWhatIsGone) {
  EXPECT_EQ(Did(StoreVerdicts{{Of("none", 2)}}).dropped, 1u);
  Did(Delete<Plan>{PlanId("a"), "", true});
  EXPECT_EQ(Did(StoreVerdicts{{Of("i-01", 2)}}).dropped, 1u);
}

TEST_F(VerdictsTest, ShowsARunWhenItIsPublished) {
  const RunId run = *ledger_->NewRun();
  EXPECT_NE(*ledger_->NewRun(), run);
  Did(StoreVerdicts{{Of("i-01", 2)}, run, false, 0});
  EXPECT_FALSE(Judged());
  EXPECT_EQ(judged_through(), 0);
  Did(StoreVerdicts{{}, run, true, 2});
  EXPECT_TRUE(Judged());
  EXPECT_EQ(groups_.back().mutations.at(0).published_run, run);
  // Its alerts are still to be made.
  EXPECT_EQ(judged_through(), head() - 1);
  Did(ExpandRunAlerts{});
  EXPECT_EQ(judged_through(), head());
}

TEST_F(VerdictsTest, TakesOneGroupAtMost) {
  StoreVerdicts many;
  many.verdicts.assign(kMaxVerdictGroup + 1, Of("i-01", 2));
  EXPECT_EQ(ReasonOf(many), "INTERNAL_FAULT");
  EXPECT_EQ(head(), 2);
}

}  // namespace
}  // namespace shirube
