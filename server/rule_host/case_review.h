// What is wrong with cases whatever the module answers: those that contradict
// each other, parameters that the manifest does not allow, reasons that nobody
// declares. Pure; used by the self-test and by the tools for rule authors.
#ifndef SHIRUBE_SERVER_RULE_HOST_CASE_REVIEW_H_
#define SHIRUBE_SERVER_RULE_HOST_CASE_REVIEW_H_

#include <string>
#include <string_view>
#include <vector>

#include "rules/cases/case_file.h"
#include "server/rule_host/manifest.h"

namespace shirube {

struct CaseProblem {
  enum class Kind {
    kContradiction,     // the same data at the same time, expected otherwise
    kUnknownParameter,  // the module has none of that name
    kParameterRange,    // outside of what the manifest allows
    kUnknownReason,     // neither the module nor the shared codes have it
    kUnreadable,        // CaseReader's: no case at all
  };
  Kind kind;
  std::string file;  // as in Case::file; empty: the module's own
  int line = 0;
  std::string en, ja;  // with the case, without file and line
};

// "CASES_CONTRADICT" …, for programs.
std::string_view KindWord(CaseProblem::Kind kind);

// All of them, in the order of the cases. A reason nobody declares is a problem
// for whoever writes the module; a server that is given a file shared with
// other modules takes it as NOT_RAISED.
std::vector<CaseProblem> ReviewCases(const std::vector<cases::Case>& cases,
                                     const Manifest& manifest);

// A reason that means the same in every module (rules/README.md).
bool IsSharedReason(std::string_view reason);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CASE_REVIEW_H_
