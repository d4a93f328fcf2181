#include "client/report/csv_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "client/report/cell.h"
#include "client/report/chars.h"
#include "client/report/columns.h"
#include "client/report/csv_columns.h"
#include "client/report/csv_row.h"
#include "client/report/quantity.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

// What all rows of one indicator say about it.
struct Definition {
  v1::Indicator* indicator = nullptr;
  std::map<CsvColumn, CsvCell> cells;
  std::map<CsvColumn, int> lines;  // where each was said first
  std::vector<const CsvRecord*> rows;
};

class Reader {
 public:
  Reader(const CsvTable& table, const std::string& file, PlanBuilder* builder,
         Findings* findings)
      : table_(table), file_(file), builder_(*builder), findings_(*findings) {}

  void Run();

 private:
  void Refuse(const CsvRecord& row, Problem problem) {
    findings_.Refuse(row.line, row.raw, std::move(problem));
  }
  void ReadRows();
  // Adds the row to its indicator, unless it contradicts what is there.
  std::optional<Problem> Place(const CsvRecord& row);
  std::optional<Problem> CheckAgreement(const CsvRecord& row,
                                        const Definition& definition) const;
  // The initiative that a cell names; its problem when it is none or several.
  std::optional<Problem> Resolve(const CsvRecord& row, CsvColumn column,
                                 std::string* name);
  void Define(const Definition& definition);
  void DefineUnit(const Definition& definition);
  void DefineTarget(const Definition& definition);
  void DefineBaseline(const Definition& definition);
  void AddValue(const Definition& definition, const CsvRecord& row);
  std::optional<Problem> AddMilestone(v1::Indicator* indicator,
                                      const CsvRecord& row);
  std::optional<Problem> AddObservation(const v1::Indicator& indicator,
                                        const CsvRecord& row);
  template <typename Value>
  void FillNumber(const CsvCell& cell, int line, const v1::Indicator& indicator,
                  Value* value) const;

  const CsvTable& table_;
  const std::string& file_;
  PlanBuilder& builder_;
  Findings& findings_;
  CsvHeader header_;
  std::vector<CsvRecord> records_;
  std::map<std::string, Definition> definitions_;  // by the indicator's name
  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> resolved_;  // by path
};

void Reader::ReadRows() {
  records_.reserve(table_.rows.size());
  for (size_t i = 1; i < table_.rows.size(); ++i) {
    const CsvRow& row = table_.rows[i];
    CsvRecord record;
    std::optional<Problem> problem;
    if (table_.unclosed_quote != 0 && i + 1 == table_.rows.size()) {
      problem = {"UNCLOSED_QUOTE",
                 "the quote that opens in line " +
                     std::to_string(table_.unclosed_quote) + " never closes",
                 std::to_string(table_.unclosed_quote) +
                     "行目の引用符が閉じられていません。"};
    } else {
      problem = ReadCsvRecord(header_, row, &record);
    }
    if (problem) {
      findings_.Refuse(row.line, row.raw, *std::move(problem));
    } else {
      records_.push_back(std::move(record));
    }
  }
}

std::optional<Problem> Reader::Resolve(const CsvRecord& row, CsvColumn column,
                                       std::string* name) {
  name->clear();
  const std::string& path = row.text(column);
  if (path.empty()) return std::nullopt;
  auto known = resolved_.find(path);
  if (known == resolved_.end()) {
    known = resolved_.emplace(path, builder_.FindInitiatives(path)).first;
  }
  const std::string label(CsvName(column));
  if (known->second.empty()) {
    return Problem{"UNKNOWN_INITIATIVE",
                   label + ": \"" + path +
                       "\" is no initiative of the plan; write its title or a "
                       "path such as 第3/3",
                   label + "列の「" + path +
                       "」に当たる施策がありません。名称か「第3/3」の形で"
                       "書いてください。"};
  }
  if (known->second.size() > 1) {
    return Problem{"AMBIGUOUS_INITIATIVE",
                   label + ": \"" + path + "\" can mean " +
                       std::to_string(known->second.size()) +
                       " initiatives; write a path such as 第3/3",
                   label + "列の「" + path + "」に当たる施策が" +
                       std::to_string(known->second.size()) +
                       "つあります。「第3/3」の形で書いてください。"};
  }
  *name = known->second.front();
  return std::nullopt;
}

std::optional<Problem> Reader::CheckAgreement(
    const CsvRecord& row, const Definition& definition) const {
  for (const auto& [column, cell] : row.cells) {
    // The name was found by its normalized form, the unit with it.
    if (IsOfValue(column) || column == CsvColumn::kIndicator) continue;
    auto said = definition.cells.find(column);
    if (said == definition.cells.end() ||
        said->second.canonical == cell.canonical) {
      continue;
    }
    const std::string label(CsvName(column));
    const std::string line = std::to_string(definition.lines.at(column));
    return Problem{"CELLS_DISAGREE",
                   label + ": \"" + cell.text + "\" disagrees with \"" +
                       said->second.text + "\" in line " + line +
                       "; leave the cell empty or make them agree",
                   label + "列の「" + cell.text + "」が" + line + "行目の「" +
                       said->second.text +
                       "」と一致しません。空欄にするか揃えてください。"};
  }
  return std::nullopt;
}

std::optional<Problem> Reader::Place(const CsvRecord& row) {
  std::string link;
  std::string under;
  if (auto problem = Resolve(row, CsvColumn::kInitiative, &link))
    return problem;
  if (auto problem = Resolve(row, CsvColumn::kPrintedUnder, &under)) {
    return problem;
  }
  const std::string& unit = row.text(CsvColumn::kUnit);
  PlanBuilder::Match match =
      builder_.AddIndicator(row.text(CsvColumn::kIndicator), unit, under);
  if (match.ambiguous) {
    return Problem{"AMBIGUOUS_INDICATOR",
                   "indicator: the name stands for several indicators; fill "
                   "in the unit",
                   "同じ名称の指標が複数あります。単位を記入してください。"};
  }
  if (match.added && match.other_unit) {
    findings_.Warn(row.line, row.raw,
                   {"SAME_NAME_OTHER_UNIT",
                    "an indicator of this name has another unit; this one is "
                    "kept apart",
                    "同じ名称で単位の異なる指標があります。別の指標として"
                    "扱います。"});
  }
  v1::Indicator* indicator = match.indicator;
  Definition& definition = definitions_[indicator->name()];
  if (definition.indicator == nullptr) order_.push_back(indicator->name());
  definition.indicator = indicator;
  if (auto problem = CheckAgreement(row, definition)) return problem;
  for (const auto& [column, cell] : row.cells) {
    if (IsOfValue(column)) continue;
    if (definition.cells.emplace(column, cell).second) {
      definition.lines[column] = row.line;
    }
  }
  definition.rows.push_back(&row);
  if (!link.empty() && indicator->links_size() == 0) {
    builder_.Adopt(link);
    builder_.Link(indicator, link);
  }
  if (!under.empty()) {
    builder_.Adopt(under);
    indicator->set_printed_under(under);
  }
  return std::nullopt;
}

template <typename Value>
void Reader::FillNumber(const CsvCell& cell, int line,
                        const v1::Indicator& indicator, Value* value) const {
  std::u32string folded = FoldUtf8(cell.text);
  Quantity quantity = ReadQuantity(Trim(folded));
  if (quantity.outcome == Quantity::Outcome::kNumber) {
    value->set_value(quantity.value.ToString());
    if (!quantity.unit.empty() &&
        NormalizedName(quantity.unit) != NormalizedName(indicator.unit())) {
      value->set_unit(quantity.unit);
    }
    for (const std::string& step : quantity.steps) value->add_steps(step);
  } else {
    value->set_unread(cell.text);
  }
  value->set_raw(cell.text);
  value->mutable_place()->set_file(file_);
  value->mutable_place()->set_line(line);
}

void Reader::DefineTarget(const Definition& definition) {
  const auto& cells = definition.cells;
  auto target = cells.find(CsvColumn::kTarget);
  auto period = cells.find(CsvColumn::kTargetPeriod);
  auto from = cells.find(CsvColumn::kEffectiveFrom);
  if (target == cells.end() && period == cells.end()) return;
  v1::Indicator* indicator = definition.indicator;
  v1::Target out;
  if (target != cells.end()) {
    const CsvCell& cell = target->second;
    const int line = definition.lines.at(CsvColumn::kTarget);
    FillNumber(cell, line, *indicator, &out);
    if (indicator->kind() == v1::Indicator::KIND_QUALITATIVE) {
      out.clear_value();
      out.clear_unread();
      out.set_words(cell.text);
    }
  }
  auto upper = cells.find(CsvColumn::kTargetUpper);
  if (upper != cells.end()) {
    v1::Target end;
    FillNumber(upper->second, definition.lines.at(CsvColumn::kTargetUpper),
               *indicator, &end);
    if (!end.unread().empty() || !out.unread().empty()) {
      // Half a band is no band.
      out.clear_value();
      out.set_unread(out.raw() + ".." + end.raw());
    } else {
      indicator->set_target_upper(end.value());
    }
  }
  if (period != cells.end()) {
    if (ParsePeriod(period->second.text).ok()) {
      out.set_period(period->second.canonical);
    } else {
      out.set_every_year(true);
    }
  }
  if (from != cells.end()) out.set_effective_from(from->second.canonical);
  *indicator->mutable_target() = std::move(out);
}

void Reader::DefineBaseline(const Definition& definition) {
  const auto& cells = definition.cells;
  auto baseline = cells.find(CsvColumn::kBaseline);
  auto period = cells.find(CsvColumn::kBaselinePeriod);
  if (baseline == cells.end() && period == cells.end()) return;
  v1::Baseline out;
  if (baseline != cells.end()) {
    FillNumber(baseline->second, definition.lines.at(CsvColumn::kBaseline),
               *definition.indicator, &out);
  }
  if (period != cells.end()) {
    out.set_period(period->second.canonical);
  }
  auto from = cells.find(CsvColumn::kEffectiveFrom);
  if (from != cells.end() && cells.count(CsvColumn::kTarget) == 0) {
    out.set_effective_from(from->second.canonical);
  }
  *definition.indicator->mutable_baseline() = std::move(out);
}

// Without a column of units the cells may say it: 71.5%.
void Reader::DefineUnit(const Definition& definition) {
  if (!definition.indicator->unit().empty()) return;
  std::vector<std::string> texts;
  for (CsvColumn column : {CsvColumn::kTarget, CsvColumn::kBaseline}) {
    auto found = definition.cells.find(column);
    if (found != definition.cells.end()) texts.push_back(found->second.text);
  }
  for (const CsvRecord* row : definition.rows) {
    texts.push_back(row->text(CsvColumn::kValue));
  }
  for (const std::string& text : texts) {
    std::u32string folded = FoldUtf8(text);
    Quantity quantity = ReadQuantity(Trim(folded));
    if (quantity.outcome != Quantity::Outcome::kNumber) continue;
    if (quantity.unit.empty()) continue;
    definition.indicator->set_unit(quantity.unit);
    return;
  }
}

void Reader::Define(const Definition& definition) {
  v1::Indicator* indicator = definition.indicator;
  DefineUnit(definition);
  const auto& cells = definition.cells;
  auto text = [&](CsvColumn column) -> const std::string& {
    static const std::string* const kEmpty = new std::string();
    auto found = cells.find(column);
    return found == cells.end() ? *kEmpty : found->second.text;
  };
  if (auto kind = CsvKind(text(CsvColumn::kKind))) {
    indicator->set_kind(*kind);
  } else if (cells.count(CsvColumn::kTargetUpper) != 0) {
    indicator->set_kind(v1::Indicator::KIND_BAND);
  } else if (indicator->kind() == v1::Indicator::KIND_UNSPECIFIED) {
    indicator->set_kind(v1::Indicator::KIND_LEVEL);
  }
  if (auto quantity = CsvQuantity(text(CsvColumn::kQuantity))) {
    indicator->set_quantity(*quantity);
  }
  if (auto direction = CsvDirection(text(CsvColumn::kDirection))) {
    indicator->set_direction(*direction);
  }
  if (auto op = ReadOperator(FoldUtf8(text(CsvColumn::kOperator)))) {
    indicator->set_operator_(*op);
  }
  auto window = cells.find(CsvColumn::kWindowStart);
  if (window != cells.end()) {
    indicator->set_window_start(window->second.canonical);
  }
  if (!text(CsvColumn::kOwner).empty())
    indicator->set_owner(text(CsvColumn::kOwner));
  if (!text(CsvColumn::kSource).empty()) {
    indicator->set_source(text(CsvColumn::kSource));
  }
  if (!text(CsvColumn::kPaceThreshold).empty()) {
    (*indicator->mutable_parameters())["pace_threshold"] =
        text(CsvColumn::kPaceThreshold);
  }
  if (auto publication = CsvPublication(text(CsvColumn::kPublication))) {
    *indicator->mutable_publication() = *std::move(publication);
  }
  DefineTarget(definition);
  DefineBaseline(definition);
}

std::optional<Problem> Reader::AddMilestone(v1::Indicator* indicator,
                                            const CsvRecord& row) {
  v1::Milestone milestone;
  FillNumber(row.cells.at(CsvColumn::kValue), row.line, *indicator, &milestone);
  milestone.set_period(row.cells.at(CsvColumn::kPeriod).canonical);
  for (const v1::Milestone& other : indicator->milestones()) {
    if (other.period() != milestone.period()) continue;
    if (other.value() == milestone.value() &&
        other.unread() == milestone.unread()) {
      return std::nullopt;
    }
    return Problem{"VALUES_DISAGREE",
                   "value: another row has another milestone for this period",
                   "同じ時点の目安値が別の行と一致しません。"};
  }
  *indicator->add_milestones() = std::move(milestone);
  return std::nullopt;
}

std::optional<Problem> Reader::AddObservation(const v1::Indicator& indicator,
                                              const CsvRecord& row) {
  v1::Observation out;
  out.set_indicator(indicator.name());
  out.set_period(row.cells.at(CsvColumn::kPeriod).canonical);
  auto state = CsvState(row.text(CsvColumn::kState));
  out.set_state(state.value_or(v1::Observation::STATE_FINAL));
  out.set_note(row.text(CsvColumn::kNote));
  auto value = row.cells.find(CsvColumn::kValue);
  if (value != row.cells.end()) {
    FillNumber(value->second, row.line, indicator, &out);
  } else {
    out.mutable_place()->set_file(file_);
    out.mutable_place()->set_line(row.line);
  }
  if (out.state() == v1::Observation::STATE_NOT_AVAILABLE) {
    if (!out.value().empty()) {
      return Problem{"BAD_CELL",
                     "state: NOT_AVAILABLE has no value; leave it empty",
                     "NOT_AVAILABLE の行に値は書けません。"};
    }
    if (out.note().empty()) out.set_note(out.unread());
    out.clear_unread();
  }
  auto basis = CsvBasis(row.text(CsvColumn::kBasis));
  if (indicator.kind() == v1::Indicator::KIND_CUMULATIVE) {
    out.set_basis(basis.value_or(v1::Observation::BASIS_TO_DATE));
    out.set_assumed_to_date(!basis.has_value());
  } else if (basis) {
    return Problem{"BAD_CELL",
                   "basis: only a CUMULATIVE indicator has one; leave it empty",
                   "basis列は累計(CUMULATIVE)の指標だけで使えます。"};
  }
  switch (builder_.AddObservation(std::move(out))) {
    case PlanBuilder::Added::kNew:
      break;
    case PlanBuilder::Added::kSame:
      findings_.Warn(row.line, row.raw,
                     {"DUPLICATE_ROW", "another row says the same",
                      "同じ内容の行が重複しています。"});
      break;
    case PlanBuilder::Added::kDifferent:
      return Problem{"VALUES_DISAGREE",
                     "value: another row has another value for this period",
                     "同じ時点の値が別の行と一致しません。"};
  }
  return std::nullopt;
}

void Reader::AddValue(const Definition& definition, const CsvRecord& row) {
  v1::Indicator* indicator = definition.indicator;
  const bool has_value = row.has(CsvColumn::kValue);
  const bool not_available =
      row.has(CsvColumn::kPeriod) && CsvState(row.text(CsvColumn::kState)) ==
                                         v1::Observation::STATE_NOT_AVAILABLE;
  if (!has_value && !not_available) {
    if (row.has(CsvColumn::kNote))
      indicator->add_notes(row.text(CsvColumn::kNote));
    return;
  }
  const bool milestone =
      CsvIsMilestone(row.text(CsvColumn::kRole)).value_or(false);
  auto problem = milestone && has_value ? AddMilestone(indicator, row)
                                        : AddObservation(*indicator, row);
  if (problem) Refuse(row, *std::move(problem));
}

void Reader::Run() {
  if (table_.rows.empty()) return;
  auto header = ReadCsvHeader(table_.rows.front(), &findings_);
  if (!header) return;
  header_ = *std::move(header);
  ReadRows();
  // What the rows say of their indicators first: the basis of a value depends
  // on the kind, which another row may state.
  for (const CsvRecord& row : records_) {
    if (auto problem = Place(row)) Refuse(row, *std::move(problem));
  }
  for (const std::string& name : order_) Define(definitions_.at(name));
  for (const std::string& name : order_) {
    const Definition& definition = definitions_.at(name);
    for (const CsvRecord* row : definition.rows) AddValue(definition, *row);
  }
}

}  // namespace

char CsvSeparator(std::string_view text, bool named_csv) {
  while (!text.empty() && (text[0] == '\n' || text[0] == '\r')) {
    text.remove_prefix(1);
  }
  std::string_view header = text.substr(0, text.find('\n'));
  for (char separator : {',', '\t'}) {
    CsvTable parsed = ParseCsv(header, separator);
    if (parsed.rows.empty()) continue;
    const std::vector<std::string>& cells = parsed.rows.front().cells;
    int known = 0;
    bool names = false;
    for (const std::string& cell : cells) {
      auto column = FindCsvColumn(cell);
      known += column.has_value() ? 1 : 0;
      names |= column == CsvColumn::kIndicator;
    }
    if (names || known >= 2) return separator;
    // A table of a report that was saved as CSV has its own words.
    if (named_csv && cells.size() > 1 && !ReadColumns(cells)) {
      return separator;
    }
  }
  return 0;
}

void AddCsv(const CsvTable& table, const std::string& file,
            PlanBuilder* builder, Findings* findings) {
  Reader(table, file, builder, findings).Run();
}

}  // namespace shirube::report
