// A case as text, in the form in which case_file.h reads it: what a tool shows
// of a row, so that its reader can put it into a file of cases as it stands.
// Pure.
#ifndef RULES_CASES_CASE_TEXT_H_
#define RULES_CASES_CASE_TEXT_H_

#include <cstdint>
#include <string>

#include "rules/cases/case_file.h"

namespace shirube::cases {

// The block, a line a fact, with its expectations; each line ends with '\n'.
std::string CaseText(const Case& one);
// "18.20": the digits as they were written.
std::string NumberText(const Number& number);
// "fy2022", "fy2022q3", "m2023-01": a period that has this index.
std::string PeriodText(int32_t index);

}  // namespace shirube::cases

#endif  // RULES_CASES_CASE_TEXT_H_
