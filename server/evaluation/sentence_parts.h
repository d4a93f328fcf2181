// What the sentences of both languages share: the numbers, printed once, and
// how the actual stands to the target. Used by sentence_ja and sentence_en.
#ifndef SHIRUBE_SERVER_EVALUATION_SENTENCE_PARTS_H_
#define SHIRUBE_SERVER_EVALUATION_SENTENCE_PARTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/evaluation/sentence.h"

namespace shirube {

// A level that the actual is compared with.
struct PrintedComparison {
  int order = 0;         // sign of actual - level
  std::string level;     // with unit
  std::string distance;  // with unit (points of %), without sign
};

class SentenceParts {
 public:
  SentenceParts(const SentenceInput& input, Language language)
      : input_(input), language_(language) {}

  const SentenceInput& input() const { return input_; }
  const Derivation& derivation() const { return *input_.derivation; }
  std::string_view reason() const { return input_.verdict->reason; }

  bool cumulative() const {
    return derivation().kind == IndicatorKind::kCumulative;
  }
  bool band() const { return derivation().kind == IndicatorKind::kBand; }
  bool down() const { return derivation().direction == Direction::kDown; }
  bool every_year() const { return input_.target && input_.target->every_year; }
  // Whether the target is kept from the start: 0 of a ceiling meets it.
  bool is_kept() const;

  std::string value(const Decimal& number) const;
  std::string number(const Ratio& value) const;      // with unit
  std::string difference(const Ratio& value) const;  // with unit, no sign

  // Actual against the target (of a band: its nearer edge) or the baseline;
  // none where one of them is missing.
  std::optional<PrintedComparison> ToTarget() const;
  std::optional<PrintedComparison> ToBaseline() const;
  // Against the level expected by now.
  std::optional<PrintedComparison> ToExpected() const;
  // Of a band: what is still missing, and what would be by now.
  std::optional<PrintedComparison> MissingToExpected() const;

  std::optional<ShareText> shares() const;
  std::optional<std::string> time() const;

  // The figure that the kept verdict of a waiting row was of; empty: none.
  std::string KeptFigure() const;
  // Ids of the modules that are out of service.
  std::vector<std::string> ModulesOut() const;

  // Months from the actual's period to the target's; positive: before it.
  std::optional<int> MonthsLeft() const;
  // The milestone of the actual's own period.
  bool HasOwnMilestone() const;
  // The window's first period is the actual's.
  bool IsFirstOfWindow() const;

 private:
  std::optional<PrintedComparison> CompareTo(const Ratio& level) const;

  const SentenceInput& input_;
  Language language_;
};

// The day in Japan: 2023年11月15日, 15 November 2023.
std::string DayJapanese(absl::Time time);
std::string DayEnglish(absl::Time time);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_SENTENCE_PARTS_H_
