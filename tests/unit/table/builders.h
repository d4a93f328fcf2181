// Small rows for the tests of the table.
#ifndef TESTS_UNIT_TABLE_BUILDERS_H_
#define TESTS_UNIT_TABLE_BUILDERS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "server/table/table.h"

namespace shirube {

inline IndicatorKey Key(const std::string& plan, const std::string& id) {
  return {PlanId(plan), IndicatorId(id)};
}

// A row whose numbers tell which it is: points of value, value+1 …
inline RowInput Row(const IndicatorKey& key, int64_t value, int points = 1,
                    Revision revision = 1) {
  RowInput row;
  row.key = key;
  row.input_revision = revision;
  row.baseline = value;
  row.target = -value;
  row.present = SHIRUBE_HAS_TARGET;
  for (int j = 0; j < points; ++j) {
    RowPoint point;
    point.period = Period::FiscalYear(1900 + j % 1000).value();
    point.units = value + j;
    row.points.push_back(point);
  }
  return row;
}

inline std::unique_ptr<Table> SmallTable(uint64_t slots = 16) {
  TableOptions options;
  options.max_bytes = slots * frame::kSlotBytes;
  return Table::Create(options).value();
}

}  // namespace shirube

#endif  // TESTS_UNIT_TABLE_BUILDERS_H_
