// raise, not_raise, cannot_tell: what reaches the columns.
#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class AnswerTest : public EngineTest {
 protected:
  void ExpectAnswer(const std::string& body, uint8_t answer, uint16_t reason,
                    uint16_t point) {
    const Probe::Answers answers = Judge(body);
    EXPECT_EQ(answers.result, 0) << LastFailure().text;
    EXPECT_EQ(answers.answer[0], answer) << body;
    EXPECT_EQ(answers.reason[0], reason) << body;
    EXPECT_EQ(answers.judged_point[0], point) << body;
  }
};

TEST_F(AnswerTest, GoesToTheColumns) {
  ExpectAnswer("return raise('LOW', row:latest())", SHIRUBE_RAISED, kLow, 2);
  ExpectAnswer("return raise('MET', row:points()[1])", SHIRUBE_RAISED, kMet, 0);
  ExpectAnswer("return raise('MET')", SHIRUBE_RAISED, kMet, SHIRUBE_NO_POINT);
  ExpectAnswer("return not_raise(row:latest())", SHIRUBE_NOT_RAISED, 0, 2);
  ExpectAnswer("return not_raise()", SHIRUBE_NOT_RAISED, 0, SHIRUBE_NO_POINT);
  ExpectAnswer("return cannot_tell('NOT_COVERED')", SHIRUBE_CANNOT_TELL,
               kNotCovered, SHIRUBE_NO_POINT);
  ExpectAnswer("return cannot_tell('NOT_COVERED', row:latest())",
               SHIRUBE_CANNOT_TELL, kNotCovered, 2);
}

TEST_F(AnswerTest, IsUnsetWhereJudgeSaysNothing) {
  ExpectAnswer("return nil", SHIRUBE_UNSET, 0, SHIRUBE_NO_POINT);
  ExpectAnswer("", SHIRUBE_UNSET, 0, SHIRUBE_NO_POINT);
  // Said and not returned is not said.
  ExpectAnswer("raise('LOW', row:latest())", SHIRUBE_UNSET, 0,
               SHIRUBE_NO_POINT);
}

TEST_F(AnswerTest, IsTheLastOne) {
  ExpectAnswer(
      "raise('LOW', row:points()[1], {progress = 1})\n"
      "return raise('MET', row:latest())",
      SHIRUBE_RAISED, kMet, 2);
  EXPECT_THAT(Error("local first = raise('LOW')\nraise('MET')\nreturn first"),
              HasSubstr("judge returned userdata, not what its last"));
  EXPECT_THAT(Error("return 'MET'"), HasSubstr("judge returned string"));
  EXPECT_THAT(Error("return true"), HasSubstr("judge returned boolean"));
  EXPECT_THAT(Error("return row:target()"), HasSubstr("judge returned"));
}

TEST_F(AnswerTest, IsNoneAfterOneThatEndedInAnError) {
  EXPECT_THAT(Error("local first = raise('LOW', nil, {progress = 1})\n"
                    "pcall(raise, 'MET', nil, {progress = 2, gap = 'x'})\n"
                    "return first"),
              HasSubstr("judge returned userdata, not what its last"));
}

TEST_F(AnswerTest, CarriesFactsInTheUnitsOfTheirKind) {
  const Probe::Answers answers = Judge(
      "return not_raise(row:latest(), {progress = ratio(1, 3),\n"
      "                               gap = row:missing(ratio('15.25'))})");
  ASSERT_EQ(answers.result, 0) << LastFailure().text;
  EXPECT_EQ(answers.numerator[kProgress].low, 1u);
  EXPECT_EQ(answers.denominator[kProgress].low, 3u);
  // 4.75 at a scale of one place.
  EXPECT_EQ(answers.numerator[kGap].low, 95u);
  EXPECT_EQ(answers.denominator[kGap].low, 2u);
}

TEST_F(AnswerTest, LeavesOutFactsThatAreNotGiven) {
  const Probe::Answers answers = Judge(
      "raise('LOW', nil, {gap = 1})\nreturn raise('LOW', nil, {progress = "
      "-2})");
  ASSERT_EQ(answers.result, 0);
  EXPECT_EQ(static_cast<int64_t>(answers.numerator[kProgress].low), -2);
  EXPECT_EQ(answers.numerator[kProgress].high, -1);
  EXPECT_EQ(answers.denominator[kProgress].low, 1u);
  EXPECT_EQ(answers.denominator[kGap].low, 0u);
  EXPECT_EQ(answers.denominator[kGap].high, 0);
}

TEST_F(AnswerTest, RefusesNamesThatTheManifestDoesNotHave) {
  std::string text = Error("\nreturn raise('MEET', row:latest())");
  EXPECT_THAT(text, StartsWith(Place(2)));
  EXPECT_THAT(text, HasSubstr("no reason 'MEET'"));
  EXPECT_THAT(Error("return cannot_tell('NO_TARGET')"),
              HasSubstr("no reason 'NO_TARGET'"));
  text = Error("return not_raise(nil, {pace = 1})");
  EXPECT_THAT(text, HasSubstr("no fact 'pace'"));
  EXPECT_THAT(Error("return not_raise(nil, {1})"), HasSubstr("by name"));
}

TEST_F(AnswerTest, RefusesAReasonOfAnotherAnswer) {
  EXPECT_THAT(Error("return raise('NOT_COVERED')"),
              HasSubstr("CANNOT_TELL: use cannot_tell()"));
  EXPECT_THAT(Error("return cannot_tell('MET')"),
              HasSubstr("RAISED: use raise()"));
}

TEST_F(AnswerTest, RefusesWhatIsNoPointAndNoFact) {
  EXPECT_THAT(Error("return raise('LOW', 3)"), HasSubstr("a point of the row"));
  EXPECT_THAT(Error("return raise('LOW', row:target())"),
              HasSubstr("a point of the row"));
  EXPECT_THAT(Error("return not_raise(nil, {progress = 0.5})"),
              HasSubstr("float"));
  EXPECT_THAT(Error("return not_raise(nil, {progress = 'x'})"),
              HasSubstr("not a string"));
  EXPECT_THAT(Error("return not_raise(nil, 3)"), HasSubstr("table expected"));
  row_.scale = 18;
  EXPECT_THAT(Error("local m = ratio(math.maxinteger)\n"
                    "return not_raise(nil, {gap = m * m})"),
              HasSubstr("a fact does not fit"));
}

TEST_F(AnswerTest, TellsWhetherFactsAreWanted) {
  const Probe::Answers answers =
      Judge("return raise(row:facts_wanted() and 'LOW' or 'MET')");
  EXPECT_EQ(answers.reason[0], kLow);
  EXPECT_EQ(Value("return row:facts_wanted()"), "false");
}

TEST_F(AnswerTest, BelongsToJudge) {
  EXPECT_THAT(StartFailure("raise('MET')\nfunction judge(row) end").text,
              HasSubstr("inside of judge(row) only"));
}

TEST_F(AnswerTest, NeedsColumnsThatAreThere) {
  Probe probe("function judge(row) end");
  rules_test::Batch batch({row_});
  batch.get()->struct_size -= 8;
  EXPECT_EQ(probe.Ask(&batch).result, Engine::kBatchTooOld);
  batch.get()->struct_size += 8;
  batch.get()->parameters_count = 1;
  EXPECT_EQ(probe.Ask(&batch).result, Engine::kParametersMissing);
  batch.get()->parameters_count = 2;
  EXPECT_EQ(probe.Ask(batch.get(), nullptr, 0).result, 0);
}

}  // namespace
}  // namespace shirube::lua
