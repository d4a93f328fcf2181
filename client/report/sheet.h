// The figures to be filled in for one period, as the CSV that `import` reads
// back: one row an indicator, what is stored for the period already filled in.
// `shirube sheet` calls it. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_SHEET_H_
#define SHIRUBE_CLIENT_REPORT_SHEET_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/period.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

struct SheetOptions {
  Period period;
  // Only the indicators of this department (empty: of those without one).
  std::optional<std::string> owner;
  // Byte order mark and CRLF, for Excel.
  bool excel = false;
};

// Columns of the documented CSV that identify an indicator or hold its figure;
// nothing in it changes what is stored of the indicator itself.
std::string WriteSheet(const v1::PlanDocument& plan,
                       const SheetOptions& options);

// Departments of the plan's indicators, each once, in order of first use; an
// empty one stands for indicators without.
std::vector<std::string> SheetOwners(const v1::PlanDocument& plan);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_SHEET_H_
