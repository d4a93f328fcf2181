#include "tests/rules/cased_module.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace shirube::rules_test {

CasedModule::CasedModule(const std::string& id) : module_(id) {
  const std::string path = ModuleUnderTest::PathOf(id);
  manifest_ = Json::Parse(ModuleUnderTest::Note(path, SHIRUBE_NOTE_MANIFEST));
  read_ = cases::ParseCases(ModuleUnderTest::Note(path, SHIRUBE_NOTE_CASES));
  for (const Json& reason : manifest_["reasons"].items) {
    reasons_[std::stoi(reason["code"].text)] = reason;
  }
  for (const Json& parameter : manifest_["parameters"].items) {
    cases::Number number;
    EXPECT_TRUE(cases::ParseNumber(parameter["default"].text, &number));
    for (; number.scale < 6; ++number.scale) number.units *= 10;
    parameters_.push_back({parameter["name"].text, number.units});
  }
}

Answers CasedModule::Answer(const cases::Case& one,
                            const cases::Expectation& when) const {
  cases::CaseBatch batch(one, parameters_);
  EXPECT_EQ(batch.error(), "") << one.name;
  batch.set_as_of_index(when.as_of_index);
  batch.set_today_index(when.today_index);
  const Answers bulk = module_.Ask(batch.batch());
  batch.set_want_facts(true);
  Answers answers = module_.Ask(batch.batch());
  EXPECT_EQ(bulk.answer, answers.answer) << "changes with facts: " << one.name;
  EXPECT_EQ(bulk.reason, answers.reason) << "changes with facts: " << one.name;
  return answers;
}

std::string CasedModule::Ask(const cases::Case& one,
                             const cases::Expectation& when) const {
  const Answers answers = Answer(one, when);
  if (answers.answer[0] == SHIRUBE_NOT_RAISED) return "NOT_RAISED";
  const auto found = reasons_.find(answers.reason[0]);
  if (found == reasons_.end())
    return "a code that the manifest does not declare";
  const Json& reason = found->second;
  const bool raised = answers.answer[0] == SHIRUBE_RAISED;
  if (reason["answer"].text != (raised ? "RAISED" : "CANNOT_TELL"))
    return "a reason of another answer";
  const std::string& status = reason["status"].text;
  const std::string& raises = status.empty() ? reason["mark"].text : status;
  return (raised ? raises : "NOT_EVALUATED") + " " + reason["id"].text;
}

std::string CasedModule::Symbol(const cases::Case& one) const {
  const auto found = reasons_.find(Answer(one, {}).reason[0]);
  return found == reasons_.end() ? "" : found->second["symbol"].text;
}

std::set<std::string> CasedModule::FactsGiven(
    const cases::Case& one, const cases::Expectation& when) const {
  const Answers answers = Answer(one, when);
  const std::vector<Json>& facts = manifest_["facts"].items;
  std::set<std::string> given;
  for (size_t f = 0; f < facts.size(); ++f) {
    if (answers.denominator[f].low != 0) given.insert(facts[f]["name"].text);
  }
  return given;
}

void CasedModule::ExpectAnswers(const std::vector<cases::Case>& cases) const {
  const auto declares = [&](const std::string& id) {
    return std::any_of(reasons_.begin(), reasons_.end(), [&](const auto& r) {
      return r.second["id"].text == id;
    });
  };
  for (const cases::Case& one : cases) {
    for (const cases::Expectation& expected : one.expectations) {
      const std::string wanted = declares(expected.reason)
                                     ? expected.status + " " + expected.reason
                                     : "NOT_RAISED";
      EXPECT_EQ(Ask(one, expected), wanted)
          << one.name << ", line " << expected.line;
    }
  }
}

std::vector<std::string> CasedModule::ReasonsWithoutACase() const {
  std::set<std::string> reached;
  for (const cases::Case& one : read_.cases) {
    for (const cases::Expectation& expected : one.expectations)
      reached.insert(expected.reason);
  }
  std::vector<std::string> missing;
  for (const auto& [code, reason] : reasons_) {
    if (!reached.count(reason["id"].text)) missing.push_back(reason["id"].text);
  }
  return missing;
}

}  // namespace shirube::rules_test
