#include "server/domain/validation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/parameters.h"
#include "server/domain/points.h"
#include "server/domain/unit.h"

namespace shirube {
namespace {

std::string Join(std::string_view prefix, std::string_view field) {
  std::string path(prefix);
  if (!path.empty() && !field.empty()) path += '.';
  path += field;
  return path;
}

std::string At(std::string_view list, size_t index) {
  return absl::StrCat(std::string(list), "[", index, "]");
}

// Collects what is wrong below one field path.
class Checker {
 public:
  Checker(std::string_view prefix, Violations* out)
      : prefix_(prefix), out_(out) {}

  Checker In(std::string_view field) const {
    return Checker(Join(prefix_, field), out_);
  }
  const std::string& path() const { return prefix_; }
  Violations* out() const { return out_; }

  void Add(std::string_view field, std::string reason, std::string en,
           std::string ja) const {
    out_->push_back({Join(prefix_, field), std::move(reason), std::move(en),
                     std::move(ja)});
  }
  void Require(bool present, std::string_view field) const {
    if (present) return;
    Add(field, "REQUIRED", "is required; fill it in",
        "必須です。入力してください。");
  }
  // At most `most` characters.
  void Text(std::string_view text, std::string_view field, int most) const {
    const auto chars = std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    if (chars <= most) return;
    Add(field, "LIMIT_EXCEEDED",
        absl::StrCat("has ", chars, " characters; shorten it to ", most),
        absl::StrCat(chars, "文字あります。", most,
                     "文字以内に短くしてください。"));
  }
  void Count(size_t count, std::string_view field, int most) const {
    if (count <= static_cast<size_t>(most)) return;
    Add(field, "LIMIT_EXCEEDED",
        absl::StrCat("has ", count, " elements; at most ", most,
                     " are allowed"),
        absl::StrCat(count, "件あります。", most, "件以内にしてください。"));
  }
  void IdForm(const std::string& id, std::string_view field) const {
    AddViolation(Join(prefix_, field), ValidateId(id), out_);
  }
  void OptionalId(const std::string& id, std::string_view field) const {
    if (!id.empty()) IdForm(id, field);
  }
  void Kind(const std::optional<Period>& period, PeriodKind kind,
            std::string_view field) const {
    if (!period || period->kind() == kind) return;
    const bool date = kind == PeriodKind::kDate;
    Add(field, "BAD_PERIOD",
        absl::StrCat(period->ToId(), " is not a ",
                     date ? "date; write for example d2023-07-01"
                          : "fiscal year; write for example fy2022"),
        absl::StrCat(period->ToId(),
                     date ? "は日付ではありません。d2023-07-"
                            "01のように書いてください。"
                          : "は年度ではありません。fy2022のように"
                            "書いてください。"));
  }

 private:
  std::string prefix_;
  Violations* out_;
};

bool IsSet(const Period& period) { return period.year() != 0; }

// ---- Values. ----

void CheckProvenance(const Provenance& provenance, const Checker& check) {
  check.Text(provenance.file, "place.file", limits::kMaxNameChars);
  check.Count(provenance.steps.size(), "steps", limits::kMaxProvenanceSteps);
  for (size_t i = 0; i < provenance.steps.size(); ++i) {
    check.Text(provenance.steps[i], At("steps", i), limits::kMaxNameChars);
  }
}

void CheckValue(const Value& value, const Checker& check) {
  if (value.number && !value.unread.empty()) {
    check.Add("unread", "VALUE_AND_UNREAD",
              "is given beside a number; keep one of the two",
              "数値と同時には指定できません。どちらか一方にしてください。");
  }
  check.Text(value.unread, "unread", limits::kMaxRawChars);
  check.Text(value.raw, "raw", limits::kMaxRawChars);
  check.Text(value.unit, "unit", limits::kMaxLabelChars);
  if (!value.multiplier.empty()) {
    absl::StatusOr<Decimal> factor = Decimal::Parse(value.multiplier);
    AddViolation(Join(check.path(), "multiplier"), factor.status(),
                 check.out());
    if (factor.ok() && *factor <= Decimal()) {
      check.Add("multiplier", "OUT_OF_RANGE",
                "must be above 0; leave it empty for 1",
                "0より大きい値にしてください(1なら空欄)。");
    }
  }
  CheckProvenance(value.provenance, check);
}

// A value, where it stands, and the name of its number there.
struct Placed {
  std::string field;
  const Value* value;
};

std::vector<Placed> ValuesOf(const Indicator& indicator) {
  std::vector<Placed> values;
  for (size_t i = 0; i < indicator.baselines.size(); ++i) {
    values.push_back(
        {At("baselines", i) + ".value", &indicator.baselines[i].value});
  }
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    const Target& target = indicator.targets[i];
    values.push_back({At("targets", i) + ".value", &target.value});
    if (target.upper) {
      values.push_back({At("targets", i) + ".upper", &*target.upper});
    }
  }
  for (size_t i = 0; i < indicator.milestones.size(); ++i) {
    values.push_back(
        {At("milestones", i) + ".value", &indicator.milestones[i].value});
  }
  return values;
}

// The decimals that `value` needs in `unit`: those printed, or, where its own
// unit is a multiple, as many as it takes.
int DecimalsIn(const Value& value, std::string_view unit) {
  if (!value.number) return 0;
  const std::optional<int> power = PowerOfTenBetween(value.unit, unit);
  if (!power) return 0;  // another unit: never counted in this one
  int scale = value.number->scale() - *power;
  if (*power != 0) {
    int64_t units = value.number->units();
    for (; scale > 0 && units != 0 && units % 10 == 0; --scale) units /= 10;
    if (units == 0) scale = 0;
  }
  return std::max(scale, 0);
}

int ScaleOfIndicator(const Indicator& indicator) {
  const std::string_view unit = UnitOf(indicator);
  int scale = indicator.noise_band ? indicator.noise_band->scale() : 0;
  for (const Placed& placed : ValuesOf(indicator)) {
    scale = std::max(scale, DecimalsIn(*placed.value, unit));
  }
  return scale;
}

// Whether `value` can be held at `scale`; text and other units always can.
bool Fits(const Value& value, std::string_view unit, int scale) {
  if (!value.number) return true;
  return scale <= Decimal::kMaxScale &&
         FigureOf(value, unit, scale).kind != Figure::Kind::kUnread;
}

void AddDoesNotFit(std::string_view field, int scale, const Checker& check) {
  check.Add(
      field, "TOO_MANY_DIGITS",
      absl::StrCat("does not fit in ", Decimal::kMaxDigits, " digits with the ",
                   scale,
                   " decimals that the indicator's values have; use a "
                   "larger unit or fewer decimals"),
      absl::StrCat("指標の小数桁数(", scale, "桁)では", Decimal::kMaxDigits,
                   "桁に収まりません。単位を大きくするか、小数の桁数を"
                   "減らしてください。"));
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

void CheckTargetPeriod(const Indicator& indicator, const Target& target,
                       const Baseline* baseline, size_t position,
                       const Checker& check) {
  const std::optional<int32_t> start = StartIndex(indicator, baseline);
  if (!target.period || !start || target.period->index12() > *start) return;
  check.Add(At("targets", position) + ".period", "TARGET_NOT_AFTER_BASELINE",
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
    CheckTargetPeriod(indicator, target, beside, i, check);
    for (const Baseline& later : indicator.baselines) {
      if (&later == beside || !later.effective_from ||
          TargetAsOf(indicator, later.effective_from) != &target) {
        continue;
      }
      CheckTargetPeriod(indicator, target, &later, i, check);
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
                         std::string_view field, const Checker& check) {
  check.Count(revisions.size(), field, limits::kMaxRevisedTargets);
  for (size_t i = 0; i < revisions.size(); ++i) {
    const auto& from = revisions[i].effective_from;
    check.Kind(from, PeriodKind::kFiscalYear, At(field, i) + ".effective_from");
    if (i == 0) continue;
    const auto& before = revisions[i - 1].effective_from;
    if (from && (!before || *before < *from)) continue;
    check.Add(At(field, i) + ".effective_from", "NOT_IN_ORDER",
              "a revised value needs a fiscal year after that of the one it "
              "replaces; set it",
              "改定後の値には、改定前の値より後の適用開始年度を"
              "設定してください。");
  }
}

// ---- Parts of an indicator. ----

void CheckBand(const Indicator& indicator, const Target& target,
               const Checker& check) {
  if (indicator.kind != IndicatorKind::kBand) {
    if (target.upper && target.upper->present()) {
      check.Add("upper", "BAND_UNEXPECTED",
                "only a band has an upper edge; remove it, or make the kind "
                "BAND",
                "上限値を持てるのは範囲型(BAND)の指標だけです。削除するか、"
                "種別をBANDにしてください。");
    }
    return;
  }
  if (!target.value.number) return;  // kept as text
  if (!target.upper || !target.upper->present()) {
    check.Add("upper", "REQUIRED", "a band needs its upper edge; fill it in",
              "範囲型の指標には上限値が必要です。入力してください。");
    return;
  }
  if (!target.upper->number) return;
  const std::string_view unit = UnitOf(indicator);
  const int scale =
      std::max(DecimalsIn(target.value, unit), DecimalsIn(*target.upper, unit));
  const Figure low = FigureOf(target.value, unit, scale);
  const Figure high = FigureOf(*target.upper, unit, scale);
  if (low.kind != Figure::Kind::kNumber || high.kind != low.kind ||
      low.units < high.units) {
    return;
  }
  check.Add("upper", "BAND_INVERTED",
            absl::StrCat("the upper edge ", target.upper->number->ToString(),
                         " is not above the lower edge ",
                         target.value.number->ToString(), "; correct them"),
            absl::StrCat("上限値", target.upper->number->ToString(), "が下限値",
                         target.value.number->ToString(),
                         "より大きくありません。直してください。"));
}

void CheckTargets(const Indicator& indicator, const Checker& check) {
  CheckEffectiveOrder(indicator.targets, "targets", check);
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    const Target& target = indicator.targets[i];
    const Checker in = check.In(At("targets", i));
    CheckValue(target.value, in);
    if (target.upper) CheckValue(*target.upper, in.In("upper"));
    in.Text(target.words, "words", limits::kMaxNameChars);
    CheckBand(indicator, target, in);
  }
  CheckTargetPeriods(indicator, check);
}

void CheckBaselines(const Indicator& indicator, const Checker& check) {
  CheckEffectiveOrder(indicator.baselines, "baselines", check);
  for (size_t i = 0; i < indicator.baselines.size(); ++i) {
    const Value& value = indicator.baselines[i].value;
    CheckValue(value, check.In(At("baselines", i)));
    if (indicator.kind == IndicatorKind::kCumulative && value.number &&
        !value.number->is_zero()) {
      check.Add(At("baselines", i) + ".value", "BASELINE_NOT_ZERO",
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
  } else if (!cumulative && indicator.window_start) {
    check.Add("window_start", "WINDOW_UNEXPECTED",
              "only a cumulative indicator has a window; remove it, or make "
              "the kind CUMULATIVE",
              "集計開始年度を持てるのは累計の指標だけです。削除するか、種別を"
              "CUMULATIVEにしてください。");
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

// The form only: what a parameter means is the rule set's to say.
void CheckParameters(const Parameters& parameters, const Checker& check) {
  check.Count(parameters.size(), "parameters", limits::kMaxParameters);
  for (const auto& [name, value] : parameters) {
    const std::string field = absl::StrCat("parameters[\"", name, "\"]");
    bool good = !name.empty() && name.size() <= limits::kMaxIdBytes &&
                absl::ascii_islower(name[0]);
    for (char c : name) {
      good = good &&
             (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_');
    }
    if (!good) {
      check.Add(field, "BAD_ID",
                "is no name of a parameter; use a-z, 0-9 and _, a letter first",
                "パラメータ名として使えません。先頭は英小文字、以降は英小文字・"
                "数字・下線にしてください。");
    }
    if (value.scale() > limits::kMaxParameterDecimals) {
      check.Add(field, "TOO_MANY_DECIMALS",
                absl::StrCat("write at most ", limits::kMaxParameterDecimals,
                             " decimals"),
                absl::StrCat("小数は", limits::kMaxParameterDecimals,
                             "桁までにしてください。"));
    }
  }
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
      AddDoesNotFit(placed.field, scale, check);
    }
    const int decimals = DecimalsIn(*placed.value, unit);
    if (decimals > most) finest = placed.field;
    most = std::max(most, decimals);
  }
  if (indicator.noise_band && !indicator.noise_band->Rescaled(scale).ok()) {
    AddDoesNotFit("noise_band", scale, check);
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

// ---- Entries. ----

struct EntryLimits {
  int count = 0;
  bool told = false;
};

void CheckEntry(const Entry& entry, const Entry* parent, int depth,
                EntryLimits* limit, const Checker& check) {
  ++limit->count;
  if (entry.type == EntryType::kUnspecified) check.Require(false, "type");
  if (!IsSet(entry.fiscal_year)) {
    check.Require(false, "fiscal_year");
  } else {
    check.Kind(entry.fiscal_year, PeriodKind::kFiscalYear, "fiscal_year");
  }
  if (parent != nullptr && (entry.type != parent->type ||
                            entry.fiscal_year != parent->fiscal_year)) {
    check.Add("", "DIFFERS_FROM_PARENT",
              "type and fiscal year must be those of the entry above it",
              "種別と年度は上の項目と同じにしてください。");
  }
  check.Text(entry.text, "text", limits::kMaxTextChars);
  check.Text(entry.marker, "marker", limits::kMaxLabelChars);
  CheckProvenance(entry.provenance, check);
  if (depth >= limits::kMaxEntryDepth && !entry.children.empty()) {
    check.Add("children", "LIMIT_EXCEEDED",
              absl::StrCat("entries nest at most ", limits::kMaxEntryDepth,
                           " deep; move these up"),
              absl::StrCat("項目の階層は", limits::kMaxEntryDepth,
                           "段までです。上の段に移してください。"));
    return;
  }
  for (size_t i = 0; i < entry.children.size(); ++i) {
    CheckEntry(entry.children[i], &entry, depth + 1, limit,
               check.In(At("children", i)));
  }
}

}  // namespace

void ValidatePlan(const Plan& plan, std::string_view prefix, Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(plan.id.value(), "name");
  check.Require(!plan.display_name.empty(), "display_name");
  check.Text(plan.display_name, "display_name", limits::kMaxNameChars);
  check.Text(plan.description, "description", limits::kMaxTextChars);
  check.Text(plan.owner, "owner", limits::kMaxNameChars);
  check.Kind(plan.first_year, PeriodKind::kFiscalYear, "first_fiscal_year");
  check.Kind(plan.last_year, PeriodKind::kFiscalYear, "last_fiscal_year");
  if (plan.first_year && plan.last_year && *plan.last_year < *plan.first_year) {
    check.Add(
        "last_fiscal_year", "NOT_IN_ORDER",
        absl::StrCat(plan.last_year->ToId(), " is before ",
                     plan.first_year->ToId(), "; correct one of the two"),
        absl::StrCat(plan.last_year->ToId(), "が", plan.first_year->ToId(),
                     "より前です。どちらかを直してください。"));
  }
  CheckParameters(plan.parameters, check);
  const Decimal& share = plan.flag_policy.at_risk_share;
  const Decimal one = *Decimal::Make(1, 0);
  if (plan.flag_policy.kind == FlagPolicy::Kind::kShare &&
      (share <= Decimal() || share > one)) {
    check.Add("at_risk_share", "OUT_OF_RANGE",
              absl::StrCat(share.ToString(),
                           " is no share; write a value above 0, up to 1"),
              absl::StrCat(share.ToString(),
                           "は割合ではありません。0より大きく1以下の値に"
                           "してください。"));
  }
}

void ValidateInitiative(const Initiative& initiative, std::string_view prefix,
                        Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(initiative.id.value(), "name");
  check.OptionalId(initiative.parent.value(), "parent_initiative");
  if (!initiative.parent.empty() && initiative.parent == initiative.id) {
    check.Add("parent_initiative", "CYCLE",
              "an initiative cannot be its own parent; choose another one",
              "自分自身を上位の施策にはできません。別の施策を"
              "選んでください。");
  }
  check.Require(initiative.kind != InitiativeKind::kUnspecified, "kind");
  check.Require(!initiative.display_name.empty(), "display_name");
  check.Text(initiative.display_name, "display_name", limits::kMaxNameChars);
  check.Text(initiative.subtitle, "subtitle", limits::kMaxNameChars);
  check.Text(initiative.label, "label", limits::kMaxLabelChars);
  check.Text(initiative.owner, "owner", limits::kMaxNameChars);
  CheckParameters(initiative.parameters, check);
  EntryLimits limit;
  for (size_t i = 0; i < initiative.entries.size(); ++i) {
    CheckEntry(initiative.entries[i], nullptr, 1, &limit,
               check.In(At("entries", i)));
  }
  check.Count(limit.count, "entries", limits::kMaxEntries);
}

void ValidateIndicator(const Indicator& indicator,
                       const std::vector<Observation>& observations,
                       std::string_view prefix, Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(indicator.id.value(), "name");
  check.Require(!indicator.display_name.empty(), "display_name");
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
  CheckParameters(indicator.parameters, check);
  CheckDigits(indicator, observations, check);
}

void ValidateObservation(const Indicator& indicator,
                         const Observation& observation,
                         std::string_view prefix, Violations* out) {
  const Checker check(prefix, out);
  check.Require(IsSet(observation.period), "period");
  const bool none = observation.state == ObservationState::kNotAvailable;
  if (!none && !observation.value.present()) {
    check.Add("value", "REQUIRED",
              "is missing; give a value, or the state NOT_AVAILABLE with a "
              "note",
              "値がありません。値を入力するか、状態をNOT_AVAILABLEにして備考に"
              "理由を書いてください。");
  } else if (none && observation.value.present()) {
    check.Add("value", "VALUE_UNEXPECTED",
              "is given although the state is NOT_AVAILABLE; remove one of the "
              "two",
              "状態がNOT_AVAILABLEなのに値があります。どちらかを"
              "取り除いてください。");
  }
  const bool cumulative = indicator.kind == IndicatorKind::kCumulative;
  if (cumulative && observation.basis == Basis::kNone) {
    check.Add("basis", "REQUIRED",
              "a cumulative indicator's value needs its basis; write TO_DATE "
              "or PERIOD",
              "累計の指標では、TO_DATE(期首からの累計)かPERIOD(その期間のみ)"
              "を指定してください。");
  } else if (!cumulative && observation.basis != Basis::kNone) {
    check.Add("basis", "BASIS_UNEXPECTED",
              "only values of a cumulative indicator have a basis; remove it",
              "basisを指定できるのは累計の指標だけです。削除してください。");
  }
  CheckValue(observation.value, check);
  check.Text(observation.note, "note", limits::kMaxTextChars);
  check.Text(observation.source, "source", limits::kMaxTextChars);
  const std::string_view unit = UnitOf(indicator);
  const int scale = ScaleOf(indicator, {observation});
  if (!Fits(observation.value, unit, scale)) {
    AddDoesNotFit("value", scale, check);
    return;
  }
  for (const Placed& placed : ValuesOf(indicator)) {
    if (Fits(*placed.value, unit, scale)) continue;
    AddDoesNotFit("value", scale, check);
    return;
  }
}

void ValidateAssessment(const Assessment& assessment, std::string_view prefix,
                        Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(assessment.id.value(), "name");
  if (assessment.initiative.empty() == assessment.indicator.empty()) {
    check.Add("subject", "REQUIRED",
              "must name one indicator or one initiative; write exactly one",
              "指標か施策のどちらか1つだけを指定してください。");
  }
  check.OptionalId(assessment.initiative.value(), "subject");
  check.OptionalId(assessment.indicator.value(), "subject");
  if (!IsSet(assessment.fiscal_year)) {
    check.Require(false, "fiscal_year");
  } else {
    check.Kind(assessment.fiscal_year, PeriodKind::kFiscalYear, "fiscal_year");
  }
  check.Kind(assessment.judged_on, PeriodKind::kDate, "judged_on");
  if (!assessment.judgement.empty()) {
    check.Require(!assessment.author.empty(), "judged_by");
    check.Require(assessment.judged_on.has_value(), "judged_on");
  }
  check.Text(assessment.cause, "cause", limits::kMaxTextChars);
  check.Text(assessment.response, "response", limits::kMaxTextChars);
  check.Text(assessment.comment, "comment", limits::kMaxTextChars);
  check.Text(assessment.judgement, "judgement", limits::kMaxNameChars);
  check.Text(assessment.author, "judged_by", limits::kMaxNameChars);
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
