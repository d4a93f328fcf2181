#include "client/report/finding.h"

#include "client/report/chars.h"

namespace shirube::report {
namespace {
// Long enough for a row, short enough for a terminal and a JSON line.
constexpr size_t kMaxTextChars = 300;
}  // namespace

Finding Findings::Make(int line, std::string_view text, Problem problem) const {
  // A code point has at most four bytes, so this much is enough to shorten.
  std::string_view head = text.substr(0, (kMaxTextChars + 1) * 4);
  std::u32string chars = Decode(head);
  std::string shown(text);
  if (chars.size() > kMaxTextChars) {
    shown = Encode(chars.substr(0, kMaxTextChars)) + "…";
  }
  return {file_,
          line,
          std::move(shown),
          std::move(problem.reason),
          std::move(problem.en),
          std::move(problem.ja)};
}

}  // namespace shirube::report
