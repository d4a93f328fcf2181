#include "client/cli/output/table.h"

#include <algorithm>
#include <numeric>

namespace shirube::cli {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 12;  // of a column that shrinks

// Names are kept as printed, also with the line breaks of a narrow cell.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return c == '\n' || c == '\r' || c == '\t' || c == '\f'; },
      ' ');
  return text;
}

std::vector<int> Widths(const Table& table, int width) {
  std::vector<int> widths;
  for (const Column& column : table.columns) {
    widths.push_back(DisplayWidth(column.heading));
  }
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(OneLine(row[i].text)));
    }
  }
  int total = std::accumulate(widths.begin(), widths.end(), 0) +
              kGap * (static_cast<int>(widths.size()) - 1);
  if (width <= 0 || total <= width) return widths;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (table.columns[i].shrinks) {
      int wanted = widths[i] - (total - width);
      widths[i] = std::min(widths[i], std::max(kNarrowest, wanted));
      break;
    }
  }
  return widths;
}

void PrintRow(std::ostream& out, const Table& table,
              const std::vector<Cell>& row, const std::vector<int>& widths,
              bool color) {
  std::string line;
  for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
    if (i > 0) line.append(kGap, ' ');
    std::string text = Pad(Truncate(OneLine(row[i].text), widths[i]), widths[i],
                           table.columns[i].align);
    line += Paint(text, row[i].tone, color);
  }
  while (line.ends_with(' ')) line.pop_back();
  out << line << '\n';
}

}  // namespace

void Table::PrintText(std::ostream& out, int width, bool color) const {
  std::vector<int> widths = Widths(*this, width);
  std::vector<Cell> headings;
  for (const Column& column : columns) {
    headings.emplace_back(column.heading, Tone::kBold);
  }
  PrintRow(out, *this, headings, widths, color);
  for (const auto& row : rows) PrintRow(out, *this, row, widths, color);
}

void Table::PrintCsv(std::ostream& out) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    out << (i > 0 ? "," : "") << CsvField(columns[i].key);
  }
  out << '\n';
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out << (i > 0 ? "," : "") << CsvField(row[i].text);
    }
    out << '\n';
  }
}

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace shirube::cli
