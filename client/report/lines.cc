#include "client/report/lines.h"

#include <utility>

#include "client/report/chars.h"

namespace shirube::report {
namespace {

int Indent(std::u32string_view chars) {
  int indent = 0;
  for (char32_t c : chars) {
    if (!IsSpace(c)) break;
    indent += c == U'\t' ? 4 : c == 0x3000 ? 2 : 1;
  }
  return indent;
}

}  // namespace

TextLines SplitLines(std::string_view text) {
  TextLines out;
  size_t crlf = 0;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view raw = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (raw.ends_with('\r')) {
      raw.remove_suffix(1);
      ++crlf;
    }
    Line line;
    line.number = static_cast<int>(out.lines.size()) + 1;
    line.raw = std::string(raw);
    std::u32string chars = Decode(raw);
    line.indent = Indent(chars);
    line.folded = std::u32string(Trim(Fold(chars)));
    out.lines.push_back(std::move(line));
  }
  if (crlf * 2 > out.lines.size()) out.line_end = "CRLF";
  for (const Line& line : out.lines) {
    if (!line.blank()) break;
    ++out.leading_blank;
  }
  for (auto it = out.lines.rbegin(); it != out.lines.rend(); ++it) {
    if (!it->blank()) break;
    ++out.trailing_blank;
  }
  return out;
}

}  // namespace shirube::report
