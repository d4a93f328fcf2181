// Registering modules and sets, activation, rollback, quarantine.
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RuleSetsTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    Did(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
    Did(RegisterRuleModule{Module("achieved", "aa")});
    Did(RegisterRuleModule{Module("at_risk", "bb")});
    Did(RegisterRuleSet{Set("rs-1", {"aa", "bb"})});
    Did(RegisterRuleSet{Set("rs-2", {"bb"})});
  }
  static RuleModuleRecord Module(const std::string& module,
                                 const std::string& sha256,
                                 const std::string& version = "1.0.0") {
    RuleModuleRecord record;
    record.module = module;
    record.version = version;
    record.sha256 = sha256;
    record.file = module + ".so";
    record.bytes = "bytes of " + sha256;
    return record;
  }
  static RuleSetRecord Set(const std::string& id,
                           const std::vector<std::string>& members) {
    RuleSetRecord record;
    record.id = RuleSetId(id);
    for (const std::string& sha256 : members) {
      record.modules.push_back({"m_" + sha256, "1.0.0", sha256});
    }
    record.parameters = {{"pace_threshold", Num("0.8")}};
    return record;
  }
  static ActivateRuleSet Activate(const std::string& rule_set,
                                  const std::string& plan = "") {
    ActivateRuleSet activate;
    activate.plan = PlanId(plan);
    activate.rule_set = RuleSetId(rule_set);
    return activate;
  }
  static ActivateRuleSet Expecting(const std::string& expected,
                                   ActivateRuleSet activate) {
    activate.expected = RuleSetId(expected);
    return activate;
  }
  static SetQuarantine Quarantine(const std::string& sha256,
                                  const std::string& module) {
    SetQuarantine quarantine;
    quarantine.quarantine.sha256 = sha256;
    quarantine.quarantine.module = module;
    quarantine.quarantine.version = "1.0.0";
    quarantine.quarantine.reason = "CRASHED";
    quarantine.quarantine.en = "signal 11";
    quarantine.quarantine.ja = "シグナル 11";
    return quarantine;
  }
  static Verdict Of(const std::string& rule_set, const std::string& reason,
                    Revision input_revision = 2) {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId("i-01")};
    verdict.status = Status::kOnTrack;
    verdict.reason = reason;
    verdict.rule_set = RuleSetId(rule_set);
    verdict.input_revision = input_revision;
    return verdict;
  }
  // Stores a run of the candidate, as evaluation does before an activation.
  RunId Judge(const std::string& candidate, const std::string& reason) {
    const RunId run = *ledger_->NewRun();
    StoreVerdicts store;
    store.verdicts = {Of(candidate, reason)};
    store.run = run;
    store.candidate = RuleSetId(candidate);
    EXPECT_EQ(Did(store).dropped, 0u);
    return run;
  }
  MutationResult ActivateWithRun(const std::string& rule_set,
                                 const std::string& reason,
                                 const std::string& plan = "") {
    ActivateRuleSet activate = Activate(rule_set, plan);
    activate.run = Judge(rule_set, reason);
    return Did(activate);
  }
  std::string ReasonNow(Revision at = kLatest) {
    const auto verdict =
        *Read()->GetVerdict({PlanId("a"), IndicatorId("i-01")}, at);
    return verdict.has_value() ? verdict->reason : "none";
  }
  std::string Active(const std::string& plan = "") {
    const auto found = *Read()->GetActivation(PlanId(plan));
    return found.has_value() ? found->rule_set.value() : "never";
  }
  std::string RuleSetOfPlan() {
    return (*Read()->GetPlan(PlanId("a")))->rule_set.value();
  }
  Change LastChange() { return (*Read()->ListChanges(0, 0)).back(); }
  ErrorDetails Refusal(MutationBody body) {
    return DetailsOf(Do(std::move(body)).status());
  }
  Revision judged_through() { return (*Read()->Head()).judged_through; }
};

// ---- Modules and sets. ----

TEST_F(RuleSetsTest, KeepsAModuleOnceHoweverOftenItIsRegistered) {
  const Revision before = head();
  const MutationResult again = Did(RegisterRuleModule{Module("x", "aa")});
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(head(), before);
  // It is the stored one, not what came.
  EXPECT_EQ(again.rule_module->module, "achieved");
  EXPECT_EQ(again.rule_module->bytes, "");
  EXPECT_EQ((*Read()->GetRuleModule("aa"))->bytes, "bytes of aa");
}

TEST_F(RuleSetsTest, RefusesOtherBytesUnderATakenVersion) {
  const ErrorDetails refusal =
      Refusal(RegisterRuleModule{Module("achieved", "cc")});
  EXPECT_EQ(refusal.reason, "MODULE_VERSION_TAKEN");
  EXPECT_THAT(refusal.en, HasSubstr("Raise the version"));
  EXPECT_THAT(refusal.en, HasSubstr("ruleModules/achieved/versions/1.0.0"));
  EXPECT_THAT(refusal.ja, HasSubstr("版を上げて"));
  EXPECT_EQ((*Read()->ListRuleModules()).size(), 2u);
  EXPECT_TRUE(
      Did(RegisterRuleModule{Module("achieved", "cc", "1.0.1")}).changed);
}

TEST_F(RuleSetsTest, LetsTheServerRegisterAShippedModuleThatWasRebuilt) {
  EXPECT_TRUE(Did(RegisterRuleModule{Module("achieved", "cc"), true}).changed);
  EXPECT_EQ((*Read()->ListRuleModules()).size(), 3u);
}

TEST_F(RuleSetsTest, WritesARegistrationIntoTheLogWithoutCausingJudging) {
  const MutationResult result =
      Did(RegisterRuleModule{Module("stale", "cc", "2.0.0")});
  const Change change = LastChange();
  EXPECT_EQ(change.revision, result.revision);
  EXPECT_EQ(change.action, "RegisterRuleModule");
  EXPECT_FALSE(change.causes_judging);
  EXPECT_THAT(change.touched,
              ElementsAre(Touched{ResourceKind::kRuleModule,
                                  ChangeType::kCreated, PlanId(), "cc", ""}));
  EXPECT_EQ(result.rule_module->revision, result.revision);
  EXPECT_EQ(result.rule_module->bytes_size, 11);
  Did(RegisterRuleSet{Set("rs-9", {"cc"})});
  EXPECT_EQ(LastChange().action, "RegisterRuleSet");
  EXPECT_FALSE(LastChange().causes_judging);
}

TEST_F(RuleSetsTest, StoresTheSameSetOnce) {
  const Revision before = head();
  const MutationResult again = Did(RegisterRuleSet{Set("rs-1", {"aa", "bb"})});
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(head(), before);
  EXPECT_EQ(again.rule_set->id, RuleSetId("rs-1"));
  EXPECT_EQ(again.rule_set->modules.size(), 2u);
}

TEST_F(RuleSetsTest, NamesEveryMemberOfASetThatIsNotRegistered) {
  const ErrorDetails refusal =
      Refusal(RegisterRuleSet{Set("rs-9", {"xx", "aa", "yy"})});
  ASSERT_EQ(refusal.violations.size(), 2u);
  EXPECT_EQ(refusal.violations[0].field, "modules[0]");
  EXPECT_EQ(refusal.violations[1].field, "modules[2]");
  EXPECT_THAT(refusal.violations[1].en, HasSubstr("register its file first"));
  EXPECT_FALSE((*Read()->GetRuleSet(RuleSetId("rs-9"))).has_value());
}

// ---- Activation. ----

TEST_F(RuleSetsTest, ActivatesTheDefaultTogetherWithItsVerdicts) {
  const MutationResult first = ActivateWithRun("rs-1", "FIRST");
  EXPECT_EQ(ReasonNow(first.revision - 1), "none");
  EXPECT_EQ(ReasonNow(), "FIRST");
  const RunId run = Judge("rs-2", "SECOND");
  EXPECT_EQ(ReasonNow(), "FIRST");
  ActivateRuleSet activate = Activate("rs-2");
  activate.run = run;
  const MutationResult second = Did(activate);
  EXPECT_EQ(ReasonNow(), "SECOND");
  EXPECT_EQ(Active(), "rs-2");
  EXPECT_EQ(ReasonNow(second.revision - 1), "FIRST");
  EXPECT_EQ(groups_.back().mutations.at(0).published_run, run);
  ASSERT_TRUE(second.activation.has_value());
  EXPECT_EQ(second.activation->rule_set, RuleSetId("rs-2"));
  EXPECT_EQ(second.activation->previous, RuleSetId("rs-1"));
  EXPECT_EQ(second.activation->revision, second.revision);
  EXPECT_EQ(second.activation->actor, "officer");
  EXPECT_TRUE(second.activation->claimed);
  EXPECT_EQ(second.activation->time, LastChange().time);
}

TEST_F(RuleSetsTest, CausesNoJudgingWhenItsRunJudgedEverything) {
  Did(StoreVerdicts{{}, 0, false, head()});
  ActivateWithRun("rs-1", "FIRST");
  EXPECT_FALSE(LastChange().causes_judging);
  EXPECT_EQ(judged_through(), head() - 1) << "its alerts are still to be made";
  Did(ExpandRunAlerts{});
  EXPECT_EQ(judged_through(), head());
  Did(Activate("rs-2"));
  EXPECT_TRUE(LastChange().causes_judging);
  EXPECT_LT(judged_through(), head());
}

TEST_F(RuleSetsTest, SaysInTheLogWhatAnActivationTouched) {
  Did(Activate("rs-1"));
  EXPECT_THAT(LastChange().touched,
              ElementsAre(Touched{ResourceKind::kRuleSet, ChangeType::kUpdated,
                                  PlanId(), "rs-1", ""}));
  Did(Activate("rs-2", "a"));
  EXPECT_EQ(LastChange().action, "ActivateRuleSet");
  EXPECT_THAT(LastChange().touched,
              ElementsAre(Touched{ResourceKind::kPlan, ChangeType::kUpdated,
                                  PlanId("a"), "", ""},
                          Touched{ResourceKind::kRuleSet, ChangeType::kUpdated,
                                  PlanId("a"), "rs-2", ""}));
}

TEST_F(RuleSetsTest, NamesTheSetInThePlanAndTakesItAwayAgain) {
  Did(Activate("rs-1"));
  const MutationResult named = Did(Activate("rs-2", "a"));
  EXPECT_EQ(RuleSetOfPlan(), "rs-2");
  EXPECT_EQ(named.activation->previous, RuleSetId());
  EXPECT_EQ(Active(), "rs-1");
  const MutationResult back = Did(Activate("", "a"));
  EXPECT_EQ(RuleSetOfPlan(), "");
  EXPECT_EQ(back.activation->rule_set, RuleSetId());
  EXPECT_EQ(back.activation->previous, RuleSetId("rs-2"));
  EXPECT_EQ((*Read()->ListActivations(PlanId("a"))).size(), 2u);
}

TEST_F(RuleSetsTest, ComparesWithWhatIsActiveNow) {
  Did(Activate("rs-1"));
  const ErrorDetails refusal = Refusal(Expecting("rs-2", Activate("rs-2")));
  EXPECT_EQ(refusal.reason, "RULE_SET_CHANGED");
  EXPECT_THAT(refusal.en, HasSubstr("ruleSets/rs-1"));
  EXPECT_THAT(refusal.ja, HasSubstr("ruleSets/rs-1"));
  EXPECT_EQ(Do(Expecting("rs-2", Activate("rs-2"))).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(Active(), "rs-1");
  Did(Expecting("rs-1", Activate("rs-2")));
  EXPECT_EQ(Active(), "rs-2");
  // A plan that follows the default names no set: the empty one is expected.
  EXPECT_THAT(Refusal(Expecting("rs-1", Activate("rs-2", "a"))).en,
              HasSubstr("ruleSets/default"));
  Did(Expecting("", Activate("rs-2", "a")));
  EXPECT_EQ(RuleSetOfPlan(), "rs-2");
}

TEST_F(RuleSetsTest, LetsOneOfTwoRacersWin) {
  Did(Activate("rs-1"));
  Did(RegisterRuleSet{Set("rs-3", {"aa"})});
  EXPECT_EQ(ReasonOf(Expecting("rs-1", Activate("rs-2"))), "OK");
  EXPECT_EQ(ReasonOf(Expecting("rs-1", Activate("rs-3"))), "RULE_SET_CHANGED");
  EXPECT_EQ(Active(), "rs-2");
}

TEST_F(RuleSetsTest, AnswersWhatIsActiveAlreadyWithoutAChange) {
  const MutationResult first = Did(Activate("rs-1"));
  const MutationResult again = Did(Activate("rs-1"));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.activation->revision, first.revision);
  EXPECT_EQ(head(), first.revision);
  const MutationResult follows = Did(Activate("", "a"));
  EXPECT_FALSE(follows.changed);
  EXPECT_EQ(follows.activation->plan, PlanId("a"));
  EXPECT_EQ(follows.activation->revision, 0);
}

TEST_F(RuleSetsTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(ReasonOf(Activate("rs-9")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Activate("rs-1", "none")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Activate("")), "INVALID_FIELD");
  Did(Delete<Plan>{PlanId("a"), "", true});
  EXPECT_EQ(ReasonOf(Activate("rs-1", "a")), "RESOURCE_NOT_FOUND");
}

TEST_F(RuleSetsTest, PublishesARunOnceOnly) {
  ActivateRuleSet activate = Activate("rs-1");
  activate.run = Judge("rs-1", "FIRST");
  Did(activate);
  activate.rule_set = RuleSetId("rs-2");
  EXPECT_EQ(ReasonOf(activate), "INTERNAL_FAULT");
  EXPECT_EQ(Active(), "rs-1");
  EXPECT_EQ((*Read()->ListActivations(PlanId())).size(), 1u);
}

TEST_F(RuleSetsTest, KeepsTheHistoryOfADeletedPlan) {
  Did(Activate("rs-1"));
  Did(Activate("rs-2", "a"));
  Did(Delete<Plan>{PlanId("a"), "", true});
  EXPECT_EQ((*Read()->ListActivations(PlanId("a"))).size(), 1u);
  Did(Undelete<Plan>{PlanId("a")});
  EXPECT_EQ(RuleSetOfPlan(), "rs-2");
  EXPECT_EQ(Active("a"), "rs-2");
}

TEST_F(RuleSetsTest, LetsNothingElseChangeTheSetOfAPlan) {
  Did(Activate("rs-2", "a"));
  Did(Update<Plan>{PlanId("a"), "",
                   [](Plan& plan) {
                     plan.owner = "課";
                     plan.rule_set = RuleSetId("rs-1");
                     return absl::OkStatus();
                   },
                   "plan"});
  EXPECT_EQ(RuleSetOfPlan(), "rs-2");
  ApplyPlan apply;
  apply.document.plan = MakePlan("a");
  apply.document.plan.rule_set = RuleSetId("rs-1");
  apply.options.mask = {"*"};
  Did(apply);
  EXPECT_EQ(RuleSetOfPlan(), "rs-2");
  Plan named = MakePlan("b");
  named.rule_set = RuleSetId("rs-1");
  Did(Create<Plan>{named, "plan"});
  EXPECT_TRUE((*Read()->GetPlan(PlanId("b")))->rule_set.empty());
  apply.document.plan.id = PlanId("c");
  Did(apply);
  EXPECT_TRUE((*Read()->GetPlan(PlanId("c")))->rule_set.empty());
}

// ---- Verdicts of a candidate. ----

TEST_F(RuleSetsTest, TakesVerdictsOfACandidateBesideTheActiveSet) {
  ActivateWithRun("rs-1", "FIRST");
  StoreVerdicts store;
  store.verdicts = {Of("rs-2", "SECOND")};
  EXPECT_EQ(Did(store).dropped, 1u);
  Judge("rs-2", "SECOND");
  EXPECT_EQ(ReasonNow(), "FIRST");
  EXPECT_EQ(Did(StoreVerdicts{{Of("rs-1", "LATER")}}).dropped, 0u);
  EXPECT_EQ(ReasonNow(), "LATER");
}

TEST_F(RuleSetsTest, DropsFromACandidatesRunWhatIsNotItsOwnOrIsOlder) {
  Did(Activate("rs-1"));
  Did(StoreVerdicts{{Of("rs-1", "NOW", 5)}});
  StoreVerdicts store;
  store.run = *ledger_->NewRun();
  store.candidate = RuleSetId("rs-2");
  store.verdicts = {Of("rs-1", "OF_THE_OTHER", 5), Of("rs-2", "OLDER", 4)};
  EXPECT_EQ(Did(store).dropped, 2u);
}

TEST_F(RuleSetsTest, DropsLateVerdictsOfTheSetBefore) {
  Did(Activate("rs-1"));
  ActivateWithRun("rs-2", "SECOND");
  EXPECT_EQ(Did(StoreVerdicts{{Of("rs-1", "LATE", 9)}}).dropped, 1u);
  EXPECT_EQ(ReasonNow(), "SECOND");
}

TEST_F(RuleSetsTest, NeverShowsVerdictsOfACandidateByItself) {
  StoreVerdicts store;
  store.verdicts = {Of("rs-2", "SECOND")};
  store.candidate = RuleSetId("rs-2");
  EXPECT_EQ(ReasonOf(store), "INTERNAL_FAULT");
  store.run = *ledger_->NewRun();
  store.publish = true;
  EXPECT_EQ(ReasonOf(store), "INTERNAL_FAULT");
  EXPECT_EQ(ReasonNow(), "none");
}

// ---- Quarantine. ----

TEST_F(RuleSetsTest, SetsAModuleAsideOnce) {
  EXPECT_TRUE(Did(Quarantine("bb", "at_risk")).changed);
  EXPECT_EQ(LastChange().action, "SetQuarantine");
  EXPECT_TRUE(LastChange().causes_judging);
  EXPECT_THAT(LastChange().touched,
              ElementsAre(Touched{ResourceKind::kRuleModule,
                                  ChangeType::kUpdated, PlanId(), "bb", ""}));
  const auto out = *Read()->ListQuarantines();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].reason, "CRASHED");
  EXPECT_EQ(out[0].ja, "シグナル 11");
  EXPECT_EQ(out[0].time, LastChange().time);
  EXPECT_FALSE(Did(Quarantine("bb", "at_risk")).changed);
  EXPECT_EQ((*Read()->ListQuarantines()).size(), 1u);
}

TEST_F(RuleSetsTest, RefusesToActivateASetWithAModuleInQuarantine) {
  Did(Activate("rs-1"));
  Did(Quarantine("aa", "achieved"));
  Did(Quarantine("bb", "at_risk"));
  Did(RegisterRuleSet{Set("rs-3", {"bb", "aa"})});
  const ErrorDetails refusal = Refusal(Activate("rs-3"));
  EXPECT_EQ(refusal.reason, "MODULE_QUARANTINED");
  EXPECT_THAT(refusal.en, HasSubstr("achieved/versions/1.0.0 (CRASHED"));
  EXPECT_THAT(refusal.en, HasSubstr("at_risk/versions/1.0.0"));
  EXPECT_THAT(refusal.ja, HasSubstr("隔離を解く"));
  EXPECT_EQ(Active(), "rs-1");
  // Also the way back to a default that has one.
  Did(ReleaseQuarantine{"bb"});
  Did(Activate("rs-2", "a"));
  EXPECT_EQ(ReasonOf(Activate("", "a")), "MODULE_QUARANTINED");
  Did(ReleaseQuarantine{"aa"});
  EXPECT_EQ(ReasonOf(Activate("", "a")), "OK");
}

TEST_F(RuleSetsTest, ReleasesWhatIsInQuarantineAndHasItJudged) {
  Did(Quarantine("bb", "at_risk"));
  const MutationResult released = Did(ReleaseQuarantine{"bb"});
  EXPECT_TRUE(released.changed);
  EXPECT_EQ(released.rule_module->module, "at_risk");
  EXPECT_TRUE(LastChange().causes_judging);
  EXPECT_THAT(*Read()->ListQuarantines(), IsEmpty());
  EXPECT_EQ((*Read()->ListQuarantines(released.revision - 1)).size(), 1u);
  const ErrorDetails refusal = Refusal(ReleaseQuarantine{"bb"});
  EXPECT_EQ(refusal.reason, "NOT_QUARANTINED");
  EXPECT_THAT(refusal.en, HasSubstr("ruleModules/at_risk/versions/1.0.0"));
  EXPECT_EQ(ReasonOf(ReleaseQuarantine{"zz"}), "RESOURCE_NOT_FOUND");
}

// ---- Repeats. ----

TEST_F(RuleSetsTest, AnswersARepeatedActivationFromWhatIsStored) {
  Did(Activate("rs-1"));
  const MutationResult first = *Submit(Requested(Activate("rs-2"), "r-1"));
  Did(Activate("rs-1"));
  const Revision before = head();
  const MutationResult again = *Submit(Requested(Activate("rs-2"), "r-1"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.revision, first.revision);
  EXPECT_EQ(again.activation->rule_set, RuleSetId("rs-2"));
  EXPECT_EQ(again.activation->previous, RuleSetId("rs-1"));
  EXPECT_EQ(again.activation->revision, first.revision);
  EXPECT_EQ(again.activation->actor, "officer");
  EXPECT_EQ(head(), before);
  EXPECT_EQ(Active(), "rs-1");
  EXPECT_EQ((*Read()->GetRequest("Method", "r-1"))->resource, "ruleSets/rs-2");
}

TEST_F(RuleSetsTest, AnswersARepeatedRegistrationByTheRecordedHash) {
  *Submit(Requested(RegisterRuleModule{Module("stale", "cc")}, "r-1"));
  // The file changed since: what was registered then is the answer.
  const MutationResult module =
      *Submit(Requested(RegisterRuleModule{Module("stale", "dd")}, "r-1"));
  EXPECT_TRUE(module.repeated);
  EXPECT_EQ(module.rule_module->sha256, "cc");
  EXPECT_EQ(module.rule_module->bytes, "");
  *Submit(Requested(RegisterRuleSet{Set("rs-7", {"cc"})}, "r-2"));
  const MutationResult set =
      *Submit(Requested(RegisterRuleSet{Set("rs-7", {"cc"})}, "r-2"));
  EXPECT_TRUE(set.repeated);
  EXPECT_EQ(set.rule_set->id, RuleSetId("rs-7"));
}

TEST_F(RuleSetsTest, AnswersARepeatedReleaseAfterTheModuleFailedAgain) {
  Did(Quarantine("bb", "at_risk"));
  *Submit(Requested(ReleaseQuarantine{"bb"}, "r-1"));
  Did(Quarantine("bb", "at_risk"));
  const MutationResult again =
      *Submit(Requested(ReleaseQuarantine{"bb"}, "r-1"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.rule_module->module, "at_risk");
  EXPECT_EQ((*Read()->ListQuarantines()).size(), 1u);
}

}  // namespace
}  // namespace shirube
