// Printed lines to cells: tabs, pipes (Markdown too), commas or runs of
// spaces. The
// heading line decides which of them a table uses. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_TABLE_H_
#define SHIRUBE_CLIENT_REPORT_TABLE_H_

#include <optional>
#include <string>
#include <vector>

#include "client/report/columns.h"
#include "client/report/lines.h"

namespace shirube::report {

enum class Separator { kTab, kPipe, kComma, kSpaces };

struct TableRow {
  int line = 0;
  std::string raw;
  std::vector<std::string> cells;  // trimmed, as printed
};

struct Table {
  std::string heading;  // 【主な目標指標】; empty when none is printed
  int heading_line = 0;
  int columns_line = 0;
  Separator separator = Separator::kTab;
  std::vector<Column> columns;
  std::vector<TableRow> rows;
};

std::vector<std::string> SplitCells(const Line& line, Separator separator);

// A table that begins at `line`, without rows yet.
std::optional<Table> StartTable(const Line& line);

// |---|:--:| below a heading of Markdown.
bool IsRuler(const Line& line);

// Whether the separator occurs in it at all.
bool HasCells(const Line& line, Separator separator);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_TABLE_H_
