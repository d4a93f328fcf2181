#include "server/evaluation/preview.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/judgement.h"
#include "server/evaluation/plan_view.h"
#include "server/evaluation/preview_report.h"
#include "server/evaluation/preview_source.h"
#include "server/evaluation/two_sets.h"

namespace shirube {
namespace {

constexpr absl::Duration kRestPiece = absl::Milliseconds(100);

// Some rows of a batch, chosen from the table or made: which row of the batch
// each position is.
struct Chosen {
  Selection selection;
  std::vector<std::vector<size_t>> row_of;  // by part and position
};

class PreviewRun {
 public:
  PreviewRun(const PreviewDependencies& deps, const PreviewOptions& options,
             absl::Time deadline, const PreviewSink& sink)
      : deps_(deps),
        options_(options),
        deadline_(deadline),
        sink_(sink),
        pace_(deps.batch_rows) {}

  absl::Status Run(const Yardstick& candidate);

 private:
  using Observed = std::map<size_t, std::vector<Observation>>;

  absl::Status CheckPeriods() const;
  absl::Status Begin(const Yardstick& candidate);
  absl::StatusOr<std::vector<PlanId>> Plans(StoreReader& reader,
                                            RuleSetId* judged_by) const;
  size_t periods() const { return std::max<size_t>(options_.as_of.size(), 1); }
  std::optional<Period> AsOf(size_t period) const {
    if (options_.as_of.empty()) return std::nullopt;
    return options_.as_of[period];
  }

  absl::Status JudgeBatch();
  absl::Status JudgePeriod(size_t period);
  absl::Status JudgeChosen(size_t period, const Chosen& chosen, bool made,
                           std::vector<std::pair<size_t, VerdictChange>>*);
  void ChooseFromTable();
  absl::StatusOr<Chosen> Make(size_t period, const std::vector<size_t>& rows);
  absl::StatusOr<RowInput> RowAsOf(size_t period, size_t row);
  JudgeOptions OptionsOf(size_t period, const Chosen& chosen) const;
  VerdictChange ChangeOf(size_t period, size_t row,
                         const std::pair<Verdict, Verdict>& verdicts) const;

  absl::Status GoOn() const;
  absl::Status Rest(absl::Duration duration);

  const PreviewDependencies& deps_;
  const PreviewOptions& options_;
  const absl::Time deadline_;
  const PreviewSink& sink_;
  PreviewPace pace_;
  std::optional<TwoSets> sets_;
  std::optional<PreviewSource> source_;
  std::optional<PreviewReport> report_;
  int64_t population_ = 0;

  // Of the batch under way.
  PreviewBatch batch_;
  std::vector<IndicatorKey> keys_;
  absl::flat_hash_map<IndicatorKey, size_t> places_;
  std::optional<Chosen> from_table_;
  std::vector<bool> in_table_;  // by row
  Observed observed_;           // of rows that had to be made, by row
  size_t questions_ = 0;
};

absl::Status PreviewRun::CheckPeriods() const {
  if (options_.allow_future) return absl::OkStatus();
  for (size_t p = 0; p < options_.as_of.size(); ++p) {
    SHIRUBE_RETURN_IF_ERROR(CheckAsOf(
        options_.as_of[p], absl::StrCat("as_of[", p, "]"), deps_.clock()));
  }
  return absl::OkStatus();
}

// Those asked, and what judges them now.
absl::StatusOr<std::vector<PlanId>> PreviewRun::Plans(
    StoreReader& reader, RuleSetId* judged_by) const {
  if (!options_.plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto context,
                             ContextOf(reader, options_.plan));
    *judged_by = context->rule_set;
    return std::vector<PlanId>{options_.plan};
  }
  SHIRUBE_ASSIGN_OR_RETURN(*judged_by, RuleSets::ActiveId(reader, RuleSetId()));
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Plan> all,
                           reader.ListPlans(ListQuery()));
  std::vector<PlanId> plans;
  for (const Plan& plan : all) {
    if (plan.rule_set.empty()) plans.push_back(plan.id);
  }
  return plans;
}

absl::Status PreviewRun::Begin(const Yardstick& candidate) {
  PreviewPart begun;
  PreviewSource::Setup source;
  RuleSetId judged_by;
  {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
    begun.revision = head.revision;
    SHIRUBE_ASSIGN_OR_RETURN(source.plans, Plans(*reader, &judged_by));
  }
  SHIRUBE_ASSIGN_OR_RETURN(source.before, deps_.rule_sets->Get(judged_by));
  SHIRUBE_ASSIGN_OR_RETURN(source.after,
                           deps_.rule_sets->GetForTrial(candidate));
  // What was written before it was asked for is seen.
  SHIRUBE_RETURN_IF_ERROR(
      deps_.progress->WaitApplied(begun.revision, deadline_));
  pace_.IsBusy(absl::Now(), begun.revision);
  source.periods = periods();
  begun.rule_set = source.after->id();
  for (const PlanId& plan : source.plans) {
    begun.total += static_cast<int64_t>(deps_.table->CountPlan(plan));
  }
  begun.total *= static_cast<int64_t>(periods());
  population_ = static_cast<int64_t>(deps_.table->Usage().rows);
  sets_.emplace(deps_.host, source.before, source.after);
  source_.emplace(std::move(source));
  report_.emplace(options_, std::move(begun), &sink_);
  return absl::OkStatus();
}

absl::Status PreviewRun::GoOn() const {
  if (deps_.stop->stopped()) {
    return absl::CancelledError("the evaluator has stopped");
  }
  if (absl::Now() >= deadline_) {
    return absl::DeadlineExceededError(
        "the preview was not complete at the deadline; give it more time, "
        "fewer periods or one plan");
  }
  return absl::OkStatus();
}

void PreviewRun::ChooseFromTable() {
  Chosen chosen;
  chosen.selection = deps_.table->SelectKeys(keys_);
  in_table_.assign(batch_.rows.size(), false);
  for (const SelectionPart& part : chosen.selection.parts) {
    std::vector<size_t>& rows = chosen.row_of.emplace_back();
    rows.reserve(part.size());
    for (uint32_t k = 0; k < part.size(); ++k) {
      rows.push_back(places_.at(part.key(k)));
      in_table_[rows.back()] = true;
    }
  }
  from_table_ = std::move(chosen);
}

absl::StatusOr<RowInput> PreviewRun::RowAsOf(size_t period, size_t row) {
  const PreviewRow& known = batch_.rows[row];
  auto observed = observed_.find(row);
  if (observed == observed_.end()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    ListQuery query;
    query.plan = known.indicator.plan;
    query.indicator = known.indicator.id;
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observation> observations,
                             reader->ListObservations(query));
    observed = observed_.emplace(row, std::move(observations)).first;
  }
  return MakePlainRow(known.indicator, observed->second, known.plan->context,
                      AsOf(period));
}

absl::StatusOr<Chosen> PreviewRun::Make(size_t period,
                                        const std::vector<size_t>& rows) {
  std::vector<RowInput> inputs;
  for (const size_t row : rows) {
    SHIRUBE_ASSIGN_OR_RETURN(RowInput input, RowAsOf(period, row));
    inputs.push_back(std::move(input));
  }
  Chosen chosen;
  SHIRUBE_ASSIGN_OR_RETURN(chosen.selection, deps_.table->Scratch(inputs));
  chosen.row_of = {rows};
  return chosen;
}

JudgeOptions PreviewRun::OptionsOf(size_t period, const Chosen& chosen) const {
  JudgeOptions options;
  options.now = deps_.clock();
  options.ask.population = population_;
  const std::optional<Period> as_of = AsOf(period);
  if (as_of) options.ask.as_of_index = as_of->index12();
  options.year_kinds = [this, &chosen, as_of](size_t part, uint32_t k) {
    const Indicator& indicator = batch_.rows[chosen.row_of[part][k]].indicator;
    return YearKindsOf(indicator, BaselineAsOf(indicator, as_of),
                       TargetAsOf(indicator, as_of));
  };
  return options;
}

VerdictChange PreviewRun::ChangeOf(
    size_t period, size_t row,
    const std::pair<Verdict, Verdict>& verdicts) const {
  const Indicator& indicator = batch_.rows[row].indicator;
  VerdictChange change;
  change.key = indicator.key();
  change.display_name = indicator.display_name;
  change.as_of = AsOf(period);
  change.before = JudgementOf(sets_->before(), verdicts.first);
  change.after = JudgementOf(sets_->after(), verdicts.second);
  return change;
}

// `made`: not the table's rows, of which those that had to be made are skipped.
absl::Status PreviewRun::JudgeChosen(
    size_t period, const Chosen& chosen, bool made,
    std::vector<std::pair<size_t, VerdictChange>>* changes) {
  const std::optional<Period> as_of = AsOf(period);
  const auto overrides = [&](const Overrides PreviewRow::*side) {
    return [&chosen, side, this](size_t part, uint32_t k) {
      const Overrides& own = batch_.rows[chosen.row_of[part][k]].*side;
      return own.empty() ? nullptr : &own;
    };
  };
  JudgeOptions before = OptionsOf(period, chosen);
  JudgeOptions after = before;
  before.overrides = overrides(&PreviewRow::before);
  after.overrides = overrides(&PreviewRow::after);
  questions_ += 2;
  return sets_->Judge(
      chosen.selection, before, after,
      [&](const TwoSets::Row& judged, const TwoSets::Verdicts& verdicts) {
        const size_t place = chosen.row_of[judged.part][judged.k];
        const PreviewRow& row = batch_.rows[place];
        if (!made && HadOtherAims(row.indicator, as_of)) return;
        report_->Count(period, judged);
        row.plan->flags.Add(period, row.counted_by, row.numeric_target,
                            judged.before->verdict.status,
                            judged.after->verdict.status);
        if (report_->Lists(judged.difference)) {
          changes->push_back({place, ChangeOf(period, place, verdicts())});
        }
      });
}

absl::Status PreviewRun::JudgePeriod(size_t period) {
  if (!from_table_) ChooseFromTable();
  const std::optional<Period> as_of = AsOf(period);
  std::vector<size_t> to_make;
  for (size_t row = 0; row < batch_.rows.size(); ++row) {
    if (!in_table_[row] || HadOtherAims(batch_.rows[row].indicator, as_of)) {
      to_make.push_back(row);
    }
  }
  std::vector<std::pair<size_t, VerdictChange>> changes;
  SHIRUBE_RETURN_IF_ERROR(JudgeChosen(period, *from_table_, false, &changes));
  if (!to_make.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const Chosen made, Make(period, to_make));
    SHIRUBE_RETURN_IF_ERROR(JudgeChosen(period, made, true, &changes));
  }
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [row, change] : changes) report_->List(std::move(change));
  return absl::OkStatus();
}

absl::Status PreviewRun::JudgeBatch() {
  keys_.clear();
  places_.clear();
  observed_.clear();
  for (size_t row = 0; row < batch_.rows.size(); ++row) {
    keys_.push_back(batch_.rows[row].indicator.key());
    places_[keys_.back()] = row;
  }
  for (size_t period = 0; period < periods(); ++period) {
    SHIRUBE_RETURN_IF_ERROR(GoOn());
    if (!batch_.rows.empty()) SHIRUBE_RETURN_IF_ERROR(JudgePeriod(period));
    for (const auto& plan : batch_.complete) {
      report_->AddFlags(period, plan->flags);
    }
    if (!report_->IsDue()) continue;
    from_table_.reset();  // the caller may take its time
    SHIRUBE_RETURN_IF_ERROR(report_->SendIfDue());
  }
  from_table_.reset();
  return absl::OkStatus();
}

absl::Status PreviewRun::Rest(absl::Duration duration) {
  const absl::Time until = absl::Now() + duration;
  for (absl::Time now = absl::Now(); now < until; now = absl::Now()) {
    deps_.stop->WaitFor(std::min(until - now, kRestPiece));
    SHIRUBE_RETURN_IF_ERROR(GoOn());
    SHIRUBE_RETURN_IF_ERROR(report_->SendIfDue());
    if (!pace_.IsBusy(absl::Now(), deps_.progress->applied())) break;
  }
  return absl::OkStatus();
}

absl::Status PreviewRun::Run(const Yardstick& candidate) {
  SHIRUBE_RETURN_IF_ERROR(CheckPeriods());
  SHIRUBE_RETURN_IF_ERROR(GoOn());
  SHIRUBE_RETURN_IF_ERROR(Begin(candidate));
  while (true) {
    SHIRUBE_RETURN_IF_ERROR(GoOn());
    const absl::Time began = absl::Now();
    SHIRUBE_ASSIGN_OR_RETURN(batch_, source_->Next(*deps_.store, pace_.rows()));
    if (batch_.rows.empty() && batch_.complete.empty()) break;
    questions_ = 0;
    const absl::Time read = absl::Now();
    SHIRUBE_RETURN_IF_ERROR(JudgeBatch());
    const absl::Time now = absl::Now();
    pace_.IsBusy(now, deps_.progress->applied());
    SHIRUBE_RETURN_IF_ERROR(
        Rest(pace_.Note(now - began, now - read, questions_)));
  }
  return report_->Finish();
}

}  // namespace

absl::Status RunPreview(const PreviewDependencies& deps,
                        const Yardstick& candidate,
                        const PreviewOptions& options, absl::Time deadline,
                        const PreviewSink& sink) {
  return PreviewRun(deps, options, deadline, sink).Run(candidate);
}

}  // namespace shirube
