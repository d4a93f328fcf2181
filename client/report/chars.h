// Code points of published Japanese text: widths, spaces, marks. Everything
// above works on folded text (what is written in several ways is written in
// one), while the printed text is kept beside it. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_CHARS_H_
#define SHIRUBE_CLIENT_REPORT_CHARS_H_

#include <string>
#include <string_view>

namespace shirube::report {

// Bytes that are no UTF-8 become U+FFFD.
std::u32string Decode(std::string_view utf8);
std::string Encode(std::u32string_view text);

// One character to one: full-width ASCII to ASCII, every space to ' ', the wave
// dashes 〜 ～ ∼ to '~', ｜ and │ to '|'. Lengths do not change, so positions
// in folded text are positions in the printed one. Compatibility characters
// such as ㎡ stay, for they are units as printed.
std::u32string Fold(std::u32string_view text);
std::u32string FoldUtf8(std::string_view utf8);

bool IsSpace(char32_t c);
bool IsDigit(char32_t c);        // 0-9 after folding
bool IsAsciiLetter(char32_t c);  // after folding
bool IsHiragana(char32_t c);
// ▲ △ ▼ − ‐ - and dashes that stand for minus, if a digit follows.
bool IsMinus(char32_t c);
bool HasDigit(std::u32string_view text);

std::u32string_view Trim(std::u32string_view text);
// The printed text without the spaces around it.
std::string TrimUtf8(std::string_view utf8);
std::u32string DropSpaces(std::u32string_view text);
bool Contains(std::u32string_view text, std::u32string_view part);
// Removes the prefix or suffix when it is there, and the spaces behind it.
bool EatPrefix(std::u32string_view* text, std::u32string_view prefix);
bool EatSuffix(std::u32string_view* text, std::u32string_view suffix);
// ASCII letters to lower case.
std::string LowerAscii(std::string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_CHARS_H_
