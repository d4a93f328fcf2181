#include "client/report/row_reader.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "client/report/cell.h"
#include "client/report/chars.h"
#include "client/report/quantity.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

using Role = v1::LayoutColumn::Role;

// A unit in the brackets behind a name must be one that is known as such:
// (知事部局) and (経費削減額) look no different.
bool IsKnownUnit(std::u32string_view text) {
  static constexpr std::array<std::u32string_view, 60> kUnits = {
      U"%",        U"％",     U"‰",      U"人",   U"名",   U"円",   U"千円",
      U"万円",     U"百万円", U"億円",   U"兆円", U"件",   U"回",   U"箇所",
      U"か所",     U"カ所",   U"ヶ所",   U"ケ所", U"ヵ所", U"団体", U"社",
      U"校",       U"園",     U"戸",     U"世帯", U"台",   U"本",   U"冊",
      U"点",       U"日",     U"時間",   U"分",   U"歳",   U"年",   U"月",
      U"km",       U"m",      U"㎡",     U"m2",   U"ha",   U"t",    U"kg",
      U"g",        U"kWh",    U"か月",   U"ヶ月", U"位",   U"倍",   U"市町村",
      U"地区",     U"組織",   U"事業",   U"施設", U"項目", U"千人", U"万人",
      U"ポイント", U"トン",   U"万時間", U"棟"};
  size_t slash = text.find(U'/');
  if (slash != std::u32string_view::npos) {
    return IsKnownUnit(text.substr(0, slash)) &&
           IsKnownUnit(text.substr(slash + 1));
  }
  return std::find(kUnits.begin(), kUnits.end(), text) != kUnits.end();
}

std::string UnitOfName(std::string_view name) {
  std::u32string folded = FoldUtf8(name);
  std::u32string_view text(folded);
  if (!text.ends_with(U")")) return "";
  size_t open = text.rfind(U'(');
  if (open == std::u32string_view::npos) return "";
  std::u32string_view inner = text.substr(open + 1);
  inner.remove_suffix(1);
  EatPrefix(&inner, U"単位");
  EatPrefix(&inner, U":");
  return IsKnownUnit(Trim(inner)) ? Encode(Trim(inner)) : "";
}

struct Field {
  const Column* column;
  Cell cell;

  std::string unit() const {
    return cell.unit.empty() ? column->unit : cell.unit;
  }
};

class RowReader {
 public:
  RowReader(const Table& table, const TableRow& row, const RowContext& context,
            PlanBuilder* builder, Findings* findings)
      : table_(table),
        row_(row),
        context_(context),
        builder_(*builder),
        findings_(*findings) {}

  RowOutcome Read(std::string* name);

 private:
  RowOutcome Refuse(Problem problem) {
    findings_.Refuse(row_.line, TrimUtf8(row_.raw), std::move(problem));
    return RowOutcome::kRefused;
  }
  std::optional<RowOutcome> CheckCells();
  bool NameCellIsFilled() const;
  bool ReadCells();
  const Field* First(Role role) const;
  std::string ChooseUnit() const;
  v1::Place PlaceOf() const;
  // False: there is no number to keep.
  template <typename Value>
  bool FillValue(const Field& field, Value* value) const;
  template <typename Value>
  void FillPeriod(const Field& field, Value* value) const;
  void FillKind(v1::Indicator* indicator) const;
  void FillTarget(v1::Indicator* indicator) const;
  void FillMilestones(v1::Indicator* indicator);
  void FillNotes(v1::Indicator* indicator) const;
  void AddActual(const Field& field, const v1::Indicator& indicator);
  void Keep(v1::Observation observation);
  void WarnCorrections() const;
  void WarnReplaced(const v1::Indicator& before,
                    const v1::Indicator& after) const;
  bool HasCumulativeActual() const;
  std::optional<Window> FindWindow() const;

  const Table& table_;
  const TableRow& row_;
  const RowContext& context_;
  PlanBuilder& builder_;
  Findings& findings_;
  std::vector<std::string> cells_;
  std::string display_name_;
  std::string unit_;
  std::vector<Field> fields_;
};

bool RowReader::NameCellIsFilled() const {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    if (table_.columns[i].role == v1::LayoutColumn::ROLE_INDICATOR) {
      return !cells_[i].empty();
    }
  }
  return false;
}

// Whether it is known which cell is which.
std::optional<RowOutcome> RowReader::CheckCells() {
  cells_ = row_.cells;
  const size_t columns = table_.columns.size();
  while (cells_.size() > columns && cells_.back().empty()) cells_.pop_back();
  const auto filled =
      std::count_if(cells_.begin(), cells_.end(),
                    [](const std::string& cell) { return !cell.empty(); });
  const bool digits = std::any_of(
      cells_.begin(), cells_.end(),
      [](const std::string& cell) { return HasDigit(FoldUtf8(cell)); });
  const bool named = cells_.size() == columns && NameCellIsFilled();
  if (filled <= 1 && (named || !digits)) return RowOutcome::kGroup;
  if (cells_.size() == columns) return std::nullopt;
  const std::string has = std::to_string(cells_.size());
  const std::string wants = std::to_string(columns);
  return Refuse({"CELL_COUNT",
                 "the row has " + has + " cells under " + wants +
                     " columns, so it is not known which is which",
                 "列が" + wants + "あるのに対し値が" + has +
                     "個のため、どの列の値か判断できません。"});
}

bool RowReader::ReadCells() {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    const Column& column = table_.columns[i];
    if (column.role == v1::LayoutColumn::ROLE_INDICATOR) {
      display_name_ = cells_[i];
    }
    if (!column.is_value()) continue;
    Field field{&column, ReadCell(cells_[i])};
    if (field.cell.outcome == Cell::Outcome::kRunTogether) {
      Refuse({"CELLS_RUN_TOGETHER",
              "\"" + field.cell.raw + "\" looks like several cells in one",
              "「" + field.cell.raw +
                  "」は複数の値がつながっているため読み取れません。"});
      return false;
    }
    fields_.push_back(std::move(field));
  }
  if (display_name_.empty()) {
    Refuse({"NO_NAME", "the row has no name in its column of indicators",
            "指標名がありません。"});
    return false;
  }
  return true;
}

const Field* RowReader::First(Role role) const {
  for (const Field& field : fields_) {
    if (field.column->role == role) return &field;
  }
  return nullptr;
}

// The target's unit is what was promised in; without one the others', and
// without any the name's.
std::string RowReader::ChooseUnit() const {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    if (table_.columns[i].role == v1::LayoutColumn::ROLE_UNIT &&
        !IsMissingMark(FoldUtf8(cells_[i]))) {
      return cells_[i];
    }
  }
  for (Role role :
       {v1::LayoutColumn::ROLE_TARGET, v1::LayoutColumn::ROLE_ACTUAL,
        v1::LayoutColumn::ROLE_BASELINE, v1::LayoutColumn::ROLE_MILESTONE}) {
    for (const Field& field : fields_) {
      if (field.column->role == role && !field.cell.unit.empty()) {
        return field.cell.unit;
      }
    }
  }
  for (const Field& field : fields_) {
    if (!field.column->unit.empty()) return field.column->unit;
  }
  return UnitOfName(display_name_);
}

v1::Place RowReader::PlaceOf() const {
  v1::Place place;
  place.set_file(context_.file);
  place.set_line(row_.line);
  return place;
}

template <typename Value>
bool RowReader::FillValue(const Field& field, Value* value) const {
  const Cell& cell = field.cell;
  if (cell.outcome == Cell::Outcome::kNumber) {
    value->set_value(cell.value.ToString());
    std::string unit = field.unit();
    if (!unit.empty() && NormalizedName(unit) != NormalizedName(unit_)) {
      value->set_unit(unit);
    }
  } else if (cell.outcome == Cell::Outcome::kUnread ||
             cell.outcome == Cell::Outcome::kWords) {
    value->set_unread(cell.raw);
  } else {
    return false;
  }
  value->set_raw(cell.raw);
  *value->mutable_place() = PlaceOf();
  for (const std::string& step : cell.steps) value->add_steps(step);
  return true;
}

// The period of the cell, else of the heading.
template <typename Value>
void RowReader::FillPeriod(const Field& field, Value* value) const {
  if (field.cell.period) {
    value->set_period(field.cell.period->ToId());
  } else if (field.column->period) {
    value->set_period(field.column->period->ToId());
    value->add_steps("HEADER " + field.column->heading + "=" +
                     field.column->period->ToId());
  }
}

bool RowReader::HasCumulativeActual() const {
  return std::any_of(fields_.begin(), fields_.end(), [](const Field& field) {
    return field.column->role == v1::LayoutColumn::ROLE_ACTUAL &&
           field.column->cumulative;
  });
}

std::optional<Window> RowReader::FindWindow() const {
  for (const Field& field : fields_) {
    const bool counts = field.column->role == v1::LayoutColumn::ROLE_TARGET ||
                        field.column->role == v1::LayoutColumn::ROLE_ACTUAL;
    if (!counts) continue;
    if (field.cell.window) return field.cell.window;
    if (field.column->window) return field.column->window;
  }
  return std::nullopt;
}

void RowReader::FillKind(v1::Indicator* indicator) const {
  const Field* target = First(v1::LayoutColumn::ROLE_TARGET);
  std::optional<Window> window = FindWindow();
  indicator->clear_window_start();
  if (window) {
    indicator->set_kind(v1::Indicator::KIND_CUMULATIVE);
    indicator->set_window_start(window->start.ToId());
  } else if (target != nullptr && target->cell.upper) {
    indicator->set_kind(v1::Indicator::KIND_BAND);
  } else if (target != nullptr &&
             target->cell.outcome == Cell::Outcome::kWords) {
    indicator->set_kind(v1::Indicator::KIND_QUALITATIVE);
  } else if (target != nullptr &&
             (target->cell.every_year || target->cell.maintain)) {
    indicator->set_kind(v1::Indicator::KIND_MAINTAIN);
  } else {
    indicator->set_kind(v1::Indicator::KIND_LEVEL);
    if (display_name_.find("年間") != std::string::npos) {
      indicator->set_quantity(v1::Indicator::QUANTITY_AMOUNT);
    }
  }
  const bool says_total =
      std::any_of(fields_.begin(), fields_.end(), [](const Field& field) {
        return field.cell.cumulative || field.column->cumulative;
      });
  if (!window && says_total) {
    findings_.Warn(row_.line, TrimUtf8(row_.raw),
                   {"CUMULATIVE_WITHOUT_WINDOW",
                    "the row says 累計 but not from which year on; it is "
                    "kept as a plain value",
                    "累計とありますが起点の年度が書かれていないため、"
                    "通常の値として取り込みました。"});
  }
}

void RowReader::FillTarget(v1::Indicator* indicator) const {
  const Field* field = First(v1::LayoutColumn::ROLE_TARGET);
  if (field == nullptr || field->cell.outcome == Cell::Outcome::kMissing) {
    return;
  }
  const Cell& cell = field->cell;
  v1::Target target;
  if (cell.outcome == Cell::Outcome::kWords ||
      cell.outcome == Cell::Outcome::kNotAvailable) {
    target.set_words(cell.raw);
    target.set_raw(cell.raw);
    *target.mutable_place() = PlaceOf();
    indicator->set_kind(v1::Indicator::KIND_QUALITATIVE);
  } else {
    FillValue(*field, &target);
  }
  if (cell.every_year) {
    target.set_every_year(true);
  } else if (cell.window) {
    target.set_period(cell.window->end.ToId());
  } else {
    FillPeriod(*field, &target);
  }
  if (cell.upper) indicator->set_target_upper(cell.upper->ToString());
  indicator->set_operator_(cell.op);
  *indicator->mutable_target() = std::move(target);
}

void RowReader::FillMilestones(v1::Indicator* indicator) {
  for (const Field& field : fields_) {
    if (field.column->role != v1::LayoutColumn::ROLE_MILESTONE) continue;
    v1::Milestone milestone;
    if (!FillValue(field, &milestone)) continue;
    FillPeriod(field, &milestone);
    if (milestone.period().empty() && context_.fiscal_year) {
      milestone.set_period(context_.fiscal_year->ToId());
      milestone.add_steps("SECTION " + context_.fiscal_year->ToId());
    }
    if (milestone.period().empty()) {
      Refuse({"NO_PERIOD",
              "the milestone \"" + field.cell.raw + "\" has no period",
              "目安値「" + field.cell.raw + "」の時点が分かりません。"});
      continue;
    }
    *indicator->add_milestones() = std::move(milestone);
  }
}

void RowReader::FillNotes(v1::Indicator* indicator) const {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    const Column& column = table_.columns[i];
    const bool empty = IsMissingMark(FoldUtf8(cells_[i]));
    if (column.role != v1::LayoutColumn::ROLE_NOTE || empty) continue;
    switch (column.extra) {
      case Column::Extra::kOwner:
        indicator->set_owner(cells_[i]);
        break;
      case Column::Extra::kSource:
        indicator->set_source(cells_[i]);
        break;
      case Column::Extra::kNone:
        indicator->add_notes(cells_[i]);
        break;
    }
  }
}

void RowReader::Keep(v1::Observation observation) {
  const std::string shown = observation.raw();
  const std::string period = observation.period();
  if (builder_.AddObservation(std::move(observation)) !=
      PlanBuilder::Added::kDifferent) {
    return;
  }
  Refuse({"VALUES_DISAGREE",
          "\"" + shown + "\" for " + period +
              " disagrees with another file of this import",
          "「" + shown + "」(" + period +
              ")は、同時に読み込んだ別のファイルの値と一致しません。"});
}

void RowReader::AddActual(const Field& field, const v1::Indicator& indicator) {
  const Cell& cell = field.cell;
  if (cell.outcome == Cell::Outcome::kMissing) return;
  v1::Observation observation;
  observation.set_indicator(indicator.name());
  FillPeriod(field, &observation);
  if (observation.period().empty() && !field.column->unknown_year &&
      context_.fiscal_year &&
      field.column->heading.find("実績") != std::string::npos) {
    observation.set_period(context_.fiscal_year->ToId());
    observation.add_steps("SECTION " + context_.fiscal_year->ToId());
  }
  if (observation.period().empty()) {
    Refuse({field.column->unknown_year ? "UNKNOWN_YEAR" : "NO_PERIOD",
            "\"" + cell.raw + "\" under \"" + field.column->heading +
                "\" is not stored: its period is not known",
            "「" + field.column->heading + "」の「" + cell.raw +
                "」は時点が分からないため取り込めません。"});
    return;
  }
  if (!FillValue(field, &observation)) {
    observation.set_raw(cell.raw);
    *observation.mutable_place() = PlaceOf();
  }
  observation.set_note(cell.note);
  observation.set_state(cell.outcome == Cell::Outcome::kNotAvailable
                            ? v1::Observation::STATE_NOT_AVAILABLE
                        : cell.state == v1::Observation::STATE_UNSPECIFIED
                            ? v1::Observation::STATE_FINAL
                            : cell.state);
  if (indicator.kind() == v1::Indicator::KIND_CUMULATIVE) {
    const bool said = field.column->cumulative || cell.cumulative;
    const bool yearly = !said && HasCumulativeActual();
    observation.set_basis(yearly ? v1::Observation::BASIS_PERIOD
                                 : v1::Observation::BASIS_TO_DATE);
    observation.set_assumed_to_date(!said && !yearly);
  }
  Keep(std::move(observation));
}

void RowReader::WarnCorrections() const {
  for (const Field& field : fields_) {
    if (!field.cell.oku_corrected) continue;
    findings_.Warn(row_.line, field.cell.raw,
                   {"OKU_CORRECTED", "憶 was read as 億",
                    "「憶」を「億」の誤記として読み取りました。"});
    context_.source->add_normalizations("OKU_CORRECTED " + field.cell.raw);
  }
}

// Two reports in one import: the later one's promise counts.
void RowReader::WarnReplaced(const v1::Indicator& before,
                             const v1::Indicator& after) const {
  const bool target = before.has_target() &&
                      (before.target().value() != after.target().value() ||
                       before.target().period() != after.target().period());
  const bool baseline = before.has_baseline() &&
                        before.baseline().value() != after.baseline().value();
  if (!target && !baseline) return;
  findings_.Warn(row_.line, TrimUtf8(row_.raw),
                 {"RESTATED",
                  "the baseline or target differs from another file of this "
                  "import; this one is kept",
                  "基準値または目標値が、同時に読み込んだ別のファイルと"
                  "異なります。こちらを採用しました。"});
}

RowOutcome RowReader::Read(std::string* name) {
  if (auto outcome = CheckCells()) return *outcome;
  if (!ReadCells()) return RowOutcome::kRefused;
  unit_ = ChooseUnit();
  PlanBuilder::Match match =
      builder_.AddIndicator(display_name_, unit_, context_.printed_under);
  if (match.ambiguous || (match.indicator != nullptr &&
                          context_.read->count(match.indicator->name()) != 0)) {
    return Refuse({"DUPLICATE_NAME",
                   "\"" + display_name_ +
                       "\" occurs more than once; give the rows names or "
                       "units that differ",
                   "指標「" + display_name_ +
                       "」が重複しています。名称か単位で区別してください。"});
  }
  v1::Indicator* indicator = match.indicator;
  unit_ = indicator->unit();
  const v1::Indicator before = *indicator;
  indicator->clear_milestones();
  indicator->clear_notes();
  FillKind(indicator);
  FillTarget(indicator);
  if (const Field* field = First(v1::LayoutColumn::ROLE_BASELINE)) {
    v1::Baseline baseline;
    if (FillValue(*field, &baseline)) {
      FillPeriod(*field, &baseline);
      *indicator->mutable_baseline() = std::move(baseline);
    }
  }
  FillMilestones(indicator);
  FillNotes(indicator);
  if (!match.added) WarnReplaced(before, *indicator);
  indicator->set_printed_under(context_.printed_under);
  for (const Field& field : fields_) {
    if (field.column->role == v1::LayoutColumn::ROLE_ACTUAL) {
      AddActual(field, *indicator);
    }
  }
  WarnCorrections();
  context_.read->insert(indicator->name());
  *name = indicator->name();
  return RowOutcome::kStored;
}

}  // namespace

RowOutcome ReadRow(const Table& table, const TableRow& row,
                   const RowContext& context, PlanBuilder* builder,
                   Findings* findings, std::string* name) {
  return RowReader(table, row, context, builder, findings).Read(name);
}

}  // namespace shirube::report
