// A built module that is asked cases, its answers in the words of its manifest.
#ifndef TESTS_RULES_CASED_MODULE_H_
#define TESTS_RULES_CASED_MODULE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rules/cases/case_batch.h"
#include "rules/cases/case_file.h"
#include "tests/rules/json.h"
#include "tests/rules/loaded_module.h"

namespace shirube::rules_test {

class CasedModule {
 public:
  explicit CasedModule(const std::string& id);

  const Json& manifest() const { return manifest_; }
  const cases::ParseResult& cases() const { return read_; }

  // "STATUS REASON" (of a mark: "MARK REASON") or "NOT_RAISED"; else what is
  // wrong with the answer.
  std::string Ask(const cases::Case& one, const cases::Expectation& when) const;

  // The symbol of the reason answered, as its publisher prints it.
  std::string Symbol(const cases::Case& one) const;

  // Names of the facts given with the answer.
  std::set<std::string> FactsGiven(const cases::Case& one,
                                   const cases::Expectation& when) const;

  // Asks every expectation of the cases; those of reasons that the module does
  // not declare must come out NOT_RAISED.
  void ExpectAnswers(const std::vector<cases::Case>& cases) const;

  // Ids of declared reasons that no case of its own expects.
  std::vector<std::string> ReasonsWithoutACase() const;

 private:
  Answers Answer(const cases::Case& one, const cases::Expectation& when) const;

  ModuleUnderTest module_;
  Json manifest_;
  std::map<int, Json> reasons_;  // by code
  std::vector<cases::Parameter> parameters_;
  cases::ParseResult read_;
};

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_CASED_MODULE_H_
