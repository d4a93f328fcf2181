#include "server/evaluation/alert_news.h"

#include <optional>
#include <utility>

#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/evaluation/alert_subject.h"
#include "server/evaluation/alert_text.h"
#include "server/evaluation/plan_view.h"
#include "server/storage/store.h"

namespace shirube {
namespace {

// A flip point costs some thousand judgements, and verdicts wait for it.
constexpr size_t kMostFlips = 512;

}  // namespace

// What is asked of one rule set at once.
struct AlertNewsMaker::Group {
  std::vector<Subject> subjects;
  std::vector<Verdict> verdicts;
  std::vector<size_t> news;  // positions
};

AlertNewsMaker::AlertNewsMaker(const Evaluator::Dependencies& deps,
                               RuleSets* rule_sets)
    : deps_(deps),
      rule_sets_(rule_sets),
      scratch_(deps.table, deps.rule_host, deps.clock) {}

std::vector<AlertNews> AlertNewsMaker::Of(const std::vector<Verdict>& verdicts,
                                          absl::Duration flip_time) const {
  absl::StatusOr<std::vector<AlertNews>> news = Make(verdicts, flip_time);
  if (news.ok()) return *std::move(news);
  LogWarning("alerts are written without their texts: ",
             news.status().message());
  return {};
}

absl::StatusOr<bool> AlertNewsMaker::IsTold(StoreReader& reader,
                                            const Verdict& verdict) const {
  if (verdict.status == Status::kAtRisk) return true;
  AlertQuery query;
  query.plan = verdict.indicator.plan;
  query.kind = AlertKind::kLaggingIndicator;
  query.subject = verdict.indicator.indicator.value();
  query.unresolved = true;
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Alert> alerts,
                           reader.ListAlerts(query));
  return !alerts.empty();
}

absl::Status AlertNewsMaker::Load(
    StoreReader& reader, const Verdict& verdict,
    std::map<PlanId, std::shared_ptr<const PlanContext>>* contexts,
    std::map<RuleSetId, Group>* groups, std::vector<AlertNews>* news) const {
  const IndicatorKey& key = verdict.indicator;
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<Indicator> indicator,
                           reader.GetIndicator(key));
  if (!indicator || indicator->stamp.deleted()) return absl::OkStatus();
  std::shared_ptr<const PlanContext>& context = (*contexts)[key.plan];
  if (context == nullptr) {
    SHIRUBE_ASSIGN_OR_RETURN(context, ContextOf(reader, key.plan));
  }
  AlertNews one;
  one.key = key;
  one.display_name = indicator->display_name;
  one.unit = indicator->unit;
  one.owner = OwnerOf(*indicator, *context);
  one.initiatives = InitiativesAbove(*indicator, *context);
  news->push_back(std::move(one));
  // From here on texts alone are at stake.
  const auto set = rule_sets_->Get(verdict.rule_set);
  if (!set.ok()) return absl::OkStatus();
  ListQuery query;
  query.plan = key.plan;
  query.indicator = key.indicator;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observation> observations,
                           reader.ListObservations(query));
  absl::StatusOr<Subject> subject =
      MakeSubject(*std::move(indicator), std::move(observations), context, *set,
                  std::nullopt);
  if (!subject.ok()) return absl::OkStatus();
  Group& group = (*groups)[verdict.rule_set];
  group.subjects.push_back(*std::move(subject));
  group.verdicts.push_back(verdict);
  group.news.push_back(news->size() - 1);
  return absl::OkStatus();
}

void AlertNewsMaker::AddTexts(const Group& group, absl::Time flips_until,
                              size_t* flips,
                              std::vector<AlertNews>* news) const {
  std::vector<const Subject*> subjects;
  for (const Subject& subject : group.subjects) subjects.push_back(&subject);
  const auto judged = scratch_.Judge(subjects, /*want_facts=*/true);
  if (!judged.ok()) {
    LogWarning("alerts are written without their sentences: ",
               judged.status().message());
    return;
  }
  for (size_t k = 0; k < subjects.size(); ++k) {
    const Verdict& verdict = group.verdicts[k];
    const Explanation e = scratch_.Explain(*subjects[k], (*judged)[k], verdict);
    AlertNews& one = (*news)[group.news[k]];
    one.sentence = e.sentence;
    one.unit = e.unit;
    const bool lags = verdict.status == Status::kAtRisk;
    if (!lags || *flips == 0 || absl::Now() > flips_until) continue;
    --*flips;
    const auto points = scratch_.FlipPoints(*subjects[k], (*judged)[k],
                                            e.derivation.actual, std::nullopt);
    if (points.ok()) one.way_out = WayOut(e.derivation, *points);
  }
}

absl::StatusOr<LaggingPage> AlertNewsMaker::Lagging(const PlanId& plan,
                                                    const IndicatorId& after,
                                                    int limit,
                                                    bool texts) const {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  ListQuery query;
  query.plan = plan;
  query.after = after.value();
  query.limit = limit;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> verdicts,
                           reader->ListVerdicts(query));
  LaggingPage page;
  page.last = static_cast<int>(verdicts.size()) < limit;
  if (!verdicts.empty()) page.after = verdicts.back().indicator.indicator;
  std::vector<Verdict> lagging;
  for (Verdict& verdict : verdicts) {
    if (verdict.status != Status::kAtRisk) continue;
    const AlertId id =
        AlertIdOf(AlertKind::kLaggingIndicator,
                  verdict.indicator.indicator.value(), verdict.period);
    SHIRUBE_ASSIGN_OR_RETURN(const auto alert, reader->GetAlert({plan, id}));
    if (!alert) lagging.push_back(std::move(verdict));
  }
  if (texts) {
    SHIRUBE_ASSIGN_OR_RETURN(page.news, Make(lagging, kFlipTime));
    return page;
  }
  for (const Verdict& verdict : lagging) {
    page.news.emplace_back().key = verdict.indicator;
  }
  return page;
}

absl::StatusOr<std::vector<AlertNews>> AlertNewsMaker::Make(
    const std::vector<Verdict>& verdicts, absl::Duration flip_time) const {
  std::vector<AlertNews> news;
  if (verdicts.empty()) return news;
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           deps_.store->Snapshot());
  std::map<RuleSetId, Group> groups;
  std::map<PlanId, std::shared_ptr<const PlanContext>> contexts;
  for (const Verdict& verdict : verdicts) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool told, IsTold(*reader, verdict));
    if (!told) continue;
    SHIRUBE_RETURN_IF_ERROR(Load(*reader, verdict, &contexts, &groups, &news));
  }
  size_t flips = kMostFlips;
  const absl::Time flips_until = absl::Now() + flip_time;
  for (const auto& [id, group] : groups) {
    AddTexts(group, flips_until, &flips, &news);
  }
  return news;
}

}  // namespace shirube
