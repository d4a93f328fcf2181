#include "server/domain/validation.h"

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/points.h"
#include "server/domain/validation_checker.h"

namespace shirube {
namespace {

using validation::At;
using validation::Checker;
using validation::CheckParameters;
using validation::CheckProvenance;
using validation::CheckValue;
using validation::Fits;
using validation::IsSet;
using validation::Placed;

// ---- Entries. ----

void CheckEntry(const Entry& entry, const Entry* parent, int depth, int* count,
                const Checker& check) {
  ++*count;
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
    CheckEntry(entry.children[i], &entry, depth + 1, count,
               check.In(At("children", i)));
  }
}

}  // namespace

void ValidatePlan(const Plan& plan, std::string_view prefix, Violations* out) {
  const Checker check(prefix, out);
  check.IdForm(plan.id.value(), "name");
  check.RequireText(plan.display_name, "display_name");
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
  check.RequireText(initiative.display_name, "display_name");
  check.Text(initiative.display_name, "display_name", limits::kMaxNameChars);
  check.Text(initiative.subtitle, "subtitle", limits::kMaxNameChars);
  check.Text(initiative.label, "label", limits::kMaxLabelChars);
  check.Text(initiative.owner, "owner", limits::kMaxNameChars);
  CheckParameters(initiative.parameters, check);
  int count = 0;
  for (size_t i = 0; i < initiative.entries.size(); ++i) {
    CheckEntry(initiative.entries[i], nullptr, 1, &count,
               check.In(At("entries", i)));
  }
  check.Count(count, "entries", limits::kMaxEntries);
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
    validation::AddDoesNotFit("value", scale, check);
    return;
  }
  for (const Placed& placed : validation::ValuesOf(indicator)) {
    if (Fits(*placed.value, unit, scale)) continue;
    validation::AddDoesNotFit("value", scale, check);
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

}  // namespace shirube
