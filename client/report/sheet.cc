#include "client/report/sheet.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "client/report/csv_columns.h"
#include "client/report/csv_table.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

constexpr std::array<CsvColumn, 8> kSheetColumns = {
    CsvColumn::kIndicator, CsvColumn::kUnit,  CsvColumn::kOwner,
    CsvColumn::kPeriod,    CsvColumn::kBasis, CsvColumn::kValue,
    CsvColumn::kState,     CsvColumn::kNote};

// R5 reads better than FY2023 and means the same; a calendar year must not be
// taken for a fiscal one, so it keeps its 年.
std::string PeriodCell(const Period& period) {
  std::string text = ShortJapanese(period);
  auto again = ParsePeriod(text);
  return again.ok() && *again == period ? text : period.ToId();
}

std::string_view StateCell(v1::Observation::State state) {
  switch (state) {
    case v1::Observation::STATE_PROVISIONAL:
      return "PROVISIONAL";
    case v1::Observation::STATE_RESTATED:
      return "RESTATED";
    case v1::Observation::STATE_NOT_AVAILABLE:
      return "NOT_AVAILABLE";
    default:
      return "";
  }
}

// The one that the sheet shows: of a cumulative indicator the value to date.
const v1::Observation* Stored(const v1::PlanDocument& plan,
                              const v1::Indicator& indicator,
                              const std::string& period) {
  for (const v1::Observation& observation : plan.observations()) {
    if (observation.indicator() == indicator.name() &&
        observation.period() == period &&
        observation.basis() != v1::Observation::BASIS_PERIOD) {
      return &observation;
    }
  }
  return nullptr;
}

class Writer {
 public:
  explicit Writer(bool excel) : end_(excel ? "\r\n" : "\n") {
    if (excel) out_ = "\xEF\xBB\xBF";
  }
  void Row(const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out_ += ',';
      out_ += CsvField(cells[i]);
    }
    out_ += end_;
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string_view end_;
  std::string out_;
};

std::vector<std::string> SheetRow(const v1::PlanDocument& plan,
                                  const v1::Indicator& indicator,
                                  const Period& period) {
  const bool cumulative = indicator.kind() == v1::Indicator::KIND_CUMULATIVE;
  std::vector<std::string> cells = {indicator.display_name(),
                                    indicator.unit(),
                                    indicator.owner(),
                                    PeriodCell(period),
                                    cumulative ? "TO_DATE" : "",
                                    "",
                                    "",
                                    ""};
  const v1::Observation* stored = Stored(plan, indicator, period.ToId());
  if (stored == nullptr) return cells;
  // Read back, nobody having said so must stay nobody having said so.
  if (stored->assumed_to_date()) cells[4].clear();
  cells[5] = stored->unread().empty() ? stored->value() + stored->unit()
                                      : stored->unread();
  if (stored->value().empty() && stored->unread().empty()) cells[5].clear();
  cells[6] = std::string(StateCell(stored->state()));
  cells[7] = stored->note();
  return cells;
}

}  // namespace

std::string WriteSheet(const v1::PlanDocument& plan,
                       const SheetOptions& options) {
  Writer writer(options.excel);
  std::vector<std::string> header;
  for (CsvColumn column : kSheetColumns) {
    header.emplace_back(CsvName(column));
  }
  writer.Row(header);
  for (const v1::Indicator& indicator : plan.indicators()) {
    if (options.owner && *options.owner != indicator.owner()) continue;
    writer.Row(SheetRow(plan, indicator, options.period));
  }
  return writer.Take();
}

std::vector<std::string> SheetOwners(const v1::PlanDocument& plan) {
  std::vector<std::string> owners;
  for (const v1::Indicator& indicator : plan.indicators()) {
    if (std::find(owners.begin(), owners.end(), indicator.owner()) ==
        owners.end()) {
      owners.push_back(indicator.owner());
    }
  }
  return owners;
}

}  // namespace shirube::report
