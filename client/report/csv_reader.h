// The CSV everybody can write to indicators, links and observations: one row a
// value; rows that repeat an indicator must agree. Unlike a report its writer
// is a person who says what belongs to what, so `initiative` makes a link.
#ifndef SHIRUBE_CLIENT_REPORT_CSV_READER_H_
#define SHIRUBE_CLIENT_REPORT_CSV_READER_H_

#include <string>
#include <string_view>

#include "client/report/csv_table.h"
#include "client/report/finding.h"
#include "client/report/plan_builder.h"

namespace shirube::report {

// The separator of a text whose header is that of the documented table, 0 for
// anything else. `named_csv`: the file says it is a table, so that a header
// without one known column is refused as a table and not as a report.
char CsvSeparator(std::string_view text, bool named_csv);

// Unknown columns refuse the whole file by their names; everything else that is
// wrong refuses one row.
void AddCsv(const CsvTable& table, const std::string& file,
            PlanBuilder* builder, Findings* findings);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CSV_READER_H_
