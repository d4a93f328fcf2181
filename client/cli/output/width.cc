#include "client/cli/output/width.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

namespace shirube::cli {
namespace {

int CodePointWidth(UChar32 c) {
  if (c < 0) return 1;
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
      return 0;
    default:
      break;
  }
  switch (u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_FULLWIDTH:
    case U_EA_WIDE:
      return 2;
    default:
      return 1;
  }
}

// The length of a colour sequence (ESC [ … m) at the start of `text`, or 0.
size_t EscapeLength(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  size_t end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

// The next code point's bytes and width.
struct Step {
  size_t bytes;
  int width;
};
Step Next(std::string_view text) {
  if (size_t escape = EscapeLength(text)) return {escape, 0};
  int32_t i = 0;
  UChar32 c;
  U8_NEXT(reinterpret_cast<const uint8_t*>(text.data()), i,
          static_cast<int32_t>(text.size()), c);
  return {static_cast<size_t>(i), CodePointWidth(c)};
}

// The bytes of `text` that fit into `width` columns.
size_t FittingBytes(std::string_view text, int width) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    Step step = Next(text.substr(bytes));
    if (step.width > width) break;
    width -= step.width;
    bytes += step.bytes;
  }
  return bytes;
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    Step step = Next(text);
    width += step.width;
    text.remove_prefix(step.bytes);
  }
  return width;
}

std::string Pad(std::string_view text, int width, Align align) {
  std::string fill(std::max(0, width - DisplayWidth(text)), ' ');
  return align == Align::kLeft ? std::string(text) + fill
                               : fill + std::string(text);
}

std::string Truncate(std::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width < 1) return "";
  return std::string(text.substr(0, FittingBytes(text, width - 1))) + "…";
}

std::vector<std::string> Wrap(std::string_view text, int width) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createLineInstance(icu::Locale::getJapanese(),
                                             error));
  if (U_FAILURE(error)) return {std::string(text)};
  icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  breaks->setText(unicode);
  std::vector<std::string> lines(1);
  int32_t start = breaks->first();
  for (int32_t end = breaks->next(); end != icu::BreakIterator::DONE;
       start = end, end = breaks->next()) {
    std::string piece;
    unicode.tempSubStringBetween(start, end).toUTF8String(piece);
    bool forced = piece.ends_with('\n');
    if (forced) piece.pop_back();
    std::string_view trimmed(piece);
    while (trimmed.ends_with(' ')) trimmed.remove_suffix(1);
    if (!lines.back().empty() &&
        DisplayWidth(lines.back()) + DisplayWidth(trimmed) > width) {
      while (lines.back().ends_with(' ')) lines.back().pop_back();
      lines.emplace_back();
    }
    lines.back() += piece;
    if (forced) lines.emplace_back();
  }
  return lines;
}

}  // namespace shirube::cli
