#include "server/service/convert_explanation.h"

#include <map>

#include "absl/strings/str_join.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/convert_indicator.h"
#include "server/service/convert_observation.h"
#include "server/service/convert_verdict.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr EnumPair<TrendPoint::Role, v1::Point::Role> kRoles[] = {
    {TrendPoint::Role::kBaseline, v1::Point::ROLE_BASELINE},
    {TrendPoint::Role::kMilestone, v1::Point::ROLE_MILESTONE},
    {TrendPoint::Role::kTarget, v1::Point::ROLE_TARGET},
    {TrendPoint::Role::kActual, v1::Point::ROLE_ACTUAL}};

v1::Point ToWire(const TrendPoint& point) {
  v1::Point out;
  out.set_value(point.value.ToString());
  if (point.period) {
    out.set_period(point.period->ToId());
    *out.mutable_index() = ToWireRatio(Ratio(point.period->index12(), 12));
  }
  out.set_role(ToWireEnum(point.role, absl::MakeConstSpan(kRoles),
                          v1::Point::ROLE_UNSPECIFIED));
  if (point.role == TrendPoint::Role::kActual) {
    out.set_state(ToWireEnum(point.state,
                             absl::MakeConstSpan(kObservationStates),
                             v1::Observation::STATE_UNSPECIFIED));
  }
  return out;
}

std::string ScopeName(const ParameterSource& source,
                      const Explanation& explanation) {
  const IndicatorKey key = explanation.verdict.indicator;
  switch (source.scope) {
    case ParameterScope::kIndicator:
      return NameOf(key);
    case ParameterScope::kInitiative:
      return NameOf(InitiativeKey{key.plan, source.initiative});
    case ParameterScope::kPlan:
      return NameOf(key.plan);
    case ParameterScope::kRuleSet:
    case ParameterScope::kDefault:
      break;
  }
  return RuleSetName(explanation.verdict.rule_set);
}

}  // namespace

v1::LocalizedText ToWire(const LocalizedText& text) {
  v1::LocalizedText out;
  out.set_ja(text.ja);
  out.set_en(text.en);
  return out;
}

v1::Derivation ToWire(const Derivation& in) {
  v1::Derivation out;
  if (in.baseline) *out.mutable_baseline() = ToWire(*in.baseline);
  if (in.target) *out.mutable_target() = ToWire(*in.target);
  if (in.target_upper) *out.mutable_target_upper() = ToWire(*in.target_upper);
  if (in.actual) *out.mutable_actual() = ToWire(*in.actual);
  out.set_direction(ToWireEnum(in.direction, absl::MakeConstSpan(kDirections),
                               v1::Indicator::DIRECTION_UNSPECIFIED));
  out.set_direction_from(in.direction_from);
  out.set_met(in.met);
  const auto fill = [](const std::optional<Ratio>& ratio, auto mutable_field) {
    if (ratio) *mutable_field() = ToWireRatio(*ratio);
  };
  fill(in.expected, [&out] { return out.mutable_expected(); });
  fill(in.gap, [&out] { return out.mutable_gap(); });
  fill(in.missing_at_baseline,
       [&out] { return out.mutable_missing_at_baseline(); });
  fill(in.missing_at_actual,
       [&out] { return out.mutable_missing_at_actual(); });
  fill(in.progress, [&out] { return out.mutable_progress(); });
  fill(in.expected_share, [&out] { return out.mutable_expected_share(); });
  fill(in.pace_ratio, [&out] { return out.mutable_pace_ratio(); });
  fill(in.time_share, [&out] { return out.mutable_time_share(); });
  for (const TrendPoint& point : in.path) *out.add_path() = ToWire(point);
  for (const TrendPoint& point : in.trend) *out.add_trend() = ToWire(point);
  out.set_by_milestones(in.by_milestones);
  out.set_scale(in.scale);
  out.set_unit(in.unit);
  out.set_kind(ToWireEnum(in.kind, absl::MakeConstSpan(kIndicatorKinds),
                          v1::Indicator::KIND_UNSPECIFIED));
  return out;
}

v1::FlipPoint ToWire(const FlipPoint& in) {
  v1::FlipPoint out;
  out.set_status(ToWire(in.status));
  out.set_period(PeriodText(in.period));
  if (in.value) out.set_value(in.value->ToString());
  if (in.lower) out.set_lower(in.lower->ToString());
  if (in.upper) out.set_upper(in.upper->ToString());
  out.set_omitted(in.omitted);
  return out;
}

void FillFacts(const Explanation& explanation, v1::Verdict* out) {
  // Modules over the same arithmetic declare the same numbers: each once, by
  // the first that gave it.
  std::map<std::string, Ratio> given;
  for (const ModuleFact& fact : explanation.facts) {
    const auto [known, is_new] =
        given.try_emplace(fact.fact.name, fact.fact.value);
    if (!is_new && known->second == fact.fact.value) continue;
    v1::Fact* row = out->add_facts();
    row->set_name(fact.fact.name);
    *row->mutable_value() = ToWireRatio(fact.fact.value);
    row->set_unit(fact.unit == "unit" ? explanation.unit : fact.unit);
    row->set_module(fact.module);
  }
  if (explanation.faults.empty()) return;
  out->clear_faults();
  for (const FaultText& fault : explanation.faults) {
    v1::ModuleFault* row = out->add_faults();
    row->set_module(ModuleName(fault.module, fault.version));
    row->set_reason(fault.reason);
    *row->mutable_message() = ToWire(fault.message);
  }
}

void FillExplanation(const Explanation& in, v1::ExplainVerdictResponse* out) {
  *out->mutable_derivation() = ToWire(in.derivation);
  *out->mutable_sentence() = ToWire(in.sentence);
  *out->mutable_status_text() = ToWire(in.status_text);
  for (const FlipPoint& point : in.flip_points) {
    *out->add_flip_points() = ToWire(point);
  }
  for (const Need& need : in.needs) {
    v1::Need* row = out->add_needs();
    row->set_period(need.period.ToId());
    row->set_value(need.value.ToString());
    *row->mutable_change() = ToWireRatio(need.change);
  }
  for (const MarkText& mark : in.marks) {
    v1::MarkText* row = out->add_marks();
    row->set_mark(mark.mark);
    *row->mutable_text() = ToWire(mark.text);
  }
  for (const ParameterSource& source : in.parameters) {
    v1::ParameterSource* row = out->add_parameters();
    row->set_parameter(source.name);
    row->set_value(source.value.ToString());
    row->set_scope(ScopeName(source, in));
    row->set_stricter_taken(source.stricter_taken);
    row->set_module(absl::StrJoin(source.modules, ", "));
  }
}

}  // namespace shirube
