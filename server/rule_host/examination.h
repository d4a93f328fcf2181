// Does a module keep the promises that every module makes? It answers about any
// row that may be stored, always the same: alone or among others, in whatever
// order, asked again, in another process, with and without facts; and within
// the limits. Asked over its own cases and over made-up rows.
//
// For whoever writes modules; one thread. Whatever the module does is a
// finding.
#ifndef SHIRUBE_SERVER_RULE_HOST_EXAMINATION_H_
#define SHIRUBE_SERVER_RULE_HOST_EXAMINATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/cases/case_file.h"
#include "server/rule_host/workbench.h"

namespace shirube {

// What is wrong, over one row.
struct Finding {
  std::string row;    // the name of the case, or "made-up row 17"
  bool own = false;   // one of its cases
  std::string file;   // of a case
  int line = 0;       // of a case
  std::string as_of;  // "fy2021"; empty: by the latest figure
  // What was answered first and what then; of a fault only the second.
  std::string first, then;
  bool fault = false;    // `then` is no answer
  std::string row_text;  // the row as a case, to be put into a file of cases
};

struct CheckResult {
  enum class Outcome { kPassed, kFailed, kSkipped };
  std::string id;      // "permuted": for programs
  std::string en, ja;  // what it is about
  Outcome outcome = Outcome::kPassed;
  std::string note_en, note_ja;   // what was measured, or why it failed
  std::vector<Finding> findings;  // the first few
  int64_t more = 0;               // findings that are left out
};

struct ExaminationOptions {
  uint64_t seed = 20'210'401;
  int made_up_rows = 600;
};

// All checks in a fixed order, also those that were skipped because of one
// before. `cases` are the module's, readable and reviewed.
std::vector<CheckResult> Examine(Workbench* bench, const ModuleFile& file,
                                 const std::vector<cases::Case>& cases,
                                 const ExaminationOptions& options);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_EXAMINATION_H_
