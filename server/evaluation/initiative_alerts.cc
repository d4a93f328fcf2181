#include "server/evaluation/initiative_alerts.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/evaluation/alert_sentences.h"
#include "server/evaluation/alert_subject.h"

namespace shirube {
namespace {

constexpr size_t kNamed = 3;  // indicators in a sentence

std::optional<Period> NewestOf(const FlagBoard::Standing& standing) {
  std::optional<Period> newest;
  for (const FlagBoard::Lagging& one : standing.lagging) {
    if (one.period && (!newest || *newest < *one.period)) newest = one.period;
  }
  return newest;
}

// Those that lag, without the ones that no reader finds any more.
absl::StatusOr<std::vector<NamedLagging>> NamesOf(
    StoreReader& reader, const PlanId& plan,
    const FlagBoard::Standing& standing) {
  std::vector<NamedLagging> named;
  for (const FlagBoard::Lagging& one : standing.lagging) {
    if (named.size() == kNamed) break;
    SHIRUBE_ASSIGN_OR_RETURN(const auto indicator,
                             reader.GetIndicator({plan, one.indicator}));
    if (!indicator) continue;
    named.push_back({indicator->display_name, one.reason, one.period});
  }
  return named;
}

// What does not depend on how the initiative stands.
Observed About(const FlagBoard& board, const PlanContext& context, size_t at,
               AlertKind kind) {
  Observed now;
  now.plan = context.plan.id;
  now.kind = kind;
  now.subject = board.initiative(at).id.value();
  now.subject_display_name = board.initiative(at).display_name;
  now.rule_set = context.rule_set;
  now.owner = context.plan.owner;
  const auto above = board.Upwards(at);
  for (const Initiative* one : above) now.initiatives.push_back(one->id);
  const auto owned =
      std::find_if(above.begin(), above.end(),
                   [](const Initiative* one) { return !one->owner.empty(); });
  if (owned != above.end()) now.owner = (*owned)->owner;
  return now;
}

void AddCauses(const FlagBoard::Standing& standing, Observed* now) {
  for (const FlagBoard::Lagging& one : standing.lagging) {
    if (now->causes.size() == kMostCauses) break;
    now->causes.push_back(one.indicator);
  }
}

std::optional<Period> YearAfter(const std::optional<Period>& period) {
  if (!period) return std::nullopt;
  const auto year = Period::FiscalYear(period->fiscal_year() + 1);
  return year.ok() ? std::optional<Period>(*year) : std::nullopt;
}

// A plan of that year is there, and says nothing of an initiative that a person
// gave indicators to.
bool IsNotPlanned(const FlagBoard& board, size_t at,
                  const std::optional<Period>& next) {
  if (!next || !board.IsLinked(at)) return false;
  const int year = next->fiscal_year();
  return board.HasPlannedAnywhere(year) && !board.HasPlanned(at, year);
}

}  // namespace

absl::Status InitiativeAlerts::Start(StoreReader& reader, const Dirty& dirty) {
  for (const AlertKind kind :
       {AlertKind::kLaggingInitiative, AlertKind::kNoPlannedEntry}) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Alert> alerts,
                             UnresolvedAlerts(reader, kind));
    for (const Alert& alert : alerts) lagging_.insert(alert.plan);
  }
  SHIRUBE_RETURN_IF_ERROR(Note(reader, dirty));
  // What a run that was cut off has said already is not known any more.
  SHIRUBE_ASSIGN_OR_RETURN(const auto cut_off, reader.NextAlertBacklog());
  if (cut_off) {
    for (const PlanId& plan : filler_->Plans()) due_[plan].all = true;
  }
  for (const IndicatorKey& key : dirty.indicators) due_[key.plan].all = true;
  for (const auto& [scope, judge] : dirty.activated) {
    for (const PlanId& plan : filler_->PlansInScope(scope)) {
      due_[plan].all = true;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<InitiativeAlerts::Known*> InitiativeAlerts::BoardOf(
    StoreReader& reader, const PlanContext& context) {
  const PlanId& plan = context.plan.id;
  const auto found = known_.find(plan);
  if (found != known_.end()) return &found->second;
  SHIRUBE_ASSIGN_OR_RETURN(FlagBoard board,
                           FlagBoard::Load(reader, context.plan));
  Known known(std::move(board));
  SHIRUBE_ASSIGN_OR_RETURN(
      const std::vector<Alert> lagging,
      UnresolvedAlerts(reader, AlertKind::kLaggingInitiative, plan));
  for (const Alert& alert : lagging) {
    Said& said = known.said[InitiativeId(alert.subject)];
    said.lags = true;
    said.period = alert.period;
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const std::vector<Alert> not_planned,
      UnresolvedAlerts(reader, AlertKind::kNoPlannedEntry, plan));
  for (const Alert& alert : not_planned) {
    known.said[InitiativeId(alert.subject)].not_planned = true;
  }
  return &known_.emplace(plan, std::move(known)).first->second;
}

absl::Status InitiativeAlerts::NoteTree(StoreReader& reader,
                                        const PlanId& plan) {
  const PlanContext* context = filler_->FindPlan(plan);
  const auto known = known_.find(plan);
  if (context == nullptr) {
    if (known != known_.end()) known_.erase(known);
    due_.erase(plan);
    return absl::OkStatus();
  }
  due_[plan].all = true;
  if (known == known_.end()) return absl::OkStatus();
  ListQuery query;
  query.plan = plan;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Initiative> initiatives,
                           reader.ListInitiatives(query));
  if (!known->second.board.TakeInitiatives(std::move(initiatives),
                                           context->plan.flag_policy)) {
    known_.erase(known);
  }
  return absl::OkStatus();
}

absl::Status InitiativeAlerts::Note(StoreReader& reader, const Dirty& dirty) {
  for (const PlanId& plan : dirty.plans) {
    SHIRUBE_RETURN_IF_ERROR(NoteTree(reader, plan));
  }
  for (const PlanId& plan : dirty.told) due_[plan].all = true;
  for (const IndicatorKey& key : dirty.redefined) {
    const auto known = known_.find(key.plan);
    if (known == known_.end()) {
      due_[key.plan].all = true;
      continue;
    }
    SHIRUBE_ASSIGN_OR_RETURN(const auto indicator, reader.GetIndicator(key));
    FlagBoard& board = known->second.board;
    FlagBoard::Positions& touched = due_[key.plan].some;
    if (!indicator || indicator->stamp.deleted()) {
      touched.merge(board.Remove(key.indicator));
      continue;
    }
    const bool is_back = !board.Knows(key.indicator);
    touched.merge(board.Define(*indicator));
    if (!is_back) continue;
    // It may be judged as it was, which is no news.
    SHIRUBE_ASSIGN_OR_RETURN(const auto verdict, reader.GetVerdict(key));
    if (verdict) touched.merge(board.Judge(*verdict));
  }
  return absl::OkStatus();
}

absl::Status InitiativeAlerts::Judge(StoreReader& reader,
                                     const Verdict& verdict) {
  const IndicatorKey& key = verdict.indicator;
  FlagBoard& board = known_.at(key.plan).board;
  FlagBoard::Positions touched;
  if (!board.Knows(key.indicator)) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto indicator, reader.GetIndicator(key));
    if (!indicator || indicator->stamp.deleted()) return absl::OkStatus();
    touched = board.Define(*indicator);
  }
  touched.merge(board.Judge(verdict));
  Due& due = due_[key.plan];
  if (verdict.status == Status::kAtRisk) {
    due.lagging.insert(touched.begin(), touched.end());
  }
  due.some.merge(std::move(touched));
  return absl::OkStatus();
}

absl::Status InitiativeAlerts::NoteVisible(
    StoreReader& reader, const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    const PlanId& plan = verdict.indicator.plan;
    if (known_.contains(plan)) {
      SHIRUBE_RETURN_IF_ERROR(Judge(reader, verdict));
    } else if (verdict.status == Status::kAtRisk || lagging_.contains(plan)) {
      due_[plan].all = true;
    }
  }
  return absl::OkStatus();
}

bool InitiativeAlerts::IsPending(const std::map<PlanId, Revision>& held) const {
  return std::any_of(due_.begin(), due_.end(), [&held](const auto& due) {
    return !held.contains(due.first);
  });
}

absl::StatusOr<std::vector<Observed>> InitiativeAlerts::Of(
    const std::vector<Verdict>& verdicts,
    const std::map<PlanId, Revision>& held) {
  std::vector<Observed> observed;
  if (verdicts.empty() && !IsPending(held)) return observed;
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           store_->Snapshot());
  for (const Verdict& verdict : verdicts) {
    const PlanId& plan = verdict.indicator.plan;
    const PlanContext* context = filler_->FindPlan(plan);
    if (context == nullptr) continue;
    const bool matters = verdict.status == Status::kAtRisk ||
                         lagging_.contains(plan) || due_.contains(plan) ||
                         known_.contains(plan);
    if (!matters) continue;
    SHIRUBE_RETURN_IF_ERROR(BoardOf(*reader, *context).status());
    SHIRUBE_RETURN_IF_ERROR(Judge(*reader, verdict));
  }
  for (auto it = due_.begin(); it != due_.end();) {
    const auto& [plan, due] = *it;
    if (held.contains(plan)) {
      ++it;
      continue;
    }
    const PlanContext* context = filler_->FindPlan(plan);
    if (context != nullptr) {
      SHIRUBE_RETURN_IF_ERROR(Say(*reader, *context, due, &observed));
    }
    said_.insert(plan);
    it = due_.erase(it);
  }
  return observed;
}

absl::Status InitiativeAlerts::Say(StoreReader& reader,
                                   const PlanContext& context, const Due& due,
                                   std::vector<Observed>* observed) {
  SHIRUBE_ASSIGN_OR_RETURN(Known* const known, BoardOf(reader, context));
  for (const size_t at : due.all ? known->board.All() : due.some) {
    // Also in the same words: what was told of nobody until now may be told.
    const bool again = due.all || due.lagging.contains(at);
    SHIRUBE_RETURN_IF_ERROR(
        SayOne(reader, context, again, known, at, observed));
  }
  return absl::OkStatus();
}

absl::Status InitiativeAlerts::SayOne(StoreReader& reader,
                                      const PlanContext& context, bool again,
                                      Known* known, size_t at,
                                      std::vector<Observed>* observed) {
  const FlagBoard& board = known->board;
  const FlagBoard::Standing standing = board.Of(at);
  // No answer is known: all stays as it was.
  if (standing.status == Status::kIndeterminate) return absl::OkStatus();
  const bool lags = standing.status == Status::kAtRisk;
  Said& said = known->said[board.initiative(at).id];
  if (!lags && !said.lags && !said.not_planned) return absl::OkStatus();

  Observed now = About(board, context, at, AlertKind::kLaggingInitiative);
  now.status = standing.status;
  now.value = *Decimal::Make(standing.counts.at_risk, 0);
  now.unit = "件";
  now.period = NewestOf(standing);
  // The one that lagged last may be well again while older ones lag on: that
  // makes no alert of an earlier period.
  if (said.lags && (!lags || now.period < said.period)) {
    now.period = said.period;
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto named,
                           NamesOf(reader, context.plan.id, standing));
  now.sentence = InitiativeText(now.subject_display_name, standing.status,
                                standing.counts, named);
  if (lags) {
    now.reason = standing.lagging.front().reason;
    now.severity = standing.lagging.front().severity;
    now.way_out = LaggingInitiativeWayOut(context.plan.flag_policy);
    AddCauses(standing, &now);
  }
  const std::optional<Period> next = YearAfter(now.period);
  const bool not_planned = lags && IsNotPlanned(board, at, next);
  const std::string words =
      absl::StrCat(now.sentence.ja, now.severity, now.owner, not_planned,
                   now.period ? now.period->ToId() : "");
  if (lags && !again && said.lags && said.last == words) {
    return absl::OkStatus();
  }
  if (not_planned || said.not_planned) {
    Observed entry = About(board, context, at, AlertKind::kNoPlannedEntry);
    entry.period = now.period;
    const std::optional<Period> asked = YearAfter(said.period);
    const bool planned = asked && board.HasPlanned(at, asked->fiscal_year());
    entry.status = Status::kOnTrack;
    if (lags && !planned) entry.status = Status::kNotEvaluated;
    if (not_planned) entry.status = Status::kAtRisk;
    entry.sentence =
        NoLongerMissingText(entry.subject_display_name, lags, planned);
    if (not_planned) {
      entry.reason = "NOT_MENTIONED";
      entry.severity = Severity::kWarning;
      entry.sentence = NotPlannedText(entry.subject_display_name, *next);
      entry.way_out = NotPlannedWayOut(*next);
      entry.causes = now.causes;
    }
    observed->push_back(std::move(entry));
  }
  said = {lags, not_planned, now.period, words};
  if (lags) lagging_.insert(context.plan.id);
  observed->push_back(std::move(now));
  return absl::OkStatus();
}

void InitiativeAlerts::Forget() {
  for (const auto& [plan, known] : known_) due_[plan].all = true;
  for (const PlanId& plan : said_) due_[plan].all = true;
  for (auto& [plan, due] : due_) due = {true, {}, {}};
  said_.clear();
  known_.clear();
}

}  // namespace shirube
