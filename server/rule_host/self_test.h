// A module's own cases (rules/README.md), asked of it before anything else is:
// in a worker of its own over a column memory of its own, a row a case, without
// facts, with them and in another order, and every answer compared with what
// the case expects. And the empty batch, which every module has to stand. Cases
// that contradict each other, or go against the manifest, are refused unasked.
//
// Module::Start makes one and is done with it; one thread. Leaves nothing
// behind, whatever the module does.
#ifndef SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_
#define SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_

#include <optional>
#include <string>
#include <vector>

#include "server/rule_host/case_trial.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/trial.h"

namespace shirube {

// How many cases a text holds; 0 where it cannot be read.
int CountCases(const std::string& text);

class SelfTest {
 public:
  explicit SelfTest(const Trial::Setup& setup);

  // Reads the cases and starts a worker: what that says of the module.
  ModuleProblem Begin();
  // Asks. SELF_TEST_FAILED names a case, its line, what was expected and what
  // was found.
  ModuleProblem Run();
  // That it ended because all of it, or a call, took too long.
  bool timed_out() const { return trial_.timed_out(); }

 private:
  ModuleProblem RefuseCases(const std::vector<cases::Case>& cases) const;
  ModuleProblem Judge(const std::vector<CaseResult>& results,
                      const std::optional<ModuleOutcome>& together) const;

  const ModuleFile& file_;
  Trial trial_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_SELF_TEST_H_
