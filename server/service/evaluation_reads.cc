#include "server/service/evaluation_reads.h"

#include <algorithm>
#include <utility>

#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/service/convert_explanation.h"
#include "server/service/plan_order.h"
#include "server/service/resource_names.h"

namespace shirube {

absl::Status RefuseAsKnownAt(const std::string& as_known_at) {
  if (as_known_at.empty()) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "AS_KNOWN_AT_UNSUPPORTED",
      "as_known_at: this server does not answer it yet; leave it empty",
      "as_known_at: このサーバーはまだ対応していません。空にしてください");
}

ReadOptions ReadAsOf(const FieldReader& reader, const std::string& as_of,
                     bool allow_future) {
  ReadOptions options;
  options.as_of = reader.PeriodId("as_of", as_of);
  options.allow_future = allow_future;
  return options;
}

namespace {

absl::Status ReadVerdicts(const Backend& backend, const PlanId& id,
                          const ReadOptions& options, JudgedPlan* out) {
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> verdicts,
                           backend.evaluator->ListVerdicts(id, options));
  for (Verdict& verdict : verdicts) {
    const IndicatorId indicator = verdict.indicator.indicator;
    out->verdicts[indicator] = std::move(verdict);
  }
  return absl::OkStatus();
}

absl::Status ReadFlags(const Backend& backend, const PlanId& id,
                       const ReadOptions& options, JudgedPlan* out) {
  SHIRUBE_ASSIGN_OR_RETURN(PlanFlags flags,
                           backend.evaluator->Flags(id, options));
  for (Flag& flag : flags.initiatives) {
    const InitiativeId initiative = flag.initiative;
    out->flags[initiative] = std::move(flag);
  }
  out->counts = flags.plan.counts;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JudgedPlan> ReadJudgedPlan(const Backend& backend,
                                          const PlanId& id,
                                          const ReadOptions& options,
                                          Judged judged) {
  JudgedPlan out;
  SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend));
  SHIRUBE_ASSIGN_OR_RETURN(out.plan,
                           Live(snapshot.reader->GetPlan(id), NameOf(id)));
  ListQuery query;
  query.plan = id;
  SHIRUBE_ASSIGN_OR_RETURN(auto initiatives,
                           snapshot.reader->ListInitiatives(query));
  out.initiatives = InTreeOrder(std::move(initiatives));
  SHIRUBE_ASSIGN_OR_RETURN(out.indicators,
                           snapshot.reader->ListIndicators(query));
  SortAsPrinted(&out.indicators);
  const auto above = InitiativesAbove(out.initiatives, out.indicators);
  for (const Indicator& indicator : out.indicators) {
    for (const InitiativeId& initiative : above.at(indicator.id)) {
      out.below[initiative].push_back(indicator.id);
    }
  }
  out.revision = snapshot.head.revision;
  if (options.as_of) out.as_of = options.as_of->ToId();
  // All of one state: an activation in between would mix two rule sets.
  ReadOptions of_snapshot = options;
  of_snapshot.reader = snapshot.reader.get();
  if (judged != Judged::kNo) {
    SHIRUBE_RETURN_IF_ERROR(ReadVerdicts(backend, id, of_snapshot, &out));
  }
  if (judged == Judged::kYes) {
    SHIRUBE_RETURN_IF_ERROR(ReadFlags(backend, id, of_snapshot, &out));
  }
  return out;
}

v1::Verdict VerdictToWire(const Backend& backend, const JudgedPlan& plan,
                          const Indicator& indicator) {
  const auto found = plan.verdicts.find(indicator.id);
  Verdict none;  // an indicator that is younger than the judgement
  none.indicator = indicator.key();
  return ToWire(found == plan.verdicts.end() ? none : found->second,
                {backend.history, &indicator,
                 found == plan.verdicts.end()
                     ? nullptr
                     : &backend.versions->Of(found->second.rule_set),
                 plan.as_of, plan.revision});
}

v1::Flag FlagToWire(const Backend& backend, const JudgedPlan& plan,
                    const Initiative& initiative) {
  FlagView view;
  view.history = backend.history;
  view.initiative = &initiative;
  view.as_of = plan.as_of;
  view.rule_set = plan.plan.rule_set;
  if (const auto below = plan.below.find(initiative.id);
      below != plan.below.end()) {
    view.indicators = below->second;
  }
  view.judged_time = absl::UnixEpoch();
  view.revision =
      plan.as_of.empty() ? initiative.stamp.revision : plan.revision;
  for (const IndicatorId& id : view.indicators) {
    const auto verdict = plan.verdicts.find(id);
    if (verdict == plan.verdicts.end()) continue;
    view.input_revision =
        std::max(view.input_revision, verdict->second.input_revision);
    view.judged_time = std::max(view.judged_time, verdict->second.judged_time);
    if (!verdict->second.rule_set.empty()) {
      view.rule_set = verdict->second.rule_set;
    }
    if (plan.as_of.empty()) {
      view.revision = std::max(view.revision, verdict->second.revision);
    }
  }
  const auto flag = plan.flags.find(initiative.id);
  return ToWire(flag == plan.flags.end() ? Flag() : flag->second, view);
}

void AddFacts(const Backend& backend, const PlanId& plan,
              const ReadOptions& options, std::vector<v1::Verdict*> verdicts) {
  if (verdicts.empty()) return;
  Violations ignored;
  const FieldReader reader("", &ignored);
  std::vector<WhatIfCase> cases;
  for (const v1::Verdict* verdict : verdicts) {
    WhatIfCase one;
    one.stored = ReadIndicatorName(reader, "indicator", verdict->indicator());
    if (!one.stored) return;
    cases.push_back(std::move(one));
  }
  WhatIfOptions what_if;
  what_if.read = options;
  what_if.plan = plan;
  const auto answers = backend.evaluator->EvaluateIndicators(cases, what_if);
  if (!answers.ok()) return;
  for (size_t i = 0; i < verdicts.size() && i < answers->size(); ++i) {
    const Verdict& now = (*answers)[i].verdict;
    if (RuleSetName(now.rule_set) != verdicts[i]->rule_set() ||
        ToWire(now.status) != verdicts[i]->status() ||
        now.reason != verdicts[i]->reason() ||
        (now.value ? now.value->ToString() : "") != verdicts[i]->value()) {
      continue;  // written to in between
    }
    FillFacts((*answers)[i], verdicts[i]);
  }
}

void Count(v1::Verdict::Status status, v1::StatusCounts* counts) {
  counts->set_total(counts->total() + 1);
  switch (status) {
    case v1::Verdict::STATUS_ACHIEVED:
      counts->set_achieved(counts->achieved() + 1);
      break;
    case v1::Verdict::STATUS_ON_TRACK:
      counts->set_on_track(counts->on_track() + 1);
      break;
    case v1::Verdict::STATUS_AT_RISK:
      counts->set_at_risk(counts->at_risk() + 1);
      break;
    case v1::Verdict::STATUS_INDETERMINATE:
      counts->set_indeterminate(counts->indeterminate() + 1);
      return;
    case v1::Verdict::STATUS_NOT_EVALUATED:
      counts->set_not_evaluated(counts->not_evaluated() + 1);
      return;
    default:
      return;
  }
  counts->set_evaluated(counts->evaluated() + 1);
}

}  // namespace shirube
