// What an indicator may not say: the product's list of refusals, and the form.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/points.h"
#include "server/domain/validation.h"
#include "server/domain/validation_checker.h"

namespace shirube {
namespace {

using validation::At;
using validation::BaselineField;
using validation::Checker;
using validation::CheckValue;
using validation::DecimalsIn;
using validation::Fits;
using validation::IsSet;
using validation::Placed;
using validation::TargetField;
using validation::UpperField;
using validation::ValuesOf;

int ScaleOfIndicator(const Indicator& indicator) {
  const std::string_view unit = UnitOf(indicator);
  int scale = indicator.noise_band ? indicator.noise_band->scale() : 0;
  for (const Placed& placed : ValuesOf(indicator)) {
    scale = std::max(scale, DecimalsIn(*placed.value, unit));
  }
  return scale;
}

// ---- Orders of periods. ----

// The index at which the way to the target begins; none: not known.
std::optional<int32_t> StartIndex(const Indicator& indicator,
                                  const Baseline* baseline) {
  if (indicator.kind == IndicatorKind::kCumulative) {
    if (!indicator.window_start) return std::nullopt;
    return indicator.window_start->index12() -
           indicator.window_start->length_months();
  }
  if (baseline == nullptr || !baseline->period) return std::nullopt;
  return baseline->period->index12();
}

// What was in force at the very start.
template <typename T>
const T* AtStart(const std::vector<T>& revisions) {
  const T* found = nullptr;
  for (const T& revision : revisions) {
    if (!revision.effective_from) found = &revision;
  }
  return found;
}

void CheckTargetPeriod(const Indicator& indicator, size_t position,
                       const Baseline* baseline, const Checker& check) {
  const Target& target = indicator.targets[position];
  const std::optional<int32_t> start = StartIndex(indicator, baseline);
  if (!target.period || !start || target.period->index12() > *start) return;
  check.Add(TargetField(indicator, position) + ".period",
            "TARGET_NOT_AFTER_BASELINE",
            absl::StrCat(target.period->ToId(),
                         " is not after the period of the baseline (of a "
                         "cumulative indicator: the year before its window); "
                         "correct one of the two"),
            absl::StrCat(target.period->ToId(),
                         "は基準時点(累計の指標では期間開始の前年度)より後で"
                         "はありません。目標年度か基準時点を直してください。"));
}

// Every target against the baselines it ever stood beside.
void CheckTargetPeriods(const Indicator& indicator, const Checker& check) {
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    const Target& target = indicator.targets[i];
    const Baseline* beside =
        target.effective_from ? BaselineAsOf(indicator, target.effective_from)
                              : AtStart(indicator.baselines);
    CheckTargetPeriod(indicator, i, beside, check);
    for (const Baseline& later : indicator.baselines) {
      if (&later == beside || !later.effective_from ||
          TargetAsOf(indicator, later.effective_from) != &target) {
        continue;
      }
      CheckTargetPeriod(indicator, i, &later, check);
    }
  }
}

void CheckMilestones(const Indicator& indicator, const Checker& check) {
  check.Count(indicator.milestones.size(), "milestones",
              limits::kMaxMilestones);
  const auto start =
      StartIndex(indicator, BaselineAsOf(indicator, std::nullopt));
  const Target* target = TargetAsOf(indicator, std::nullopt);
  std::set<int32_t> seen;
  for (size_t i = 0; i < indicator.milestones.size(); ++i) {
    const Milestone& milestone = indicator.milestones[i];
    const std::string field = At("milestones", i) + ".period";
    CheckValue(milestone.value, check.In(At("milestones", i)));
    check.Require(IsSet(milestone.period), field);
    if (!IsSet(milestone.period)) continue;
    const int32_t index = milestone.period.index12();
    const bool early = start && index <= *start;
    const bool late = target != nullptr && target->period &&
                      index >= target->period->index12();
    if (early || late) {
      check.Add(field, "MILESTONE_OUTSIDE",
                absl::StrCat(milestone.period.ToId(),
                             " does not lie between the periods of baseline "
                             "and target; correct or remove it"),
                absl::StrCat(milestone.period.ToId(),
                             "は基準時点と目標年度の間にありません。直すか、"
                             "削除してください。"));
    }
    if (!seen.insert(index).second) {
      check.Add(field, "MILESTONE_REPEATED",
                absl::StrCat("there is another milestone in ",
                             milestone.period.ToId(), "; keep one"),
                absl::StrCat(milestone.period.ToId(),
                             "の目安値が2つあります。1つにしてください。"));
    }
  }
}

template <typename T>
void CheckEffectiveOrder(const std::vector<T>& revisions,
                         const std::vector<std::string>& fields,
                         const Checker& check) {
  if (!fields.empty())
    check.Count(revisions.size(), fields.back(), limits::kMaxRevisedTargets);
  for (size_t i = 0; i < revisions.size(); ++i) {
    const auto& from = revisions[i].effective_from;
    check.Kind(from, PeriodKind::kFiscalYear, fields[i] + ".effective_from");
    if (i == 0) continue;
    const auto& before = revisions[i - 1].effective_from;
    if (from && (!before || *before < *from)) continue;
    check.Add(fields[i] + ".effective_from", "NOT_IN_ORDER",
              "a revised value needs a fiscal year after that of the one it "
              "replaces; set it",
              "改定後の値には、改定前の値より後の適用開始年度を"
              "設定してください。");
  }
}

// ---- Parts of an indicator. ----

void CheckBand(const Indicator& indicator, size_t position,
               const Checker& check) {
  const Target& target = indicator.targets[position];
  const std::string field = UpperField(indicator, position);
  // Half a band is stored and judged as no target.
  if (indicator.kind != IndicatorKind::kBand || !target.value.number ||
      !target.upper || !target.upper->number) {
    return;
  }
  const std::string_view unit = UnitOf(indicator);
  const int scale =
      std::max(DecimalsIn(target.value, unit), DecimalsIn(*target.upper, unit));
  const Figure low = FigureOf(target.value, unit, scale);
  const Figure high = FigureOf(*target.upper, unit, scale);
  if (low.kind != Figure::Kind::kNumber || high.kind != low.kind ||
      low.units < high.units) {
    return;
  }
  check.Add(field, "BAND_INVERTED",
            absl::StrCat("the upper edge ", target.upper->number->ToString(),
                         " is not above the lower edge ",
                         target.value.number->ToString(), "; correct them"),
            absl::StrCat("上限値", target.upper->number->ToString(), "が下限値",
                         target.value.number->ToString(),
                         "より大きくありません。直してください。"));
}

void CheckTargets(const Indicator& indicator, const Checker& check) {
  std::vector<std::string> fields;
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    fields.push_back(TargetField(indicator, i));
  }
  CheckEffectiveOrder(indicator.targets, fields, check);
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    const Target& target = indicator.targets[i];
    const Checker in = check.In(fields[i]);
    CheckValue(target.value, in);
    if (target.upper) {
      CheckValue(*target.upper, check.In(UpperField(indicator, i)));
    }
    in.Text(target.words, "words", limits::kMaxNameChars);
    CheckBand(indicator, i, check);
  }
  CheckTargetPeriods(indicator, check);
}

void CheckBaselines(const Indicator& indicator, const Checker& check) {
  std::vector<std::string> fields;
  for (size_t i = 0; i < indicator.baselines.size(); ++i) {
    fields.push_back(BaselineField(indicator, i));
  }
  CheckEffectiveOrder(indicator.baselines, fields, check);
  for (size_t i = 0; i < indicator.baselines.size(); ++i) {
    const Value& value = indicator.baselines[i].value;
    CheckValue(value, check.In(fields[i]));
    if (indicator.kind == IndicatorKind::kCumulative && value.number &&
        !value.number->is_zero()) {
      check.Add(fields[i] + ".value", "BASELINE_NOT_ZERO",
                "a cumulative indicator starts from 0; remove the baseline, or "
                "choose another kind",
                "累計の指標は0から始まります。基準値を削除するか、種別を"
                "変えてください。");
    }
  }
}

void CheckWindow(const Indicator& indicator, const Checker& check) {
  const bool cumulative = indicator.kind == IndicatorKind::kCumulative;
  if (cumulative && !indicator.window_start) {
    check.Add("window_start", "REQUIRED",
              "a cumulative indicator needs the first year it counts; write "
              "for example fy2021",
              "累計の指標には集計開始年度が必要です。fy2021のように"
              "入力してください。");
  } else if (cumulative && indicator.window_start->length_months() != 12) {
    check.Add("window_start", "BAD_PERIOD",
              absl::StrCat(indicator.window_start->ToId(),
                           " is not a year; write for example fy2021"),
              absl::StrCat(indicator.window_start->ToId(),
                           "は年度ではありません。fy2021のように"
                           "書いてください。"));
  }
}

void CheckPublication(const Indicator& indicator, const Checker& check) {
  if (!indicator.publication) return;
  const Publication& publication = *indicator.publication;
  if (publication.month < 1 || publication.month > 12) {
    check.Add("publication.month", "OUT_OF_RANGE", "write a month from 1 to 12",
              "1～12の月を入力してください。");
  }
  if (publication.lag_years < 0 ||
      publication.lag_years > limits::kMaxLagYears) {
    check.Add("publication.lag_years", "OUT_OF_RANGE",
              absl::StrCat("write 0 to ", limits::kMaxLagYears, " years"),
              absl::StrCat("0～", limits::kMaxLagYears,
                           "の年数を入力してください。"));
  }
}

void CheckLinks(const Indicator& indicator, const Checker& check) {
  check.OptionalId(indicator.printed_under.value(), "printed_under");
  check.Count(indicator.links.size(), "links", limits::kMaxLinks);
  std::set<InitiativeId> seen;
  for (size_t i = 0; i < indicator.links.size(); ++i) {
    check.IdForm(indicator.links[i].value(), At("links", i));
    if (!seen.insert(indicator.links[i]).second) {
      check.Add(At("links", i), "REPEATED",
                absl::StrCat(Quoted(indicator.links[i].value()),
                             " is linked twice; keep one"),
                absl::StrCat(QuotedJa(indicator.links[i].value()),
                             "が重複しています。1つにしてください。"));
    }
  }
}

void CheckNoiseBand(const Indicator& indicator, const Checker& check) {
  if (!indicator.noise_band || *indicator.noise_band >= Decimal()) return;
  check.Add("noise_band", "OUT_OF_RANGE",
            "must not be negative; write 0 or more",
            "負の値は指定できません。0以上にしてください。");
}

// All values at the indicator's scale, in 18 digits. A stored observation that
// no longer fits is reported where the decimals come from.
void CheckDigits(const Indicator& indicator,
                 const std::vector<Observation>& observations,
                 const Checker& check) {
  const std::string_view unit = UnitOf(indicator);
  const int scale = ScaleOf(indicator, observations);
  std::string finest = "noise_band";
  int most = -1;
  for (const Placed& placed : ValuesOf(indicator)) {
    if (!Fits(*placed.value, unit, scale)) {
      validation::AddDoesNotFit(placed.field, scale, check);
    }
    const int decimals = DecimalsIn(*placed.value, unit);
    if (decimals > most) finest = placed.field;
    most = std::max(most, decimals);
  }
  if (indicator.noise_band && !indicator.noise_band->Rescaled(scale).ok()) {
    validation::AddDoesNotFit("noise_band", scale, check);
  }
  if (indicator.noise_band && indicator.noise_band->scale() > most) {
    finest = "noise_band";
  }
  for (const Observation& observation : observations) {
    if (Fits(observation.value, unit, scale)) continue;
    check.Add(finest, "TOO_MANY_DIGITS",
              absl::StrCat("with ", scale, " decimals the stored value of ",
                           observation.id(), " no longer fits in ",
                           Decimal::kMaxDigits,
                           " digits; use fewer decimals or a larger unit"),
              absl::StrCat("小数", scale, "桁では、登録済みの",
                           observation.id(), "の値が", Decimal::kMaxDigits,
                           "桁に収まりません。小数の桁数を減らすか、単位を"
                           "大きくしてください。"));
  }
}

}  // namespace

void ValidateIndicator(const Indicator& indicator,
                       const std::vector<Observation>& observations,
                       std::string_view prefix, Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(indicator.id.value(), "name");
  check.RequireText(indicator.display_name, "display_name");
  check.Text(indicator.display_name, "display_name", limits::kMaxNameChars);
  check.Text(indicator.definition, "definition", limits::kMaxTextChars);
  check.Text(indicator.unit, "unit", limits::kMaxLabelChars);
  check.Text(indicator.owner, "owner", limits::kMaxNameChars);
  check.Text(indicator.source, "source", limits::kMaxTextChars);
  check.Count(indicator.notes.size(), "notes", limits::kMaxNotes);
  for (size_t i = 0; i < indicator.notes.size(); ++i) {
    check.Text(indicator.notes[i], At("notes", i), limits::kMaxTextChars);
  }
  CheckWindow(indicator, check);
  CheckBaselines(indicator, check);
  CheckTargets(indicator, check);
  CheckMilestones(indicator, check);
  CheckNoiseBand(indicator, check);
  CheckPublication(indicator, check);
  CheckLinks(indicator, check);
  validation::CheckParameters(indicator.parameters, check);
  CheckDigits(indicator, observations, check);
}

int ScaleOf(const Indicator& indicator,
            const std::vector<Observation>& observations) {
  const std::string_view unit = UnitOf(indicator);
  int scale = ScaleOfIndicator(indicator);
  for (const Observation& observation : observations) {
    scale = std::max(scale, DecimalsIn(observation.value, unit));
  }
  return std::min(scale, Decimal::kMaxScale);
}

}  // namespace shirube
