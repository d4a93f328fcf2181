#include "client/report/table.h"

#include <algorithm>
#include <utility>

#include "client/report/chars.h"
#include "client/report/csv_table.h"

namespace shirube::report {
namespace {

// Longer lines are prose, whatever stands in them.
constexpr size_t kMaxHeaderBytes = 4000;

std::vector<std::string> SplitAt(std::u32string_view printed,
                                 std::u32string_view folded, char32_t mark) {
  std::vector<std::string> cells;
  size_t begin = 0;
  for (size_t i = 0; i <= folded.size(); ++i) {
    if (i < folded.size() && folded[i] != mark) continue;
    cells.push_back(Encode(Trim(printed.substr(begin, i - begin))));
    begin = i + 1;
  }
  return cells;
}

// Two spaces or one wide one set cells apart; a single space is part of a text.
std::vector<std::string> SplitAtSpaces(std::u32string_view printed) {
  std::vector<std::string> cells;
  printed = Trim(printed);
  size_t begin = 0;
  for (size_t i = 0; i < printed.size();) {
    size_t end = i;
    int width = 0;
    while (end < printed.size() && IsSpace(printed[end])) {
      width += printed[end] == 0x3000 ? 2 : 1;
      ++end;
    }
    if (width >= 2) {
      cells.push_back(Encode(printed.substr(begin, i - begin)));
      begin = end;
    }
    i = std::max(end, i + 1);
  }
  if (begin < printed.size()) cells.push_back(Encode(printed.substr(begin)));
  return cells;
}

std::vector<std::string> SplitAtPipes(std::u32string_view printed) {
  std::u32string_view trimmed = Trim(printed);
  std::u32string folded = Fold(trimmed);
  std::u32string_view cut(folded);
  if (cut.starts_with(U'|')) {
    cut.remove_prefix(1);
    trimmed.remove_prefix(1);
  }
  if (cut.ends_with(U'|')) {
    cut.remove_suffix(1);
    trimmed.remove_suffix(1);
  }
  return SplitAt(trimmed, cut, U'|');
}

std::vector<std::string> SplitAtCommas(const std::string& raw) {
  CsvTable parsed = ParseCsv(raw);
  if (parsed.rows.empty()) return {};
  std::vector<std::string> cells;
  for (const std::string& cell : parsed.rows.front().cells) {
    cells.push_back(TrimUtf8(cell));
  }
  return cells;
}

}  // namespace

std::vector<std::string> SplitCells(const Line& line, Separator separator) {
  std::u32string printed = Decode(line.raw);
  switch (separator) {
    case Separator::kTab:
      return SplitAt(printed, printed, U'\t');
    case Separator::kPipe:
      return SplitAtPipes(printed);
    case Separator::kComma:
      return SplitAtCommas(line.raw);
    case Separator::kSpaces:
      return SplitAtSpaces(printed);
  }
  return {};
}

bool HasCells(const Line& line, Separator separator) {
  switch (separator) {
    case Separator::kTab:
      return line.raw.find('\t') != std::string::npos;
    case Separator::kPipe:
      return Contains(line.folded, U"|");
    case Separator::kComma:
      return line.raw.find(',') != std::string::npos;
    case Separator::kSpaces:
      return Contains(line.folded, U"  ") ||
             line.raw.find("\u3000") != std::string::npos;
  }
  return false;
}

std::optional<Table> StartTable(const Line& line) {
  if (line.raw.size() > kMaxHeaderBytes) return std::nullopt;
  for (Separator separator : {Separator::kPipe, Separator::kTab,
                              Separator::kComma, Separator::kSpaces}) {
    if (!HasCells(line, separator)) continue;
    auto columns = ReadColumns(SplitCells(line, separator));
    if (!columns) continue;
    Table table;
    table.columns_line = line.number;
    table.separator = separator;
    table.columns = *std::move(columns);
    return table;
  }
  return std::nullopt;
}

bool IsRuler(const Line& line) {
  if (!Contains(line.folded, U"-")) return false;
  return std::all_of(line.folded.begin(), line.folded.end(), [](char32_t c) {
    return c == U'-' || c == U'|' || c == U':' || c == U'+' || IsSpace(c);
  });
}

}  // namespace shirube::report
