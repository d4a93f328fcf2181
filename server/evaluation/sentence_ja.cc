// Japanese sentences of the default modules, in the tone of a published
// progress report.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/era.h"
#include "server/domain/unit.h"
#include "server/evaluation/sentence_parts.h"

namespace shirube {
namespace {

using absl::StrCat;

class Japanese {
 public:
  explicit Japanese(const SentenceInput& input)
      : parts_(input, Language::kJapanese) {}

  std::string Statement() const;

 private:
  const Derivation& d() const { return parts_.derivation(); }
  const SentenceInput& in() const { return parts_.input(); }

  static std::string In(const std::optional<Period>& period) {
    return period ? StrCat("(", ShortJapanese(*period), ")") : "";
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
  std::string Kept() const;
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

std::string Japanese::Actual() const {
  if (!d().actual || !d().actual->period) return "";
  const std::string at = ShortJapanese(*d().actual->period);
  const std::string value = parts_.value(d().actual->value);
  if (!parts_.cumulative() || !in().indicator->window_start) {
    return StrCat(at, "実績", value);
  }
  if (parts_.IsFirstOfWindow()) return StrCat(at, "の累計", value);
  return StrCat(ShortJapanese(*in().indicator->window_start), "から", at,
                "までの累計", value);
}

std::string Japanese::BaselineText() const {
  if (!d().baseline) return "基準値";
  return StrCat("基準値", parts_.value(d().baseline->value),
                In(d().baseline->period));
}

std::string Japanese::TargetValue() const {
  if (!d().target) return "";
  const std::string value = parts_.value(d().target->value);
  if (parts_.band() && d().target_upper) {
    return StrCat(value, "～", parts_.value(d().target_upper->value));
  }
  switch (in().target ? in().target->op : Operator::kNone) {
    case Operator::kAtLeast:
      return value + "以上";
    case Operator::kAtMost:
      return value + "以下";
    case Operator::kBelow:
      return value + "未満";
    case Operator::kAbove:
      return value + "超";
    case Operator::kAround:
      return value + "程度";
    case Operator::kAbout:
      return "約" + value;
    case Operator::kNone:
      break;
  }
  return value;
}

std::string Japanese::TargetText() const {
  if (!d().target) return "目標値";
  const auto& period = d().target->period;
  if (parts_.cumulative()) {
    return StrCat(period ? ShortJapanese(*period) + "までの" : "",
                  parts_.is_kept() ? "累計の上限" : "累計目標", TargetValue());
  }
  return StrCat(parts_.every_year() ? "毎年度の" : "",
                parts_.band() ? "目標の範囲" : "目標値", TargetValue(),
                In(period));
}

std::string Japanese::Shares() const {
  const auto shares = parts_.shares();
  if (!shares) return "";
  std::string what = "目標までの増加分";
  if (parts_.down()) what = "目標までの減少分";
  if (parts_.cumulative()) what = "累計目標";
  if (parts_.band()) what = "目標の範囲までの差";
  std::string out = StrCat("(", what, "に対する進捗", shares->progress);
  if (!d().by_milestones) {
    return StrCat(out, "、期間の経過", shares->share, ")");
  }
  out += StrCat("、目安値までの進捗", shares->share);
  if (const auto time = parts_.time()) out += StrCat("、期間の経過", *time);
  return out + ")";
}

std::string Japanese::Level(const PrintedComparison& expected) const {
  const std::string at = ShortJapanese(*d().actual->period);
  if (d().by_milestones) {
    return StrCat(at, "の目安値", expected.level,
                  parts_.HasOwnMilestone() ? "" : "(前後の値を結んだ線上)");
  }
  if (parts_.cumulative()) {
    return StrCat(TargetText(), "を均等に積み上げた場合の", at, "時点の水準",
                  expected.level);
  }
  const std::string path = StrCat(BaselineText(), "から", TargetText(), "まで");
  if (parts_.down()) {
    return StrCat(path, "毎年度均等に減少した場合の水準", expected.level);
  }
  return StrCat(path, "毎年度均等に増加した場合の", at, "時点の水準",
                expected.level);
}

std::string Japanese::Compared(const PrintedComparison& expected) const {
  if (!parts_.down()) {
    if (expected.order == 0) return "と同じである";
    return StrCat("を", expected.distance, expected.order > 0 ? "上" : "下",
                  "回っている");
  }
  if (expected.order == 0) return "と同じであり、想定どおりに減少が進んでいる";
  return StrCat("を", expected.distance,
                expected.order < 0 ? "下回っており、想定より減少が進んでいる"
                                   : "上回っており、想定より減少が遅れている");
}

std::string Japanese::BandPath() const {
  const auto missing = parts_.MissingToExpected();
  if (!missing) return "";
  std::string out =
      StrCat(Actual(), "は、", TargetText(), "まで",
             parts_.difference(*d().missing_at_actual), "の差があり、",
             BaselineText(), "から毎年度均等に近づいた場合の",
             ShortJapanese(*d().actual->period), "時点の差", missing->level);
  if (missing->order == 0) {
    out += "と同じである";
  } else {
    out += StrCat("を", missing->distance,
                  missing->order < 0 ? "下回っている" : "上回っている");
  }
  return StrCat(out, Shares(), "。");
}

std::string Japanese::Path() const {
  if (parts_.band() && !d().by_milestones) {
    if (std::string band = BandPath(); !band.empty()) return band;
  }
  if (const auto expected = parts_.ToExpected()) {
    return StrCat(Actual(), "は、", Level(*expected), Compared(*expected),
                  Shares(), "。");
  }
  return StrCat(Actual(), "は、", TargetText(),
                "をまだ満たしていない(基準値と目標値が同じため、進捗の割合は"
                "求められない)。");
}

// "目標値2,000回(R6)を6,526回上回り" and its like.
std::string Japanese::Reached() const {
  const auto target = parts_.ToTarget();
  if (!target) return TargetText();
  if (parts_.band() && d().met) return StrCat(TargetText(), "に入り");
  if (target->order == 0) return StrCat(TargetText(), "に達し");
  return StrCat(TargetText(), "を", target->distance,
                target->order > 0 ? "上回り" : "下回り");
}

std::string Japanese::Achieved() const {
  if (parts_.is_kept()) {
    return StrCat(Actual(), "は、", Reached(),
                  "、水準を保ったまま期限を迎えた。");
  }
  const std::string reached = StrCat(Actual(), "は、", Reached());
  const int months = parts_.MonthsLeft().value_or(0);
  if (parts_.reason() == "MET_EARLY" && months > 0) {
    return StrCat(
        reached, "、期限より",
        months % 12 == 0 ? StrCat(months / 12, "年") : StrCat(months, "か月"),
        "早く達成した。");
  }
  if (parts_.reason() == "MET_UNDATED") return reached + "、達成した。";
  if (parts_.reason() == "MET_LATE") {
    return reached + "、期限を過ぎて達成した。";
  }
  return reached + "、期限内に達成した。";
}

std::string Japanese::Kept() const {
  return StrCat(Actual(), "は、", Reached(),
                parts_.cumulative() ? "、上限の範囲に収まっている。"
                                    : "、水準を維持している。");
}

std::string Japanese::Missed() const {
  const std::string actual = StrCat(Actual(), "は、");
  const auto target = parts_.ToTarget();
  if (!target) return actual + "目標を達成していない。";
  const bool over = parts_.MonthsLeft() && *parts_.MonthsLeft() <= 0;
  const std::string end =
      parts_.is_kept() || !over ? "満たしていない。" : "達成できなかった。";
  if (target->order == 0) {
    return StrCat(actual, TargetText(), "と同じ値にとどまり、", end);
  }
  return StrCat(actual, TargetText(), "を", target->distance,
                target->order < 0 ? "下回り、" : "上回り、", end);
}

std::string Japanese::FellBack() const {
  const auto target = parts_.ToTarget();
  std::string out = StrCat(Actual(), "は、", BaselineText(), "では満たしていた",
                           TargetText());
  if (!target || target->order == 0) return out + "を満たしていない。";
  return StrCat(out, "を", target->distance,
                target->order < 0 ? "下回っている。" : "上回っている。");
}

std::string Japanese::Regressed() const {
  if (parts_.band() && d().missing_at_actual && d().missing_at_baseline) {
    return StrCat(Actual(), "は、", TargetText(), "までの差が",
                  parts_.difference(*d().missing_at_actual), "となり、",
                  BaselineText(), "の",
                  parts_.difference(*d().missing_at_baseline),
                  "より広がっている。");
  }
  const auto base = parts_.ToBaseline();
  std::string out = StrCat(Actual(), "は、", BaselineText());
  if (base && base->order != 0) {
    out +=
        StrCat("を", base->distance, base->order < 0 ? "下回り、" : "上回り、");
  } else {
    out += "と比べて、";
  }
  return StrCat(out, TargetText(), "から遠ざかっている。");
}

std::string Japanese::Unreadable() const {
  if (in().target && !in().target->value.unread.empty()) {
    return StrCat("目標値「", in().target->value.unread, "」");
  }
  if (in().target && in().target->upper &&
      !in().target->upper->unread.empty()) {
    return StrCat("目標値の上端「", in().target->upper->unread, "」");
  }
  if (in().latest && !in().latest->value.unread.empty()) {
    return StrCat(ShortJapanese(in().latest->period), "実績値「",
                  in().latest->value.unread, "」");
  }
  if (in().baseline && !in().baseline->value.unread.empty()) {
    return StrCat("基準値「", in().baseline->value.unread, "」");
  }
  return "記載された値";
}

std::string Japanese::OtherUnit() const {
  const auto differs = [&](const Value& value) {
    return value.present() &&
           !PowerOfTenBetween(value.unit, in().indicator->unit);
  };
  if (in().target && differs(in().target->value)) {
    return StrCat("目標値の単位「", in().target->value.unit, "」");
  }
  if (in().latest && differs(in().latest->value)) {
    return StrCat(ShortJapanese(in().latest->period), "実績値の単位「",
                  in().latest->value.unit, "」");
  }
  if (in().baseline && differs(in().baseline->value)) {
    return StrCat("基準値の単位「", in().baseline->value.unit, "」");
  }
  return "値の単位";
}

std::string Japanese::NotDue() const {
  const auto& actual = d().actual;
  if (!actual || !actual->period) return "判定の時期に達していない";
  if (parts_.cumulative() && in().indicator->window_start) {
    return StrCat(ShortJapanese(*actual->period), "実績は、累計を始める",
                  ShortJapanese(*in().indicator->window_start),
                  "より前の値である");
  }
  if (d().baseline && d().baseline->period) {
    const int distance =
        actual->period->index12() - d().baseline->period->index12();
    if (distance == 0) {
      return StrCat(Actual(), "は基準時点(",
                    ShortJapanese(*d().baseline->period),
                    ")の値であり、その後の実績値がまだない");
    }
    if (distance < 0) {
      return StrCat(Actual(), "は基準時点(",
                    ShortJapanese(*d().baseline->period), ")より前の値である");
    }
  }
  return StrCat(Actual(), "は最初の目安値の時期より前の値である");
}

std::string Japanese::Because() const {
  const std::string_view reason = parts_.reason();
  const std::string actual = Actual();
  const std::string of = actual.empty() ? "" : actual + "について、";
  if (reason == "NO_TARGET") return "目標値が定められていない";
  if (reason == "QUALITATIVE_TARGET") {
    const std::string words = in().target ? in().target->words : "";
    return words.empty() ? "目標が数値で定められていない"
                         : StrCat("目標が「", words,
                                  "」という文言であり、数値で定められていない");
  }
  if (reason == "NO_DATA") {
    if (in().sum_has_gap) {
      return "累計に必要な年度の実績値が欠けている";
    }
    return StrCat(d().target ? TargetText() + "に対する" : "",
                  "実績値がまだ公表されていない");
  }
  if (reason == "AMBIGUOUS") {
    return Unreadable() + "を一つの数値として読み取れない";
  }
  if (reason == "UNIT_MISMATCH") {
    return StrCat(OtherUnit(), "が目標指標の単位「", in().indicator->unit,
                  "」と合わない");
  }
  if (reason == "DIRECTION_CONFLICT") {
    return StrCat("指定された増減の方向が目標値「", TargetValue(),
                  "」と矛盾している");
  }
  if (reason == "DIRECTION_UNKNOWN") {
    return of + "増やす目標か減らす目標かが分からない";
  }
  if (reason == "NOT_DUE") return NotDue();
  if (reason == "NO_BASELINE") {
    return StrCat(of,
                  d().kind == IndicatorKind::kBand ? "基準値がなく"
                                                   : "基準値も目安値もなく",
                  "、見込まれる水準を求められない");
  }
  if (reason == "NO_BASELINE_PERIOD") {
    return of + "基準値の時点が分からず、見込まれる水準を求められない";
  }
  if (reason == "NO_TARGET_PERIOD") {
    return of + "目標の年度が定められておらず、見込まれる水準を求められない";
  }
  if (reason == "UNANSWERED") return of + "判定モジュールが回答しなかった";
  return of + "どの判定モジュールの条件にも当てはまらない";
}

std::string Japanese::Indeterminate() const {
  std::string names;
  for (const ModuleFault& fault : in().verdict->failed) {
    if (!names.empty()) names += "、";
    names += fault.module;
  }
  const std::string actual = Actual();
  return StrCat("判定モジュール", names.empty() ? "" : " " + names + " ",
                "が回答できなかったため、", actual.empty() ? "" : actual + "を",
                "判定できない。");
}

std::string Japanese::Waiting() const {
  const std::string out =
      StrCat("判定モジュール ", absl::StrJoin(parts_.ModulesOut(), "、"), " が",
             DayJapanese(in().out_since.value_or(*in().verdict->waiting_since)),
             "から使えないため、");
  const std::string actual = Actual();
  if (in().verdict->status == Status::kIndeterminate) {
    return StrCat(out, actual.empty() ? "" : actual + "を",
                  "判定できない。モジュールが戻れば判定する。");
  }
  const std::string kept = parts_.KeptFigure();
  return StrCat(out, actual.empty() ? "" : actual + "は",
                "判定し直していない。示しているのは",
                kept.empty() ? "" : kept + "による",
                "停止前の判定で、モジュールが戻れば判定し直す。");
}

std::string Japanese::Statement() const {
  if (in().verdict->waiting_since) return Waiting();
  const std::string_view reason = parts_.reason();
  switch (in().verdict->status) {
    case Status::kIndeterminate:
      return Indeterminate();
    case Status::kNotEvaluated:
    case Status::kUnspecified:
      return Because() + "ため、判定していない。";
    case Status::kAchieved:
      return Achieved();
    case Status::kOnTrack:
      return reason == "HOLDING" ? Kept() : Path();
    case Status::kAtRisk:
      break;
  }
  if (reason == "MISSED") return Missed();
  if (reason == "FELL_BACK") return FellBack();
  if (reason == "REGRESSED") return Regressed();
  return Path();
}

}  // namespace

std::string JapaneseStatement(const SentenceInput& input) {
  return Japanese(input).Statement();
}

}  // namespace shirube
