// Rows of the tables of real indicators (expected.csv), as cases.
#ifndef TESTS_RULES_REAL_ROWS_H_
#define TESTS_RULES_REAL_ROWS_H_

#include <istream>
#include <map>
#include <string>
#include <vector>

#include "rules/cases/case_file.h"

namespace shirube::rules_test {

// Cells by the name of their column.
using Row = std::map<std::string, std::string>;

// Lines that start with # are left out; the first other line has the names.
std::vector<Row> ReadCsv(std::istream& in);

// What expected.csv says of an indicator, without what it expects.
cases::Case ReadIndicator(const Row& row);

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_REAL_ROWS_H_
