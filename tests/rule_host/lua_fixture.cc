#include "tests/rule_host/lua_fixture.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace shirube {

using ::testing::ElementsAre;

std::string LuaFixture::TextOf(const std::string& module) {
  const std::string path =
      absl::StrCat(SHIRUBE_TINY_MODULES, "/lua/", module, ".lua");
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string LuaFixture::Replaced(std::string text, const std::string& from,
                                 const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string LuaFixture::PlaceOf(const std::string& module,
                                const std::string& words) {
  const std::string text = TextOf(module);
  const size_t at = text.find(words);
  EXPECT_NE(at, std::string::npos) << words;
  const auto line =
      1 + std::count(text.begin(),
                     text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return absl::StrCat(module, ".lua:", line, ":");
}

std::string LuaFixture::PathOf(const std::string& name) const {
  return rules_.path() + "/" + name;
}

void LuaFixture::Write(const std::string& name, const std::string& bytes) {
  std::ofstream(PathOf(name), std::ios::binary) << bytes;
  chmod(PathOf(name).c_str(), 0644);
}

std::vector<ModuleAnswers> LuaFixture::AskAbout(const std::string& module,
                                                const AskOptions& options,
                                                int64_t value) {
  Install({module, "steady"});
  options_.call_deadline = call_deadline_;
  StartHost({module, "steady"});
  rows_added_ = 0;
  AddRows({50, kTrigger, 150});
  EXPECT_TRUE(table_->Upsert(MakeRow("i1", kTrigger, value)).ok());
  std::vector<ModuleAnswers> answers = AskAll(options);
  EXPECT_EQ(answers.size(), 2u) << module << " did not start";
  answers.resize(2);
  ExpectSteady(answers[1], value);
  EXPECT_EQ(InfoOf(module).state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("steady").statistics.restarts, 0);
  ExpectNextAskIsAnswered();
  return answers;
}

ModuleOutcome LuaFixture::OutcomeOf(const std::string& module,
                                    const AskOptions& options, int64_t value) {
  const ModuleAnswers answers = AskAbout(module, options, value)[0];
  EXPECT_THAT(answers.answer,
              ElementsAre(kAnswerRaised, kAnswerFault, kAnswerNotRaised));
  EXPECT_THAT(answers.reason, ElementsAre(1, kReasonNone, kReasonNone));
  EXPECT_EQ(answers.faults.size(), 1u);
  EXPECT_EQ(InfoOf(module).statistics.poison_rows, 1);
  EXPECT_EQ(InfoOf(module).statistics.incidents, 1);
  const ModuleOutcome* outcome =
      answers.size() < 2 ? nullptr : answers.fault_at(1);
  return outcome == nullptr ? ModuleOutcome() : *outcome;
}

ModuleAnswers LuaFixture::AnswersOf(const std::string& module,
                                    const AskOptions& options) {
  ModuleAnswers answers = AskAbout(module, options, /*value=*/100)[0];
  EXPECT_TRUE(answers.faults.empty());
  EXPECT_EQ(InfoOf(module).statistics.restarts, 0);
  return answers;
}

void LuaFixture::ExpectSteady(const ModuleAnswers& answers, int64_t value) {
  EXPECT_THAT(answers.answer,
              ElementsAre(kAnswerRaised,
                          value >= kTrigger ? kAnswerRaised : kAnswerNotRaised,
                          kAnswerNotRaised));
  EXPECT_THAT(answers.judged_point, ::testing::Each(0));
  EXPECT_TRUE(answers.faults.empty());
}

void LuaFixture::ExpectNextAskIsAnswered() {
  const std::vector<IndicatorKey> good = {{PlanId("plan"), IndicatorId("i0")},
                                          {PlanId("plan"), IndicatorId("i2")}};
  const Selection selection = table_->SelectKeys(good);
  const auto answers = host_->Evaluate(*Set(), selection.parts[0].ask());
  ASSERT_TRUE(answers.ok()) << answers.status();
  for (const ModuleAnswers& module : *answers) {
    EXPECT_THAT(module.answer, ElementsAre(kAnswerRaised, kAnswerNotRaised));
    EXPECT_TRUE(module.faults.empty());
  }
}

}  // namespace shirube
