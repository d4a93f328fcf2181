// One row of the documented CSV, checked by itself: every filled cell is what
// its column allows, or the row is refused. Whether it agrees with other rows
// is the business of csv_reader.h. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_CSV_ROW_H_
#define SHIRUBE_CLIENT_REPORT_CSV_ROW_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/report/csv_columns.h"
#include "client/report/csv_table.h"
#include "client/report/finding.h"
#include "shirube/v1/indicator.pb.h"
#include "shirube/v1/observation.pb.h"

namespace shirube::report {

// Columns of a file, by their place in a row.
using CsvHeader = std::vector<CsvColumn>;

// The columns that the first row names; nothing, and refused by name, when one
// of them is unknown, twice there, or the names are missing.
std::optional<CsvHeader> ReadCsvHeader(const CsvRow& row, Findings* findings);

struct CsvCell {
  std::string text;       // trimmed, as written
  std::string canonical;  // equal for cells that say the same
  int place = 0;          // in the row, from 1
};

struct CsvRecord {
  int line = 0;
  std::string raw;
  std::map<CsvColumn, CsvCell> cells;  // the filled ones

  // Empty when the cell is.
  const std::string& text(CsvColumn column) const;
  bool has(CsvColumn column) const { return cells.count(column) != 0; }
};

// Why the row is refused, or nothing and `out` is filled.
std::optional<Problem> ReadCsvRecord(const CsvHeader& header, const CsvRow& row,
                                     CsvRecord* out);

// The words of the columns; nothing for another one.
std::optional<v1::Indicator::Kind> CsvKind(std::string_view text);
std::optional<v1::Indicator::Quantity> CsvQuantity(std::string_view text);
std::optional<v1::Indicator::Direction> CsvDirection(std::string_view text);
std::optional<v1::Observation::Basis> CsvBasis(std::string_view text);
std::optional<v1::Observation::State> CsvState(std::string_view text);
// 11, 11月, 11+2: the month in which figures come out, and how many years
// later.
std::optional<v1::Publication> CsvPublication(std::string_view text);
// Whether it is MILESTONE; nothing for a role that is neither.
std::optional<bool> CsvIsMilestone(std::string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CSV_ROW_H_
