#include "client/report/outline.h"

#include <optional>
#include <set>
#include <utility>

#include "client/report/chars.h"
#include "client/report/period_text.h"
#include "client/report/row_reader.h"

namespace shirube::report {
namespace {

using Kind = Block::Kind;

// Deeper lines stand beside the deepest ones that the API takes.
constexpr size_t kMaxLevels = 8;

// The blocks of one section; the first may have no heading.
struct Section {
  const Block* heading = nullptr;
  std::vector<const Block*> blocks;
  bool has_pillars = false;
  v1::LayoutSection* layout = nullptr;
};

// The year that a title speaks of: 令和4年度 … の取組状況について.
std::optional<Period> YearOfTitle(const std::vector<Block>& blocks) {
  if (blocks.empty() || blocks.front().kind != Kind::kTitle) {
    return std::nullopt;
  }
  auto found = FindPeriod(FoldUtf8(blocks.front().raw));
  if (!found || found->period.kind() != PeriodKind::kFiscalYear) {
    return std::nullopt;
  }
  return found->period;
}

class Assembler {
 public:
  Assembler(const std::vector<Block>& blocks, const std::string& file,
            v1::Source* source, PlanBuilder* builder, Findings* findings)
      : blocks_(blocks),
        file_(file),
        source_(source),
        builder_(*builder),
        findings_(*findings),
        layout_(*builder->document().mutable_layout()) {}

  void Run();

 private:
  v1::Place PlaceOf(int line) const {
    v1::Place place;
    place.set_file(file_);
    place.set_line(line);
    return place;
  }
  void Refuse(const Block& block, Problem problem) {
    findings_.Refuse(block.line, block.raw, std::move(problem));
  }

  void Split();
  void AddSectionLayouts();
  void AddTitle();
  void ReadSection(Section* section);
  void ReadBlock(const Block& block);
  void AddPillar(const Block& block);
  void AddMeasure(const Block& block);
  std::string AttachMeasure(const Block& block);
  void AddEntry(const Block& block);
  v1::Entry* NewEntry(const Block& block, v1::Initiative* initiative);
  std::optional<Problem> WhyNoEntry() const;
  void AddTable(const Block& block);
  void AddOther(const Block& block);
  void AddHeading(const Block& block, const std::string& initiative);

  const std::vector<Block>& blocks_;
  const std::string& file_;
  v1::Source* source_;
  PlanBuilder& builder_;
  Findings& findings_;
  v1::Layout& layout_;
  std::vector<Section> sections_;
  std::set<std::string> read_;  // indicators of this file

  // Where the section being read stands.
  Section* section_ = nullptr;
  std::optional<Period> year_;
  std::string pillar_;
  std::string measure_;  // or action: what entries belong to
  std::string above_;    // the measure that actions belong to
  bool attach_ = false;  // its measures are those of other sections
  bool lost_ = false;    // below a heading that was refused
  struct Level {
    int indent;
    std::string marker;
    v1::Entry* entry;
  };
  std::vector<Level> levels_;  // entries that the next one may stand under
};

void Assembler::Split() {
  for (const Block& block : blocks_) {
    if (block.kind == Kind::kTitle) continue;
    if (block.kind == Kind::kSection || sections_.empty()) {
      // Lines between the title and the first heading are no section.
      if (block.kind == Kind::kOther) {
        AddOther(block);
        continue;
      }
      Section section;
      if (block.kind == Kind::kSection) section.heading = &block;
      sections_.push_back(std::move(section));
      if (block.kind == Kind::kSection) continue;
    }
    Section& section = sections_.back();
    section.blocks.push_back(&block);
    section.has_pillars |= block.kind == Kind::kPillar;
  }
}

void Assembler::AddTitle() {
  if (blocks_.empty() || blocks_.front().kind != Kind::kTitle) return;
  const Block& title = blocks_.front();
  layout_.set_title(title.raw);
  *layout_.mutable_title_place() = PlaceOf(title.line);
  v1::Plan& plan = *builder_.document().mutable_plan();
  if (plan.display_name().empty()) {
    // # of a Markdown heading is no part of the title.
    size_t begin = title.raw.find_first_not_of("# ");
    plan.set_display_name(begin == std::string::npos ? title.raw
                                                     : title.raw.substr(begin));
  }
}

void Assembler::AddSectionLayouts() {
  const std::optional<Period> title_year = YearOfTitle(blocks_);
  for (Section& section : sections_) {
    v1::LayoutSection* layout = layout_.add_sections();
    section.layout = layout;
    layout->set_pillars_repeated(section.has_pillars);
    if (section.heading != nullptr) {
      const SectionHeading& heading = section.heading->section;
      layout->set_kind(heading.kind);
      layout->set_heading(section.heading->raw);
      *layout->mutable_place() = PlaceOf(section.heading->line);
      if (heading.fiscal_year) {
        layout->set_fiscal_year(heading.fiscal_year->ToId());
      } else {
        Refuse(*section.heading,
               {"UNKNOWN_YEAR",
                "the year of this heading is not known, so nothing dated "
                "below it can be stored",
                "見出しの年度が分からないため、この下の年度付きの内容は"
                "取り込めません。"});
      }
    } else {
      layout->set_kind(title_year ? v1::LayoutSection::KIND_ACCOMPLISHMENTS
                                  : v1::LayoutSection::KIND_INDICATORS);
      if (title_year) layout->set_fiscal_year(title_year->ToId());
    }
    if (layout_.fiscal_year().empty() &&
        layout->kind() != v1::LayoutSection::KIND_PLANS) {
      layout_.set_fiscal_year(layout->fiscal_year());
    }
  }
}

void Assembler::Run() {
  layout_.Clear();  // of several reports the last one's arrangement is kept
  layout_.set_file(file_);
  AddTitle();
  Split();
  AddSectionLayouts();
  // The tree first: what has no pillars of its own attaches to it.
  for (bool with_pillars : {true, false}) {
    for (Section& section : sections_) {
      if (section.has_pillars == with_pillars) ReadSection(&section);
    }
  }
}

void Assembler::ReadSection(Section* section) {
  section_ = section;
  year_.reset();
  if (auto year = Period::ParseId(section->layout->fiscal_year()); year.ok()) {
    year_ = *year;
  }
  pillar_.clear();
  measure_.clear();
  above_.clear();
  levels_.clear();
  lost_ = false;
  // Decided before its own measures are added.
  attach_ = !section->has_pillars && builder_.has_measures();
  for (const Block* block : section->blocks) ReadBlock(*block);
}

void Assembler::ReadBlock(const Block& block) {
  switch (block.kind) {
    case Kind::kPillar:
      return AddPillar(block);
    case Kind::kSubtitle:
      if (v1::Initiative* pillar = builder_.Adopt(pillar_)) {
        pillar->set_subtitle(block.heading.subtitle);
      }
      *layout_.add_other_lines()->mutable_place() = PlaceOf(block.line);
      layout_.mutable_other_lines()->rbegin()->set_text(block.raw);
      return;
    case Kind::kMeasure:
    case Kind::kAction:
      return AddMeasure(block);
    case Kind::kEntry:
      return AddEntry(block);
    case Kind::kTable:
      return AddTable(block);
    case Kind::kTableHeading:
      Refuse(block,
             {"NO_COLUMNS", "no line of column headings follows this heading",
              "この見出しの下に列見出し(基準値・目標値・実績など)が"
              "見つかりません。"});
      return;
    default:
      return AddOther(block);
  }
}

void Assembler::AddHeading(const Block& block, const std::string& initiative) {
  v1::LayoutHeading* heading = section_->layout->add_headings();
  heading->set_initiative(initiative);
  heading->set_raw(block.raw);
  *heading->mutable_place() = PlaceOf(block.line);
}

void Assembler::AddPillar(const Block& block) {
  v1::Initiative* pillar =
      builder_.AddInitiative("", v1::Initiative::KIND_PILLAR, block.heading);
  pillar_ = pillar->name();
  measure_ = pillar_;
  above_.clear();
  levels_.clear();
  lost_ = false;
  AddHeading(block, pillar_);
}

// The measure of this title in the sections with pillars, in an earlier section
// or in the stored plan; empty, and refused, when it is none or several.
std::string Assembler::AttachMeasure(const Block& block) {
  std::vector<std::string> named = builder_.MeasuresTitled(block.heading.title);
  if (named.size() == 1) return named.front();
  const std::string& title = block.heading.title;
  if (named.empty()) {
    Refuse(block, {"UNKNOWN_MEASURE",
                   "no measure is called \"" + title +
                       "\", so what stands below it belongs to none",
                   "「" + title +
                       "」という施策が見当たらないため、この下の内容を"
                       "結び付けられません。"});
  } else {
    Refuse(block,
           {"AMBIGUOUS_MEASURE",
            std::to_string(named.size()) + " measures are called \"" + title +
                "\"; it is not known which one is meant",
            "「" + title + "」という施策が" + std::to_string(named.size()) +
                "つあり、どれを指すか判断できません。"});
  }
  return "";
}

void Assembler::AddMeasure(const Block& block) {
  levels_.clear();
  const bool action = block.kind == Kind::kAction && !above_.empty();
  if (!action) above_.clear();
  if (attach_) {
    measure_ = AttachMeasure(block);
    lost_ = measure_.empty();
    if (lost_) return;
    builder_.Adopt(measure_);
  } else {
    measure_ = builder_
                   .AddInitiative(action ? above_ : pillar_,
                                  action ? v1::Initiative::KIND_ACTION
                                         : v1::Initiative::KIND_MEASURE,
                                  block.heading)
                   ->name();
    lost_ = false;
  }
  if (!action) above_ = measure_;
  AddHeading(block, measure_);
}

std::optional<Problem> Assembler::WhyNoEntry() const {
  if (lost_) {
    return Problem{
        "NO_MEASURE", "the heading above it was refused, so it belongs to none",
        "上の見出しが取り込めなかったため、結び付け先がありません。"};
  }
  if (measure_.empty()) {
    return Problem{"NO_MEASURE", "it stands below no pillar and no measure",
                   "柱や施策の見出しの下にないため、結び付け先がありません。"};
  }
  const v1::LayoutSection::Kind kind = section_->layout->kind();
  const bool dated = kind == v1::LayoutSection::KIND_ACCOMPLISHMENTS ||
                     kind == v1::LayoutSection::KIND_PLANS;
  if (!year_ || !dated) {
    return Problem{"NO_FISCAL_YEAR",
                   "no heading above it says of which fiscal year it is",
                   "どの年度の記載か分かる見出しがありません。"};
  }
  return std::nullopt;
}

v1::Entry* Assembler::NewEntry(const Block& block, v1::Initiative* initiative) {
  // The line above it at the same depth ends; the one less deep is its parent.
  while (!levels_.empty() && levels_.back().indent > block.indent) {
    levels_.pop_back();
  }
  for (size_t i = 0; i < levels_.size(); ++i) {
    if (levels_[i].indent == block.indent &&
        levels_[i].marker == block.entry.marker) {
      levels_.resize(i);
    }
  }
  if (levels_.size() >= kMaxLevels) levels_.resize(kMaxLevels - 1);
  if (!levels_.empty()) return levels_.back().entry->add_children();
  return initiative->add_entries();
}

void Assembler::AddEntry(const Block& block) {
  if (auto problem = WhyNoEntry()) {
    return Refuse(block, *std::move(problem));
  }
  v1::Initiative* initiative = builder_.Adopt(measure_);
  v1::Entry* entry = NewEntry(block, initiative);
  const v1::Entry::Type type =
      section_->layout->kind() == v1::LayoutSection::KIND_PLANS
          ? v1::Entry::TYPE_PLANNED
          : v1::Entry::TYPE_ACCOMPLISHMENT;
  entry->set_fiscal_year(year_->ToId());
  entry->set_type(type);
  entry->set_text(block.entry.text);
  entry->set_marker(block.entry.marker);
  *entry->mutable_place() = PlaceOf(block.line);
  levels_.push_back({block.indent, block.entry.marker, entry});
}

void Assembler::AddTable(const Block& block) {
  const Table& table = block.table;
  v1::LayoutTable* layout = section_->layout->add_tables();
  const std::string& under = pillar_.empty() ? measure_ : pillar_;
  layout->set_pillar(under);
  layout->set_heading(table.heading);
  if (table.heading_line != 0) {
    *layout->mutable_place() = PlaceOf(table.heading_line);
  }
  *layout->mutable_columns_place() = PlaceOf(table.columns_line);
  for (const Column& column : table.columns) {
    v1::LayoutColumn* printed = layout->add_columns();
    printed->set_heading(column.heading);
    printed->set_role(column.role);
    if (column.period) printed->set_period(column.period->ToId());
  }
  RowContext context{file_, under, std::nullopt, &read_, source_};
  if (section_->layout->kind() != v1::LayoutSection::KIND_PLANS) {
    context.fiscal_year = year_;
  }
  for (const TableRow& row : table.rows) {
    std::string name;
    switch (ReadRow(table, row, context, &builder_, &findings_, &name)) {
      case RowOutcome::kStored: {
        v1::LayoutRow* printed = layout->add_rows();
        printed->set_indicator(name);
        for (const std::string& cell : row.cells) printed->add_cells(cell);
        *printed->mutable_place() = PlaceOf(row.line);
        break;
      }
      case RowOutcome::kGroup: {
        v1::LayoutLine* line = layout_.add_other_lines();
        line->set_text(row.raw);
        *line->mutable_place() = PlaceOf(row.line);
        break;
      }
      case RowOutcome::kRefused:
        break;
    }
  }
}

void Assembler::AddOther(const Block& block) {
  v1::LayoutLine* line = layout_.add_other_lines();
  line->set_text(block.raw);
  *line->mutable_place() = PlaceOf(block.line);
  if (Contains(FoldUtf8(block.raw.substr(0, 8)), U"※")) return;
  findings_.Warn(block.line, block.raw,
                 {"LINE_KEPT_AS_TEXT",
                  "the line belongs to no heading and no table; it is kept as "
                  "text only",
                  "見出しにも表にも属さない行のため、文字としてのみ"
                  "保存します。"});
}

}  // namespace

bool HasLayout(const std::vector<Block>& blocks) {
  bool section = false;
  bool initiative = false;
  for (const Block& block : blocks) {
    if (block.kind == Kind::kTable && !block.table.rows.empty()) return true;
    section |= block.kind == Kind::kSection;
    initiative |= section &&
                  (block.kind == Kind::kPillar || block.kind == Kind::kMeasure);
  }
  return initiative;
}

int ReportYear(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    if (block.kind == Kind::kSection && block.section.fiscal_year &&
        block.section.kind != v1::LayoutSection::KIND_PLANS) {
      return block.section.fiscal_year->index12();
    }
  }
  auto year = YearOfTitle(blocks);
  return year ? year->index12() : 0;
}

void AddReport(const std::vector<Block>& blocks, const std::string& file,
               const TextLines& lines, v1::Source* source, PlanBuilder* builder,
               Findings* findings) {
  Assembler(blocks, file, source, builder, findings).Run();
  v1::Layout& layout = *builder->document().mutable_layout();
  layout.set_line_end(lines.line_end);
  layout.set_leading_blank_lines(lines.leading_blank);
  layout.set_trailing_blank_lines(lines.trailing_blank);
}

}  // namespace shirube::report
