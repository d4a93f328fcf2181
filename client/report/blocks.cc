#include "client/report/blocks.h"

#include <optional>
#include <utility>

#include "client/report/cell.h"
#include "client/report/chars.h"

namespace shirube::report {
namespace {

using Kind = Block::Kind;

class BlockReader {
 public:
  explicit BlockReader(const std::vector<Line>& lines) : lines_(lines) {}

  std::vector<Block> Read() {
    while (at_ < lines_.size()) {
      if (lines_[at_].blank()) {
        ++at_;
        continue;
      }
      if (!ReadTable()) ReadLine();
    }
    return std::move(blocks_);
  }

 private:
  Block Start(Kind kind, const Line& line) const {
    Block block;
    block.kind = kind;
    block.line = line.number;
    block.indent = line.indent;
    block.raw = TrimUtf8(line.raw);
    return block;
  }

  // The line after `at` that is not blank.
  size_t Next(size_t at) const {
    ++at;
    while (at < lines_.size() && lines_[at].blank()) ++at;
    return at;
  }

  bool ReadTable();
  void ReadRows(Table* table);
  bool JoinRow(const Table& table, TableRow* row);
  bool EndsTable(size_t at, const Table& table) const;
  void ReadLine();
  std::optional<Block> ReadHeading(const Line& line) const;
  bool ContinuesEntry() const;

  const std::vector<Line>& lines_;
  size_t at_ = 0;
  std::vector<Block> blocks_;
};

// A heading and the line of columns below it, or that line alone.
bool BlockReader::ReadTable() {
  const Line& line = lines_[at_];
  Block block = Start(Kind::kTable, line);
  std::optional<Table> table = StartTable(line);
  if (!table && IsTableHeading(line)) {
    size_t below = Next(at_);
    if (below < lines_.size()) table = StartTable(lines_[below]);
    if (!table) {
      blocks_.push_back(Start(Kind::kTableHeading, line));
      ++at_;
      return true;
    }
    table->heading = block.raw;
    table->heading_line = line.number;
    at_ = below;
  }
  if (!table) return false;
  ++at_;
  ReadRows(&*table);
  block.table = *std::move(table);
  blocks_.push_back(std::move(block));
  return true;
}

bool BlockReader::EndsTable(size_t at, const Table& table) const {
  const Line& line = lines_[at];
  if (ReadSection(line) || IsTableHeading(line)) return true;
  if (HasCells(line, table.separator)) {
    // A table of its own; or a heading or an entry with wide spaces in it.
    if (StartTable(line)) return true;
    return table.separator == Separator::kSpaces &&
           (ReadPillar(line) || ReadEntry(line));
  }
  return IsRemark(line) || ReadPillar(line) || ReadMeasure(line) ||
         ReadAction(line) || ReadEntry(line);
}

// Renderings with pipes break rows after a cell: what follows with values only
// belongs to the row, when all of it together fills the columns exactly.
bool BlockReader::JoinRow(const Table& table, TableRow* row) {
  TableRow joined = *row;
  size_t at = at_;
  while (joined.cells.size() < table.columns.size() && at < lines_.size()) {
    const Line& line = lines_[at++];
    if (!HasCells(line, table.separator)) return false;
    std::vector<std::string> cells = SplitCells(line, table.separator);
    std::u32string first = FoldUtf8(cells.front());
    const bool value = first.empty() || IsDigit(first[0]) ||
                       IsMinus(first[0]) || IsMissingMark(first);
    if (!value) return false;
    joined.cells.insert(joined.cells.end(), cells.begin(), cells.end());
    joined.raw += "\n" + line.raw;
  }
  if (joined.cells.size() != table.columns.size()) return false;
  *row = std::move(joined);
  at_ = at;
  return true;
}

void BlockReader::ReadRows(Table* table) {
  while (at_ < lines_.size()) {
    size_t row = lines_[at_].blank() ? Next(at_) : at_;
    if (row >= lines_.size() || EndsTable(row, *table)) return;
    const Line& line = lines_[row];
    // After a blank line only what plainly is a row goes on with the table.
    if (row != at_ && !HasCells(line, table->separator)) return;
    at_ = row + 1;
    if (IsRuler(line)) continue;
    TableRow cells{line.number, line.raw, SplitCells(line, table->separator)};
    if (table->separator == Separator::kPipe &&
        cells.cells.size() < table->columns.size() &&
        HasCells(line, table->separator)) {
      JoinRow(*table, &cells);
    }
    table->rows.push_back(std::move(cells));
  }
}

std::optional<Block> BlockReader::ReadHeading(const Line& line) const {
  if (auto section = ReadSection(line)) {
    Block block = Start(Kind::kSection, line);
    block.section = *section;
    return block;
  }
  std::optional<NumberedHeading> heading;
  Kind kind = Kind::kPillar;
  heading = ReadPillar(line);
  if (!heading) {
    kind = Kind::kMeasure;
    heading = ReadMeasure(line);
  }
  if (!heading) {
    kind = Kind::kAction;
    heading = ReadAction(line);
  }
  if (!heading) return std::nullopt;
  Block block = Start(kind, line);
  block.heading = *std::move(heading);
  return block;
}

// A line right below an entry that is nothing else goes on with its text.
bool BlockReader::ContinuesEntry() const {
  return at_ > 0 && !lines_[at_ - 1].blank() && !blocks_.empty() &&
         blocks_.back().kind == Kind::kEntry;
}

void BlockReader::ReadLine() {
  const Line& line = lines_[at_];
  std::optional<Block> block = ReadHeading(line);
  if (!block) {
    if (auto entry = ReadEntry(line)) {
      block = Start(Kind::kEntry, line);
      block->entry = *std::move(entry);
    }
  }
  if (!block && ContinuesEntry()) {
    blocks_.back().entry.text += "\n" + TrimUtf8(line.raw);
    ++at_;
    return;
  }
  if (!block) {
    auto subtitle = ReadSubtitle(line);
    const bool below_pillar =
        !blocks_.empty() && blocks_.back().kind == Kind::kPillar;
    if (subtitle && below_pillar) {
      block = Start(Kind::kSubtitle, line);
      block->heading.subtitle = *std::move(subtitle);
    } else {
      block = Start(blocks_.empty() ? Kind::kTitle : Kind::kOther, line);
    }
  }
  blocks_.push_back(*std::move(block));
  ++at_;
}

}  // namespace

std::vector<Block> ReadBlocks(const std::vector<Line>& lines) {
  return BlockReader(lines).Read();
}

}  // namespace shirube::report
