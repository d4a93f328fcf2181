#include "client/report/csv_row.h"

#include <algorithm>
#include <utility>

#include "client/report/cell.h"
#include "client/report/chars.h"
#include "client/report/quantity.h"
#include "server/domain/decimal.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

template <typename Enum>
struct Word {
  std::string_view word;
  Enum value;
};

template <typename Enum, size_t N>
std::optional<Enum> Find(const Word<Enum> (&words)[N], std::string_view text) {
  const std::string name = LowerAscii(NormalizedName(text));
  for (const Word<Enum>& word : words) {
    if (word.word == name) return word.value;
  }
  return std::nullopt;
}

Problem Unknown(CsvColumn column, std::string_view text,
                std::string_view allowed) {
  const std::string name(CsvName(column));
  return {"BAD_CELL",
          name + ": \"" + std::string(text) + "\" is not one of " +
              std::string(allowed),
          name + "列の「" + std::string(text) + "」は使えません(" +
              std::string(allowed) + ")。"};
}

Problem BadPeriod(CsvColumn column, std::string_view text) {
  const std::string name(CsvName(column));
  return {"UNKNOWN_PERIOD",
          name + ": \"" + std::string(text) +
              "\" is no period; write FY2022, R4, 令和4年度, FY2022Q3, 2022, "
              "2023-01 or 2020-03-31",
          name + "列の「" + std::string(text) +
              "」は時点として読み取れません。FY2022、R4、令和4年度、"
              "FY2022Q3、2022、2023-01、2020-03-31 の形で書いてください。"};
}

bool IsPeriodColumn(CsvColumn column) {
  return column == CsvColumn::kTargetPeriod ||
         column == CsvColumn::kBaselinePeriod ||
         column == CsvColumn::kWindowStart ||
         column == CsvColumn::kEffectiveFrom || column == CsvColumn::kPeriod;
}

bool IsNumberColumn(CsvColumn column) {
  return column == CsvColumn::kTarget || column == CsvColumn::kTargetUpper ||
         column == CsvColumn::kBaseline || column == CsvColumn::kValue;
}

// 100 and 100.0 say the same.
std::string CanonicalNumber(const Quantity& quantity) {
  std::string digits = quantity.value.ToString();
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
  }
  return digits + quantity.unit;
}

std::optional<Problem> CheckNumber(CsvColumn column, CsvCell* cell) {
  std::u32string folded = FoldUtf8(cell->text);
  Quantity quantity = ReadQuantity(Trim(folded));
  if (quantity.outcome == Quantity::Outcome::kTooLong) {
    const std::string name(CsvName(column));
    return Problem{"TOO_MANY_DIGITS",
                   name + ": \"" + cell->text +
                       "\" has more than 18 digits; give fewer decimals or a "
                       "larger unit",
                   name + "列の「" + cell->text +
                       "」は18桁を超えています。小数を減らすか単位を"
                       "大きくしてください。"};
  }
  if (quantity.outcome == Quantity::Outcome::kNumber) {
    cell->canonical = CanonicalNumber(quantity);
  }
  return std::nullopt;
}

std::optional<Problem> CheckPeriod(CsvColumn column, CsvCell* cell) {
  if (column == CsvColumn::kTargetPeriod &&
      (cell->canonical == "毎年度" || cell->canonical == "毎年")) {
    return std::nullopt;
  }
  auto period = ParsePeriod(cell->text);
  if (!period.ok()) return BadPeriod(column, cell->text);
  cell->canonical = period->ToId();
  return std::nullopt;
}

std::optional<Problem> CheckWord(CsvColumn column, const CsvCell& cell) {
  const std::string& text = cell.text;
  switch (column) {
    case CsvColumn::kKind:
      if (CsvKind(text)) return std::nullopt;
      return Unknown(column, text,
                     "LEVEL, CUMULATIVE, MAINTAIN, BAND, QUALITATIVE");
    case CsvColumn::kQuantity:
      if (CsvQuantity(text)) return std::nullopt;
      return Unknown(column, text, "RATE, AMOUNT");
    case CsvColumn::kDirection:
      if (CsvDirection(text)) return std::nullopt;
      return Unknown(column, text, "up, down");
    case CsvColumn::kOperator:
      if (ReadOperator(FoldUtf8(text))) return std::nullopt;
      return Unknown(column, text, "以上 以下 超 未満 程度 約 >= <= > <");
    case CsvColumn::kRole:
      if (CsvIsMilestone(text)) return std::nullopt;
      return Unknown(column, text, "ACTUAL, MILESTONE");
    case CsvColumn::kBasis:
      if (CsvBasis(text)) return std::nullopt;
      return Unknown(column, text, "TO_DATE, PERIOD");
    case CsvColumn::kState:
      if (CsvState(text)) return std::nullopt;
      return Unknown(column, text,
                     "FINAL, PROVISIONAL, RESTATED, NOT_AVAILABLE");
    case CsvColumn::kPaceThreshold:
      if (Decimal::Parse(text).ok()) return std::nullopt;
      return Unknown(column, text, "0.60 to 1.00");
    default:
      return std::nullopt;
  }
}

std::optional<Problem> CheckPublication(CsvCell* cell) {
  const auto publication = CsvPublication(cell->text);
  if (!publication) {
    return Unknown(CsvColumn::kPublication, cell->text, "11, 11+1, 11+2");
  }
  cell->canonical = std::to_string(publication->month()) + "+" +
                    std::to_string(publication->lag_years());
  return std::nullopt;
}

std::optional<Problem> CheckCell(CsvColumn column, CsvCell* cell) {
  cell->canonical = NormalizedName(cell->text);
  if (IsPeriodColumn(column)) return CheckPeriod(column, cell);
  if (IsNumberColumn(column)) return CheckNumber(column, cell);
  if (column == CsvColumn::kPublication) return CheckPublication(cell);
  return CheckWord(column, *cell);
}

}  // namespace

std::optional<CsvHeader> ReadCsvHeader(const CsvRow& row, Findings* findings) {
  bool good = true;
  CsvHeader header;
  for (const std::string& cell : row.cells) {
    const std::string name = TrimUtf8(cell);
    auto column = FindCsvColumn(cell);
    if (!column) {
      good = false;
      findings->Refuse(
          row.line, name,
          {"UNKNOWN_COLUMN",
           "\"" + name + "\" is no column; the columns are " + CsvNames(),
           "「" + name + "」という列はありません。使える列: " + CsvNames()});
      continue;
    }
    if (std::find(header.begin(), header.end(), *column) != header.end()) {
      good = false;
      findings->Refuse(
          row.line, name,
          {"DUPLICATE_COLUMN", "the column \"" + name + "\" is there twice",
           "「" + name + "」列が重複しています。"});
    }
    header.push_back(*column);
  }
  const bool names = std::find(header.begin(), header.end(),
                               CsvColumn::kIndicator) != header.end();
  if (good && !names) {
    good = false;
    findings->Refuse(row.line, row.raw,
                     {"NO_INDICATOR_COLUMN",
                      "there is no column \"indicator\" with the names",
                      "指標名の列「indicator」がありません。"});
  }
  if (!good) return std::nullopt;
  return header;
}

const std::string& CsvRecord::text(CsvColumn column) const {
  static const std::string* const kEmpty = new std::string();
  auto found = cells.find(column);
  return found == cells.end() ? *kEmpty : found->second.text;
}

std::optional<Problem> ReadCsvRecord(const CsvHeader& header, const CsvRow& row,
                                     CsvRecord* out) {
  out->line = row.line;
  out->raw = row.raw;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    CsvCell cell;
    cell.text = TrimUtf8(row.cells[i]);
    cell.place = static_cast<int>(i) + 1;
    if (cell.text.empty()) continue;
    if (i >= header.size()) {
      return Problem{"CELL_COUNT",
                     "the row has more cells than the header has columns; "
                     "quote cells that have a comma in them",
                     "列見出しより値が多くあります。カンマを含む値は"
                     "引用符で囲んでください。"};
    }
    const CsvColumn column = header[i];
    // A dash is how people leave a cell of numbers empty.
    const bool dash = IsNumberColumn(column) || IsPeriodColumn(column);
    if (dash && IsMissingMark(FoldUtf8(cell.text))) continue;
    if (auto problem = CheckCell(column, &cell)) return problem;
    out->cells[column] = std::move(cell);
  }
  if (!out->has(CsvColumn::kIndicator)) {
    return Problem{"NO_NAME", "indicator: is empty", "指標名がありません。"};
  }
  if (out->has(CsvColumn::kValue) && !out->has(CsvColumn::kPeriod)) {
    return Problem{"NO_PERIOD", "period: is empty, but the row has a value",
                   "値があるのに時点(period)がありません。"};
  }
  return std::nullopt;
}

std::optional<v1::Indicator::Kind> CsvKind(std::string_view text) {
  static constexpr Word<v1::Indicator::Kind> kWords[] = {
      {"level", v1::Indicator::KIND_LEVEL},
      {"cumulative", v1::Indicator::KIND_CUMULATIVE},
      {"maintain", v1::Indicator::KIND_MAINTAIN},
      {"band", v1::Indicator::KIND_BAND},
      {"qualitative", v1::Indicator::KIND_QUALITATIVE}};
  return Find(kWords, text);
}

std::optional<v1::Indicator::Quantity> CsvQuantity(std::string_view text) {
  static constexpr Word<v1::Indicator::Quantity> kWords[] = {
      {"rate", v1::Indicator::QUANTITY_RATE},
      {"amount", v1::Indicator::QUANTITY_AMOUNT}};
  return Find(kWords, text);
}

std::optional<v1::Indicator::Direction> CsvDirection(std::string_view text) {
  static constexpr Word<v1::Indicator::Direction> kWords[] = {
      {"up", v1::Indicator::DIRECTION_UP},
      {"down", v1::Indicator::DIRECTION_DOWN}};
  return Find(kWords, text);
}

std::optional<v1::Observation::Basis> CsvBasis(std::string_view text) {
  static constexpr Word<v1::Observation::Basis> kWords[] = {
      {"to_date", v1::Observation::BASIS_TO_DATE},
      {"period", v1::Observation::BASIS_PERIOD}};
  return Find(kWords, text);
}

std::optional<v1::Observation::State> CsvState(std::string_view text) {
  static constexpr Word<v1::Observation::State> kWords[] = {
      {"final", v1::Observation::STATE_FINAL},
      {"確定", v1::Observation::STATE_FINAL},
      {"provisional", v1::Observation::STATE_PROVISIONAL},
      {"速報", v1::Observation::STATE_PROVISIONAL},
      {"restated", v1::Observation::STATE_RESTATED},
      {"改定", v1::Observation::STATE_RESTATED},
      {"not_available", v1::Observation::STATE_NOT_AVAILABLE},
      {"未公表", v1::Observation::STATE_NOT_AVAILABLE}};
  return Find(kWords, text);
}

std::optional<v1::Publication> CsvPublication(std::string_view text) {
  const std::string name = NormalizedName(text);
  const size_t plus = std::min(name.find('+'), name.size());
  std::string month = name.substr(0, plus);
  if (month.ends_with("月")) month.resize(month.size() - 3);
  const std::string years = plus < name.size() ? name.substr(plus + 1) : "0";
  // The server says what is no month and too many years.
  const auto number = [](const std::string& digits) {
    const bool good =
        !digits.empty() && digits.size() <= 2 &&
        digits.find_first_not_of("0123456789") == std::string::npos;
    return good ? std::optional<int>(std::stoi(digits)) : std::nullopt;
  };
  if (!number(month) || !number(years)) return std::nullopt;
  v1::Publication publication;
  publication.set_month(*number(month));
  publication.set_lag_years(*number(years));
  return publication;
}

std::optional<bool> CsvIsMilestone(std::string_view text) {
  static constexpr Word<bool> kWords[] = {{"actual", false},
                                          {"milestone", true}};
  return Find(kWords, text);
}

}  // namespace shirube::report
