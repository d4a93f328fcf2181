// The columns of the CSV that everybody can write: their names, and which of
// them speak of the indicator and which of the one value in the row. One list
// for the reader, the sheet and the error messages.
#ifndef SHIRUBE_CLIENT_REPORT_CSV_COLUMNS_H_
#define SHIRUBE_CLIENT_REPORT_CSV_COLUMNS_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace shirube::report {

enum class CsvColumn {
  // Of the indicator: a row that repeats it must agree.
  kIndicator,
  kInitiative,
  kPrintedUnder,
  kUnit,
  kKind,
  kQuantity,
  kDirection,
  kOperator,
  kTarget,
  kTargetUpper,
  kTargetPeriod,
  kBaseline,
  kBaselinePeriod,
  kWindowStart,
  kEffectiveFrom,
  kOwner,
  kSource,
  kPaceThreshold,
  kPublication,
  // Of the value.
  kRole,
  kBasis,
  kPeriod,
  kValue,
  kState,
  kNote,
};

inline constexpr int kCsvColumns = 25;

std::string_view CsvName(CsvColumn column);
// By name in any width and case; nothing for an unknown one.
std::optional<CsvColumn> FindCsvColumn(std::string_view name);
// All names, for messages.
std::string CsvNames();
inline bool IsOfValue(CsvColumn column) { return column >= CsvColumn::kRole; }

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CSV_COLUMNS_H_
