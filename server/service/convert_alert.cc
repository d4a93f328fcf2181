#include "server/service/convert_alert.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/convert_verdict.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr EnumPair<AlertKind, v1::Alert::Kind> kKinds[] = {
    {AlertKind::kLaggingIndicator, v1::Alert::KIND_LAGGING_INDICATOR},
    {AlertKind::kLaggingInitiative, v1::Alert::KIND_LAGGING_INITIATIVE},
    {AlertKind::kNoPlannedEntry, v1::Alert::KIND_NO_PLANNED_ENTRY},
    {AlertKind::kFigureOverdue, v1::Alert::KIND_FIGURE_OVERDUE},
    {AlertKind::kModuleOutOfService, v1::Alert::KIND_MODULE_OUT_OF_SERVICE}};
constexpr EnumPair<AlertState, v1::Alert::State> kStates[] = {
    {AlertState::kOpen, v1::Alert::STATE_OPEN},
    {AlertState::kAcknowledged, v1::Alert::STATE_ACKNOWLEDGED},
    {AlertState::kSnoozed, v1::Alert::STATE_SNOOZED},
    {AlertState::kResolved, v1::Alert::STATE_RESOLVED}};
constexpr EnumPair<AlertResolution, v1::Alert::Resolution> kResolutions[] = {
    {AlertResolution::kRecovered, v1::Alert::RESOLUTION_RECOVERED},
    {AlertResolution::kCorrected, v1::Alert::RESOLUTION_CORRECTED},
    {AlertResolution::kSuperseded, v1::Alert::RESOLUTION_SUPERSEDED},
    {AlertResolution::kRuleChanged, v1::Alert::RESOLUTION_RULE_CHANGED},
    {AlertResolution::kRemoved, v1::Alert::RESOLUTION_REMOVED},
    {AlertResolution::kByHand, v1::Alert::RESOLUTION_BY_HAND}};
constexpr EnumPair<TransitionType, v1::AlertTransition::Type> kTypes[] = {
    {TransitionType::kOpened, v1::AlertTransition::TYPE_OPENED},
    {TransitionType::kUpdated, v1::AlertTransition::TYPE_UPDATED},
    {TransitionType::kAcknowledged, v1::AlertTransition::TYPE_ACKNOWLEDGED},
    {TransitionType::kResolved, v1::AlertTransition::TYPE_RESOLVED}};

v1::LocalizedText ToWire(const LocalizedText& text) {
  v1::LocalizedText out;
  out.set_ja(text.ja);
  out.set_en(text.en);
  return out;
}

void FillJudgement(const Alert& alert, v1::Alert* out) {
  out->set_severity(ToWire(alert.severity));
  out->set_status(ToWire(alert.status));
  out->set_reason(alert.reason);
  if (alert.value) out->set_value(alert.value->ToString());
  out->set_unit(alert.unit);
  out->set_owner(alert.owner);
  if (!alert.rule_set.empty()) out->set_rule_set(NameOf(alert.rule_set));
  *out->mutable_sentence() = ToWire(alert.sentence);
  *out->mutable_way_out() = ToWire(alert.way_out);
}

void FillState(const Alert& alert, v1::Alert* out) {
  out->set_state(ToWire(alert.state));
  out->set_resolution(ToWireEnum(alert.resolution,
                                 absl::MakeConstSpan(kResolutions),
                                 v1::Alert::RESOLUTION_UNSPECIFIED));
  out->set_transition_seq(alert.seq);
  if (!alert.previous.empty()) {
    out->set_previous_alert(NameOf(AlertKey{alert.plan, alert.previous}));
  }
  out->set_escalated(alert.escalated);
  out->set_reopened(alert.reopened);
  out->set_acknowledge_reason(alert.acknowledge_reason);
  out->set_acknowledged_by(alert.acknowledged_by);
  out->set_review_date(alert.review_date);
  if (alert.snoozed_until) {
    *out->mutable_snoozed_until() = ToWireTime(*alert.snoozed_until);
  }
}

std::string LinkOf(const Alert& alert, const AlertView& view) {
  return absl::StrReplaceAll(view.link_template,
                             {{"{alert}", NameOf(alert.key())},
                              {"{plan}", NameOf(alert.plan)},
                              {"{subject}", SubjectName(alert)}});
}

}  // namespace

v1::Alert::Kind ToWire(AlertKind kind) {
  return ToWireEnum(kind, absl::MakeConstSpan(kKinds),
                    v1::Alert::KIND_UNSPECIFIED);
}

v1::Alert::State ToWire(AlertState state) {
  return ToWireEnum(state, absl::MakeConstSpan(kStates),
                    v1::Alert::STATE_UNSPECIFIED);
}

v1::AlertTransition::Type ToWire(TransitionType type) {
  return ToWireEnum(type, absl::MakeConstSpan(kTypes),
                    v1::AlertTransition::TYPE_UNSPECIFIED);
}

std::string IdempotencyKey(const Alert& alert) {
  return absl::StrCat(NameOf(alert.key()), ":", alert.seq);
}

std::string SubjectName(const Alert& alert) {
  switch (alert.kind) {
    case AlertKind::kLaggingIndicator:
    case AlertKind::kFigureOverdue:
      return NameOf(IndicatorKey{alert.plan, IndicatorId(alert.subject)});
    case AlertKind::kLaggingInitiative:
    case AlertKind::kNoPlannedEntry:
      return NameOf(InitiativeKey{alert.plan, InitiativeId(alert.subject)});
    case AlertKind::kModuleOutOfService:
      return absl::StrCat("ruleModules/", alert.subject);
    case AlertKind::kUnspecified:
      break;
  }
  return alert.subject;
}

v1::Alert ToWire(const Alert& alert, const AlertView& view) {
  v1::Alert out;
  out.set_name(NameOf(alert.key()));
  out.set_etag(EtagOf(alert.stamp));
  *out.mutable_create_time() = ToWireTime(alert.stamp.create_time);
  *out.mutable_update_time() = ToWireTime(alert.stamp.update_time);
  out.set_revision(FormatRevision(view.history, alert.stamp.revision));
  out.set_actor(alert.stamp.actor);
  out.set_kind(ToWire(alert.kind));
  out.set_subject(SubjectName(alert));
  out.set_subject_display_name(alert.subject_display_name);
  out.set_period(PeriodText(alert.period));
  FillJudgement(alert, &out);
  FillState(alert, &out);
  return out;
}

v1::AlertTransition ToWire(const AlertTransition& transition,
                           const AlertView& view) {
  v1::AlertTransition out;
  out.set_idempotency_key(IdempotencyKey(transition.alert));
  out.set_type(ToWire(transition.type));
  *out.mutable_alert() = ToWire(transition.alert, view);
  out.set_from_state(ToWire(transition.from_state));
  out.set_from_status(ToWire(transition.from_status));
  *out.mutable_time() = ToWireTime(transition.time);
  out.set_revision(FormatRevision(view.history, transition.revision));
  out.set_link(LinkOf(transition.alert, view));
  return out;
}

}  // namespace shirube
