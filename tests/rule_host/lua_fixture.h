// Modules in Lua beside a native one: what became of the row that makes them
// misbehave, and files that a test changes.
#ifndef TESTS_RULE_HOST_LUA_FIXTURE_H_
#define TESTS_RULE_HOST_LUA_FIXTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/rule_host/fixture.h"

namespace shirube {

class LuaFixture : public RuleHostFixture {
 protected:
  // The text of a tiny module; `module` is lua_NAME, as in its manifest.
  static std::string TextOf(const std::string& module);
  // With the first `from` replaced.
  static std::string Replaced(std::string text, const std::string& from,
                              const std::string& to);
  // "lua_NAME.lua:LINE:" of the first line with `words` in it.
  static std::string PlaceOf(const std::string& module,
                             const std::string& words);
  // Puts a file into the rules folder.
  void Write(const std::string& name, const std::string& bytes);
  std::string PathOf(const std::string& name) const;

  // Asks `module` and a native one about the rows of MisbehaviourTest (raised,
  // misbehaving, not raised): that row alone is lost, the other module's
  // answers stay, the module stays ACTIVE and answers on. What became of the
  // row, whose latest value is `value`.
  ModuleOutcome OutcomeOf(const std::string& module,
                          const AskOptions& options = {}, int64_t value = 100);
  // The same where the module is to answer all three rows: its answers.
  ModuleAnswers AnswersOf(const std::string& module,
                          const AskOptions& options = {});
  void ExpectSteady(const ModuleAnswers& answers, int64_t value = 100);
  void ExpectNextAskIsAnswered();

  absl::Duration call_deadline_ = absl::Milliseconds(50);

 private:
  std::vector<ModuleAnswers> AskAbout(const std::string& module,
                                      const AskOptions& options, int64_t value);
};

}  // namespace shirube

#endif  // TESTS_RULE_HOST_LUA_FIXTURE_H_
