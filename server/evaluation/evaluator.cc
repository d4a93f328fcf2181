#include "server/evaluation/evaluator.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/domain/violation.h"
#include "server/evaluation/alert_news.h"
#include "server/evaluation/compare.h"
#include "server/evaluation/derivation.h"
#include "server/evaluation/follower.h"
#include "server/evaluation/plan_view.h"
#include "server/evaluation/preview.h"
#include "server/evaluation/rule_sets.h"
#include "server/evaluation/scratch_judge.h"

namespace shirube {
namespace {

absl::Status NotYetJudged(const IndicatorKey& key) {
  const std::string name = NameOf(key);
  return MakeError(
      absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
      absl::StrCat(name, " has not been judged yet; try again later"),
      absl::StrCat(name,
                   " はまだ判定されていません。しばらくしてからもう一度"
                   "お試しください"),
      {{"resource", name}});
}

// Values given for a what-if replace the stored ones of their period and basis.
std::vector<Observation> Merged(std::vector<Observation> stored,
                                const std::vector<Observation>& given) {
  std::map<std::string, Observation> by_id;
  for (Observation& observation : stored) {
    const std::string id = observation.id();
    by_id[id] = std::move(observation);
  }
  for (const Observation& observation : given) {
    by_id[observation.id()] = observation;
  }
  std::vector<Observation> merged;
  for (auto& [id, observation] : by_id) {
    merged.push_back(std::move(observation));
  }
  return merged;
}

class EvaluatorImpl : public Evaluator {
 public:
  EvaluatorImpl(const Dependencies& dependencies, const Options& options)
      : deps_(dependencies),
        rule_sets_(dependencies.store, dependencies.rule_host),
        follower_(dependencies, options, &rule_sets_, &progress_),
        scratch_(dependencies.table, dependencies.rule_host,
                 dependencies.clock),
        previews_{
            dependencies.store, dependencies.table,  dependencies.rule_host,
            &rule_sets_,        &progress_,          &preview_stop_,
            dependencies.clock, options.preview_rows},
        news_(dependencies, &rule_sets_) {}
  ~EvaluatorImpl() override { Stop(); }

  absl::Status Begin() { return follower_.Start(); }

  void Stop() override {
    preview_stop_.Stop();
    follower_.Stop();
  }
  absl::Status WaitJudged(Revision revision, absl::Time deadline) override {
    return progress_.WaitJudged(revision, deadline);
  }
  absl::Status WaitApplied(Revision revision, absl::Time deadline) override {
    return progress_.WaitApplied(revision, deadline);
  }
  Revision judged_through() const override { return progress_.judged(); }
  Revision applied_through() const override { return progress_.applied(); }
  WaitToken NotifyJudged(Revision revision,
                         std::function<void(absl::Status)> done) override {
    return progress_.Notify(revision, std::move(done));
  }
  void CancelNotify(WaitToken token) override { progress_.Cancel(token); }

  absl::StatusOr<Verdict> GetVerdict(const IndicatorKey& key,
                                     const ReadOptions& options) override;
  absl::StatusOr<std::vector<Verdict>> ListVerdicts(
      const PlanId& plan, const ReadOptions& options) override;
  absl::StatusOr<PlanFlags> Flags(const PlanId& plan,
                                  const ReadOptions& options) override;
  absl::StatusOr<Explanation> Explain(
      const IndicatorKey& key, const ReadOptions& options,
      std::optional<Period> flip_period) override;
  absl::StatusOr<std::vector<Explanation>> EvaluateIndicators(
      const std::vector<WhatIfCase>& cases,
      const WhatIfOptions& options) override;
  absl::StatusOr<LaggingPage> LaggingWithoutAlert(const PlanId& plan,
                                                  const IndicatorId& after,
                                                  int limit,
                                                  bool texts) override {
    return news_.Lagging(plan, after, limit, texts);
  }
  absl::StatusOr<RunSummary> RunEvaluation(const PlanId& plan,
                                           absl::Time deadline) override;
  absl::StatusOr<ActivationOutcome> Activate(Mutation mutation, bool rollback,
                                             absl::Time deadline) override {
    return follower_.Activate(std::move(mutation), rollback, deadline);
  }
  absl::StatusOr<MutationResult> Release(Mutation mutation,
                                         absl::Time deadline) override {
    return follower_.Release(std::move(mutation), deadline);
  }
  absl::Status Preview(const Yardstick& candidate,
                       const PreviewOptions& options, absl::Time deadline,
                       const PreviewSink& sink) override {
    return RunPreview(previews_, candidate, options, deadline, sink);
  }
  absl::StatusOr<Comparison> Compare(const PlanId& plan,
                                     const std::vector<IndicatorId>& only,
                                     const std::vector<Yardstick>& yardsticks,
                                     const ReadOptions& options) override {
    SHIRUBE_RETURN_IF_ERROR(Check(options));
    return CompareYardsticks(
        {deps_.store, &rule_sets_, &scratch_, &preview_stop_}, plan, only,
        yardsticks, options);
  }
  absl::Status RuleSetProblem(const RuleSetId& id) const override {
    return rule_sets_.ProblemOf(id);
  }

 private:
  absl::Status Check(const ReadOptions& options) const {
    if (!options.as_of || options.allow_future) return absl::OkStatus();
    return CheckAsOf(*options.as_of, "as_of", deps_.clock());
  }
  absl::StatusOr<StoreReader*> ReaderOf(
      const ReadOptions& options, std::unique_ptr<StoreReader>* own) const;
  absl::StatusOr<Subject> Load(StoreReader& reader, const IndicatorKey& key,
                               std::optional<Period> as_of) const;
  // The verdicts of a plan in printed order, stored or judged now.
  absl::StatusOr<std::vector<Verdict>> VerdictsOf(
      StoreReader& reader, const PlanId& plan,
      const std::vector<Indicator>& indicators,
      const ReadOptions& options) const;
  absl::StatusOr<std::map<IndicatorId, Verdict>> JudgeAsOf(
      StoreReader& reader, const PlanView& view, const Period& as_of) const;
  absl::StatusOr<Subject> SubjectOfCase(StoreReader& reader,
                                        const WhatIfCase& what_if,
                                        const std::string& prefix,
                                        const WhatIfOptions& options,
                                        Violations* violations) const;

  const Dependencies deps_;
  // Mutable: a read loads the set that its state of the data names.
  mutable RuleSets rule_sets_;
  Progress progress_;
  Follower follower_;
  ScratchJudge scratch_;
  PreviewStop preview_stop_;
  const PreviewDependencies previews_;
  const AlertNewsMaker news_;
};

absl::StatusOr<Subject> EvaluatorImpl::Load(StoreReader& reader,
                                            const IndicatorKey& key,
                                            std::optional<Period> as_of) const {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<Indicator> indicator,
                           reader.GetIndicator(key));
  if (!indicator || indicator->stamp.deleted()) return NoSuchIndicator(key);
  ListQuery query;
  query.plan = key.plan;
  query.indicator = key.indicator;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observation> observations,
                           reader.ListObservations(query));
  SHIRUBE_ASSIGN_OR_RETURN(std::shared_ptr<const PlanContext> context,
                           ContextOf(reader, key.plan));
  SHIRUBE_ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rule_set,
                           rule_sets_.Get(context->rule_set));
  return MakeSubject(*std::move(indicator), std::move(observations),
                     std::move(context), std::move(rule_set), as_of);
}

absl::StatusOr<Verdict> EvaluatorImpl::GetVerdict(const IndicatorKey& key,
                                                  const ReadOptions& options) {
  SHIRUBE_RETURN_IF_ERROR(Check(options));
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  if (options.as_of) {
    SHIRUBE_ASSIGN_OR_RETURN(const Subject subject,
                             Load(*reader, key, options.as_of));
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<JudgedRow> judged,
                             scratch_.Judge({&subject}, false));
    return std::move(judged[0].verdict);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<Indicator> indicator,
                           reader->GetIndicator(key));
  if (!indicator || indicator->stamp.deleted()) return NoSuchIndicator(key);
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<Verdict> verdict,
                           reader->GetVerdict(key));
  if (!verdict) return NotYetJudged(key);
  return *std::move(verdict);
}

absl::StatusOr<std::map<IndicatorId, Verdict>> EvaluatorImpl::JudgeAsOf(
    StoreReader& reader, const PlanView& view, const Period& as_of) const {
  std::map<IndicatorId, const Indicator*> by_id;
  std::vector<Subject> others;  // other aims were in force: rows of their own
  for (const Indicator& indicator : view.indicators) {
    by_id[indicator.id] = &indicator;
    if (!HadOtherAims(indicator, as_of)) continue;
    SHIRUBE_ASSIGN_OR_RETURN(Subject subject,
                             Load(reader, indicator.key(), as_of));
    others.push_back(std::move(subject));
  }
  std::map<IndicatorId, Verdict> verdicts;
  const Selection selection = deps_.table->SelectPlan(view.context->plan.id);
  const auto find = [&](size_t part, uint32_t k) -> const Indicator* {
    const auto it = by_id.find(selection.parts[part].key(k).indicator);
    return it == by_id.end() ? nullptr : it->second;
  };
  // The table's parameters are those of the set that is active by now.
  std::map<IndicatorId, Overrides> overrides;
  for (const Indicator& indicator : view.indicators) {
    SHIRUBE_ASSIGN_OR_RETURN(
        Overrides own, OverridesOf(indicator, *view.context, *view.rule_set));
    if (!own.empty()) overrides[indicator.id] = std::move(own);
  }
  JudgeOptions options;
  options.ask.population = static_cast<int64_t>(deps_.table->Usage().rows);
  options.now = deps_.clock();
  options.ask.as_of_index = as_of.index12();
  options.overrides = [&](size_t part, uint32_t k) -> const Overrides* {
    if (overrides.empty()) return nullptr;
    const auto it = overrides.find(selection.parts[part].key(k).indicator);
    return it == overrides.end() ? nullptr : &it->second;
  };
  options.year_kinds = [&](size_t part, uint32_t k) {
    const Indicator* indicator = find(part, k);
    return indicator == nullptr
               ? YearKinds()
               : YearKindsOf(*indicator, BaselineAsOf(*indicator, as_of),
                             TargetAsOf(*indicator, as_of));
  };
  SHIRUBE_RETURN_IF_ERROR(
      JudgeRows(*deps_.rule_host, *view.rule_set, selection, options,
                [&](size_t part, uint32_t k, JudgedRow row) {
                  if (find(part, k) == nullptr) return;
                  const IndicatorId id = row.verdict.indicator.indicator;
                  verdicts[id] = std::move(row.verdict);
                }));
  std::vector<const Subject*> asked;
  for (const Subject& subject : others) asked.push_back(&subject);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<JudgedRow> judged,
                           scratch_.Judge(asked, false));
  for (JudgedRow& row : judged) {
    const IndicatorId id = row.verdict.indicator.indicator;
    verdicts[id] = std::move(row.verdict);
  }
  return verdicts;
}

absl::StatusOr<std::vector<Verdict>> EvaluatorImpl::VerdictsOf(
    StoreReader& reader, const PlanId& plan,
    const std::vector<Indicator>& indicators,
    const ReadOptions& options) const {
  std::map<IndicatorId, Verdict> by_id;
  if (options.as_of) {
    PlanView view;
    SHIRUBE_ASSIGN_OR_RETURN(view.context, ContextOf(reader, plan));
    SHIRUBE_ASSIGN_OR_RETURN(view.rule_set,
                             rule_sets_.Get(view.context->rule_set));
    view.indicators = indicators;
    SHIRUBE_ASSIGN_OR_RETURN(by_id, JudgeAsOf(reader, view, *options.as_of));
  } else {
    ListQuery query;
    query.plan = plan;
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> stored,
                             reader.ListVerdicts(query));
    for (Verdict& verdict : stored) {
      const IndicatorId id = verdict.indicator.indicator;
      by_id[id] = std::move(verdict);
    }
  }
  std::vector<Verdict> verdicts;
  for (const Indicator& indicator : indicators) {
    Verdict verdict;  // not judged yet: no status
    verdict.indicator = indicator.key();
    const auto it = by_id.find(indicator.id);
    verdicts.push_back(it == by_id.end() ? std::move(verdict)
                                         : std::move(it->second));
  }
  return verdicts;
}

absl::StatusOr<StoreReader*> EvaluatorImpl::ReaderOf(
    const ReadOptions& options, std::unique_ptr<StoreReader>* own) const {
  if (options.reader != nullptr) return options.reader;
  SHIRUBE_ASSIGN_OR_RETURN(*own, deps_.store->Snapshot());
  return own->get();
}

absl::StatusOr<std::vector<Verdict>> EvaluatorImpl::ListVerdicts(
    const PlanId& plan, const ReadOptions& options) {
  SHIRUBE_RETURN_IF_ERROR(Check(options));
  std::unique_ptr<StoreReader> own_reader;
  SHIRUBE_ASSIGN_OR_RETURN(StoreReader* const reader,
                           ReaderOf(options, &own_reader));
  std::vector<PlanId> plans = {plan};
  if (plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Plan> all,
                             reader->ListPlans(ListQuery()));
    plans.clear();
    for (const Plan& one : all) plans.push_back(one.id);
  }
  std::vector<Verdict> verdicts;
  for (const PlanId& id : plans) {
    SHIRUBE_ASSIGN_OR_RETURN(const PlanView view, ViewOf(*reader, id));
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> own,
                             VerdictsOf(*reader, id, view.indicators, options));
    std::move(own.begin(), own.end(), std::back_inserter(verdicts));
  }
  return verdicts;
}

absl::StatusOr<PlanFlags> EvaluatorImpl::Flags(const PlanId& plan,
                                               const ReadOptions& options) {
  SHIRUBE_RETURN_IF_ERROR(Check(options));
  std::unique_ptr<StoreReader> own_reader;
  SHIRUBE_ASSIGN_OR_RETURN(StoreReader* const reader,
                           ReaderOf(options, &own_reader));
  SHIRUBE_ASSIGN_OR_RETURN(const PlanView view, ViewOf(*reader, plan));
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts,
                           VerdictsOf(*reader, plan, view.indicators, options));
  std::map<IndicatorId, FlagInput> inputs;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    FlagInput& input = inputs[view.indicators[i].id];
    input.indicator = view.indicators[i].id;
    input.numeric_target = HasNumericTarget(view.indicators[i]);
    input.period = verdicts[i].period;
    if (verdicts[i].status != Status::kUnspecified) {
      input.status = verdicts[i].status;
    }
  }
  ListQuery query;
  query.plan = plan;
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Initiative> initiatives,
                           reader->ListInitiatives(query));
  return DecidePlanFlags(initiatives, view.indicators, inputs,
                         view.context->plan.flag_policy);
}

absl::StatusOr<Explanation> EvaluatorImpl::Explain(
    const IndicatorKey& key, const ReadOptions& options,
    std::optional<Period> flip_period) {
  SHIRUBE_RETURN_IF_ERROR(Check(options));
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
  SHIRUBE_ASSIGN_OR_RETURN(const Subject subject,
                           Load(*reader, key, options.as_of));
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<JudgedRow> judged,
                           scratch_.Judge({&subject}, true));
  // The verdict that stands, unless newer data is not judged yet.
  std::optional<Verdict> stored;
  if (!options.as_of && head.judged_through >= subject.row.input_revision) {
    SHIRUBE_ASSIGN_OR_RETURN(stored, reader->GetVerdict(key));
  }
  Explanation e = scratch_.Explain(subject, judged[0], stored);
  e.revision = head.revision;
  std::optional<TrendPoint> actual = e.derivation.actual;
  if (!actual && !flip_period && e.verdict.period) {
    flip_period = PeriodAfter(*e.verdict.period);  // what stands is unreadable
  }
  if (!actual && !e.derivation.trend.empty()) {
    actual = e.derivation.trend.back();
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      e.flip_points,
      scratch_.FlipPoints(subject, judged[0], actual, flip_period));
  return e;
}

absl::StatusOr<Subject> EvaluatorImpl::SubjectOfCase(
    StoreReader& reader, const WhatIfCase& what_if, const std::string& prefix,
    const WhatIfOptions& options, Violations* violations) const {
  const std::optional<Period>& as_of = options.read.as_of;
  Indicator indicator;
  std::vector<Observation> observations;
  PlanId plan = options.plan;
  if (what_if.stored) {
    SHIRUBE_ASSIGN_OR_RETURN(std::optional<Indicator> found,
                             reader.GetIndicator(*what_if.stored));
    if (!found || found->stamp.deleted()) {
      return NoSuchIndicator(*what_if.stored);
    }
    indicator = *std::move(found);
    plan = indicator.plan;
    ListQuery query;
    query.plan = plan;
    query.indicator = indicator.id;
    SHIRUBE_ASSIGN_OR_RETURN(observations, reader.ListObservations(query));
  }
  if (what_if.definition) indicator = *what_if.definition;
  if (what_if.ignore_stored) observations.clear();
  observations = Merged(std::move(observations), what_if.observations);
  ValidateIndicator(indicator, observations, prefix + ".definition",
                    violations);
  for (size_t i = 0; i < what_if.observations.size(); ++i) {
    ValidateObservation(indicator, what_if.observations[i],
                        absl::StrCat(prefix, ".observations[", i, "]"),
                        violations);
  }
  if (!violations->empty()) return ViolationsToStatus(*violations);
  auto context = std::make_shared<const PlanContext>();
  if (!plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(context, ContextOf(reader, plan));
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const RuleSetId id,
      RuleSets::ActiveId(reader, options.rule_set.empty()
                                     ? context->plan.rule_set
                                     : options.rule_set));
  SHIRUBE_ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rule_set,
                           rule_sets_.Get(id));
  return MakeSubject(std::move(indicator), std::move(observations),
                     std::move(context), std::move(rule_set), as_of);
}

absl::StatusOr<std::vector<Explanation>> EvaluatorImpl::EvaluateIndicators(
    const std::vector<WhatIfCase>& cases, const WhatIfOptions& options) {
  SHIRUBE_RETURN_IF_ERROR(Check(options.read));
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
  Violations violations;
  std::map<RuleSetId, std::vector<size_t>> by_set;
  std::vector<Subject> subjects(cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    Violations own;
    absl::StatusOr<Subject> subject = SubjectOfCase(
        *reader, cases[i], absl::StrCat("cases[", i, "]"), options, &own);
    std::move(own.begin(), own.end(), std::back_inserter(violations));
    if (!subject.ok() && own.empty()) return subject.status();
    if (!subject.ok()) continue;
    subjects[i] = *std::move(subject);
    by_set[subjects[i].rule_set->id()].push_back(i);
  }
  if (!violations.empty()) return ViolationsToStatus(violations);
  std::vector<Explanation> results(cases.size());
  for (const auto& [id, members] : by_set) {
    std::vector<const Subject*> asked;
    for (size_t i : members) asked.push_back(&subjects[i]);
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<JudgedRow> judged,
                             scratch_.Judge(asked, true));
    for (size_t k = 0; k < members.size(); ++k) {
      const Subject& subject = *asked[k];
      Explanation& e = results[members[k]];
      e = scratch_.Explain(subject, judged[k], std::nullopt);
      e.revision = head.revision;
      if (!options.explain) continue;
      SHIRUBE_ASSIGN_OR_RETURN(
          e.flip_points,
          scratch_.FlipPoints(subject, judged[k], e.derivation.actual,
                              std::nullopt));
    }
  }
  return results;
}

absl::StatusOr<RunSummary> EvaluatorImpl::RunEvaluation(const PlanId& plan,
                                                        absl::Time deadline) {
  if (!plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             deps_.store->Snapshot());
    SHIRUBE_RETURN_IF_ERROR(ContextOf(*reader, plan).status());
  }
  return follower_.Run(plan, deadline);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Evaluator>> Evaluator::Start(
    const Dependencies& dependencies, const Options& options) {
  auto evaluator = std::make_unique<EvaluatorImpl>(dependencies, options);
  SHIRUBE_RETURN_IF_ERROR(evaluator->Begin());
  return evaluator;
}

}  // namespace shirube
