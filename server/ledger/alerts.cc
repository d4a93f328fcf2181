#include "server/ledger/alerts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"

namespace shirube::ledger {

namespace {

constexpr int kAlertPage = 256;

Cause CauseOf(WriteContext* ctx) {
  return {ctx->now(), ctx->stamped_actor(), ctx->revision()};
}

absl::Status Write(WriteContext* ctx, const AlertTransition& step) {
  SHIRUBE_ASSIGN_OR_RETURN(ctx->committed().last_transition,
                           ctx->tx()->PutTransition(step));
  ctx->set_changed();
  return absl::OkStatus();
}

absl::Status WriteAll(WriteContext* ctx,
                      const std::vector<AlertTransition>& steps) {
  for (const AlertTransition& step : steps) {
    SHIRUBE_RETURN_IF_ERROR(Write(ctx, step));
  }
  return absl::OkStatus();
}

AlertQuery OfSubject(const PlanId& plan, AlertKind kind,
                     const std::string& subject, bool unresolved) {
  AlertQuery query;
  query.plan = plan;
  query.kind = kind;
  query.subject = subject;
  query.unresolved = unresolved;
  return query;
}

Observed ObservedOf(const Verdict& verdict, const AlertNews* news) {
  Observed now;
  now.plan = verdict.indicator.plan;
  now.subject = verdict.indicator.indicator.value();
  now.period = verdict.period;
  now.status = verdict.status;
  now.reason = verdict.reason;
  now.severity = verdict.severity;
  now.value = verdict.value;
  now.rule_set = verdict.rule_set;
  now.facts_known = news != nullptr;
  if (news != nullptr) {
    now.subject_display_name = news->display_name;
    now.unit = news->unit;
    now.owner = news->owner;
    now.initiatives = news->initiatives;
    now.sentence = news->sentence;
    now.way_out = news->way_out;
  }
  return now;
}

bool IsAnswer(const std::optional<Verdict>& verdict) {
  return verdict.has_value() && (verdict->status == Status::kAchieved ||
                                 verdict->status == Status::kOnTrack ||
                                 verdict->status == Status::kAtRisk);
}

// The same figure lagged before: whoever was to hear of it has heard, or it was
// there before alerts were.
bool LaggedAlready(const Verdict& now, const std::optional<Verdict>& before) {
  return before.has_value() && before->status == Status::kAtRisk &&
         before->period == now.period && before->value == now.value;
}

// Whether this is the first answer for an indicator of a baseline import; it is
// one only once.
absl::StatusOr<bool> TakeBaseline(WriteContext* ctx, const Verdict& now,
                                  const std::optional<Verdict>& before) {
  if (IsAnswer(before) || !IsAnswer(now)) return false;
  SHIRUBE_ASSIGN_OR_RETURN(const bool is, ctx->tx()->IsBaseline(now.indicator));
  if (is) {
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->SetBaseline(now.indicator, false));
  }
  return is;
}

absl::StatusOr<std::vector<AlertTransition>> Observe(WriteContext* ctx,
                                                     const Observed& now,
                                                     bool only_unresolved) {
  SHIRUBE_ASSIGN_OR_RETURN(
      auto alerts, ctx->tx()->ListAlerts(OfSubject(
                       now.plan, now.kind, now.subject, only_unresolved)));
  std::vector<AlertTransition> steps = Decide(now, alerts, CauseOf(ctx));
  SHIRUBE_RETURN_IF_ERROR(WriteAll(ctx, steps));
  return steps;
}

template <typename T>
absl::StatusOr<bool> IsLive(const absl::StatusOr<std::optional<T>>& found) {
  if (!found.ok()) return found.status();
  return found->has_value() && !(*found)->stamp.deleted();
}

// What was seen of a subject may be older than its deletion, which has resolved
// its alerts.
absl::StatusOr<bool> IsThere(WriteContext* ctx, const Observed& now) {
  switch (now.kind) {
    case AlertKind::kLaggingIndicator:
    case AlertKind::kFigureOverdue:
      return IsLive(
          ctx->tx()->GetIndicator({now.plan, IndicatorId(now.subject)}));
    case AlertKind::kLaggingInitiative:
    case AlertKind::kNoPlannedEntry:
      return IsLive(
          ctx->tx()->GetInitiative({now.plan, InitiativeId(now.subject)}));
    case AlertKind::kModuleOutOfService:
    case AlertKind::kUnspecified:
      return IsLive(ctx->tx()->GetPlan(now.plan));
  }
  return false;
}

absl::StatusOr<bool> AnyIsToldBelow(WriteContext* ctx, const PlanId& plan,
                                    const InitiativeId& initiative) {
  AlertQuery page = OfSubject(plan, AlertKind::kLaggingIndicator, "", true);
  page.limit = kAlertPage;
  while (true) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto alerts, ctx->tx()->ListAlerts(page));
    for (const Alert& alert : alerts) {
      const auto& above = alert.initiatives;
      if (std::find(above.begin(), above.end(), initiative) != above.end()) {
        return true;
      }
    }
    if (static_cast<int>(alerts.size()) < page.limit) return false;
    page.after = alerts.back().id.value();
  }
}

// What lagged before anybody was to be told, as in a baseline import, makes no
// news of the initiatives above either.
absl::StatusOr<bool> AnyCauseIsTold(WriteContext* ctx, const Observed& now) {
  AlertQuery any = OfSubject(now.plan, AlertKind::kLaggingIndicator, "", true);
  any.limit = 1;
  SHIRUBE_ASSIGN_OR_RETURN(const auto first, ctx->tx()->ListAlerts(any));
  if (first.empty()) return false;
  for (const IndicatorId& cause : now.causes) {
    SHIRUBE_ASSIGN_OR_RETURN(
        auto alerts, ctx->tx()->ListAlerts(OfSubject(
                         now.plan, AlertKind::kLaggingIndicator, cause.value(),
                         /*unresolved=*/true)));
    if (!alerts.empty()) return true;
  }
  if (now.causes.size() < kMostCauses) return false;
  return AnyIsToldBelow(ctx, now.plan, InitiativeId(now.subject));
}

absl::Status ResolveRemoved(WriteContext* ctx, AlertQuery query,
                            const std::set<AlertKind>& kinds) {
  query.unresolved = true;
  SHIRUBE_ASSIGN_OR_RETURN(auto alerts, ctx->tx()->ListAlerts(query));
  for (const Alert& alert : alerts) {
    if (kinds.count(alert.kind) == 0) continue;
    SHIRUBE_RETURN_IF_ERROR(
        Write(ctx, Resolved(alert, AlertResolution::kRemoved, CauseOf(ctx))));
  }
  return absl::OkStatus();
}

absl::Status AfterDeletion(WriteContext* ctx, const Touched& touched) {
  AlertQuery query;
  query.plan = touched.plan;
  query.subject = touched.id;
  switch (touched.kind) {
    case ResourceKind::kPlan:
      return ResolveRemoved(
          ctx, query,
          {AlertKind::kLaggingIndicator, AlertKind::kLaggingInitiative,
           AlertKind::kNoPlannedEntry, AlertKind::kFigureOverdue,
           AlertKind::kModuleOutOfService});
    case ResourceKind::kInitiative:
      return ResolveRemoved(
          ctx, query,
          {AlertKind::kLaggingInitiative, AlertKind::kNoPlannedEntry});
    case ResourceKind::kIndicator:
      return ResolveRemoved(
          ctx, query,
          {AlertKind::kLaggingIndicator, AlertKind::kFigureOverdue});
    default:
      return absl::OkStatus();
  }
}

// What the deletion alone had ended opens again: the verdict that is there
// again may stay as it is, and would say nothing. One by another rule set is
// judged anew, which does.
absl::Status AfterUndeletion(WriteContext* ctx, const Touched& touched) {
  if (touched.kind != ResourceKind::kIndicator) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(
      const auto verdict,
      ctx->tx()->GetVerdict({touched.plan, IndicatorId(touched.id)}));
  if (!verdict || verdict->status != Status::kAtRisk) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(
      const auto alert,
      ctx->tx()->GetAlert(
          {touched.plan, AlertIdOf(AlertKind::kLaggingIndicator, touched.id,
                                   verdict->period)}));
  if (!alert || alert->resolution != AlertResolution::kRemoved) {
    return absl::OkStatus();
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto active, ActiveRuleSet(ctx, touched.plan));
  if (!active || (!active->empty() && *active != verdict->rule_set)) {
    return absl::OkStatus();
  }
  return Observe(ctx, ObservedOf(*verdict, /*news=*/nullptr),
                 /*only_unresolved=*/false)
      .status();
}

// Of an indicator deleted since it was judged: as if the deletion had come a
// moment later, so that undeleting it opens the alert.
absl::Status OpenAndRemove(WriteContext* ctx, const Observed& now) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const auto known,
      ctx->tx()->GetAlert(
          {now.plan, AlertIdOf(now.kind, now.subject, now.period)}));
  if (known && known->resolution == AlertResolution::kRemoved) {
    return absl::OkStatus();
  }
  SHIRUBE_RETURN_IF_ERROR(
      Observe(ctx, now, /*only_unresolved=*/false).status());
  return ResolveRemoved(
      ctx, OfSubject(now.plan, now.kind, now.subject, /*unresolved=*/true),
      {now.kind});
}

bool IsBaselineImport(const MutationBody& body) {
  if (const auto* apply = std::get_if<ApplyPlan>(&body)) {
    return apply->options.baseline_import;
  }
  const auto* batch = std::get_if<BatchRecord>(&body);
  return batch != nullptr && batch->baseline_import;
}

absl::Status NoteBaseline(WriteContext* ctx,
                          const std::vector<Touched>& touched) {
  std::set<IndicatorKey> keys;
  for (const Touched& one : touched) {
    if (one.kind == ResourceKind::kObservation &&
        one.type != ChangeType::kDeleted) {
      keys.insert({one.plan, IndicatorId(one.id)});
    }
  }
  for (const IndicatorKey& key : keys) {
    SHIRUBE_ASSIGN_OR_RETURN(auto verdict, ctx->tx()->GetVerdict(key));
    if (IsAnswer(verdict)) continue;
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->SetBaseline(key, true));
  }
  return absl::OkStatus();
}

// The alert that a person is about to change.
absl::StatusOr<Alert> ToChange(WriteContext* ctx, const AlertKey& key,
                               const std::string& etag) {
  SHIRUBE_ASSIGN_OR_RETURN(auto alert, ctx->tx()->GetAlert(key));
  if (!alert.has_value()) return NotFound(NameOf(key));
  if (!etag.empty() && etag != EtagOf(alert->stamp)) {
    return EtagMismatch(NameOf(key));
  }
  if (IsResolved(*alert)) return AlertResolved(NameOf(key));
  return *std::move(alert);
}

absl::Status WriteByHand(WriteContext* ctx, const AlertTransition& step,
                         MutationResult* result) {
  SHIRUBE_RETURN_IF_ERROR(Write(ctx, step));
  ctx->Touch({ResourceKind::kAlert, ChangeType::kUpdated, step.alert.plan,
              step.alert.id.value(), ""});
  ctx->set_resource_name(NameOf(step.alert.key()));
  result->alert = step.alert;
  return absl::OkStatus();
}

absl::Status TickAll(WriteContext* ctx, AlertState state, const TickAlerts& m) {
  AlertQuery query;
  query.state = state;
  SHIRUBE_ASSIGN_OR_RETURN(auto alerts, ctx->tx()->ListAlerts(query));
  for (const Alert& alert : alerts) {
    if (auto step = Ticked(alert, m.today, m.now, CauseOf(ctx))) {
      SHIRUBE_RETURN_IF_ERROR(Write(ctx, *step));
    }
  }
  return absl::OkStatus();
}

// One verdict of a run that was published at `published`.
absl::Status ExpandOne(WriteContext* ctx, const Verdict& verdict,
                       Revision published, const NewsByKey& news) {
  SHIRUBE_ASSIGN_OR_RETURN(auto visible,
                           ctx->tx()->GetVerdict(verdict.indicator));
  // A later one has said already what holds now.
  if (!visible.has_value() || visible->revision != verdict.revision ||
      visible->input_revision != verdict.input_revision ||
      visible->rule_set != verdict.rule_set) {
    return absl::OkStatus();
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      auto before, ctx->tx()->GetVerdict(verdict.indicator, published - 1));
  return AlertsOfVerdict(ctx, verdict, before, news);
}

}  // namespace

void AddOpened(const std::vector<AlertTransition>& steps,
               MutationResult* result) {
  for (const AlertTransition& step : steps) {
    // An alert of an earlier period may have ended by it.
    if (step.type != TransitionType::kOpened) continue;
    result->alerts.push_back(step.alert.key());
    ++result->count;
  }
}

absl::Status AlertsOfVerdict(WriteContext* ctx, const Verdict& verdict,
                             const std::optional<Verdict>& before,
                             const NewsByKey& news) {
  SHIRUBE_ASSIGN_OR_RETURN(const bool baseline,
                           TakeBaseline(ctx, verdict, before));
  Observed now = ObservedOf(verdict, news.Find(verdict.indicator));
  now.silent = baseline || LaggedAlready(verdict, before);
  // Resolved ones matter to what lags alone.
  const bool lags = verdict.status == Status::kAtRisk;
  if (lags) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool there, IsThere(ctx, now));
    if (!there) return OpenAndRemove(ctx, now);
  }
  return Observe(ctx, now, /*only_unresolved=*/!lags).status();
}

absl::Status AlertsOfOthers(WriteContext* ctx,
                            const std::vector<Observed>& observed) {
  for (const Observed& one : observed) {
    Observed now = one;
    const bool holds = now.status == Status::kAtRisk;
    if (holds) {
      SHIRUBE_ASSIGN_OR_RETURN(const bool there, IsThere(ctx, now));
      if (!there) continue;
    }
    if (holds && IsOfInitiative(now.kind)) {
      SHIRUBE_ASSIGN_OR_RETURN(const bool told, AnyCauseIsTold(ctx, now));
      now.silent = !told;
    }
    SHIRUBE_RETURN_IF_ERROR(
        Observe(ctx, now, /*only_unresolved=*/!holds).status());
  }
  return absl::OkStatus();
}

absl::Status AlertsAfter(WriteContext* ctx, const MutationBody& body) {
  // A copy: resolving touches nothing, but may grow what is committed.
  const std::vector<Touched> touched = ctx->committed().change.touched;
  for (const Touched& one : touched) {
    if (one.type == ChangeType::kDeleted) {
      SHIRUBE_RETURN_IF_ERROR(AfterDeletion(ctx, one));
    } else if (one.type == ChangeType::kUndeleted) {
      SHIRUBE_RETURN_IF_ERROR(AfterUndeletion(ctx, one));
    }
  }
  if (IsBaselineImport(body)) return NoteBaseline(ctx, touched);
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const AcknowledgeAlert& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(const Alert alert, ToChange(ctx, m.key, m.etag));
  if (!MayChange(alert.state, AlertStep::kAcknowledge)) {
    return AlertAcknowledged(NameOf(m.key), alert.acknowledged_by);
  }
  return WriteByHand(
      ctx, Acknowledged(alert, m.reason, m.review_date, CauseOf(ctx)), result);
}

absl::Status Execute(WriteContext* ctx, const SnoozeAlert& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(const Alert alert, ToChange(ctx, m.key, m.etag));
  return WriteByHand(ctx, Snoozed(alert, m.until, CauseOf(ctx)), result);
}

absl::Status Execute(WriteContext* ctx, const ResolveAlert& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(Alert alert, ToChange(ctx, m.key, m.etag));
  if (!m.reason.empty()) alert.acknowledge_reason = m.reason;
  return WriteByHand(
      ctx, Resolved(alert, AlertResolution::kByHand, CauseOf(ctx)), result);
}

absl::Status Execute(WriteContext* ctx, const OpenExistingAlerts& m,
                     MutationResult* result) {
  SHIRUBE_RETURN_IF_ERROR(ctx->Live(m.plan).status());
  for (const AlertNews& one : m.news) {
    if (one.key.plan != m.plan) continue;
    SHIRUBE_ASSIGN_OR_RETURN(auto verdict, ctx->tx()->GetVerdict(one.key));
    // Both may have changed since the news was made.
    if (!verdict.has_value() || verdict->status != Status::kAtRisk) continue;
    SHIRUBE_ASSIGN_OR_RETURN(
        auto alert,
        ctx->tx()->GetAlert(
            {m.plan, AlertIdOf(AlertKind::kLaggingIndicator,
                               one.key.indicator.value(), verdict->period)}));
    if (alert.has_value()) continue;
    SHIRUBE_ASSIGN_OR_RETURN(auto steps,
                             Observe(ctx, ObservedOf(*verdict, &one),
                                     /*only_unresolved=*/false));
    AddOpened(steps, result);
  }
  // The initiatives above are looked at again.
  for (const AlertKey& key : result->alerts) {
    ctx->Touch({ResourceKind::kAlert, ChangeType::kCreated, key.plan,
                key.alert.value(), ""});
  }
  result->through = m.through;
  ctx->set_resource_name(m.through.empty()
                             ? NameOf(m.plan)
                             : NameOf(IndicatorKey{m.plan, m.through}));
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const ObserveAlerts& m,
                     MutationResult*) {
  return AlertsOfOthers(ctx, m.observed);
}

absl::Status Execute(WriteContext* ctx, const ExpandRunAlerts& m,
                     MutationResult* result) {
  const NewsByKey news(m.news);
  SHIRUBE_ASSIGN_OR_RETURN(auto backlog, ctx->tx()->NextAlertBacklog());
  if (!backlog.has_value()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(
      auto verdicts,
      ctx->tx()->ListRunVerdicts(backlog->run, backlog->after, m.limit));
  for (const RunVerdict& one : verdicts) {
    SHIRUBE_RETURN_IF_ERROR(
        ExpandOne(ctx, one.verdict, backlog->published, news));
    backlog->after = one.row;
  }
  if (static_cast<int>(verdicts.size()) < m.limit) {
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->EndAlertBacklog(backlog->run));
  } else {
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutAlertBacklog(*backlog));
  }
  SHIRUBE_RETURN_IF_ERROR(AlertsOfOthers(ctx, m.observed));
  SHIRUBE_ASSIGN_OR_RETURN(auto left, ctx->tx()->NextAlertBacklog());
  result->alerts_left = left.has_value();
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const TickAlerts& m, MutationResult*) {
  SHIRUBE_RETURN_IF_ERROR(TickAll(ctx, AlertState::kAcknowledged, m));
  return TickAll(ctx, AlertState::kSnoozed, m);
}

}  // namespace shirube::ledger
