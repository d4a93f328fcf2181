// A table for people (aligned in a terminal) or for programs (CSV).
#ifndef SHIRUBE_CLIENT_CLI_OUTPUT_TABLE_H_
#define SHIRUBE_CLIENT_CLI_OUTPUT_TABLE_H_

#include <ostream>
#include <string>
#include <vector>

#include "client/cli/output/style.h"
#include "client/cli/output/width.h"

namespace shirube::cli {

struct Column {
  std::string heading;  // for people
  std::string key;      // of the CSV's header
  Align align = Align::kLeft;
  // Cut to what is left of the terminal's width when the table is too wide.
  // At most one column of a table should be.
  bool shrinks = false;
};

struct Cell {
  Cell(std::string t = "", Tone tone_of_text = Tone::kPlain)  // NOLINT
      : text(std::move(t)), tone(tone_of_text) {}
  Cell(const char* t) : text(t) {}  // NOLINT
  std::string text;
  Tone tone = Tone::kPlain;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;

  // Aligned, two spaces between the columns. `width` 0: as wide as it gets.
  void PrintText(std::ostream& out, int width, bool color) const;
  // RFC 4180, the columns' keys as header, UTF-8, LF.
  void PrintCsv(std::ostream& out) const;
};

// One CSV field, quoted where it must be.
std::string CsvField(std::string_view text);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_OUTPUT_TABLE_H_
