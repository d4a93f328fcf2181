#include "client/report/period_text.h"

#include <algorithm>
#include <array>

#include "client/report/chars.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

// The longest form is 令和4年度第3四半期.
constexpr size_t kMaxPeriodChars = 16;

constexpr std::array<std::u32string_view, 5> kEras = {U"明治", U"大正", U"昭和",
                                                      U"平成", U"令和"};

bool IsPeriodChar(char32_t c) {
  static constexpr std::u32string_view kChars = U"元年度月日末第四半期Q.-/ ";
  return IsDigit(c) || kChars.find(c) != std::u32string_view::npos;
}

// How many characters of an era (or FY) begin here; 0 when none do.
size_t EraLength(std::u32string_view text) {
  for (std::u32string_view era : kEras) {
    if (text.starts_with(era)) return era.size();
  }
  if (text.starts_with(U"FY")) return 2;
  static constexpr std::u32string_view kLetters = U"MTSHR";
  if (text.size() > 1 && kLetters.find(text[0]) != std::u32string_view::npos &&
      (IsDigit(text[1]) || text[1] == U'元')) {
    return 1;
  }
  return 0;
}

bool StartsWithYear(std::u32string_view text) {
  if (text.size() < 4) return false;
  if (!text.starts_with(U"19") && !text.starts_with(U"20")) return false;
  if (!IsDigit(text[2]) || !IsDigit(text[3])) return false;
  return text.size() == 4 || !IsDigit(text[4]);
}

// R4.3 and 2020/3/31 in the words that the domain reads.
std::u32string SpellDots(std::u32string_view text) {
  std::u32string out;
  int part = 0;
  for (char32_t c : text) {
    if (c == U'.' || c == U'/') {
      out.push_back(part == 0 ? U'年' : U'月');
      ++part;
    } else {
      out.push_back(c);
    }
  }
  if (part == 1) out.push_back(U'月');
  if (part == 2) out.push_back(U'日');
  return out;
}

std::optional<Period> Parse(std::u32string_view text) {
  if (text.empty() || text.size() > kMaxPeriodChars) return std::nullopt;
  auto period = ParsePeriod(Encode(text));
  if (period.ok()) return *period;
  if (Contains(text, U".") || Contains(text, U"/")) {
    auto spelled = ParsePeriod(Encode(SpellDots(text)));
    if (spelled.ok()) return *spelled;
  }
  return std::nullopt;
}

// The end of one side of a window without its era: 6年度 of 令和3~6年度.
bool LacksEra(std::u32string_view text) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  return digits > 0 && digits <= 2;
}

}  // namespace

std::optional<FoundPeriod> FindPeriod(std::u32string_view text) {
  for (size_t begin = 0; begin < text.size(); ++begin) {
    std::u32string_view rest = text.substr(begin);
    if (begin > 0 &&
        (IsAsciiLetter(text[begin - 1]) || IsDigit(text[begin - 1]))) {
      continue;
    }
    size_t length = EraLength(rest);
    if (length == 0 && !StartsWithYear(rest)) continue;
    while (length < rest.size() && length < kMaxPeriodChars &&
           IsPeriodChar(rest[length])) {
      ++length;
    }
    for (; length > 1; --length) {
      if (length < rest.size() && IsDigit(rest[length]) &&
          IsDigit(rest[length - 1])) {
        continue;
      }
      if (IsSpace(rest[length - 1])) continue;
      if (auto period = Parse(rest.substr(0, length))) {
        return FoundPeriod{*period, begin, begin + length};
      }
    }
  }
  return std::nullopt;
}

std::optional<Period> WholePeriod(std::u32string_view text) {
  text = Trim(text);
  EatPrefix(&text, U"※");
  for (std::u32string_view word :
       {U"時点", U"現在", U"実績", U"目標", U"まで", U"頃", U"値", U"の"}) {
    EatSuffix(&text, word);
  }
  if (auto period = Parse(text)) return period;
  if (EatSuffix(&text, U"末")) return Parse(text);
  return std::nullopt;
}

std::optional<Window> ReadWindow(std::u32string_view text) {
  text = Trim(text);
  for (std::u32string_view word :
       {U"累計", U"合計", U"計", U"の", U"まで", U"間"}) {
    EatSuffix(&text, word);
  }
  size_t split = text.find(U'~');
  size_t width = 1;
  if (split == std::u32string_view::npos) {
    split = text.find(U"から");
    width = 2;
  }
  if (split == std::u32string_view::npos) return std::nullopt;
  std::u32string left(Trim(text.substr(0, split)));
  std::u32string right(Trim(text.substr(split + width)));
  if (LacksEra(right)) {
    size_t digit = 0;
    while (digit < left.size() && !IsDigit(left[digit])) ++digit;
    right.insert(0, left.substr(0, digit));
  }
  if (!Contains(left, U"年")) {
    if (right.ends_with(U"年度")) left += U"年度";
    if (right.ends_with(U"年")) left += U"年";
  }
  if (!Contains(right, U"年") && left.ends_with(U"年度")) right += U"年度";
  auto start = Parse(left);
  auto end = Parse(right);
  if (!start || !end || start->index12() > end->index12()) return std::nullopt;
  return Window{*start, *end};
}

bool ClaimsUnknownYear(std::u32string_view text) {
  if (FindPeriod(text)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsDigit(text[i]) && text[i] != U'元') continue;
    const bool letter = i > 0 && IsAsciiLetter(text[i - 1]) &&
                        (i == 1 || !IsAsciiLetter(text[i - 2]));
    size_t end = i;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end == i) ++end;  // 元
    const bool year = end < text.size() && text[end] == U'年';
    if (year || (letter && end - i <= 2 && IsDigit(text[i]))) return true;
    i = end;
  }
  return false;
}

}  // namespace shirube::report
