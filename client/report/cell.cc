#include "client/report/cell.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client/report/chars.h"
#include "client/report/quantity.h"

namespace shirube::report {
namespace {

using Op = v1::Indicator::Operator;
using Outcome = Cell::Outcome;

struct OperatorWord {
  std::u32string_view word;
  Op op;
};

// Longer words first: 以上 must not be left of 以上とする.
constexpr std::array<OperatorWord, 15> kSuffixOperators = {{
    {U"以上", v1::Indicator::OPERATOR_AT_LEAST},
    {U"以下", v1::Indicator::OPERATOR_AT_MOST},
    {U"以内", v1::Indicator::OPERATOR_AT_MOST},
    {U"未満", v1::Indicator::OPERATOR_BELOW},
    {U"を上回る", v1::Indicator::OPERATOR_ABOVE},
    {U"を超える", v1::Indicator::OPERATOR_ABOVE},
    {U"を下回る", v1::Indicator::OPERATOR_BELOW},
    {U"超える", v1::Indicator::OPERATOR_ABOVE},
    {U"超", v1::Indicator::OPERATOR_ABOVE},
    {U"程度", v1::Indicator::OPERATOR_ABOUT},
    {U"前後", v1::Indicator::OPERATOR_ABOUT},
    {U">=", v1::Indicator::OPERATOR_AT_LEAST},
    {U"<=", v1::Indicator::OPERATOR_AT_MOST},
    {U"≧", v1::Indicator::OPERATOR_AT_LEAST},
    {U"≦", v1::Indicator::OPERATOR_AT_MOST},
}};

constexpr std::array<OperatorWord, 11> kPrefixOperators = {{
    {U"おおむね", v1::Indicator::OPERATOR_APPROXIMATELY},
    {U"概ね", v1::Indicator::OPERATOR_APPROXIMATELY},
    {U"およそ", v1::Indicator::OPERATOR_APPROXIMATELY},
    {U"約", v1::Indicator::OPERATOR_APPROXIMATELY},
    {U">=", v1::Indicator::OPERATOR_AT_LEAST},
    {U"<=", v1::Indicator::OPERATOR_AT_MOST},
    {U"≧", v1::Indicator::OPERATOR_AT_LEAST},
    {U"≦", v1::Indicator::OPERATOR_AT_MOST},
    {U"≥", v1::Indicator::OPERATOR_AT_LEAST},
    {U">", v1::Indicator::OPERATOR_ABOVE},
    {U"<", v1::Indicator::OPERATOR_BELOW},
}};

constexpr std::array<std::u32string_view, 9> kNotAvailableWords = {
    U"未公表", U"精査中", U"集計中", U"算定中",  U"未確定",
    U"調査中", U"公表前", U"未集計", U"公表待ち"};

bool IsNotAvailable(std::u32string_view text) {
  return std::any_of(
      kNotAvailableWords.begin(), kNotAvailableWords.end(),
      [&](std::u32string_view word) { return text.starts_with(word); });
}

bool IsEveryYear(std::u32string_view text) {
  return text == U"毎年度" || text == U"毎年" || text == U"各年度" ||
         text == U"各年";
}

// ※1, 注2, *3 at the end of a text.
bool EatNoteMark(std::u32string_view* text) {
  std::u32string_view rest = *text;
  while (!rest.empty() && IsDigit(rest.back())) rest.remove_suffix(1);
  for (std::u32string_view mark : {U"※", U"注", U"*"}) {
    if (!rest.ends_with(mark)) continue;
    rest.remove_suffix(mark.size());
    *text = Trim(rest);
    return true;
  }
  return false;
}

class CellReader {
 public:
  explicit CellReader(std::string_view raw) {
    out_.raw = TrimUtf8(raw);
    std::u32string printed = Decode(out_.raw);
    folded_ = Fold(printed);
    // A line break inside a quoted cell is a space, and not worth a step.
    if (folded_ != printed && HasWide(printed)) {
      out_.steps.push_back("WIDTH " + out_.raw + "=" + Encode(folded_));
    }
  }

  Cell Read();

 private:
  static bool HasWide(std::u32string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char32_t c) { return c >= 0xFF01 && c <= 0xFF5E; });
  }
  // False: the brackets do not pair.
  bool TakeBrackets();
  // False: it has a number whose meaning is not known.
  bool TakeBracket(std::u32string_view content);
  bool TakeState(std::u32string_view content);
  void TakePeriodWord();
  void TakePeriod(const Period& period, std::u32string_view raw);
  void TakeWords();
  bool TakeBand();
  Outcome ReadNumber(std::u32string_view text);
  Outcome WordsOrUnread() const;

  std::u32string folded_;
  std::u32string base_;  // without brackets
  std::u32string_view rest_;
  Cell out_;
};

bool CellReader::TakeBrackets() {
  size_t open = std::u32string::npos;
  bool clear = true;
  for (size_t i = 0; i < folded_.size(); ++i) {
    const char32_t c = folded_[i];
    if (c == U'(' || c == U'[' || c == U'【') {
      if (open != std::u32string::npos) return false;
      open = i;
    } else if (c == U')' || c == U']' || c == U'】') {
      if (open == std::u32string::npos) return false;
      std::u32string_view all(folded_);
      clear &= TakeBracket(Trim(all.substr(open + 1, i - open - 1)));
      base_.push_back(U' ');
      open = std::u32string::npos;
    } else if (open == std::u32string::npos) {
      base_.push_back(c);
    }
  }
  return clear && open == std::u32string::npos;
}

void CellReader::TakePeriod(const Period& period, std::u32string_view raw) {
  if (out_.period) return;  // the first one counts: a second is a remark
  out_.period = period;
  out_.period_raw = Encode(raw);
  out_.steps.push_back("PERIOD " + out_.period_raw + "=" + period.ToId());
}

bool CellReader::TakeState(std::u32string_view content) {
  if (Contains(content, U"速報") || Contains(content, U"見込") ||
      Contains(content, U"暫定")) {
    out_.state = v1::Observation::STATE_PROVISIONAL;
  } else if (Contains(content, U"確定値") || content == U"確定") {
    out_.state = v1::Observation::STATE_FINAL;
  } else if (Contains(content, U"改定") || Contains(content, U"改訂")) {
    out_.state = v1::Observation::STATE_RESTATED;
  } else {
    return false;
  }
  out_.steps.push_back("STATE " + Encode(content));
  return true;
}

bool CellReader::TakeBracket(std::u32string_view content) {
  if (content.empty()) return true;
  if (Contains(content, U"累計")) {
    out_.cumulative = true;
    out_.window = ReadWindow(content);
    out_.steps.push_back("WINDOW " + Encode(content));
    return out_.window.has_value() || !HasDigit(content);
  }
  if (IsEveryYear(content)) {
    out_.every_year = true;
    out_.steps.push_back("EVERY_YEAR " + Encode(content));
    return true;
  }
  // ※ sets a date beside the period: when it was counted.
  auto period = WholePeriod(content);
  if (period && !content.starts_with(U"※")) {
    TakePeriod(*period, content);
    return true;
  }
  if (auto op = ReadOperator(content)) {
    out_.op = *op;
    return true;
  }
  const bool remark = content.starts_with(U"注") || content.starts_with(U"※") ||
                      content.starts_with(U"全国") || content.ends_with(U"位");
  if (!TakeState(content) && !remark && HasDigit(content)) return false;
  if (!out_.note.empty()) out_.note += " ";
  out_.note += Encode(content);
  out_.steps.push_back("NOTE " + Encode(content));
  return true;
}

// 5.1% 平成20年度: a period without brackets, set off by a space.
void CellReader::TakePeriodWord() {
  for (bool last : {true, false}) {
    size_t space = last ? rest_.rfind(U' ') : rest_.find(U' ');
    if (space == std::u32string_view::npos) return;
    std::u32string_view word =
        last ? rest_.substr(space + 1) : rest_.substr(0, space);
    const bool year =
        !word.empty() && (!IsDigit(word[0]) || Contains(word, U"年"));
    if (!year) continue;
    if (auto period = WholePeriod(word)) {
      TakePeriod(*period, word);
      rest_ = Trim(last ? rest_.substr(0, space) : rest_.substr(space + 1));
    }
  }
}

// Words before and behind the number that do not change it.
void CellReader::TakeWords() {
  bool again = true;
  while (again && !rest_.empty()) {
    again = EatNoteMark(&rest_);
    for (std::u32string_view word : {U"毎年度", U"毎年", U"各年度"}) {
      if (EatPrefix(&rest_, word) || EatSuffix(&rest_, word)) {
        again = out_.every_year = true;
      }
    }
    if (EatPrefix(&rest_, U"累計") || EatSuffix(&rest_, U"累計")) {
      again = out_.cumulative = true;
    }
    if (rest_.size() > 2 && EatSuffix(&rest_, U"維持")) {
      EatSuffix(&rest_, U"を");
      again = out_.maintain = true;
    }
    again |= EatPrefix(&rest_, U"年間");
    again |= EatPrefix(&rest_, U"延べ");
    again |= EatSuffix(&rest_, U"とする");
  }
}

// 40%以上,60%以下: both ends belong to the band.
bool CellReader::TakeBand() {
  size_t lower = rest_.find(U"以上");
  if (lower == std::u32string_view::npos || !rest_.ends_with(U"以下")) {
    return false;
  }
  std::u32string_view left = Trim(rest_.substr(0, lower));
  std::u32string_view right = Trim(rest_.substr(lower + 2));
  right.remove_suffix(2);
  while (!right.empty() &&
         (right[0] == U',' || right[0] == U'、' || right[0] == U'・' ||
          right[0] == U'か' || right[0] == U'つ' || IsSpace(right[0]))) {
    right.remove_prefix(1);
  }
  Quantity low = ReadQuantity(left);
  Quantity high = ReadQuantity(Trim(right));
  if (low.outcome != Quantity::Outcome::kNumber ||
      high.outcome != Quantity::Outcome::kNumber) {
    return false;
  }
  if (!low.unit.empty() && !high.unit.empty() && low.unit != high.unit) {
    return false;
  }
  out_.value = low.value;
  out_.upper = high.value;
  out_.unit = high.unit.empty() ? low.unit : high.unit;
  out_.steps.push_back("BAND " + low.value.ToString() + ".." +
                       high.value.ToString());
  return true;
}

Outcome CellReader::ReadNumber(std::u32string_view text) {
  for (const OperatorWord& word : kSuffixOperators) {
    if (EatSuffix(&text, word.word)) {
      out_.op = word.op;
      out_.steps.push_back("OPERATOR " + Encode(word.word));
      break;
    }
  }
  for (const OperatorWord& word : kPrefixOperators) {
    if (EatPrefix(&text, word.word)) {
      if (out_.op == v1::Indicator::OPERATOR_UNSPECIFIED) out_.op = word.op;
      out_.steps.push_back("OPERATOR " + Encode(word.word));
      break;
    }
  }
  Quantity quantity = ReadQuantity(text);
  out_.oku_corrected = quantity.oku_corrected;
  switch (quantity.outcome) {
    case Quantity::Outcome::kRunTogether:
      return Outcome::kRunTogether;
    case Quantity::Outcome::kTooLong:
      return Outcome::kUnread;
    case Quantity::Outcome::kNoNumber:
      return WordsOrUnread();
    case Quantity::Outcome::kNumber:
      break;
  }
  out_.value = quantity.value;
  out_.unit = quantity.unit;
  out_.steps.insert(out_.steps.end(), quantity.steps.begin(),
                    quantity.steps.end());
  if (!out_.unit.empty()) out_.steps.push_back("UNIT " + out_.unit);
  return Outcome::kNumber;
}

// A target may be words; words with a number are words only where they plainly
// do not state that number (限りなく100%に近づける).
Outcome CellReader::WordsOrUnread() const {
  if (!HasDigit(folded_)) {
    return base_.find(U'〃') == std::u32string::npos ? Outcome::kWords
                                                     : Outcome::kUnread;
  }
  for (std::u32string_view verb :
       {U"近づける", U"目指す", U"めざす", U"努める", U"図る"}) {
    if (rest_.ends_with(verb)) return Outcome::kWords;
  }
  return Outcome::kUnread;
}

Cell CellReader::Read() {
  if (IsMissingMark(folded_)) return out_;
  if (IsNotAvailable(folded_)) {
    out_.outcome = Outcome::kNotAvailable;
    out_.note = out_.raw;
    return out_;
  }
  if (!TakeBrackets()) {
    out_.outcome = Outcome::kUnread;
    return out_;
  }
  rest_ = Trim(base_);
  TakeWords();
  TakePeriodWord();
  TakeWords();
  if (IsMissingMark(rest_)) {
    out_.outcome = Outcome::kMissing;
  } else if (IsNotAvailable(rest_)) {
    out_.outcome = Outcome::kNotAvailable;
    out_.note = out_.raw;
  } else if (TakeBand()) {
    out_.outcome = Outcome::kNumber;
  } else {
    out_.outcome = ReadNumber(rest_);
  }
  return out_;
}

}  // namespace

bool IsMissingMark(std::u32string_view folded) {
  folded = Trim(folded);
  if (folded.empty() || folded == U"なし" || folded == U"無し") return true;
  static constexpr std::u32string_view kDashes = U"-—―─ー–−‐‑…";
  return folded.size() <= 3 &&
         std::all_of(folded.begin(), folded.end(), [](char32_t c) {
           return kDashes.find(c) != std::u32string_view::npos;
         });
}

std::optional<Op> ReadOperator(std::u32string_view folded) {
  folded = Trim(folded);
  for (const OperatorWord& word : kSuffixOperators) {
    if (folded == word.word) return word.op;
  }
  for (const OperatorWord& word : kPrefixOperators) {
    if (folded == word.word) return word.op;
  }
  return std::nullopt;
}

Cell ReadCell(std::string_view raw) { return CellReader(raw).Read(); }

}  // namespace shirube::report
