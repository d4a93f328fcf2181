// Recording and correcting values.
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

class ObservationsTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    Did(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
    Indicator cumulative = FullyMade("a", "i-02");
    cumulative.kind = IndicatorKind::kCumulative;
    cumulative.window_start = Year(2021);
    cumulative.baselines.clear();
    Did(Create<Indicator>{cumulative, "indicator"});
  }
  static RecordObservation Record(int year, const std::string& value) {
    return {MakeObservation("a", "i-01", year, value), false, "observation"};
  }
  static RecordObservation ToDate(int year, const std::string& value) {
    RecordObservation record{MakeObservation("a", "i-02", year, value), false,
                             "observation"};
    record.observation.basis = Basis::kToDate;
    return record;
  }
  static CorrectObservation Correct(const std::string& indicator,
                                    const std::string& id,
                                    const std::string& value,
                                    const std::string& etag = "") {
    return {{{PlanId("a"), IndicatorId(indicator)}, id},
            etag,
            [value](Observation& observation) {
              observation.value.number = Num(value);
              return absl::OkStatus();
            },
            false,
            "observation"};
  }
  std::string Stored(const std::string& id,
                     const std::string& indicator = "i-01") {
    auto found =
        *Read()->GetObservation({{PlanId("a"), IndicatorId(indicator)}, id});
    return found.has_value() ? found->value.number->ToString() : "none";
  }
};

TEST_F(ObservationsTest, RecordsAPeriodOnce) {
  const MutationResult result = Did(Record(2022, "2233"));
  EXPECT_EQ(result.revision, head());
  EXPECT_EQ(std::get<Observation>(result.resources.at(0)).stamp.revision,
            result.revision);
  const auto again = Do(Record(2022, "2234"));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(DetailsOf(again.status()).reason, "OBSERVATION_EXISTS");
  EXPECT_EQ(Stored("fy2022"), "2233");
}

TEST_F(ObservationsTest, CorrectsByANewRevision) {
  Did(Record(2022, "2233"));
  Did(Correct("i-01", "fy2022", "2230.0"));
  EXPECT_EQ(Stored("fy2022"), "2230.0");
  const auto revisions = *Read()->ListObservationRevisions(
      {{PlanId("a"), IndicatorId("i-01")}, "fy2022"});
  ASSERT_EQ(revisions.size(), 2u);
  EXPECT_EQ(revisions[0].value.number->ToString(), "2233");
  EXPECT_EQ(revisions[1].stamp.create_time, revisions[0].stamp.create_time);
  EXPECT_FALSE(Did(Correct("i-01", "fy2022", "2230.0")).changed);
  EXPECT_TRUE(Did(Correct("i-01", "fy2022", "2230")).changed);
  EXPECT_EQ(ReasonOf(Correct("i-01", "fy2023", "1")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Correct("i-01", "fy2022", "1", "stale")), "ETAG_MISMATCH");
}

TEST_F(ObservationsTest, RefusesValuesToDateThatRunBack) {
  Did(ToDate(2021, "30"));
  Did(ToDate(2023, "90"));
  EXPECT_EQ(ReasonOf(ToDate(2022, "20")), "VALUE_DECREASES");
  EXPECT_EQ(ReasonOf(ToDate(2022, "91")), "VALUE_DECREASES");
  EXPECT_EQ(ReasonOf(ToDate(2022, "75.6")), "OK");
  EXPECT_EQ(ReasonOf(Correct("i-02", "fy2023-todate", "70")),
            "VALUE_DECREASES");
  RecordObservation allowed = ToDate(2024, "10");
  allowed.allow_decrease = true;
  EXPECT_EQ(ReasonOf(allowed), "OK");
  // PERIOD values may go up and down.
  for (const auto& [year, value] : {std::pair{2021, "30"}, {2022, "10"}}) {
    RecordObservation period = ToDate(year, value);
    period.observation.basis = Basis::kPeriod;
    EXPECT_EQ(ReasonOf(period), "OK");
  }
}

TEST_F(ObservationsTest, RefusesWhatDoesNotFitAtOneScale) {
  Did(Record(2021, "123456789012345678"));
  const auto result = Do(Record(2022, "1.5"));
  const ErrorDetails details = DetailsOf(result.status());
  ASSERT_FALSE(details.violations.empty()) << result.status();
  EXPECT_EQ(details.violations[0].field, "observation.value");
  EXPECT_EQ(Stored("fy2022"), "none");
}

TEST_F(ObservationsTest, RefusesAnUnknownIndicator) {
  RecordObservation record = Record(2022, "1");
  record.observation.indicator = IndicatorId("none");
  EXPECT_EQ(ReasonOf(record), "RESOURCE_NOT_FOUND");
}

TEST_F(ObservationsTest, RecordsABatchWholeInOneRevision) {
  const Revision before = head();
  const MutationResult result =
      Did(BatchRecord{{MakeObservation("a", "i-01", 2021, "1"),
                       MakeObservation("a", "i-01", 2022, "2")}});
  EXPECT_EQ(head(), before + 1);
  ASSERT_EQ(result.resources.size(), 2u);
  EXPECT_EQ(std::get<Observation>(result.resources[1]).period, Year(2022));
  const auto refused =
      Do(BatchRecord{{MakeObservation("a", "i-01", 2020, "1"),
                      MakeObservation("a", "i-01", 2022, "2")}});
  EXPECT_EQ(DetailsOf(refused.status()).reason, "OBSERVATION_EXISTS");
  EXPECT_EQ(Stored("fy2020"), "none");
}

TEST_F(ObservationsTest, NamesEveryBadRowOfABatch) {
  Observation empty = MakeObservation("a", "i-01", 2021, "1");
  empty.value = Value();
  const auto refused =
      Do(BatchRecord{{MakeObservation("a", "i-01", 2022, "1"), empty,
                      MakeObservation("a", "none", 2022, "1"),
                      MakeObservation("a", "i-01", 2022, "2")}});
  std::vector<std::string> fields;
  for (const Violation& v : DetailsOf(refused.status()).violations) {
    fields.push_back(v.field);
  }
  EXPECT_THAT(fields, testing::ElementsAre("observations[1].value",
                                           "observations[2].indicator",
                                           "observations[3].period"));
}

TEST_F(ObservationsTest, AnswersARepeatedBatchWithItsRows) {
  const Mutation batch =
      Requested(BatchRecord{{MakeObservation("a", "i-01", 2021, "1"),
                             MakeObservation("a", "i-01", 2022, "2")}},
                "r1");
  ASSERT_TRUE(Submit(batch).ok());
  Did(Correct("i-01", "fy2022", "9"));
  const auto repeat = Submit(batch);
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_TRUE(repeat->repeated);
  ASSERT_EQ(repeat->resources.size(), 2u);
  EXPECT_EQ(
      std::get<Observation>(repeat->resources[1]).value.number->ToString(),
      "2");
}

}  // namespace
}  // namespace shirube
