#include "server/service/convert_comparison.h"

#include <utility>

#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/convert_explanation.h"
#include "server/service/convert_verdict.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr int kChangesOfAMessage = 500;

v1::ModuleFault ToWire(const ModuleFault& fault,
                       const ModuleVersions& versions) {
  const auto version = versions.find(fault.module);
  v1::ModuleFault out;
  out.set_module(ModuleName(fault.module,
                            version == versions.end() ? "" : version->second));
  out.set_reason(fault.reason);
  *out.mutable_message() = FaultMessage(fault);
  return out;
}

v1::VerdictChange ToWire(const VerdictChange& change,
                         const PreviewVersions& versions) {
  v1::VerdictChange out;
  out.set_indicator(NameOf(change.key));
  out.set_indicator_display_name(change.display_name);
  out.set_as_of(PeriodText(change.as_of));
  *out.mutable_before() = ToWire(change.before, versions.before);
  *out.mutable_after() = ToWire(change.after, versions.after);
  return out;
}

v1::FlagChange ToWire(const FlagChange& change) {
  v1::FlagChange out;
  out.set_initiative(NameOf(InitiativeKey{change.plan, change.initiative}));
  out.set_initiative_display_name(change.title);
  out.set_as_of(PeriodText(change.as_of));
  out.set_before(ToWire(change.before));
  out.set_after(ToWire(change.after));
  return out;
}

}  // namespace

v1::Judgement ToWire(const Judgement& judgement,
                     const ModuleVersions& versions) {
  v1::Judgement out;
  out.set_status(ToWire(judgement.status));
  out.set_reason(judgement.reason);
  *out.mutable_reason_title() = ToWire(judgement.title);
  out.set_symbol(judgement.symbol);
  out.set_severity(ToWire(judgement.severity));
  for (const std::string& mark : judgement.marks) out.add_marks(mark);
  out.set_period(PeriodText(judgement.period));
  if (judgement.value) out.set_value(judgement.value->ToString());
  for (const ModuleFault& fault : judgement.failed) {
    *out.add_faults() = ToWire(fault, versions);
  }
  return out;
}

v1::PreviewSummary ToWire(const PreviewSummary& summary,
                          const ModuleVersions& after) {
  v1::PreviewSummary out;
  out.set_as_of(PeriodText(summary.as_of));
  out.set_evaluated_count(summary.evaluated);
  out.set_changed_count(summary.changed);
  out.set_reworded_count(summary.reworded);
  out.set_changed_flag_count(summary.changed_flags);
  out.set_flag_count(summary.flags);
  *out.mutable_before() = ToWire(summary.before);
  *out.mutable_after() = ToWire(summary.after);
  for (const auto& [statuses, count] : summary.transitions) {
    v1::StatusTransition* row = out.add_transitions();
    row->set_before(ToWire(statuses.first));
    row->set_after(ToWire(statuses.second));
    row->set_count(count);
  }
  for (const ModuleFault& fault : summary.out) {
    *out.add_faults() = ToWire(fault, after);
  }
  return out;
}

std::vector<v1::PreviewRuleSetResponse> ToWire(
    const PreviewPart& part, const PreviewVersions& versions) {
  std::vector<v1::PreviewRuleSetResponse> messages(1);
  const auto room = [&messages]() -> v1::PreviewRuleSetResponse& {
    const v1::PreviewRuleSetResponse& last = messages.back();
    if (last.verdict_changes_size() + last.flag_changes_size() >=
        kChangesOfAMessage) {
      messages.emplace_back();
    }
    return messages.back();
  };
  for (const VerdictChange& change : part.verdicts) {
    *room().add_verdict_changes() = ToWire(change, versions);
  }
  for (const FlagChange& change : part.flags) {
    *room().add_flag_changes() = ToWire(change);
  }
  v1::PreviewRuleSetResponse& last = messages.back();
  last.mutable_progress()->set_evaluated_count(part.evaluated);
  last.mutable_progress()->set_total_count(part.total);
  last.mutable_progress()->set_changed_count(part.changed);
  for (const PreviewSummary& summary : part.summaries) {
    *last.add_summaries() = ToWire(summary, versions.after);
  }
  for (v1::PreviewRuleSetResponse& message : messages) {
    message.set_rule_set(RuleSetName(part.rule_set));
  }
  return messages;
}

v1::ComparedIndicator ToWire(const ComparedRow& row,
                             const std::vector<ModuleVersions>& versions) {
  static const auto& unknown = *new ModuleVersions;
  v1::ComparedIndicator out;
  out.set_indicator(NameOf(row.key));
  out.set_indicator_display_name(row.display_name);
  out.set_unit(row.unit);
  for (size_t i = 0; i < row.judgements.size(); ++i) {
    *out.add_judgements() =
        ToWire(row.judgements[i], i < versions.size() ? versions[i] : unknown);
  }
  out.set_disagreement(row.disagreement);
  return out;
}

}  // namespace shirube
