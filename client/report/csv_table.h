// Comma-separated text to cells (RFC 4180): quoted fields with commas, doubled
// quotes and line breaks in them. Each row knows the line it begins on. Pure
// functions.
#ifndef SHIRUBE_CLIENT_REPORT_CSV_TABLE_H_
#define SHIRUBE_CLIENT_REPORT_CSV_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

namespace shirube::report {

struct CsvRow {
  int line = 0;     // where it begins, from 1
  std::string raw;  // as printed, without the line end
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<CsvRow> rows;  // the header first; blank lines are left out
  int unclosed_quote = 0;  // line of a quote that never ends; 0 when none does
};

CsvTable ParseCsv(std::string_view text, char separator = ',');

// One field, quoted where it must be.
std::string CsvField(std::string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CSV_TABLE_H_
