#include "client/report/quantity.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "client/report/chars.h"

namespace shirube::report {
namespace {

constexpr size_t kMaxUnitChars = 12;
constexpr int kMaxExponent = 16;  // 億 of 億 is nobody's number

// Power of ten of a multiplier character, or 0.
int Exponent(char32_t c) {
  switch (c) {
    case U'十':
      return 1;
    case U'百':
      return 2;
    case U'千':
      return 3;
    case U'万':
      return 4;
    case U'億':
    case U'憶':
      return 8;
    case U'兆':
      return 12;
    default:
      return 0;
  }
}

// One number with what stands between it and the next one.
struct Part {
  std::string digits;  // without separators, with a decimal point
  int exponent = 0;    // of its multiplier
  std::u32string multiplier;
};

// 1,234 and 12,345,678 are grouped; 1,2345 is not a number.
bool IsGrouped(std::u32string_view digits) {
  size_t comma = digits.find(U',');
  if (comma == std::u32string_view::npos) return true;
  if (comma == 0 || comma > 3) return false;
  for (size_t i = comma; i < digits.size(); i += 4) {
    if (digits[i] != U',' || i + 4 > digits.size()) return false;
    for (size_t j = i + 1; j < i + 4; ++j) {
      if (!IsDigit(digits[j])) return false;
    }
  }
  return true;
}

class Scanner {
 public:
  explicit Scanner(std::u32string_view text) : text_(text) {}

  Quantity Read();

 private:
  using Outcome = Quantity::Outcome;

  Outcome ReadSign();
  Outcome ReadParts();
  Outcome ReadDigits(Part* part);
  void ReadMultiplier(Part* part);
  Outcome Sum();
  Outcome ReadHours();
  Outcome Finish(std::string digits);
  void SkipSpaces() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  std::u32string_view text_;
  size_t at_ = 0;
  bool negative_ = false;
  std::vector<Part> parts_;
  Quantity out_;
};

Quantity::Outcome Scanner::ReadSign() {
  if (at_ < text_.size() && (IsMinus(text_[at_]) || text_[at_] == U'+')) {
    negative_ = text_[at_] != U'+';
    ++at_;
    SkipSpaces();
    if (negative_) out_.steps.push_back("MINUS " + Encode(text_.substr(0, 1)));
  }
  return at_ < text_.size() && IsDigit(text_[at_]) ? Outcome::kNumber
                                                   : Outcome::kNoNumber;
}

Quantity::Outcome Scanner::ReadDigits(Part* part) {
  size_t begin = at_;
  while (at_ < text_.size() && (IsDigit(text_[at_]) || text_[at_] == U',')) {
    ++at_;
  }
  std::u32string_view whole = text_.substr(begin, at_ - begin);
  if (!IsGrouped(whole)) return Outcome::kNoNumber;
  for (char32_t c : whole) {
    if (c != U',') part->digits.push_back(static_cast<char>(c));
  }
  if (Contains(whole, U",")) {
    out_.steps.push_back("GROUPING " + Encode(whole) + "=" + part->digits);
  }
  if (at_ + 1 >= text_.size() || text_[at_] != U'.' ||
      !IsDigit(text_[at_ + 1])) {
    return Outcome::kNumber;
  }
  part->digits.push_back('.');
  ++at_;
  while (at_ < text_.size() && IsDigit(text_[at_])) {
    part->digits.push_back(static_cast<char>(text_[at_++]));
  }
  const bool again = at_ + 1 < text_.size() &&
                     (text_[at_] == U'.' || text_[at_] == U',') &&
                     IsDigit(text_[at_ + 1]);
  return again ? Outcome::kRunTogether : Outcome::kNumber;
}

void Scanner::ReadMultiplier(Part* part) {
  while (at_ < text_.size() && Exponent(text_[at_]) != 0) {
    part->exponent += Exponent(text_[at_]);
    char32_t c = text_[at_++];
    if (c == U'憶') {
      c = U'億';
      out_.oku_corrected = true;
      out_.steps.push_back("OKU_CORRECTED 憶=億");
    }
    part->multiplier.push_back(c);
  }
}

Quantity::Outcome Scanner::ReadParts() {
  while (true) {
    Part part;
    Outcome outcome = ReadDigits(&part);
    if (outcome != Outcome::kNumber) return outcome;
    SkipSpaces();
    ReadMultiplier(&part);
    if (part.exponent > kMaxExponent) return Outcome::kNoNumber;
    const bool smaller =
        parts_.empty() || part.exponent < parts_.back().exponent;
    if (!smaller) return Outcome::kNoNumber;
    parts_.push_back(std::move(part));
    SkipSpaces();
    const bool more = at_ < text_.size() && IsDigit(text_[at_]);
    if (!more) return Outcome::kNumber;
    if (parts_.back().exponent == 0) return Outcome::kNoNumber;
  }
}

// 13億776万 in the smallest of its multipliers: 130776.
Quantity::Outcome Scanner::Sum() {
  const Part& last = parts_.back();
  if (parts_.size() == 1) return Finish(last.digits);
  __int128 sum = 0;
  std::string fraction;
  for (const Part& part : parts_) {
    size_t point = part.digits.find('.');
    if (point != std::string::npos && &part != &last) {
      return Outcome::kNoNumber;  // 1.5億300万
    }
    std::string whole = part.digits.substr(0, point);
    if (whole.size() > 18) return Outcome::kTooLong;
    if (point != std::string::npos) fraction = part.digits.substr(point);
    __int128 value = std::stoll(whole);
    for (int e = part.exponent; e > last.exponent; --e) value *= 10;
    // 5億8,211 thousand parts fit below the next multiplier, or it is a typo.
    __int128 room = 1;
    if (&part != &parts_.front()) {
      const Part& before = *(&part - 1);
      for (int e = before.exponent; e > last.exponent; --e) room *= 10;
      if (value >= room) return Outcome::kNoNumber;
    }
    sum += value;
    if (sum > static_cast<__int128>(999'999'999'999'999'999)) {
      return Outcome::kTooLong;
    }
  }
  std::string digits = std::to_string(static_cast<int64_t>(sum)) + fraction;
  out_.steps.push_back("MIXED " + Encode(text_) + "=" + digits);
  return Finish(std::move(digits));
}

// 7時間30分 is 450分.
Quantity::Outcome Scanner::ReadHours() {
  const bool one = parts_.size() == 1 && parts_[0].exponent == 0 &&
                   parts_[0].digits.find('.') == std::string::npos &&
                   parts_[0].digits.size() <= 9;
  std::u32string_view rest = text_.substr(at_);
  if (!one || !rest.starts_with(U"時間")) return Outcome::kNoNumber;
  at_ += 2;
  Part minutes;
  if (at_ >= text_.size() || !IsDigit(text_[at_]) ||
      ReadDigits(&minutes) != Outcome::kNumber || minutes.digits.size() > 2 ||
      text_.substr(at_) != U"分" || std::stoi(minutes.digits) >= 60) {
    return Outcome::kNoNumber;
  }
  int64_t sum = std::stoll(parts_[0].digits) * 60 + std::stoi(minutes.digits);
  out_.steps.push_back("MIXED " + Encode(text_) + "=" + std::to_string(sum) +
                       "分");
  return Finish(std::to_string(sum));
}

Quantity::Outcome Scanner::Finish(std::string digits) {
  auto value = Decimal::Parse((negative_ ? "-" : "") + digits);
  if (!value.ok()) return Outcome::kTooLong;
  out_.value = *value;
  return Outcome::kNumber;
}

Quantity Scanner::Read() {
  out_.outcome = ReadSign();
  if (out_.outcome != Outcome::kNumber) return out_;
  out_.outcome = ReadParts();
  if (out_.outcome != Outcome::kNumber) return out_;
  std::u32string_view rest = Trim(text_.substr(at_));
  if (rest.starts_with(U"時間") && HasDigit(rest)) {
    out_.outcome = ReadHours();
    out_.unit = "分";
    return out_;
  }
  if (!rest.empty() && !IsUnit(rest)) {
    out_.outcome = Outcome::kNoNumber;
    return out_;
  }
  out_.outcome = Sum();
  out_.unit = Encode(parts_.back().multiplier) + Encode(rest);
  return out_;
}

}  // namespace

Quantity ReadQuantity(std::u32string_view text) { return Scanner(text).Read(); }

bool IsUnit(std::u32string_view text) {
  if (text.empty() || text.size() > kMaxUnitChars) return false;
  for (std::u32string_view change : {U"増", U"減", U"増加", U"減少", U"削減",
                                     U"縮減", U"維持", U"拡大", U"超"}) {
    if (text.ends_with(change)) return false;
  }
  if (!Contains(text, U"CO2") && HasDigit(text)) {
    // m2 and km2, but not a second number.
    for (size_t i = 0; i < text.size(); ++i) {
      if (IsDigit(text[i]) && (i == 0 || !IsAsciiLetter(text[i - 1]))) {
        return false;
      }
    }
  }
  static constexpr std::u32string_view kNever =
      U"、。,.:;~()「」【】→※?!<>=〃|…";
  return std::none_of(text.begin(), text.end(), [](char32_t c) {
    if (c == U'か' || c == U'つ' || c == U'こ') return false;
    return IsSpace(c) || IsHiragana(c) ||
           kNever.find(c) != std::u32string_view::npos;
  });
}

}  // namespace shirube::report
