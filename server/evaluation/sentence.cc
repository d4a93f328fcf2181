#include "server/evaluation/sentence.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/domain/era.h"
#include "server/evaluation/sentence_parts.h"

namespace shirube {
namespace {

constexpr std::array<std::string_view, 27> kDefaultReasons = {
    "MET_EARLY",
    "MET_ON_TIME",
    "MET_LATE",
    "MET_UNDATED",
    "ON_PACE",
    "NEARLY_ON_PACE",
    "HOLDING",
    "BEHIND",
    "FAR_BEHIND",
    "REGRESSED",
    "FELL_BACK",
    "MISSED",
    "NO_DATA",
    "NOT_DUE",
    "NO_BASELINE",
    "NO_BASELINE_PERIOD",
    "NO_TARGET",
    "NO_TARGET_PERIOD",
    "QUALITATIVE_TARGET",
    "AMBIGUOUS",
    "UNIT_MISMATCH",
    "DIRECTION_UNKNOWN",
    "NOTHING_RAISED",
    "DIRECTION_CONFLICT",
    "UNANSWERED",
    "NO_INDICATOR",
    ""};

std::string PeriodText(const std::optional<Period>& period, Language language) {
  if (!period) return "";
  return language == Language::kJapanese ? ShortJapanese(*period)
                                         : English(*period);
}

void AddPoint(const std::string& name, const std::optional<TrendPoint>& point,
              const SentenceParts& parts, Language language,
              std::map<std::string, std::string>* words) {
  if (!point) return;
  (*words)[name] = parts.value(point->value);
  (*words)[name + "_period"] = PeriodText(point->period, language);
}

std::map<std::string, std::string> WordsOf(const SentenceInput& input,
                                           Language language) {
  const SentenceParts parts(input, language);
  std::map<std::string, std::string> words;
  for (const ModuleFact& fact : input.facts) {
    words[fact.fact.name] = fact.unit == "ratio"
                                ? PrintPercent(fact.fact.value)
                                : parts.number(fact.fact.value);
  }
  AddPoint("actual", input.derivation->actual, parts, language, &words);
  AddPoint("baseline", input.derivation->baseline, parts, language, &words);
  AddPoint("target", input.derivation->target, parts, language, &words);
  AddPoint("target_upper", input.derivation->target_upper, parts, language,
           &words);
  words["period"] = words["actual_period"];
  words["indicator"] = input.indicator->display_name;
  words["unit"] = input.indicator->unit;
  return words;
}

// The mark's text, without a full stop of its own.
std::string Note(std::string_view text) {
  constexpr std::string_view kStop = "。";
  while (text.ends_with(kStop)) text.remove_suffix(kStop.size());
  return "※" + std::string(text) + "。";
}

bool UsesMessage(const SentenceInput& input) {
  return input.message.has_value() &&
         input.verdict->status != Status::kIndeterminate &&
         !input.verdict->waiting_since &&
         (!IsDefaultReason(input.verdict->reason) ||
          input.derivation->kind == IndicatorKind::kQualitative);
}

}  // namespace

bool IsDefaultReason(std::string_view reason) {
  return std::find(kDefaultReasons.begin(), kDefaultReasons.end(), reason) !=
         kDefaultReasons.end();
}

LocalizedText StatusText(const Verdict& verdict,
                         const std::optional<LocalizedText>& title) {
  if (verdict.waiting_since && verdict.status != Status::kIndeterminate) {
    Verdict kept = verdict;
    kept.waiting_since.reset();
    const LocalizedText text = StatusText(kept, title);
    return {text.ja + "(再判定待ち)",
            text.en + " (waiting to be judged again)"};
  }
  const LocalizedText status = {std::string(StatusJapanese(verdict.status)),
                                std::string(StatusEnglish(verdict.status))};
  if (verdict.reason.empty() || verdict.status == Status::kIndeterminate) {
    return status;
  }
  if (!IsDefaultReason(verdict.reason)) return title ? *title : status;
  // "On pace" is what "on track" means, as in Japanese.
  if (verdict.reason == "ON_PACE") return status;
  return {ReasonJapanese(verdict.reason), ReasonEnglish(verdict.reason)};
}

std::string FillMessage(std::string_view message, const SentenceInput& input,
                        Language language) {
  const std::map<std::string, std::string> words = WordsOf(input, language);
  std::string out;
  while (!message.empty()) {
    const size_t open = message.find('{');
    out += message.substr(0, open);
    if (open == std::string_view::npos) break;
    message.remove_prefix(open);
    const size_t close = message.find('}');
    const auto word =
        close == std::string_view::npos
            ? words.end()
            : words.find(std::string(message.substr(1, close - 1)));
    if (word == words.end()) {
      out += '{';
      message.remove_prefix(1);
      continue;
    }
    out += word->second;
    message.remove_prefix(close + 1);
  }
  return out;
}

LocalizedText WriteSentence(const SentenceInput& input) {
  LocalizedText text;
  if (UsesMessage(input)) {
    text.ja = FillMessage(input.message->ja, input, Language::kJapanese);
    text.en = FillMessage(input.message->en, input, Language::kEnglish);
  } else {
    text.ja = JapaneseStatement(input);
    text.en = EnglishStatement(input);
  }
  for (const MarkText& mark : input.marks) {
    text.ja += Note(mark.text.ja);
    text.en += absl::StrCat(" ※ ", mark.text.en);
  }
  const LocalizedText status = StatusText(*input.verdict, input.reason_title);
  text.ja += absl::StrCat("判定:", status.ja);
  text.en += absl::StrCat(" Judgement: ", status.en);
  return text;
}

}  // namespace shirube
