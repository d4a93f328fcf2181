// Converting there and back keeps everything; what is wrong is found at once,
// under its path in the request.
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/base/limits.h"
#include "server/service/convert_assessment.h"
#include "server/service/convert_document.h"
#include "server/service/convert_indicator.h"
#include "server/service/convert_initiative.h"
#include "server/service/convert_observation.h"
#include "server/service/convert_plan.h"
#include "server/service/resource_names.h"
#include "server/service/update_mask.h"

namespace shirube {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// Outputs that the ledger fills in.
template <typename T>
T WithoutStamp(T message) {
  message.clear_etag();
  message.clear_create_time();
  message.clear_update_time();
  message.clear_revision();
  message.clear_actor();
  return message;
}

template <typename T>
void ExpectSame(const T& got, const T& wanted) {
  google::protobuf::util::MessageDifferencer differ;
  std::string report;
  differ.ReportDifferencesToString(&report);
  EXPECT_TRUE(differ.Compare(wanted, got)) << report;
}

std::vector<std::string> FieldsOf(const Violations& violations) {
  std::vector<std::string> fields;
  for (const Violation& violation : violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(ConvertPlanTest, KeepsEverything) {
  const auto wire = Parse<v1::Plan>(R"pb(
    name: "plans/a"
    display_name: "計画"
    first_fiscal_year: "fy2021"
    last_fiscal_year: "fy2024"
    owner: "課"
    description: "d"
    rule_set: "ruleSets/default"
    parameters { key: "pace_threshold" value: "0.90" }
    flag_policy: FLAG_POLICY_SHARE
    at_risk_share: "0.50")pb");
  Violations violations;
  const Plan plan =
      ReadPlan(wire, PlanId("a"), FieldReader("plan", &violations));
  EXPECT_THAT(violations, IsEmpty());
  ExpectSame(WithoutStamp(ToWire(plan, "h")), wire);
}

TEST(ConvertPlanTest, NamesEveryFieldThatIsWrong) {
  const auto wire = Parse<v1::Plan>(R"pb(
    first_fiscal_year: "2021"
    last_fiscal_year: "cy2024"
    parameters { key: "pace_threshold" value: "NaN" }
    flag_policy: 9)pb");
  Violations violations;
  ReadPlan(wire, PlanId("a"), FieldReader("plan", &violations));
  EXPECT_THAT(FieldsOf(violations),
              UnorderedElementsAre(
                  "plan.first_fiscal_year", "plan.last_fiscal_year",
                  "plan.parameters.pace_threshold", "plan.flag_policy"));
}

TEST(ConvertInitiativeTest, KeepsEntriesOfAllYearsAndLevels) {
  const auto wire = Parse<v1::Initiative>(R"pb(
    name: "plans/a/initiatives/p1-m1"
    parent_initiative: "plans/a/initiatives/p1"
    kind: KIND_MEASURE
    label: "1"
    display_name: "t"
    subtitle: "s"
    order: 3
    owner: "o"
    entries {
      fiscal_year: "fy2022"
      type: TYPE_ACCOMPLISHMENT
      text: "した"
      marker: "-"
      children {
        fiscal_year: "fy2022"
        type: TYPE_ACCOMPLISHMENT
        text: "〃"
        marker: "・"
      }
      place { file: "r.txt" line: 7 }
    }
    entries {
      fiscal_year: "fy2023"
      type: TYPE_PLANNED
      text: "する"
      marker: "-"
    })pb");
  Violations violations;
  const Initiative initiative = ReadInitiative(
      wire, {PlanId("a"), InitiativeId("p1-m1")}, FieldReader("", &violations));
  EXPECT_THAT(violations, IsEmpty());
  ExpectSame(WithoutStamp(ToWire(initiative, "h")), wire);
}

TEST(ConvertInitiativeTest, GivesChildrenTheYearOfTheirParentAndRefusesOthers) {
  const auto wire = Parse<v1::Initiative>(R"pb(
    kind: KIND_MEASURE
    parent_initiative: "plans/b/initiatives/x"
    entries {
      fiscal_year: "fy2022"
      type: TYPE_PLANNED
      children { text: "a" }
      children { text: "b" fiscal_year: "fy2023" }
    }
    entries { text: "no year" type: TYPE_PLANNED })pb");
  Violations violations;
  const Initiative initiative =
      ReadInitiative(wire, {PlanId("a"), InitiativeId("i")},
                     FieldReader("initiative", &violations));
  EXPECT_EQ(initiative.entries[0].children[0].fiscal_year.ToId(), "fy2022");
  EXPECT_THAT(FieldsOf(violations),
              UnorderedElementsAre("initiative.parent_initiative",
                                   "initiative.entries[0].children[1]",
                                   "initiative.entries[1].fiscal_year"));
}

TEST(ConvertIndicatorTest, KeepsEverything) {
  const auto wire = Parse<v1::Indicator>(R"pb(
    name: "plans/a/indicators/i"
    display_name: "防災士"
    unit: "人"
    kind: KIND_LEVEL
    quantity: QUANTITY_AMOUNT
    direction: DIRECTION_UP
    operator: OPERATOR_AT_LEAST
    baseline {
      value: "1619"
      raw: "1,619人(R1)"
      period: "fy2019"
      place { file: "r.txt" line: 9 }
      steps: "ERA R1=fy2019"
    }
    target {
      value: "2400"
      unit: "人"
      period: "fy2024"
      effective_from: "fy2022"
      multiplier: "1000"
    }
    milestones { value: "2000" period: "fy2022" }
    printed_under: "plans/a/initiatives/p1"
    links: "plans/a/initiatives/p1-m1"
    order: 2
    owner: "課"
    source: "出典"
    definition: "定義"
    publication { month: 7 lag_years: 1 }
    notes: "※"
    notes: "注"
    noise_band: "0.5"
    parameters { key: "pace_threshold" value: "0.75" }
    scale: 1
    superseded_targets {
      value: "2300"
      period: "fy2024"
      superseded_upper: "2500"
      superseded_operator: OPERATOR_ABOVE
    })pb");
  Violations violations;
  const Indicator indicator =
      ReadIndicator(wire, {PlanId("a"), IndicatorId("i")}, Superseded::kRead,
                    FieldReader("", &violations));
  EXPECT_THAT(violations, IsEmpty());
  ASSERT_EQ(indicator.targets.size(), 2u);
  ExpectSame(WithoutStamp(ToWire(indicator, 1, "h")), wire);
}

TEST(ConvertIndicatorTest, KeepsBandsWordsAndWhatCouldNotBeRead) {
  for (const char* text : {R"pb(kind: KIND_BAND
                                target { value: "10" period: "fy2024" }
                                target_upper: "20")pb",
                           R"pb(kind: KIND_QUALITATIVE
                                target { words: "充実" })pb",
                           R"pb(kind: KIND_CUMULATIVE
                                window_start: "fy2021"
                                target {
                                  unread: "約百億"
                                  raw: "約百億"
                                  every_year: true
                                })pb",
                           R"pb(kind: KIND_MAINTAIN
                                operator: OPERATOR_AT_MOST
                                baseline { unread: "-" })pb"}) {
    auto wire = Parse<v1::Indicator>(text);
    wire.set_name("plans/a/indicators/i");
    Violations violations;
    const Indicator indicator =
        ReadIndicator(wire, {PlanId("a"), IndicatorId("i")}, Superseded::kRead,
                      FieldReader("", &violations));
    EXPECT_THAT(violations, IsEmpty()) << text;
    ExpectSame(WithoutStamp(ToWire(indicator, 0, "h")), wire);
  }
}

TEST(ConvertIndicatorTest, NamesEveryFieldThatIsWrong) {
  const auto wire = Parse<v1::Indicator>(R"pb(
    kind: 77
    baseline { value: "１２..5" period: "R1" }
    target { value: "1234567890123456789" unread: "x" }
    milestones { value: "1e5" }
    links: "plans/b/initiatives/x"
    noise_band: "-")pb");
  Violations violations;
  ReadIndicator(wire, {PlanId("a"), IndicatorId("i")}, Superseded::kIgnored,
                FieldReader("indicator", &violations));
  EXPECT_THAT(FieldsOf(violations),
              UnorderedElementsAre(
                  "indicator.kind", "indicator.baseline.value",
                  "indicator.baseline.period", "indicator.target.value",
                  "indicator.target.unread", "indicator.milestones[0].value",
                  "indicator.milestones[0].period", "indicator.links[0]",
                  "indicator.noise_band"));
  for (const Violation& violation : violations) {
    EXPECT_FALSE(violation.en.empty());
    EXPECT_FALSE(violation.ja.empty());
  }
}

TEST(PatchIndicatorTest, PutsARevisedTargetBesideTheOldOne) {
  Violations none;
  const FieldReader reader("", &none);
  const IndicatorKey key{PlanId("a"), IndicatorId("i")};
  Indicator stored = ReadIndicator(
      Parse<v1::Indicator>(R"pb(operator: OPERATOR_AT_LEAST
                                target { value: "100" period: "fy2024" })pb"),
      key, Superseded::kIgnored, reader);
  const Indicator revised =
      ReadIndicator(Parse<v1::Indicator>(R"pb(target {
                                                value: "120"
                                                period: "fy2024"
                                                effective_from: "fy2023"
                                              })pb"),
                    key, Superseded::kIgnored, reader);
  PatchIndicator(revised, {"target"}, &stored);
  ASSERT_EQ(stored.targets.size(), 2u);
  EXPECT_EQ(stored.targets[0].value.number->ToString(), "100");
  EXPECT_EQ(stored.targets[1].value.number->ToString(), "120");
  EXPECT_EQ(stored.targets[1].op, Operator::kAtLeast);
  // The same effective_from again is a correction of it.
  PatchIndicator(revised, {"target"}, &stored);
  EXPECT_EQ(stored.targets.size(), 2u);
}

TEST(PatchIndicatorTest, ClearsATargetThatTheMaskNamesAndTheRequestLacks) {
  Violations none;
  const IndicatorKey key{PlanId("a"), IndicatorId("i")};
  Indicator stored =
      ReadIndicator(Parse<v1::Indicator>(R"pb(target { value: "100" })pb"), key,
                    Superseded::kIgnored, FieldReader("", &none));
  PatchIndicator(Indicator(), {"target"}, &stored);
  EXPECT_TRUE(stored.targets.empty());
}

TEST(PatchIndicatorTest, LeavesAloneWhatTheMaskDoesNotName) {
  Indicator stored;
  stored.display_name = "old";
  stored.unit = "人";
  Indicator given;
  given.display_name = "new";
  PatchIndicator(given, {"display_name"}, &stored);
  EXPECT_EQ(stored.display_name, "new");
  EXPECT_EQ(stored.unit, "人");
}

TEST(ConvertObservationTest, KeepsEverything) {
  const auto wire = Parse<v1::Observation>(R"pb(
    name: "plans/a/indicators/i/observations/fy2022-todate"
    indicator: "plans/a/indicators/i"
    period: "fy2022"
    value: "75.60"
    unit: "億円"
    raw: "75.6"
    multiplier: "100000000"
    place { file: "r.txt" line: 3 }
    steps: "x"
    basis: BASIS_TO_DATE
    assumed_to_date: true
    state: STATE_PROVISIONAL
    note: "n"
    source: "s")pb");
  Violations violations;
  const Observation observation = ReadObservation(
      wire, {PlanId("a"), IndicatorId("i")}, FieldReader("", &violations));
  EXPECT_THAT(violations, IsEmpty());
  ExpectSame(WithoutStamp(ToWire(observation, "h")), wire);
}

TEST(ConvertObservationTest, NamesThePlaceAndTheTextThatIsNoNumber) {
  Violations violations;
  const FieldReader reader("", &violations);
  ReadObservation(
      Parse<v1::Observation>(R"pb(period: "fy2022" value: "１２..5")pb"),
      {PlanId("a"), IndicatorId("i")}, reader.At("observations", 3));
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "observations[3].value");
  EXPECT_THAT(violations[0].en, HasSubstr("\"１２..5\""));
}

TEST(AssumeBasisTest, MarksOnlyCumulativeValuesWithoutABasis) {
  Observation observation;
  AssumeBasis(IndicatorKind::kLevel, &observation);
  EXPECT_EQ(observation.basis, Basis::kNone);
  AssumeBasis(IndicatorKind::kCumulative, &observation);
  EXPECT_EQ(observation.basis, Basis::kToDate);
  EXPECT_TRUE(observation.assumed_to_date);
  Observation period;
  period.basis = Basis::kPeriod;
  AssumeBasis(IndicatorKind::kCumulative, &period);
  EXPECT_FALSE(period.assumed_to_date);
}

TEST(PatchObservationTest, DropsHowTheOldNumberWasPrinted) {
  Observation stored;
  stored.value.number = *Decimal::Parse("1");
  stored.value.raw = "1人";
  Observation given;
  given.value.number = *Decimal::Parse("2");
  PatchObservation(given, {"value"}, &stored);
  EXPECT_EQ(stored.value.number->ToString(), "2");
  EXPECT_EQ(stored.value.raw, "");
}

TEST(ConvertAssessmentTest, KeepsEverything) {
  const auto wire = Parse<v1::Assessment>(R"pb(
    name: "plans/a/assessments/x"
    subject: "plans/a/indicators/i"
    fiscal_year: "fy2022"
    cause: "c"
    response: "r"
    judgement: "B"
    judged_by: "財政課"
    judged_on: "d2023-07-01"
    comment: "m")pb");
  Violations violations;
  const Assessment assessment =
      ReadAssessment(wire, {PlanId("a"), AssessmentId("x")},
                     SubjectIs::kRequired, FieldReader("", &violations));
  EXPECT_THAT(violations, IsEmpty());
  ExpectSame(WithoutStamp(ToWire(assessment, "h")), wire);
}

TEST(ReadDocumentTest, TiesPartsTogetherWhateverThePlanIsCalledInside) {
  const auto wire = Parse<v1::PlanDocument>(R"pb(
    plan { name: "plans/-" display_name: "計画" }
    initiatives { name: "plans/-/initiatives/p1" kind: KIND_PILLAR }
    indicators {
      name: "plans/-/indicators/i-01"
      kind: KIND_CUMULATIVE
      printed_under: "plans/-/initiatives/p1"
    }
    observations {
      indicator: "plans/-/indicators/i-01"
      period: "fy2022"
      value: "1"
    }
    sources { file: "r.txt" sha256: "%s" encoding: "UTF-8" lines: 3 }
    layout {
      file: "r.txt"
      fiscal_year: "fy2022"
      sections { headings { initiative: "plans/-/initiatives/p1" } }
    })pb");
  auto with_hash = wire;
  with_hash.mutable_sources(0)->set_sha256(std::string(64, 'a'));
  Violations violations;
  PlanDocument document = ReadDocument(with_hash, PlanId("demo"),
                                       FieldReader("document", &violations));
  EXPECT_THAT(violations, IsEmpty());
  EXPECT_EQ(document.indicators[0].printed_under.value(), "p1");
  EXPECT_EQ(document.observations[0].basis, Basis::kToDate);
  RenameInLayouts({{"plans/demo/initiatives/p1", "plans/demo/initiatives/p7"}},
                  &document);
  const auto layout = LayoutFromText(document.sources[0].layout);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections(0).headings(0).initiative(),
            "plans/demo/initiatives/p7");
}

TEST(ReadDocumentTest, RefusesNamesGivenTwiceAndOtherPlans) {
  const auto wire = Parse<v1::PlanDocument>(R"pb(
    plan { name: "plans/other" }
    initiatives { name: "plans/-/initiatives/p1" kind: KIND_PILLAR }
    initiatives { name: "plans/demo/initiatives/p1" kind: KIND_PILLAR }
    indicators { name: "plans/x/indicators/i" }
    observations { indicator: "plans/-/indicators/k" period: "fy2022" }
    observations { indicator: "plans/-/indicators/k" period: "fy2022" }
    sources { sha256: "short" }
    layout { file: "elsewhere" })pb");
  Violations violations;
  ReadDocument(wire, PlanId("demo"), FieldReader("document", &violations));
  EXPECT_THAT(
      FieldsOf(violations),
      UnorderedElementsAre(
          "document.plan.name", "document.initiatives[1].name",
          "document.indicators[0].name", "document.observations[1].period",
          "document.sources[0].sha256", "document.layout.file"));
}

TEST(ReadDocumentTest, RefusesMoreSourcesAndLayoutThanAPlanKeeps) {
  v1::PlanDocument wire;
  for (int i = 0; i <= limits::kMaxSources; ++i) wire.add_sources();
  wire.mutable_layout()->set_title(
      std::string(limits::kMaxLayoutBytes + 1, 'x'));
  Violations violations;
  ReadDocument(wire, PlanId("demo"), FieldReader("document", &violations));
  EXPECT_THAT(FieldsOf(violations),
              UnorderedElementsAre("document.sources", "document.layout"));
}

TEST(UpdateMaskTest, WritesWhatIsSetWithoutAMaskAndAllWithAStar) {
  const auto plan = Parse<v1::Plan>(R"pb(display_name: "x" owner: "y")pb");
  Violations violations;
  const FieldReader reader("", &violations);
  google::protobuf::FieldMask mask;
  EXPECT_THAT(ReadUpdateMask(mask, plan, WritablePlanFields(), reader),
              ElementsAre("display_name", "owner"));
  mask.add_paths("*");
  EXPECT_EQ(ReadUpdateMask(mask, plan, WritablePlanFields(), reader).size(),
            WritablePlanFields().size());
  EXPECT_THAT(violations, IsEmpty());
}

TEST(UpdateMaskTest, RefusesUnknownAndOutputPaths) {
  google::protobuf::FieldMask mask;
  mask.add_paths("colour");
  mask.add_paths("revision");
  mask.add_paths("etag");
  Violations violations;
  ReadUpdateMask(mask, v1::Plan(), WritablePlanFields(),
                 FieldReader("", &violations));
  EXPECT_THAT(FieldsOf(violations), ElementsAre("update_mask", "update_mask"));
}

TEST(ResourceNamesTest, RefusesWhatIsNoName) {
  Violations violations;
  const FieldReader reader("", &violations);
  EXPECT_FALSE(ReadPlanName(reader, "a", ""));
  EXPECT_FALSE(ReadPlanName(reader, "b", "plans/UPPER"));
  EXPECT_FALSE(ReadPlanName(reader, "c", "plans/-"));
  EXPECT_FALSE(ReadIndicatorName(reader, "d", "plans/a/indicators/"));
  EXPECT_FALSE(ReadObservationName(reader, "e",
                                   "plans/a/indicators/i/observations/2022"));
  EXPECT_FALSE(ReadPlanName(reader, "f", "plans/" + std::string(600, 'a')));
  EXPECT_THAT(FieldsOf(violations), ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_TRUE(ReadPlanName(reader, "g", "plans/-", Wildcard::kAllowed));
}

TEST(MergeViolationsTest, DoesNotComplainTwiceAboutOneField) {
  Violations first = {{"a.value", "", "", ""}};
  MergeViolations({{"a", "", "", ""},
                   {"a.value", "", "", ""},
                   {"b", "", "", ""},
                   {"ab", "", "", ""}},
                  &first);
  EXPECT_THAT(FieldsOf(first), ElementsAre("a.value", "b", "ab"));
}

}  // namespace
}  // namespace shirube
