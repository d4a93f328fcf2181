#include "server/evaluation/judging_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/quarantine_inbox.h"
#include "server/evaluation/stored_verdicts.h"
#include "server/evaluation/waiting.h"

namespace shirube {
namespace {

void AddTo(const RunSummary& part, RunSummary* sum) {
  sum->evaluated += part.evaluated;
  sum->changed += part.changed;
  sum->waiting += part.waiting;
  for (const ModuleFault& fault : part.out) sum->NoteOut(fault);
  sum->counts.achieved += part.counts.achieved;
  sum->counts.on_track += part.counts.on_track;
  sum->counts.at_risk += part.counts.at_risk;
  sum->counts.not_evaluated += part.counts.not_evaluated;
  sum->counts.indeterminate += part.counts.indeterminate;
}

absl::Status CandidateFailed(const RuleSet& set, const ModuleFault& fault) {
  const std::string& id = set.id().value();
  const bool quarantined = fault.reason == kQuarantinedWord;
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      quarantined ? "MODULE_QUARANTINED" : "RULE_SET_CANNOT_START",
      absl::StrCat("rule set ", id, " was not activated: module ", fault.module,
                   " went out of service (", fault.reason,
                   ") while everything was judged by it. The set before judges "
                   "on. Have the module mended, register it with a new version "
                   "and activate a set with that."),
      absl::StrCat("判定基準 ", id,
                   " には切り替えませんでした。全指標を判定して"
                   "いる間に、モジュール ",
                   fault.module, " が使えなくなりました(", fault.reason,
                   ")。これまでの判定基準で判定を続けます。モジュールを直して"
                   "版を上げ、登録し直してから切り替えてください。"),
      {{"rule_set", id}, {"modules", fault.module}});
}

}  // namespace

absl::Status JudgingRun::Ask(const RuleSet& set,
                             absl::Span<const IndicatorKey> keys,
                             const TableFiller::OverridesByKey* overrides,
                             std::vector<Verdict>* verdicts) const {
  const Selection selection = setup_.deps.table->SelectKeys(keys);
  JudgeOptions options;
  options.ask.population =
      static_cast<int64_t>(setup_.deps.table->Usage().rows);
  options.now = setup_.deps.clock();
  options.year_kinds = [&](size_t part, uint32_t k) {
    return setup_.filler->KindsOf(selection.parts[part].key(k));
  };
  if (overrides != nullptr) {
    options.overrides = [&, overrides](size_t part, uint32_t k) {
      if (overrides->empty()) return static_cast<const Overrides*>(nullptr);
      const auto it = overrides->find(selection.parts[part].key(k));
      return it == overrides->end() ? nullptr : &it->second;
    };
  }
  return JudgeRows(*setup_.deps.rule_host, set, selection, options,
                   [&](size_t, uint32_t, JudgedRow row) {
                     verdicts->push_back(std::move(row.verdict));
                   });
}

void JudgingRun::NoteFaults(const Verdict& verdict, RunSummary* summary) {
  // What is in quarantine comes back by being released, all else may by itself.
  for (const ModuleFault& fault : verdict.failed) {
    if (fault.reason != kQuarantinedWord) {
      faulted_[verdict.indicator] |= fault.reason == kNotRunningWord;
    }
    if (IsOutOfService(fault)) summary->NoteOut(fault);
  }
}

absl::Status JudgingRun::Take(const RuleSet& set, Verdict verdict,
                              const Verdict* before, bool candidate) {
  RunSummary& summary = by_plan_[verdict.indicator.plan];
  NoteFaults(verdict, &summary);
  if (verdict.failed.size() < set.modules().size()) {
    answered_.insert(verdict.indicator.plan);
  }
  if (candidate && !summary.out.empty()) {
    return CandidateFailed(set, summary.out.front());
  }
  if (WaitsForModules(verdict, set)) {
    verdict = KeepLast(std::move(verdict), before);
    ++summary.waiting;
  }
  ++summary.evaluated;
  summary.counts.Add(verdict.status);
  if (before == nullptr || before->status != verdict.status ||
      before->reason != verdict.reason) {
    ++turned_;
  }
  if (before != nullptr && SaysTheSame(*before, verdict)) {
    return absl::OkStatus();
  }
  ++summary.changed;
  return writer_.Add(std::move(verdict));
}

absl::Status JudgingRun::JudgeBatch(const RuleSet& set,
                                    absl::Span<const IndicatorKey> keys,
                                    bool candidate) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           setup_.deps.store->Snapshot());
  StoredVerdicts stored;
  SHIRUBE_RETURN_IF_ERROR(stored.Load(*reader, keys));
  TableFiller::OverridesByKey overrides;
  if (candidate) {
    SHIRUBE_ASSIGN_OR_RETURN(overrides,
                             setup_.filler->OverridesUnder(*reader, keys, set));
  }
  std::vector<Verdict> verdicts;
  const QuarantineInbox* inbox = setup_.deps.quarantines;
  // Where a module was set aside meanwhile, what it did to the rows before that
  // does not count: they wait, as those after it do.
  for (size_t more = set.modules().size();; --more) {
    const uint64_t notices = inbox == nullptr ? 0 : inbox->count();
    verdicts.clear();
    SHIRUBE_RETURN_IF_ERROR(
        Ask(set, keys, candidate ? &overrides : nullptr, &verdicts));
    if (more == 0 || inbox == nullptr || inbox->count() == notices) break;
  }
  for (Verdict& verdict : verdicts) {
    const Verdict* before = stored.Find(verdict.indicator);
    SHIRUBE_RETURN_IF_ERROR(Take(set, std::move(verdict), before, candidate));
  }
  return absl::OkStatus();
}

absl::Status JudgingRun::Judge(const RuleSet& set,
                               const std::vector<IndicatorKey>& keys) {
  for (size_t from = 0; from < keys.size(); from += setup_.max_batch_rows) {
    const size_t n = std::min(setup_.max_batch_rows, keys.size() - from);
    SHIRUBE_RETURN_IF_ERROR(
        JudgeBatch(set, absl::MakeConstSpan(keys).subspan(from, n), false));
  }
  return absl::OkStatus();
}

absl::Status JudgingRun::JudgeCandidate(const RuleSet& set,
                                        const std::vector<IndicatorKey>& keys) {
  for (size_t from = 0; from < keys.size(); from += setup_.max_batch_rows) {
    if (setup_.stopped()) {
      return absl::CancelledError("the evaluator has stopped");
    }
    const size_t n = std::min(setup_.max_batch_rows, keys.size() - from);
    SHIRUBE_RETURN_IF_ERROR(
        JudgeBatch(set, absl::MakeConstSpan(keys).subspan(from, n), true));
  }
  return absl::OkStatus();
}

bool JudgingRun::AnyAnswer(const PlanId& plan) const {
  return plan.empty() ? !answered_.empty() : answered_.contains(plan);
}

RunSummary JudgingRun::Sum(const PlanId& plan) const {
  RunSummary sum;
  for (const auto& [id, part] : by_plan_) {
    if (plan.empty() || id == plan) AddTo(part, &sum);
  }
  return sum;
}

}  // namespace shirube
