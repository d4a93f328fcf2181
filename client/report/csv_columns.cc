#include "client/report/csv_columns.h"

#include "client/report/chars.h"

namespace shirube::report {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, kCsvColumns> kNames = {"indicator",
                                                              "initiative",
                                                              "printed_under",
                                                              "unit",
                                                              "kind",
                                                              "quantity",
                                                              "direction",
                                                              "operator",
                                                              "target",
                                                              "target_upper",
                                                              "target_period",
                                                              "baseline",
                                                              "baseline_period",
                                                              "window_start",
                                                              "effective_from",
                                                              "owner",
                                                              "source",
                                                              "pace_threshold",
                                                              "publication",
                                                              "role",
                                                              "basis",
                                                              "period",
                                                              "value",
                                                              "state",
                                                              "note"};

}  // namespace

std::string_view CsvName(CsvColumn column) {
  return kNames[static_cast<size_t>(column)];
}

std::optional<CsvColumn> FindCsvColumn(std::string_view name) {
  std::u32string folded = FoldUtf8(name);
  std::string lower = LowerAscii(Encode(Trim(folded)));
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == lower) return static_cast<CsvColumn>(i);
  }
  return std::nullopt;
}

std::string CsvNames() {
  std::string out;
  for (std::string_view name : kNames) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace shirube::report
