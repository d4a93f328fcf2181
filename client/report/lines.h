// Text to numbered lines, each with its folded form, so that every later step
// can say where something was printed. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_LINES_H_
#define SHIRUBE_CLIENT_REPORT_LINES_H_

#include <string>
#include <string_view>
#include <vector>

namespace shirube::report {

struct Line {
  int number = 0;         // 1-based in the file
  std::string raw;        // as printed, without the line end
  std::u32string folded;  // without the spaces around it
  int indent = 0;         // spaces before it; a wide one counts two, a tab four

  bool blank() const { return folded.empty(); }
};

struct TextLines {
  std::vector<Line> lines;
  std::string line_end = "LF";  // or CRLF
  int leading_blank = 0;
  int trailing_blank = 0;
};

TextLines SplitLines(std::string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_LINES_H_
