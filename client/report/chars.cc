#include "client/report/chars.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace shirube::report {
namespace {

char32_t FoldChar(char32_t c) {
  if (c < 0x80) return c == '\t' ? U' ' : c;
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if (IsSpace(c)) return U' ';
  switch (c) {
    case U'〜':
    case U'∼':
      return U'~';
    case U'│':
      return U'|';
    default:
      return c;
  }
}

}  // namespace

std::u32string Decode(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto size = static_cast<int64_t>(utf8.size());
  for (int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, i, size, c);
    out.push_back(static_cast<char32_t>(c));
  }
  return out;
}

std::string Encode(std::u32string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (char32_t c : text) {
    uint8_t bytes[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, c);
    out.append(reinterpret_cast<const char*>(bytes),
               static_cast<size_t>(length));
  }
  return out;
}

std::u32string Fold(std::u32string_view text) {
  std::u32string out(text);
  for (char32_t& c : out) c = FoldChar(c);
  return out;
}

std::u32string FoldUtf8(std::string_view utf8) { return Fold(Decode(utf8)); }

bool IsSpace(char32_t c) {
  return c == U' ' || c == U'\t' || c == U'\r' || c == U'\n' || c == 0x3000 ||
         c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F ||
         c == 0xFEFF;
}

bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool IsAsciiLetter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}

bool IsHiragana(char32_t c) { return c >= 0x3041 && c <= 0x309F; }

bool IsMinus(char32_t c) {
  static constexpr std::u32string_view kMarks = U"-−‐‑–▲△▼";
  return kMarks.find(c) != std::u32string_view::npos;
}

bool HasDigit(std::u32string_view text) {
  return std::any_of(text.begin(), text.end(), IsDigit);
}

std::u32string_view Trim(std::u32string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string TrimUtf8(std::string_view utf8) {
  std::u32string chars = Decode(utf8);
  return Encode(Trim(chars));
}

std::u32string DropSpaces(std::u32string_view text) {
  std::u32string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [](char32_t c) { return !IsSpace(c); });
  return out;
}

bool Contains(std::u32string_view text, std::u32string_view part) {
  return text.find(part) != std::u32string_view::npos;
}

bool EatPrefix(std::u32string_view* text, std::u32string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  *text = Trim(*text);
  return true;
}

bool EatSuffix(std::u32string_view* text, std::u32string_view suffix) {
  if (!text->ends_with(suffix)) return false;
  text->remove_suffix(suffix.size());
  *text = Trim(*text);
  return true;
}

std::string LowerAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace shirube::report
