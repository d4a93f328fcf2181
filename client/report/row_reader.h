// One row of a table of indicators to an indicator and its observations. What
// the report says decides: 累計 makes a CUMULATIVE, 毎年度 a MAINTAIN, a band a
// BAND, words a QUALITATIVE; a direction is never derived.
#ifndef SHIRUBE_CLIENT_REPORT_ROW_READER_H_
#define SHIRUBE_CLIENT_REPORT_ROW_READER_H_

#include <optional>
#include <set>
#include <string>

#include "client/report/finding.h"
#include "client/report/plan_builder.h"
#include "client/report/table.h"
#include "server/domain/period.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

// Where a table stands.
struct RowContext {
  std::string file;
  std::string printed_under;          // name of an initiative, or empty
  std::optional<Period> fiscal_year;  // the one that its section reports on
  std::set<std::string>* read;        // indicators of this file so far
  v1::Source* source;                 // gets the normalisations
};

enum class RowOutcome { kStored, kGroup, kRefused };

// kGroup: it heads the rows below and says nothing of its own. kRefused: the
// refusal is in `findings` and nothing of the row in the document. `name` is
// the indicator's name when stored.
RowOutcome ReadRow(const Table& table, const TableRow& row,
                   const RowContext& context, PlanBuilder* builder,
                   Findings* findings, std::string* name);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_ROW_READER_H_
