#include "client/report/csv_table.h"

#include <utility>

namespace shirube::report {
namespace {

class Parser {
 public:
  Parser(std::string_view text, char separator)
      : text_(text), separator_(separator) {}

  CsvTable Parse() {
    while (at_ < text_.size()) ReadRow();
    return std::move(table_);
  }

 private:
  void ReadRow();
  std::string ReadQuoted();
  std::string ReadPlain();
  bool AtLineEnd() const {
    return at_ >= text_.size() || text_[at_] == '\n' ||
           (text_[at_] == '\r' &&
            (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }

  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  int line_ = 1;
  CsvTable table_;
};

std::string Parser::ReadQuoted() {
  const int begin = line_;
  std::string field;
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') {
      if (at_ >= text_.size() || text_[at_] != '"') return field;
      ++at_;
    }
    if (c == '\n') ++line_;
    field.push_back(c);
  }
  table_.unclosed_quote = begin;
  return field;
}

std::string Parser::ReadPlain() {
  const size_t begin = at_;
  while (!AtLineEnd() && text_[at_] != separator_) ++at_;
  return std::string(text_.substr(begin, at_ - begin));
}

void Parser::ReadRow() {
  CsvRow row;
  row.line = line_;
  const size_t begin = at_;
  while (true) {
    std::string field;
    if (at_ < text_.size() && text_[at_] == '"') field = ReadQuoted();
    field += ReadPlain();  // also what wrongly follows a closing quote
    row.cells.push_back(std::move(field));
    if (AtLineEnd()) break;
    ++at_;  // the separator
  }
  row.raw = std::string(text_.substr(begin, at_ - begin));
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size()) ++at_;
  ++line_;
  const bool blank = row.cells.size() == 1 && row.cells[0].empty();
  if (!blank) table_.rows.push_back(std::move(row));
}

}  // namespace

CsvTable ParseCsv(std::string_view text, char separator) {
  return Parser(text, separator).Parse();
}

std::string CsvField(std::string_view text) {
  const bool edges =
      !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!edges && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace shirube::report
