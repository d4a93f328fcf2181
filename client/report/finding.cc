#include "client/report/finding.h"

#include "client/report/chars.h"

namespace shirube::report {
namespace {
// Long enough for a row, short enough for a terminal and a JSON line.
constexpr size_t kMaxTextChars = 300;
constexpr size_t kMaxFindings = 10000;
}  // namespace

void Findings::Add(std::vector<Finding>* to, int line, std::string_view text,
                   Problem problem) const {
  if (to->size() > kMaxFindings) return;
  if (to->size() == kMaxFindings) {
    problem = {"MORE", "there are more of these in the file",
               "これ以降にも同様の箇所があります。"};
  }
  to->push_back(Make(line, text, std::move(problem)));
}

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
