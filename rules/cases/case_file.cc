#include "rules/cases/case_file.h"

#include <algorithm>
#include <map>
#include <utility>

namespace shirube::cases {
namespace {

using Words = std::vector<std::string_view>;

Words SplitWords(std::string_view line) {
  Words words;
  size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool ParseDigits(std::string_view text, int* value) {
  if (text.empty() || text.size() > 4) return false;
  *value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    *value = *value * 10 + (c - '0');
  }
  return true;
}

template <typename T>
bool Lookup(const std::map<std::string_view, T>& table, std::string_view word,
            T* value) {
  const auto found = table.find(word);
  if (found == table.end()) return false;
  *value = found->second;
  return true;
}

// One pass over the lines; the block being read is the last of result_.cases.
class Parser {
 public:
  explicit Parser(int first_line) : line_(first_line - 1) {}

  ParseResult Parse(std::string_view text) {
    // Some editors put a mark there that nobody sees.
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.substr(0, 3) == kByteOrderMark) text.remove_prefix(3);
    while (!text.empty() && result_.error.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      ParseLine(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (result_.error.empty()) FinishBlock();
    if (result_.error.empty() && result_.cases.empty())
      Fail("there is no `case` in this text", "`case` の行がありません");
    if (!result_.error.empty()) result_.cases.clear();
    return std::move(result_);
  }

 private:
  void Fail(const std::string& what, const std::string& ja) {
    if (!result_.error.empty()) return;
    result_.error_line = line_at_fault_ != 0 ? line_at_fault_ : line_;
    result_.error_text = what;
    result_.error_ja = ja;
    result_.error = "line " + std::to_string(result_.error_line) + ": " + what;
  }

  // The line has another form.
  void FailForm(const std::string& form) {
    Fail("write " + form, form + " の形で書いてください");
  }

  Case& block() { return result_.cases.back(); }

  void ParseLine(std::string_view line) {
    line = line.substr(0, line.find('#'));
    words_ = SplitWords(line);
    if (words_.empty()) return;
    const std::string_view key = words_[0];
    if (key == "case") return StartBlock(line);
    if (result_.cases.empty())
      return Fail("a text of cases starts with `case NAME`",
                  "最初の行は `case 名前` です");
    static const std::map<std::string_view, void (Parser::*)()> kLines = {
        {"kind", &Parser::Kind},
        {"measure", &Parser::Measure},
        {"direction", &Parser::Direction},
        {"baseline", &Parser::Baseline},
        {"target", &Parser::Target},
        {"window", &Parser::Window},
        {"publication", &Parser::Publication},
        {"today", &Parser::Today},
        {"milestone", &Parser::AddMilestone},
        {"noise_band", &Parser::Noise},
        {"parameter", &Parser::Parameter},
        {"value", &Parser::AddPoint},
        {"expect", &Parser::Expect},
    };
    void (Parser::*read)() = nullptr;
    if (!Lookup(kLines, key, &read))
      return Fail("unknown word `" + std::string(key) + "`",
                  "`" + std::string(key) + "` という行はありません");
    words_.erase(words_.begin());
    (this->*read)();
  }

  void StartBlock(std::string_view line) {
    FinishBlock();
    result_.cases.emplace_back();
    const size_t from = line.find("case") + 4;
    const size_t start = line.find_first_not_of(" \t\r", from);
    if (start == std::string_view::npos)
      return Fail("a case needs a name: `case NAME`",
                  "ケースには名前が必要です: `case 名前`");
    block().name = std::string(
        line.substr(start, line.find_last_not_of(" \t\r") + 1 - start));
    block().line = line_;
    today_ = 0;
  }

  void FinishBlock() {
    if (result_.cases.empty() || !result_.error.empty()) return;
    Case& c = block();
    line_at_fault_ = c.line;
    if (c.expectations.empty())
      return Fail("case `" + c.name + "` expects nothing",
                  "ケース「" + c.name + "」に expect の行がありません");
    const auto by_index = [](const auto& x, const auto& y) {
      return x.index < y.index;
    };
    const auto same_index = [](const auto& x, const auto& y) {
      return x.index == y.index;
    };
    std::sort(c.points.begin(), c.points.end(), by_index);
    std::sort(c.milestones.begin(), c.milestones.end(), by_index);
    if (std::adjacent_find(c.points.begin(), c.points.end(), same_index) !=
        c.points.end()) {
      return Fail("case `" + c.name + "` has two values for one period",
                  "ケース「" + c.name + "」に同じ時点の value が2つあります");
    }
    if (std::adjacent_find(c.milestones.begin(), c.milestones.end(),
                           same_index) != c.milestones.end()) {
      return Fail(
          "case `" + c.name + "` has two milestones for one period",
          "ケース「" + c.name + "」に同じ時点の milestone が2つあります");
    }
    for (Expectation& expectation : c.expectations) {
      if (expectation.today_index == 0) expectation.today_index = today_;
      expectation.today_index =
          std::min(expectation.today_index, expectation.as_of_index);
    }
    line_at_fault_ = 0;
  }

  // Takes a trailing `at PERIOD` (or, with another word, `as of PERIOD`).
  bool TakePeriod(std::optional<int32_t>* index) {
    if (words_.size() < 2 || words_[words_.size() - 2] != "at") return true;
    int32_t value = 0;
    if (!ParsePeriodIndex(words_.back(), &value))
      return BadPeriod(words_.back());
    *index = value;
    words_.resize(words_.size() - 2);
    return true;
  }

  bool BadPeriod(std::string_view text) {
    Fail(
        "`" + std::string(text) +
            "` is no period; write it as fy2022, fy2022q3, m2023-01, " +
            "cy2014, 2014 or d2020-03-31",
        "`" + std::string(text) +
            "` は時点ではありません。fy2022、fy2022q3、m2023-01、cy2014、2014、"
            "d2020-03-31 のように書いてください");
    return false;
  }

  bool OneNumber(std::string_view text, Number* number) {
    if (ParseNumber(text, number)) return true;
    Fail(
        "`" + std::string(text) + "` is no decimal number of at most 18 digits",
        "`" + std::string(text) + "` は18桁までの小数ではありません");
    return false;
  }

  bool OneValue(std::string_view text, Value* value) {
    if (text == "unread") return value->given = Given::kUnread, true;
    if (text == "other_unit") return value->given = Given::kOtherUnit, true;
    value->given = Given::kNumber;
    return OneNumber(text, &value->number);
  }

  template <typename T>
  void OneWord(const std::map<std::string_view, T>& table, T* value) {
    if (words_.size() == 1 && Lookup(table, words_[0], value)) return;
    std::string known;
    for (const auto& entry : table) known += " " + std::string(entry.first);
    Fail("expected one of:" + known, "次のいずれかです:" + known);
  }

  void Kind() {
    OneWord<shirube_kind>({{"level", SHIRUBE_KIND_LEVEL},
                           {"cumulative", SHIRUBE_KIND_CUMULATIVE},
                           {"maintain", SHIRUBE_KIND_MAINTAIN},
                           {"band", SHIRUBE_KIND_BAND},
                           {"qualitative", SHIRUBE_KIND_QUALITATIVE}},
                          &block().kind);
  }

  void Measure() {
    OneWord<shirube_measure>(
        {{"rate", SHIRUBE_MEASURE_RATE}, {"amount", SHIRUBE_MEASURE_AMOUNT}},
        &block().measure);
  }

  void Direction() {
    OneWord<shirube_direction>(
        {{"up", SHIRUBE_DIRECTION_UP}, {"down", SHIRUBE_DIRECTION_DOWN}},
        &block().direction);
  }

  void Baseline() {
    if (!TakePeriod(&block().baseline_index)) return;
    if (words_.size() != 1) return FailForm("`baseline NUMBER [at PERIOD]`");
    OneValue(words_[0], &block().baseline);
  }

  void Target() {
    Case& c = block();
    if (!TakePeriod(&c.target_index)) return;
    if (words_.size() >= 2 && words_[words_.size() - 2] == "every" &&
        words_.back() == "year") {
      c.every_year = true;
      words_.resize(words_.size() - 2);
    }
    static const std::map<std::string_view, shirube_operator> kOperators = {
        {"at_least", SHIRUBE_OP_AT_LEAST}, {"at_most", SHIRUBE_OP_AT_MOST},
        {"below", SHIRUBE_OP_BELOW},       {"above", SHIRUBE_OP_ABOVE},
        {"around", SHIRUBE_OP_AROUND},     {"about", SHIRUBE_OP_ABOUT}};
    if (!words_.empty() && Lookup(kOperators, words_[0], &c.op))
      words_.erase(words_.begin());
    if (words_.size() != 1) {
      return FailForm("`target [OPERATOR] NUMBER [at PERIOD | every year]`");
    }
    if (words_[0] == "words") {
      c.target.given = Given::kWords;
      return;
    }
    const size_t dots = words_[0].find("..");
    if (dots == std::string_view::npos) {
      OneValue(words_[0], &c.target);
      return;
    }
    c.target.given = Given::kNumber;
    if (OneNumber(words_[0].substr(0, dots), &c.target.number)) {
      OneNumber(words_[0].substr(dots + 2), &c.target_upper);
    }
  }

  void Window() {
    int32_t index = 0;
    if (words_.size() != 1) return FailForm("`window PERIOD`");
    if (ParsePeriodIndex(words_[0], &index)) {
      block().window_start_index = index;
    } else {
      BadPeriod(words_[0]);
    }
  }

  void Publication() {
    Case& c = block();
    const size_t n = words_.size();
    const bool years = n == 4 && words_[1] == "+" &&
                       (words_[3] == "years" || words_[3] == "year");
    if ((n != 1 && !years) || !ParseDigits(words_[0], &c.publication_month) ||
        (years && !ParseDigits(words_[2], &c.publication_lag_years)) ||
        c.publication_month < 1 || c.publication_month > 12 ||
        c.publication_lag_years > 10) {
      Fail("write `publication MONTH [+ N years]`, as 11 + 2 years",
           "`publication MONTH [+ N years]` の形で書いてください(例: 11 + 2 "
           "years)");
    }
  }

  void Today() {
    if (words_.size() != 1) return FailForm("`today YYYY-MM`");
    OneMonth(words_[0], &today_);
  }

  void OneMonth(std::string_view text, int32_t* index) {
    if (text.size() == 7 && ParsePeriodIndex("m" + std::string(text), index))
      return;
    Fail("`" + std::string(text) + "` is no month; write it as 2024-03",
         "`" + std::string(text) +
             "` は月ではありません。2024-03 のように書いてください");
  }

  void AddMilestone() {
    std::optional<int32_t> index;
    Milestone milestone;
    if (!TakePeriod(&index)) return;
    if (words_.size() != 1 || !index)
      return FailForm("`milestone NUMBER at PERIOD`");
    if (!OneNumber(words_[0], &milestone.value)) return;
    milestone.index = *index;
    block().milestones.push_back(milestone);
  }

  void Noise() {
    if (words_.size() != 1) return FailForm("`noise_band NUMBER`");
    OneNumber(words_[0], &block().noise_band);
  }

  void Parameter() {
    Number number;
    if (words_.size() != 2) return FailForm("`parameter NAME NUMBER`");
    if (!OneNumber(words_[1], &number)) return;
    if (number.scale > 6 || number.units > 1000000000000 ||
        number.units < -1000000000000) {
      return Fail("a parameter has at most 6 decimals and 12 digits",
                  "パラメーターは12桁まで、小数は6桁までです");
    }
    for (; number.scale < 6; ++number.scale) number.units *= 10;
    block().parameters.push_back({std::string(words_[0]), number.units, line_});
  }

  void AddPoint() {
    Point point;
    static const std::map<std::string_view, shirube_point_state> kStates = {
        {"provisional", SHIRUBE_POINT_PROVISIONAL},
        {"restated", SHIRUBE_POINT_RESTATED}};
    if (!words_.empty() && Lookup(kStates, words_.back(), &point.state))
      words_.pop_back();
    std::optional<int32_t> index;
    if (!TakePeriod(&index)) return;
    if (words_.size() != 1 || !index) {
      return FailForm("`value NUMBER at PERIOD [provisional | restated]`");
    }
    point.index = *index;
    if (words_[0] == "gap") {
      point.state = SHIRUBE_POINT_GAP;
    } else if (!OneValue(words_[0], &point.value)) {
      return;
    }
    if (point.value.given == Given::kUnread) point.state = SHIRUBE_POINT_UNREAD;
    if (point.value.given == Given::kOtherUnit)
      point.state = SHIRUBE_POINT_OTHER_UNIT;
    block().points.push_back(point);
  }

  void Expect() {
    Expectation expectation;
    expectation.line = line_;
    size_t n = words_.size();
    if (n >= 2 && words_[n - 2] == "today") {
      OneMonth(words_[n - 1], &expectation.today_index);
      words_.resize(n -= 2);
    }
    if (n >= 3 && words_[n - 3] == "as" && words_[n - 2] == "of") {
      if (!ParsePeriodIndex(words_[n - 1], &expectation.as_of_index)) {
        BadPeriod(words_[n - 1]);
        return;
      }
      words_.resize(n - 3);
    }
    const bool not_raised = !words_.empty() && words_[0] == "NOT_RAISED";
    if (words_.size() != (not_raised ? 1 : 2)) {
      return FailForm(
          "`expect STATUS REASON [as of PERIOD] [today YYYY-MM]` or `expect "
          "NOT_RAISED [...]`");
    }
    expectation.status = std::string(words_[0]);
    if (!not_raised) expectation.reason = std::string(words_[1]);
    block().expectations.push_back(std::move(expectation));
  }

  ParseResult result_;
  Words words_;
  int32_t today_ = 0;  // of the block
  int line_;
  int line_at_fault_ = 0;  // where it is not the line being read
};

}  // namespace

ParseResult ParseCases(std::string_view text, int first_line) {
  return Parser(first_line).Parse(text);
}

bool ParseNumber(std::string_view text, Number* number) {
  *number = {};
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  int digits = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point && digits > 0) {
      point = true;
    } else if (c >= '0' && c <= '9' && digits < 18) {
      number->units = number->units * 10 + (c - '0');
      number->scale += point;
      ++digits;
    } else {
      return false;
    }
  }
  if (digits == 0 || text.back() == '.') return false;
  if (negative) number->units = -number->units;
  return true;
}

bool ParsePeriodIndex(std::string_view text, int32_t* index) {
  int year = 0, month = 0, part = 0;
  const auto starts = [text](std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
  };
  if (starts("fy") && text.size() == 8 && text[6] == 'q') {
    if (!ParseDigits(text.substr(2, 4), &year) ||
        !ParseDigits(text.substr(7), &part))
      return false;
    *index = 12 * (year - 1) + 3 * part;
    return part >= 1 && part <= 4;
  }
  if (starts("fy") || starts("cy")) text.remove_prefix(2);
  const bool dated = !text.empty() && text[0] == 'd';
  if (dated || (!text.empty() && text[0] == 'm')) {
    if (text.size() != (dated ? 11 : 8) || text[5] != '-') return false;
    if (!ParseDigits(text.substr(1, 4), &year) ||
        !ParseDigits(text.substr(6, 2), &month)) {
      return false;
    }
    if (month < 1 || month > 12) return false;
    if (dated && (text[8] != '-' || !ParseDigits(text.substr(9), &part) ||
                  part < 1 || part > 31)) {
      return false;
    }
    const int fiscal_year = month >= 4 ? year : year - 1;
    const int of_year = (month + 8) % 12 + 1;  // April is the first month
    *index = dated ? 12 * fiscal_year : 12 * (fiscal_year - 1) + of_year;
    return true;
  }
  if (text.size() != 4 || !ParseDigits(text, &year)) return false;
  *index = 12 * year;
  return true;
}

}  // namespace shirube::cases
