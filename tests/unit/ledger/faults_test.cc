// Every kind of mutation, with the store failing at its n-th call, for every n:
// nothing is half stored, and the next mutation works.
#include <functional>
#include <ostream>

#include "tests/unit/ledger/faulty_store.h"
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

struct Kind {
  std::string name;
  std::function<MutationBody()> body;
};

Assessment MakeAssessment(const std::string& id) {
  Assessment assessment;
  assessment.plan = PlanId("a");
  assessment.id = AssessmentId(id);
  assessment.indicator = IndicatorId("i-01");
  assessment.fiscal_year = Year(2022);
  return assessment;
}

template <typename T>
Update<T> SetOwner(typename KeyOf<T>::type key) {
  return {key, "",
          [](T& resource) {
            resource.owner = "課";
            return absl::OkStatus();
          },
          "x"};
}

const IndicatorKey kIndicator{PlanId("a"), IndicatorId("i-01")};
const InitiativeKey kInitiative{PlanId("a"), InitiativeId("m1")};

// The run that judged for an activation of rs-2 in SetUp; the first of a store.
constexpr RunId kRun = 1;
// One that was published, and whose alerts are not made yet.
constexpr RunId kPublishedRun = 2;

// In SetUp it is acknowledged until a day that has passed.
const AlertKey kOverdue{
    PlanId("a"), AlertIdOf(AlertKind::kFigureOverdue, "i-01", Year(2023))};

Observed Overdue(Status status) {
  Observed observed;
  observed.plan = PlanId("a");
  observed.kind = AlertKind::kFigureOverdue;
  observed.subject = "i-01";
  observed.period = Year(2023);
  observed.status = status;
  return observed;
}

Subscription Hook(const std::string& id) {
  Subscription subscription;
  subscription.id = SubscriptionId(id);
  subscription.sink = SinkKind::kWebhook;
  subscription.url = "https://example.test/";
  return subscription;
}

RuleModuleRecord ModuleOf(const std::string& module,
                          const std::string& sha256) {
  RuleModuleRecord record;
  record.module = module;
  record.version = "1.0.0";
  record.sha256 = sha256;
  record.bytes = std::string(100'000, 'x');
  return record;
}

RuleSetRecord SetOf(const std::string& id, const std::string& sha256) {
  RuleSetRecord record;
  record.id = RuleSetId(id);
  record.modules = {{"m_" + sha256, "1.0.0", sha256}};
  record.parameters = {{"pace_threshold", Num("0.8")}};
  return record;
}

StoreVerdicts VerdictsOf(const std::string& rule_set,
                         const std::string& reason) {
  Verdict verdict;
  verdict.indicator = kIndicator;
  verdict.reason = reason;
  verdict.rule_set = RuleSetId(rule_set);
  verdict.input_revision = 3;
  StoreVerdicts store;
  store.verdicts = {verdict};
  return store;
}

std::vector<Kind> AllKinds() {
  return {
      {"CreatePlan",
       [] {
         return Create<Plan>{MakePlan("b"), "plan"};
       }},
      {"UpdatePlan", [] { return SetOwner<Plan>(PlanId("a")); }},
      {"DeletePlan",
       [] {
         return Delete<Plan>{PlanId("a"), "", true};
       }},
      {"UndeletePlan", [] { return Undelete<Plan>{PlanId("gone")}; }},
      {"CreateInitiative",
       [] {
         return Create<Initiative>{MakeInitiative("a", "m2"), "initiative"};
       }},
      {"UpdateInitiative", [] { return SetOwner<Initiative>(kInitiative); }},
      {"DeleteInitiative",
       [] {
         return Delete<Initiative>{kInitiative, "", true};
       }},
      {"CreateIndicator",
       [] {
         return Create<Indicator>{FullyMade("a", ""), "indicator"};
       }},
      {"UpdateIndicator", [] { return SetOwner<Indicator>(kIndicator); }},
      {"DeleteIndicator",
       [] {
         return Delete<Indicator>{kIndicator, "", true};
       }},
      {"CreateAssessment",
       [] {
         return Create<Assessment>{MakeAssessment("a-02"), "x"};
       }},
      {"DeleteAssessment",
       [] {
         return Delete<Assessment>{
             {PlanId("a"), AssessmentId("a-01")}, "", false};
       }},
      {"LinkIndicator",
       [] {
         return LinkIndicator{kIndicator, InitiativeId("m1")};
       }},
      {"RecordObservation",
       [] {
         return RecordObservation{MakeObservation("a", "i-01", 2023, "1"),
                                  false, "observation"};
       }},
      {"CorrectObservation",
       [] {
         return CorrectObservation{{kIndicator, "fy2022"},
                                   "",
                                   [](Observation& o) {
                                     o.value.number = Num("7");
                                     return absl::OkStatus();
                                   },
                                   false,
                                   "observation"};
       }},
      {"BatchRecord",
       [] {
         return BatchRecord{{MakeObservation("a", "i-01", 2020, "1"),
                             MakeObservation("a", "i-01", 2021, "2")}};
       }},
      {"ApplyPlan",
       [] {
         ApplyPlan apply;
         apply.document.plan = MakePlan("c");
         apply.document.initiatives = {MakeInitiative("c", "x")};
         apply.document.indicators = {FullyMade("c", "y")};
         apply.document.observations = {MakeObservation("c", "y", 2022, "1")};
         PlanSource source;
         source.sha256 = "aa";
         apply.document.sources = {source};
         return apply;
       }},
      {"StoreVerdicts",
       [] {
         StoreVerdicts store = VerdictsOf("rs-1", "AGAIN");
         store.judged_through = 3;
         return store;
       }},
      {"StoreVerdictsOfACandidate",
       [] {
         StoreVerdicts store = VerdictsOf("rs-2", "FURTHER");
         store.run = kRun;
         store.candidate = RuleSetId("rs-2");
         return store;
       }},
      {"RegisterRuleModule",
       [] { return RegisterRuleModule{ModuleOf("stale", "cc")}; }},
      {"RegisterRuleSet", [] { return RegisterRuleSet{SetOf("rs-9", "bb")}; }},
      {"ActivateRuleSet",
       [] {
         return ActivateRuleSet{PlanId(), RuleSetId("rs-2"), RuleSetId("rs-1"),
                                kRun};
       }},
      {"ActivateRuleSetOfAPlan",
       [] {
         return ActivateRuleSet{PlanId("a"), RuleSetId("rs-2"), std::nullopt,
                                kRun};
       }},
      {"SetQuarantine",
       [] {
         SetQuarantine set;
         set.quarantine.sha256 = "bb";
         set.quarantine.module = "at_risk";
         return set;
       }},
      {"ReleaseQuarantine", [] { return ReleaseQuarantine{"aa"}; }},
      {"AcknowledgeAlert",
       [] {
         return AcknowledgeAlert{
             {PlanId("a"),
              AlertIdOf(AlertKind::kModuleOutOfService, "i-01", std::nullopt)},
             "",
             "x",
             ""};
       }},
      {"SnoozeAlert",
       [] {
         return SnoozeAlert{kOverdue, "", absl::Now()};
       }},
      {"ResolveAlert",
       [] {
         return ResolveAlert{kOverdue, "", "x"};
       }},
      {"ObserveAlerts",
       [] { return ObserveAlerts{{Overdue(Status::kOnTrack)}}; }},
      {"ExpandRunAlerts", [] { return ExpandRunAlerts{}; }},
      {"TickAlerts", [] { return TickAlerts{"2027-03-31"}; }},
      {"CreateSubscription", [] { return CreateSubscription{Hook("new")}; }},
      {"UpdateSubscription",
       [] {
         return UpdateSubscription{SubscriptionId("hook"), "",
                                   [](Subscription& s) {
                                     s.display_name = "x";
                                     return absl::OkStatus();
                                   }};
       }},
      {"DeleteSubscription",
       [] {
         return DeleteSubscription{SubscriptionId("hook"), ""};
       }},
      {"SeekSubscription",
       [] {
         return SeekSubscription{SubscriptionId("hook"), std::nullopt, 0};
       }},
  };
}

// Readable in the names of failures.
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class FaultsTest : public testing::TestWithParam<Kind>, public CommitListener {
 protected:
  void SetUp() override {
    store_ = *AllDrivers().front().open(folder_.path());
    faulty_ = std::make_unique<FaultyStore>(store_.get());
    ledger_ = *Ledger::Start(faulty_.get(), {});
    ledger_->AddListener(this);
    Must(Create<Plan>{MakePlan("a"), "plan"});
    Must(Create<Initiative>{MakeInitiative("a", "m1"), "initiative"});
    Must(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
    Must(RecordObservation{MakeObservation("a", "i-01", 2022, "5"), false,
                           "observation"});
    Must(Create<Assessment>{MakeAssessment("a-01"), "assessment"});
    Must(Create<Plan>{MakePlan("gone"), "plan"});
    Must(Delete<Plan>{PlanId("gone"), "", false});
    Must(RegisterRuleModule{ModuleOf("achieved", "aa")});
    Must(RegisterRuleModule{ModuleOf("at_risk", "bb")});
    Must(RegisterRuleSet{SetOf("rs-1", "aa")});
    Must(RegisterRuleSet{SetOf("rs-2", "bb")});
    Must(ActivateRuleSet{PlanId(), RuleSetId("rs-1")});
    SetQuarantine quarantine;
    quarantine.quarantine.sha256 = "aa";
    Must(quarantine);
    Must(VerdictsOf("rs-1", "OLD"));
    ASSERT_EQ(*ledger_->NewRun(), kRun);
    StoreVerdicts candidate = VerdictsOf("rs-2", "NEW");
    candidate.run = kRun;
    candidate.candidate = RuleSetId("rs-2");
    Must(candidate);
    AddAlerts();
  }
  void AddAlerts() {
    Observed other = Overdue(Status::kAtRisk);
    other.kind = AlertKind::kModuleOutOfService;
    other.period.reset();
    Must(ObserveAlerts{{Overdue(Status::kAtRisk), other}});
    Must(AcknowledgeAlert{kOverdue, "", "known", "2027-03-01"});
    Must(CreateSubscription{Hook("hook")});
    ASSERT_EQ(*ledger_->NewRun(), kPublishedRun);
    StoreVerdicts lagging = VerdictsOf("rs-1", "LAGS");
    lagging.verdicts[0].status = Status::kAtRisk;
    lagging.verdicts[0].period = Year(2022);
    lagging.run = kPublishedRun;
    lagging.publish = true;
    Must(lagging);
  }
  void OnCommit(const CommittedGroup& group) override {
    told_ = group.head.revision;
  }
  void Must(MutationBody body) {
    const auto result = ledger_->SubmitAndWait(Body(std::move(body)));
    ASSERT_TRUE(result.ok()) << result.status();
  }
  StoreHead Head() { return *(*store_->Snapshot())->Head(); }
  // Everything that is stored, in words.
  std::string Everything() {
    auto reader = *store_->Snapshot();
    const StoreHead head = *reader->Head();
    std::string text = std::to_string(head.revision) + " " +
                       std::to_string(head.judged_through);
    ListQuery all;
    all.show_deleted = true;
    const auto add = [&text](const std::string& name, const Stamp& stamp) {
      text += "\n" + name + " " + EtagOf(stamp);
    };
    const auto plans = *reader->ListPlans(all);
    for (const Plan& r : plans) add(NameOf(r.id), r.stamp);
    const auto initiatives = *reader->ListInitiatives(all);
    for (const Initiative& r : initiatives) add(NameOf(r.key()), r.stamp);
    const auto indicators = *reader->ListIndicators(all);
    for (const Indicator& r : indicators) add(NameOf(r.key()), r.stamp);
    const auto observations = *reader->ListObservations(all);
    for (const Observation& r : observations) {
      add(NameOf(ObservationKey{r.indicator_key(), r.id()}), r.stamp);
    }
    const auto assessments = *reader->ListAssessments(all);
    for (const Assessment& r : assessments) {
      add(NameOf(AssessmentKey{r.plan, r.id}), r.stamp);
    }
    const auto verdicts = *reader->ListVerdicts(all);
    for (const Verdict& verdict : verdicts) {
      text += "\n" + NameOf(verdict.indicator) + " " + verdict.reason + " by " +
              verdict.rule_set.value();
    }
    for (const Plan& r : plans) {
      text += "\n" + NameOf(r.id) + " names " + r.rule_set.value() + " after " +
              std::to_string((*reader->ListActivations(r.id)).size());
    }
    const auto activations = *reader->ListActivations(PlanId());
    for (const ActivationRecord& r : activations) {
      text += "\n" + r.rule_set.value() + " after " + r.previous.value();
    }
    const auto quarantines = *reader->ListQuarantines();
    for (const QuarantineRecord& r : quarantines) text += "\nout " + r.sha256;
    AddAlertsTo(reader.get(), &text);
    text += "\n" + std::to_string((*reader->ListRuleModules()).size()) +
            " modules, " + std::to_string((*reader->ListRuleSets()).size()) +
            " rule sets, " +
            std::to_string((*reader->ListPlanSources(PlanId("c"))).size()) +
            " sources";
    return text;
  }

  static void AddAlertsTo(StoreReader* reader, std::string* text) {
    const auto alerts = *reader->ListAlerts({});
    for (const Alert& r : alerts) {
      *text += "\n" + NameOf(r.key()) + " " + std::to_string(r.seq) + " " +
               std::to_string(static_cast<int>(r.state));
    }
    const auto subscriptions = *reader->ListSubscriptions();
    for (const Subscription& r : subscriptions) {
      *text += "\n" + NameOf(r.id) + " " + EtagOf(r.stamp) + " at " +
               std::to_string(r.position);
    }
    const bool left = (*reader->NextAlertBacklog()).has_value();
    *text += "\n" + std::to_string(*reader->LastTransition()) +
             " transitions, " + (left ? "some" : "no") + " runs left";
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<FaultyStore> faulty_;
  std::unique_ptr<Ledger> ledger_;
  Revision told_ = 0;
};

TEST_P(FaultsTest, LeavesNothingHalfStoredWhateverCallFails) {
  const std::string before = Everything();
  const Revision start = Head().revision;
  int n = 0;
  for (;;) {
    ++n;
    ASSERT_LT(n, 600);
    faulty_->FailCall(n);
    const auto result =
        ledger_->SubmitAndWait(Requested(GetParam().body(), "request", "hash"));
    const bool failed = faulty_->failed();
    faulty_->FailCall(0);
    if (!failed) {
      // The store was asked less than n times: the mutation went through.
      ASSERT_TRUE(result.ok()) << result.status();
      break;
    }
    ASSERT_FALSE(result.ok()) << "call " << n;
    EXPECT_EQ(Everything(), before) << "call " << n;
    EXPECT_EQ(told_, start);
  }
  EXPECT_GT(n, 5);
  EXPECT_NE(Everything(), before);
  EXPECT_EQ(Head().revision, start + 1);
  EXPECT_EQ(told_, start + 1);
  ExpectGapFree(store_.get());
}

TEST_P(FaultsTest, AnswersByTheHeadWhenACommitSaysThatItFailed) {
  const Revision start = Head().revision;
  bool stored = false;
  for (int n = 1; !stored; ++n) {
    ASSERT_LT(n, 600);
    faulty_->FailCall(n, FaultyStore::CommitFault::kStored);
    const auto result =
        ledger_->SubmitAndWait(Requested(GetParam().body(), "request", "hash"));
    faulty_->FailCall(0);
    stored = Head().revision > start;
    // What is stored is answered as stored, and listeners are told.
    EXPECT_EQ(result.ok(), stored) << "call " << n << " " << result.status();
  }
  EXPECT_EQ(told_, Head().revision);
  ExpectGapFree(store_.get());
}

TEST_P(FaultsTest, DoesNotHarmAnotherMutationAfterwards) {
  for (int n = 1; n <= 5; ++n) {
    faulty_->FailCall(n);
    ledger_->SubmitAndWait(Body(GetParam().body())).IgnoreError();
    faulty_->FailCall(0);
    Must(Create<Plan>{MakePlan("next-" + std::to_string(n)), "plan"});
  }
  ExpectGapFree(store_.get());
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsTest, testing::ValuesIn(AllKinds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
