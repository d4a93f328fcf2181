// The acceptance suite of every storage driver: verdicts, runs and
// judged_through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VerdictSuite : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    store_ = *GetParam().open(folder_.path());
    Writer(store_.get())
        .Begin()
        .Put(MakeIndicator("a", "i-1"))
        .Put(MakeIndicator("a", "i-2"))
        .Commit();
  }
  std::unique_ptr<StoreReader> Read() { return *store_->Snapshot(); }

  Verdict MakeVerdict(const std::string& indicator, const std::string& reason,
                      Revision input_revision = 1) {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId(indicator)};
    verdict.status = Status::kOnTrack;
    verdict.reason = reason;
    verdict.rule_set = RuleSetId("rs-1");
    verdict.input_revision = input_revision;
    return verdict;
  }
  Revision Store(std::vector<Verdict> verdicts, RunId run = 0,
                 bool publish = false) {
    Writer writer(store_.get());
    writer.Begin();
    for (Verdict& verdict : verdicts) {
      verdict.revision = writer.revision();
      EXPECT_TRUE(writer.tx()->PutVerdict(verdict, run).ok());
    }
    if (publish) {
      EXPECT_TRUE(writer.tx()->PublishRun(run, writer.revision()).ok());
    }
    return writer.Commit(/*causes_judging=*/false);
  }
  RunId NewRun() {
    auto tx = *store_->Begin();
    const RunId run = *tx->NewRun();
    EXPECT_TRUE(tx->Commit().ok());
    return run;
  }
  std::string Reason(const std::string& indicator, Revision at = kLatest) {
    auto verdict =
        *Read()->GetVerdict({PlanId("a"), IndicatorId(indicator)}, at);
    return verdict.has_value() ? verdict->reason : "none";
  }
  std::vector<std::string> Reasons(
      const absl::StatusOr<std::vector<Verdict>>& verdicts) {
    std::vector<std::string> reasons;
    for (const Verdict& verdict : *verdicts) reasons.push_back(verdict.reason);
    return reasons;
  }

  TempFolder folder_;
  std::unique_ptr<shirube::Store> store_;
};

TEST_P(VerdictSuite, GivesBackEveryField) {
  Verdict verdict = MakeVerdict("i-1", "BEHIND");
  verdict.status = Status::kAtRisk;
  verdict.severity = Severity::kWarning;
  verdict.module = "at_risk";
  verdict.marks = {"PROVISIONAL", "CONFLICT"};
  verdict.conflicting_module = "on_track";
  verdict.failed = {{"stale", "TIMED_OUT"}, {"x", "CRASHED"}};
  verdict.period = Year(2022);
  verdict.value = Num("2233.0");
  verdict.basis = "todate";
  verdict.judged_time = absl::FromUnixMicros(1'700'000'000'123'456);
  verdict.waiting_since = absl::FromUnixMicros(5);
  Store({verdict});
  const Verdict back = **Read()->GetVerdict(verdict.indicator);
  EXPECT_EQ(back.status, Status::kAtRisk);
  EXPECT_EQ(back.severity, Severity::kWarning);
  EXPECT_EQ(back.module, "at_risk");
  EXPECT_EQ(back.marks, verdict.marks);
  EXPECT_EQ(back.conflicting_module, "on_track");
  EXPECT_EQ(back.failed, verdict.failed);
  EXPECT_EQ(back.period, Year(2022));
  EXPECT_EQ(back.value->ToString(), "2233.0");
  EXPECT_EQ(back.basis, "todate");
  EXPECT_EQ(back.rule_set, RuleSetId("rs-1"));
  EXPECT_EQ(back.revision, 2);
  EXPECT_EQ(back.judged_time, verdict.judged_time);
  EXPECT_EQ(back.waiting_since, verdict.waiting_since);
}

TEST_P(VerdictSuite, ShowsTheLastOneAndEarlierOnesAsKnownThen) {
  const Revision first = Store({MakeVerdict("i-1", "FIRST")});
  Store({MakeVerdict("i-1", "SECOND")});
  EXPECT_EQ(Reason("i-1"), "SECOND");
  EXPECT_EQ(Reason("i-1", first), "FIRST");
  EXPECT_EQ(Reason("i-1", first - 1), "none");
}

TEST_P(VerdictSuite, HidesARunUntilItIsPublished) {
  Store({MakeVerdict("i-1", "OLD"), MakeVerdict("i-2", "OLD")});
  const RunId run = NewRun();
  const Revision group = Store({MakeVerdict("i-1", "NEW")}, run);
  EXPECT_EQ(Reason("i-1"), "OLD");
  EXPECT_THAT(Reasons(Read()->ListVerdictsSince(group - 1)), IsEmpty());
  const Revision published =
      Store({MakeVerdict("i-2", "NEW")}, run, /*publish=*/true);
  EXPECT_EQ(Reason("i-1"), "NEW");
  EXPECT_EQ(Reason("i-2"), "NEW");
  EXPECT_EQ(Reason("i-1", published - 1), "OLD");
  EXPECT_THAT(Reasons(Read()->ListVerdictsSince(group)),
              ElementsAre("NEW", "NEW"));
}

TEST_P(VerdictSuite, PrefersLaterInputOverALaterPublishing) {
  const RunId run = NewRun();
  Store({MakeVerdict("i-1", "RUN", 1)}, run);
  Store({MakeVerdict("i-1", "ORDINARY", 2)});
  Store({}, run, /*publish=*/true);
  EXPECT_EQ(Reason("i-1"), "ORDINARY");
}

TEST_P(VerdictSuite, ShowsTheLastOfManyRunsOverTheSameInput) {
  Revision middle = 0;
  for (int i = 0; i < 40; ++i) {
    const Revision published =
        Store({MakeVerdict("i-1", i % 2 == 0 ? "EVEN" : "ODD"),
               MakeVerdict("i-2", i % 2 == 0 ? "EVEN" : "ODD")},
              NewRun(), /*publish=*/true);
    if (i == 20) middle = published;
  }
  EXPECT_EQ(Reason("i-1"), "ODD");
  ListQuery query;
  query.plan = PlanId("a");
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("ODD", "ODD"));
  query.at = middle;
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)),
              ElementsAre("EVEN", "EVEN"));
  query.at = middle - 1;
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("ODD", "ODD"));
}

TEST_P(VerdictSuite, RefusesToPublishTwice) {
  const RunId run = NewRun();
  Store({}, run, /*publish=*/true);
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->PublishRun(run, 3).code(), absl::StatusCode::kInternal);
  EXPECT_NE(*tx->NewRun(), run);
}

TEST_P(VerdictSuite, ListsByPlanAndPagesWithoutDeletedIndicators) {
  Store({MakeVerdict("i-1", "ONE"), MakeVerdict("i-2", "TWO")});
  ListQuery query;
  query.plan = PlanId("a");
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("ONE", "TWO"));
  query.after = "i-1";
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("TWO"));
  query.after.clear();
  query.limit = 1;
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("ONE"));
  Writer(store_.get())
      .Begin()
      .Put(MakeIndicator("a", "i-1"), /*deleted=*/true)
      .Commit();
  query.limit = 0;
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), ElementsAre("TWO"));
  query.plan = PlanId("other");
  EXPECT_THAT(Reasons(Read()->ListVerdicts(query)), IsEmpty());
}

TEST_P(VerdictSuite, MovesJudgedThroughForwardUpToTheHead) {
  Writer writer(store_.get());
  writer.Begin();
  EXPECT_EQ(writer.tx()->SetJudgedThrough(2).code(),
            absl::StatusCode::kInternal);
  ASSERT_TRUE(writer.tx()->SetJudgedThrough(1).ok());
  EXPECT_EQ(writer.tx()->SetJudgedThrough(0).code(),
            absl::StatusCode::kInternal);
  writer.Commit();
  EXPECT_EQ((*Read()->Head()).judged_through, 1);
}

TEST_P(VerdictSuite, FindsTheFirstCauseAfterARevision) {
  Store({MakeVerdict("i-1", "X")});
  Writer(store_.get()).Begin().Put(MakeIndicator("a", "i-3")).Commit();
  EXPECT_EQ(*Read()->FirstCauseAfter(0), 1);
  EXPECT_EQ(*Read()->FirstCauseAfter(1), 3);
  EXPECT_FALSE((*Read()->FirstCauseAfter(3)).has_value());
}

INSTANTIATE_TEST_SUITE_P(Drivers, VerdictSuite, testing::ValuesIn(AllDrivers()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
