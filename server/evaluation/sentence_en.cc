// English sentences of the default modules: the same statements as the Japanese
// ones, clause by clause.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/era.h"
#include "server/domain/unit.h"
#include "server/evaluation/sentence_parts.h"

namespace shirube {
namespace {

using absl::StrCat;

class Writer {
 public:
  explicit Writer(const SentenceInput& input)
      : parts_(input, Language::kEnglish) {}

  std::string Statement() const;

 private:
  const Derivation& d() const { return parts_.derivation(); }
  const SentenceInput& in() const { return parts_.input(); }

  static std::string In(const std::optional<Period>& period) {
    return period ? StrCat(" (", English(*period), ")") : "";
  }
  std::string Actual() const;
  std::string BaselineText() const;
  std::string TargetValue() const;
  std::string TargetText() const;
  std::string Shares() const;
  std::string Path() const;
  std::string BandPath() const;
  std::string Level(const PrintedComparison& expected) const;
  std::string Compared(const PrintedComparison& expected) const;
  std::string Reached() const;
  std::string Achieved() const;
  std::string Missed() const;
  std::string FellBack() const;
  std::string Regressed() const;
  std::string Because() const;
  std::string Unreadable() const;
  std::string OtherUnit() const;
  std::string NotDue() const;
  std::string Indeterminate() const;
  std::string Waiting() const;

  SentenceParts parts_;
};

std::string Writer::Actual() const {
  if (!d().actual || !d().actual->period) return "";
  const std::string at = English(*d().actual->period);
  const std::string value = parts_.value(d().actual->value);
  if (!parts_.cumulative() || !in().indicator->window_start) {
    return StrCat("the ", at, " figure of ", value);
  }
  if (parts_.IsFirstOfWindow()) return StrCat("the ", at, " total of ", value);
  return StrCat("the total of ", value, " from ",
                English(*in().indicator->window_start), " to ", at);
}

std::string Writer::BaselineText() const {
  if (!d().baseline) return "the baseline";
  return StrCat("the baseline of ", parts_.value(d().baseline->value),
                In(d().baseline->period));
}

std::string Writer::TargetValue() const {
  if (!d().target) return "";
  const std::string value = parts_.value(d().target->value);
  if (parts_.band() && d().target_upper) {
    return StrCat(value, " to ", parts_.value(d().target_upper->value));
  }
  switch (in().target ? in().target->op : Operator::kNone) {
    case Operator::kAtLeast:
      return "at least " + value;
    case Operator::kAtMost:
      return "at most " + value;
    case Operator::kBelow:
      return "below " + value;
    case Operator::kAbove:
      return "above " + value;
    case Operator::kAround:
    case Operator::kAbout:
      return "about " + value;
    case Operator::kNone:
      break;
  }
  return value;
}

std::string Writer::TargetText() const {
  if (!d().target) return "the target";
  std::string what = parts_.band() ? "the target range of " : "the target of ";
  if (parts_.cumulative()) {
    what = parts_.is_kept() ? "the ceiling of " : "the cumulative target of ";
  }
  if (parts_.every_year()) what = "the yearly target of ";
  return StrCat(what, TargetValue(), In(d().target->period));
}

std::string Writer::Shares() const {
  const auto shares = parts_.shares();
  if (!shares) return "";
  std::string of = "the increase to the target";
  if (parts_.down()) of = "the decrease to the target";
  if (parts_.cumulative()) of = "the cumulative target";
  if (parts_.band()) of = "the distance to the target range";
  std::string out = StrCat(" (", shares->progress, " of ", of, " covered, ");
  if (!d().by_milestones) {
    return StrCat(out, shares->share, " of the time elapsed)");
  }
  out += StrCat(shares->share, " due by the milestones");
  if (const auto time = parts_.time()) {
    out += StrCat(", ", *time, " of the time elapsed");
  }
  return out + ")";
}

std::string Writer::Level(const PrintedComparison& expected) const {
  const std::string at = English(*d().actual->period);
  if (d().by_milestones) {
    if (parts_.HasOwnMilestone()) {
      return StrCat("the ", at, " milestone of ", expected.level);
    }
    return StrCat(expected.level, ", the level at ", at,
                  " on the line through the milestones");
  }
  const std::string level =
      StrCat(expected.level, ", the level at ", at, " of an even ");
  if (parts_.cumulative()) {
    return StrCat(level, "build-up to ", TargetText());
  }
  return StrCat(level, parts_.down() ? "decrease" : "increase",
                " every fiscal year from ", BaselineText(), " to ",
                TargetText());
}

std::string Writer::Compared(const PrintedComparison& expected) const {
  if (expected.order == 0) {
    return parts_.down() ? "equals (the decrease is as expected) " : "equals ";
  }
  std::string out = StrCat("is ", expected.distance,
                           expected.order > 0 ? " above" : " below");
  if (parts_.down()) {
    out += expected.order < 0 ? " (the decrease is ahead of what was expected)"
                              : " (the decrease is behind what was expected)";
  }
  return out + " ";
}

std::string Writer::BandPath() const {
  const auto missing = parts_.MissingToExpected();
  if (!missing) return "";
  std::string out =
      StrCat(Actual(), " is ", parts_.difference(*d().missing_at_actual),
             " away from ", TargetText(), ", ");
  out += missing->order == 0
             ? std::string("which equals ")
             : StrCat(missing->distance,
                      missing->order < 0 ? " less than " : " more than ");
  return StrCat(out, "the ", missing->level, " left at ",
                English(*d().actual->period), " after an even approach from ",
                BaselineText(), Shares(), ".");
}

std::string Writer::Path() const {
  if (parts_.band() && !d().by_milestones) {
    if (std::string band = BandPath(); !band.empty()) return band;
  }
  if (const auto expected = parts_.ToExpected()) {
    return StrCat(Actual(), " ", Compared(*expected), Level(*expected),
                  Shares(), ".");
  }
  return StrCat(Actual(), " does not meet ", TargetText(),
                " yet (baseline and target are equal, so no share of the way "
                "can be given).");
}

std::string Writer::Reached() const {
  const auto target = parts_.ToTarget();
  if (!target) return StrCat("meets ", TargetText());
  if (parts_.band() && d().met) return StrCat("is within ", TargetText());
  if (target->order == 0) return StrCat("reaches ", TargetText());
  return StrCat("is ", target->distance,
                target->order > 0 ? " above " : " below ", TargetText());
}

std::string Writer::Achieved() const {
  const std::string reached = StrCat(Actual(), " ", Reached());
  if (parts_.is_kept()) {
    return reached + ": the level was held to the end of the period.";
  }
  const int months = parts_.MonthsLeft().value_or(0);
  if (parts_.reason() == "MET_EARLY" && months > 0) {
    const bool years = months % 12 == 0;
    const int count = years ? months / 12 : months;
    return StrCat(reached, ": achieved ", count, years ? " year" : " month",
                  count == 1 ? "" : "s", " early.");
  }
  if (parts_.reason() == "MET_UNDATED") return reached + ": achieved.";
  if (parts_.reason() == "MET_LATE") {
    return reached + ": achieved after the target period.";
  }
  return reached + ": achieved on time.";
}

std::string Writer::Missed() const {
  const auto target = parts_.ToTarget();
  const std::string actual = Actual() + " ";
  if (!target) return actual + "does not meet the target.";
  if (target->order == 0) {
    return StrCat(actual, "only equals ", TargetText(), ": not met.");
  }
  return StrCat(actual, "is ", target->distance,
                target->order < 0 ? " below " : " above ", TargetText(),
                ": not met.");
}

std::string Writer::FellBack() const {
  const auto target = parts_.ToTarget();
  const std::string tail = StrCat(", which ", BaselineText(), " had met.");
  if (!target || target->order == 0) {
    return StrCat(Actual(), " does not meet ", TargetText(), tail);
  }
  return StrCat(Actual(), " is ", target->distance,
                target->order < 0 ? " below " : " above ", TargetText(), tail);
}

std::string Writer::Regressed() const {
  if (parts_.band() && d().missing_at_actual && d().missing_at_baseline) {
    return StrCat(Actual(), " is ", parts_.difference(*d().missing_at_actual),
                  " away from ", TargetText(), ", further than the ",
                  parts_.difference(*d().missing_at_baseline), " of ",
                  BaselineText(), ".");
  }
  const auto base = parts_.ToBaseline();
  std::string out = Actual() + " ";
  if (base && base->order != 0) {
    out +=
        StrCat("is ", base->distance, base->order < 0 ? " below " : " above ",
               BaselineText(), " and ");
  }
  return StrCat(out, "moves away from ", TargetText(), ".");
}

std::string Writer::Unreadable() const {
  const auto quoted = [](std::string_view what, const std::string& text) {
    return std::string(what) + " \"" + text + "\"";
  };
  if (in().target && !in().target->value.unread.empty()) {
    return quoted("the target", in().target->value.unread);
  }
  if (in().target && in().target->upper &&
      !in().target->upper->unread.empty()) {
    return quoted("the upper end of the target", in().target->upper->unread);
  }
  if (in().latest && !in().latest->value.unread.empty()) {
    return quoted(StrCat("the ", English(in().latest->period), " figure"),
                  in().latest->value.unread);
  }
  if (in().baseline && !in().baseline->value.unread.empty()) {
    return quoted("the baseline", in().baseline->value.unread);
  }
  return "a printed value";
}

std::string Writer::OtherUnit() const {
  const auto differs = [&](const Value& value) {
    return value.present() &&
           !PowerOfTenBetween(value.unit, in().indicator->unit);
  };
  if (in().target && differs(in().target->value)) {
    return StrCat("the target's unit \"", in().target->value.unit, "\"");
  }
  if (in().latest && differs(in().latest->value)) {
    return StrCat("the unit \"", in().latest->value.unit, "\" of the ",
                  English(in().latest->period), " figure");
  }
  if (in().baseline && differs(in().baseline->value)) {
    return StrCat("the baseline's unit \"", in().baseline->value.unit, "\"");
  }
  return "the unit of a value";
}

std::string Writer::NotDue() const {
  const auto& actual = d().actual;
  if (!actual || !actual->period) return "it is too early to judge";
  const std::string figure =
      StrCat("the ", English(*actual->period), " figure");
  if (parts_.cumulative() && in().indicator->window_start) {
    return StrCat(figure, " is from before ",
                  English(*in().indicator->window_start),
                  ", where the total begins");
  }
  if (d().baseline && d().baseline->period) {
    const int distance =
        actual->period->index12() - d().baseline->period->index12();
    const std::string base = English(*d().baseline->period);
    if (distance == 0) {
      return StrCat(figure, " is of the baseline's own period (", base,
                    ") and no later one exists");
    }
    if (distance < 0) {
      return StrCat(figure, " is from before the baseline (", base, ")");
    }
  }
  return StrCat(figure, " is from before the first milestone");
}

std::string Writer::Because() const {
  const std::string_view reason = parts_.reason();
  if (reason == "NO_TARGET") return "no target is set";
  if (reason == "QUALITATIVE_TARGET") {
    const std::string words = in().target ? in().target->words : "";
    return words.empty() ? "the target is not a number"
                         : StrCat("the target is the words \"", words,
                                  "\" and not a number");
  }
  if (reason == "NO_DATA") {
    if (in().sum_has_gap) return "a year that the total needs has no figure";
    return d().target ? StrCat("no figure for ", TargetText(),
                               " has been published yet")
                      : "no figure has been published yet";
  }
  if (reason == "AMBIGUOUS") {
    return Unreadable() + " cannot be read as one number";
  }
  if (reason == "UNIT_MISMATCH") {
    return StrCat(OtherUnit(), " does not fit the indicator's unit \"",
                  in().indicator->unit, "\"");
  }
  if (reason == "DIRECTION_CONFLICT") {
    return StrCat("the direction given contradicts the target \"",
                  TargetValue(), "\"");
  }
  if (reason == "DIRECTION_UNKNOWN") {
    return "it is not known whether more or less is better";
  }
  if (reason == "NOT_DUE") return NotDue();
  if (reason == "NO_BASELINE") {
    return StrCat("without a baseline",
                  d().kind == IndicatorKind::kBand ? "" : " or a milestone",
                  " no expected level can be given");
  }
  if (reason == "NO_BASELINE_PERIOD") {
    return "without the baseline's period no expected level can be given";
  }
  if (reason == "NO_TARGET_PERIOD") {
    return "without a target period no expected level can be given";
  }
  if (reason == "UNANSWERED") return "a rule module left it unanswered";
  return "no rule module applies";
}

std::string Writer::Indeterminate() const {
  std::string names;
  for (const ModuleFault& fault : in().verdict->failed) {
    names += StrCat(names.empty() ? " " : ", ", fault.module);
  }
  const std::string actual = Actual();
  return StrCat(actual.empty() ? "It" : actual,
                " could not be judged: no answer from rule module", names, ".");
}

std::string Writer::Waiting() const {
  const std::vector<std::string> modules = parts_.ModulesOut();
  const std::string out = StrCat(
      modules.size() > 1 ? "Rule modules " : "Rule module ",
      absl::StrJoin(modules, ", "), modules.size() > 1 ? " have" : " has",
      " been out of service since ",
      DayEnglish(in().out_since.value_or(*in().verdict->waiting_since)),
      ", so ");
  const std::string actual = Actual().empty() ? "it" : Actual();
  if (in().verdict->status == Status::kIndeterminate) {
    return StrCat(
        out, actual,
        " could not be judged. It is judged when the module is back.");
  }
  const std::string kept = parts_.KeptFigure();
  return StrCat(
      out, actual,
      " has not been judged again. Shown is the judgement from before",
      kept.empty() ? "" : ", of " + kept,
      "; it is judged again when the module is back.");
}

std::string Writer::Statement() const {
  if (in().verdict->waiting_since) return Waiting();
  const std::string_view reason = parts_.reason();
  switch (in().verdict->status) {
    case Status::kIndeterminate:
      return Indeterminate();
    case Status::kNotEvaluated:
    case Status::kUnspecified:
      return StrCat("Not judged: ", Because(), ".");
    case Status::kAchieved:
      return Achieved();
    case Status::kOnTrack:
      if (reason == "HOLDING") {
        return StrCat(Actual(), " ", Reached(), ": the level is held.");
      }
      return Path();
    case Status::kAtRisk:
      break;
  }
  if (reason == "MISSED") return Missed();
  if (reason == "FELL_BACK") return FellBack();
  if (reason == "REGRESSED") return Regressed();
  return Path();
}

}  // namespace

std::string EnglishStatement(const SentenceInput& input) {
  std::string text = Writer(input).Statement();
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] += 'A' - 'a';
  return text;
}

}  // namespace shirube
