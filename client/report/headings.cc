#include "client/report/headings.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "client/report/chars.h"
#include "client/report/period_text.h"

namespace shirube::report {
namespace {

constexpr size_t kMaxSectionChars = 40;
constexpr size_t kMaxTableHeadingChars = 40;
constexpr size_t kMaxTitleChars = 200;

constexpr std::u32string_view kOrnaments = U"■◆●○◇□▼▽◎★☆【】〔〕<>[]「」《》#*";
constexpr std::u32string_view kBullets = U"・○●◎◇◆□■•◦*‣▶▷►★☆➢✓";

bool IsOneOf(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

std::u32string WithoutOrnaments(std::u32string_view folded) {
  std::u32string out;
  for (char32_t c : folded) {
    if (!IsOneOf(c, kOrnaments) && !IsSpace(c)) out.push_back(c);
  }
  return out;
}

struct KindWord {
  std::u32string_view word;
  v1::LayoutSection::Kind kind;
};

constexpr std::array<KindWord, 9> kKindWords = {{
    {U"実績", v1::LayoutSection::KIND_ACCOMPLISHMENTS},
    {U"成果", v1::LayoutSection::KIND_ACCOMPLISHMENTS},
    {U"実施状況", v1::LayoutSection::KIND_ACCOMPLISHMENTS},
    {U"取組状況", v1::LayoutSection::KIND_ACCOMPLISHMENTS},
    {U"進捗状況", v1::LayoutSection::KIND_ACCOMPLISHMENTS},
    {U"計画", v1::LayoutSection::KIND_PLANS},
    {U"予定", v1::LayoutSection::KIND_PLANS},
    {U"指標", v1::LayoutSection::KIND_INDICATORS},
    {U"数値目標", v1::LayoutSection::KIND_INDICATORS},
}};

// What may stand beside the year and the word of the kind.
constexpr std::array<std::u32string_view, 22> kFillers = {
    U"取り組み", U"取組み",   U"取組",     U"主要な",   U"主な", U"における",
    U"に係る",   U"について", U"の概要",   U"一覧",     U"内容", U"事業",
    U"施策",     U"目標",     U"達成状況", U"成果目標", U"数値", U"及び",
    U"と",       U"の",       U"度",       U"等"};

// The kind, when the text consists of such words only. The last one decides:
// 実施計画の実績 is an account.
std::optional<v1::LayoutSection::Kind> ReadKind(std::u32string_view text) {
  std::optional<v1::LayoutSection::Kind> kind;
  while (!text.empty()) {
    bool eaten = false;
    for (const KindWord& word : kKindWords) {
      if (text.starts_with(word.word)) {
        kind = word.kind;
        text.remove_prefix(word.word.size());
        eaten = true;
        break;
      }
    }
    if (eaten) continue;
    for (std::u32string_view filler : kFillers) {
      if (text.starts_with(filler)) {
        text.remove_prefix(filler.size());
        eaten = true;
        break;
      }
    }
    if (!eaten) return std::nullopt;
  }
  return kind;
}

// A year that ParsePeriod does not know, where the year of a section stands:
// X4年度, 安永3年度. Returns how many characters it takes, or 0.
size_t UnknownYearLength(std::u32string_view text) {
  size_t i = 0;
  while (i < text.size() && i < 3 && !IsDigit(text[i])) ++i;
  size_t digits = i;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == i && (i == 0 || text[i - 1] != U'元')) return 0;
  if (!text.substr(digits).starts_with(U"年")) return 0;
  return text.substr(digits).starts_with(U"年度") ? digits + 2 : digits + 1;
}

// Length of 一, 十二 and the like at the start.
size_t KanjiNumberLength(std::u32string_view text) {
  size_t i = 0;
  while (i < text.size() && IsOneOf(text[i], U"一二三四五六七八九十")) ++i;
  return i;
}

size_t NumberLength(std::u32string_view text) {
  size_t i = 0;
  while (i < text.size() && IsDigit(text[i])) ++i;
  if (i > 3) return 0;
  return i > 0 ? i : KanjiNumberLength(text);
}

size_t RomanLength(std::u32string_view text) {
  size_t i = 0;
  while (i < text.size() && text[i] >= 0x2160 && text[i] <= 0x216B) ++i;
  return i;
}

// Title and ～subtitle～ behind the label. `printed` and `folded` are the same
// characters, so positions found in one hold in the other.
NumberedHeading Assemble(std::u32string_view printed,
                         std::u32string_view folded, size_t label) {
  NumberedHeading out;
  out.label = Encode(Trim(printed.substr(0, label)));
  size_t begin = label;
  while (begin < folded.size() &&
         (IsSpace(folded[begin]) || IsOneOf(folded[begin], U".、:．,"))) {
    ++begin;
  }
  printed = printed.substr(begin);
  folded = folded.substr(begin);
  size_t open = folded.find(U'~');
  size_t close = folded.rfind(U'~');
  if (open != std::u32string_view::npos && open > 0 && close > open + 1 &&
      close + 1 == folded.size()) {
    out.subtitle = Encode(Trim(printed.substr(open + 1, close - open - 1)));
    printed = printed.substr(0, open);
  }
  out.title = Encode(Trim(printed));
  return out;
}

bool IsTitle(const NumberedHeading& heading) {
  return !heading.title.empty() && !heading.title.ends_with("。") &&
         Decode(heading.title).size() <= kMaxTitleChars;
}

std::u32string Printed(const Line& line) {
  std::u32string chars = Decode(line.raw);
  return std::u32string(Trim(chars));
}

// The label must be set off from what follows.
bool EndsLabel(std::u32string_view folded, size_t length) {
  if (length == 0 || length >= folded.size()) return false;
  return IsSpace(folded[length]) || IsOneOf(folded[length], U".、:");
}

// 1.5 and 1,000 are numbers and no labels.
bool IsDecimal(std::u32string_view folded, size_t length) {
  return folded[length] == U'.' && length + 1 < folded.size() &&
         IsDigit(folded[length + 1]);
}

}  // namespace

std::optional<SectionHeading> ReadSection(const Line& line) {
  if (line.folded.size() > kMaxSectionChars) return std::nullopt;
  std::u32string words = WithoutOrnaments(line.folded);
  std::u32string_view rest(words);
  SectionHeading heading;
  auto found = FindPeriod(rest);
  if (found && found->begin == 0) {
    if (found->period.kind() != PeriodKind::kFiscalYear) return std::nullopt;
    heading.fiscal_year = found->period;
    rest.remove_prefix(found->end);
  } else if (size_t length = UnknownYearLength(rest); length > 0) {
    heading.unknown_year = true;
    rest.remove_prefix(length);
  } else {
    return std::nullopt;
  }
  auto kind = ReadKind(rest);
  if (!kind) return std::nullopt;
  heading.kind = *kind;
  return heading;
}

std::optional<NumberedHeading> ReadPillar(const Line& line) {
  const std::u32string& folded = line.folded;
  size_t length = 0;
  for (std::u32string_view word : {U"第", U"柱", U"基本方針", U"基本目標"}) {
    if (!folded.starts_with(word)) continue;
    size_t at = word.size();
    size_t number = NumberLength(std::u32string_view(folded).substr(at));
    if (number == 0) continue;
    length = at + number;
    for (std::u32string_view tail : {U"の柱", U"章", U"節", U"編", U"分野"}) {
      if (std::u32string_view(folded).substr(length).starts_with(tail)) {
        length += tail.size();
        break;
      }
    }
    break;
  }
  if (length == 0) length = RomanLength(folded);
  if (!EndsLabel(folded, length) || IsDecimal(folded, length)) {
    return std::nullopt;
  }
  NumberedHeading heading = Assemble(Printed(line), folded, length);
  if (!IsTitle(heading)) return std::nullopt;
  return heading;
}

std::optional<NumberedHeading> ReadMeasure(const Line& line) {
  const std::u32string& folded = line.folded;
  size_t length = 0;
  while (length < folded.size() && IsDigit(folded[length])) ++length;
  if (length > 2 || !EndsLabel(folded, length) || IsDecimal(folded, length)) {
    return std::nullopt;
  }
  NumberedHeading heading = Assemble(Printed(line), folded, length);
  if (!IsTitle(heading)) return std::nullopt;
  return heading;
}

std::optional<NumberedHeading> ReadAction(const Line& line) {
  const std::u32string& folded = line.folded;
  size_t length = 0;
  if (!folded.empty() && folded[0] >= U'①' && folded[0] <= U'⑳') {
    length = 1;
  } else if (folded.starts_with(U"(")) {
    size_t number = NumberLength(std::u32string_view(folded).substr(1));
    if (number > 0 && number <= 2 && number + 1 < folded.size() &&
        folded[number + 1] == U')') {
      length = number + 2;
    }
  }
  if (length == 0 || length >= folded.size()) return std::nullopt;
  NumberedHeading heading = Assemble(Printed(line), folded, length);
  if (!IsTitle(heading)) return std::nullopt;
  return heading;
}

std::optional<EntryLine> ReadEntry(const Line& line) {
  std::u32string printed = Printed(line);
  std::u32string_view folded(line.folded);
  size_t at = 0;
  const bool dash =
      !folded.empty() && (IsOneOf(folded[0], U"-–−‐*+") && folded.size() > 1 &&
                          IsSpace(folded[1]));
  if (dash) {
    at = 1;
    while (at < folded.size() && IsSpace(folded[at])) ++at;
    // "- ・": the mark of a nested line behind the dash of the list.
    if (at < folded.size() && IsOneOf(folded[at], U"・○●◎•")) ++at;
  } else if (!folded.empty() && IsOneOf(folded[0], kBullets) &&
             folded[0] != U'*') {
    at = 1;
  }
  if (at == 0 || at >= folded.size()) return std::nullopt;
  EntryLine entry;
  std::u32string_view all(printed);
  entry.marker = Encode(Trim(all.substr(0, at)));
  entry.text = Encode(Trim(all.substr(at)));
  if (entry.text.empty()) return std::nullopt;
  return entry;
}

bool IsTableHeading(const Line& line) {
  const std::u32string& folded = line.folded;
  if (folded.empty() || folded.size() > kMaxTableHeadingChars) return false;
  const bool framed = IsOneOf(folded[0], U"【〔<[■◆◇□●○《#");
  if (!framed) return false;
  return Contains(folded, U"指標") || Contains(folded, U"数値目標") ||
         Contains(folded, U"成果目標") || Contains(folded, U"KPI");
}

std::optional<std::string> ReadSubtitle(const Line& line) {
  const std::u32string& folded = line.folded;
  if (folded.size() < 3 || folded.front() != U'~' || folded.back() != U'~') {
    return std::nullopt;
  }
  std::u32string printed = Printed(line);
  std::u32string_view inner(printed);
  return Encode(Trim(inner.substr(1, inner.size() - 2)));
}

bool IsRemark(const Line& line) {
  const std::u32string& folded = line.folded;
  return folded.starts_with(U"※") || folded.starts_with(U"注") ||
         folded.starts_with(U"(注") || folded.starts_with(U"(※") ||
         folded.starts_with(U"*");
}

}  // namespace shirube::report
