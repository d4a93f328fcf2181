#include "server/service/convert_verdict.h"

#include "absl/strings/str_cat.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr EnumPair<Status, v1::Verdict::Status> kStatuses[] = {
    {Status::kAchieved, v1::Verdict::STATUS_ACHIEVED},
    {Status::kOnTrack, v1::Verdict::STATUS_ON_TRACK},
    {Status::kAtRisk, v1::Verdict::STATUS_AT_RISK},
    {Status::kNotEvaluated, v1::Verdict::STATUS_NOT_EVALUATED},
    {Status::kIndeterminate, v1::Verdict::STATUS_INDETERMINATE}};
constexpr EnumPair<Severity, v1::Verdict::Severity> kSeverities[] = {
    {Severity::kWarning, v1::Verdict::SEVERITY_WARNING},
    {Severity::kCritical, v1::Verdict::SEVERITY_CRITICAL}};

std::string VersionOf(const ModuleVersions* versions,
                      const std::string& module) {
  if (versions == nullptr) return "";
  const auto found = versions->find(module);
  return found == versions->end() ? "" : found->second;
}

v1::Observation::Basis BasisOf(const std::string& word) {
  if (word == "todate") return v1::Observation::BASIS_TO_DATE;
  if (word == "period") return v1::Observation::BASIS_PERIOD;
  return v1::Observation::BASIS_UNSPECIFIED;
}

void FillFaults(const Verdict& verdict, const VerdictView& view,
                v1::Verdict* out) {
  for (const ModuleFault& fault : verdict.failed) {
    v1::ModuleFault* row = out->add_faults();
    row->set_module(
        ModuleName(fault.module, VersionOf(view.versions, fault.module)));
    row->set_reason(fault.reason);
    *row->mutable_message() = FaultMessage(fault);
  }
}

}  // namespace

v1::Verdict::Status ToWire(Status status) {
  return ToWireEnum(status, absl::MakeConstSpan(kStatuses),
                    v1::Verdict::STATUS_UNSPECIFIED);
}

v1::Verdict::Severity ToWire(Severity severity) {
  return ToWireEnum(severity, absl::MakeConstSpan(kSeverities),
                    v1::Verdict::SEVERITY_UNSPECIFIED);
}

v1::LocalizedText FaultMessage(const ModuleFault& fault) {
  struct Text {
    std::string_view reason, en, ja;
  };
  // What happened; what to do follows, for most of them the same.
  static constexpr Text kTexts[] = {
      {"CRASHED", "crashed on this indicator",
       "この指標の判定中に異常終了しました"},
      {"EXITED", "ended itself on this indicator instead of answering",
       "この指標の判定中に、答えずに終了しました"},
      {"TIMED_OUT", "did not answer in time", "時間内に答えませんでした"},
      {"OUT_OF_MEMORY", "ran out of the memory it may use",
       "使えるメモリーを使い切りました"},
      {"FORBIDDEN_CALL", "tried what a rule module may not do",
       "判定モジュールに許されない操作をしようとしました"},
      {"BAD_OUTPUT", "gave an answer that no module may give",
       "決まりに反する答えを返しました"},
      {"PROTOCOL_ERROR", "did not keep to the protocol",
       "サーバーとのやり取りの決まりを破りました"},
  };
  const std::string& module = fault.module;
  v1::LocalizedText text;
  if (fault.reason == "QUARANTINED") {
    text.set_en(absl::StrCat(
        "module ", module,
        " was set aside after faults; activate a mended version, or release "
        "it from quarantine"));
    text.set_ja(
        absl::StrCat("モジュール", module,
                     "は障害のため隔離されています。直した版を有効にする"
                     "か、隔離を解いてください"));
    return text;
  }
  if (fault.reason == "NOT_RUNNING") {
    text.set_en(absl::StrCat("module ", module,
                             " cannot be started; the list of modules says "
                             "why"));
    text.set_ja(absl::StrCat(
        "モジュール", module,
        "を起動できません。理由はモジュールの一覧で確かめてください"));
    return text;
  }
  std::string en = "gave no answer", ja = "答えませんでした";
  for (const Text& known : kTexts) {
    if (known.reason != fault.reason) continue;
    en = known.en;
    ja = known.ja;
  }
  text.set_en(absl::StrCat("module ", module, " ", en, " (", fault.reason,
                           "); it is asked again when the figures or the "
                           "module change. Tell its author"));
  text.set_ja(
      absl::StrCat("モジュール", module, "が", ja, "(", fault.reason,
                   ")。数値かモジュールが変われば判定し直します。モジュー"
                   "ルの作成者に知らせてください"));
  return text;
}

v1::Verdict ToWire(const Verdict& verdict, const VerdictView& view) {
  v1::Verdict out;
  out.set_name(VerdictName(verdict.indicator));
  out.set_indicator(NameOf(verdict.indicator));
  if (view.indicator != nullptr) {
    out.set_indicator_display_name(view.indicator->display_name);
    if (verdict.value) out.set_unit(view.indicator->unit);
  }
  const bool stored = view.as_of.empty() && verdict.revision > 0;
  if (stored) {
    out.set_etag(absl::StrCat("v", absl::Hex(verdict.revision)));
    // Another verdict is a new one: none is ever changed.
    *out.mutable_create_time() = ToWireTime(verdict.judged_time);
    *out.mutable_update_time() = ToWireTime(verdict.judged_time);
  }
  out.set_revision(
      FormatRevision(view.history, stored ? verdict.revision : view.read_at));
  out.set_status(ToWire(verdict.status));
  out.set_reason(verdict.reason);
  for (const std::string& mark : verdict.marks) out.add_marks(mark);
  out.set_period(PeriodText(verdict.period));
  if (verdict.value) out.set_value(verdict.value->ToString());
  out.set_rule_set(RuleSetName(verdict.rule_set));
  out.set_severity(ToWire(verdict.severity));
  out.set_deciding_module(
      ModuleName(verdict.module, VersionOf(view.versions, verdict.module)));
  out.set_conflicting_module(
      ModuleName(verdict.conflicting_module,
                 VersionOf(view.versions, verdict.conflicting_module)));
  FillFaults(verdict, view, &out);
  out.set_input_revision(FormatRevision(view.history, verdict.input_revision));
  if (verdict.waiting_since) {
    out.set_waiting(true);
    *out.mutable_waiting_since() = ToWireTime(*verdict.waiting_since);
  }
  out.set_as_of(view.as_of);
  out.set_basis(BasisOf(verdict.basis));
  return out;
}

v1::StatusCounts ToWire(const StatusCounts& counts) {
  v1::StatusCounts out;
  out.set_total(counts.total());
  out.set_evaluated(counts.evaluated());
  out.set_achieved(counts.achieved);
  out.set_on_track(counts.on_track);
  out.set_at_risk(counts.at_risk);
  out.set_not_evaluated(counts.not_evaluated);
  out.set_indeterminate(counts.indeterminate);
  return out;
}

v1::Flag ToWire(const Flag& flag, const FlagView& view) {
  v1::Flag out;
  if (view.initiative != nullptr) {
    const Initiative& initiative = *view.initiative;
    out.set_name(absl::StrCat(NameOf(initiative.key()), "/flag"));
    out.set_initiative(NameOf(initiative.key()));
    out.set_initiative_display_name(initiative.display_name);
    out.set_owner(initiative.owner);
    for (const IndicatorId& id : flag.deciding) {
      out.add_deciding_indicators(NameOf(IndicatorKey{initiative.plan, id}));
    }
    for (const IndicatorId& id : view.indicators) {
      out.add_indicators(NameOf(IndicatorKey{initiative.plan, id}));
    }
  }
  out.set_revision(FormatRevision(view.history, view.revision));
  if (view.as_of.empty() && view.judged_time > absl::UnixEpoch()) {
    out.set_etag(absl::StrCat("f", absl::Hex(view.revision)));
    *out.mutable_create_time() = ToWireTime(view.judged_time);
    *out.mutable_update_time() = ToWireTime(view.judged_time);
  }
  out.set_status(ToWire(flag.status));
  out.set_reason(flag.reason.empty() ? std::string(StatusWord(flag.status))
                                     : flag.reason);
  if (flag.partial) out.add_marks("PARTIAL");
  *out.mutable_counts() = ToWire(flag.counts);
  out.set_oldest_period(PeriodText(flag.oldest_period));
  out.set_newest_period(PeriodText(flag.newest_period));
  out.set_rule_set(RuleSetName(view.rule_set));
  out.set_input_revision(FormatRevision(view.history, view.input_revision));
  out.set_as_of(view.as_of);
  return out;
}

}  // namespace shirube
