#include "server/evaluation/judgement.h"

namespace shirube {

const ManifestReason* ReasonOf(const RuleSet& rule_set,
                               const Verdict& verdict) {
  for (const RuleSetMember& member : rule_set.modules()) {
    if (member.manifest->id != verdict.module) continue;
    for (const ManifestReason& reason : member.manifest->reasons) {
      if (reason.id == verdict.reason) return &reason;
    }
  }
  return nullptr;
}

Judgement JudgementOf(const RuleSet& rule_set, const Verdict& verdict) {
  Judgement judgement;
  judgement.status = verdict.status;
  judgement.reason = verdict.reason;
  judgement.title = {ReasonJapanese(verdict.reason),
                     ReasonEnglish(verdict.reason)};
  judgement.severity = verdict.severity;
  judgement.marks = verdict.marks;
  judgement.period = verdict.period;
  judgement.value = verdict.value;
  judgement.failed = verdict.failed;
  const ManifestReason* reason = ReasonOf(rule_set, verdict);
  if (reason == nullptr) return judgement;
  judgement.symbol = reason->symbol;
  if (!reason->title.ja.empty()) judgement.title.ja = reason->title.ja;
  if (!reason->title.en.empty()) judgement.title.en = reason->title.en;
  return judgement;
}

}  // namespace shirube
