#include "server/evaluation/compare.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/evaluation/judgement.h"
#include "server/evaluation/plan_view.h"

namespace shirube {
namespace {

// Indicators that are held with all their observations at once.
constexpr size_t kAtOnce = 1024;

// Those named, in printed order, without reading the others; NOT_FOUND for one
// that is not there.
absl::StatusOr<PlanView> ViewOfSome(StoreReader& reader, const PlanId& plan,
                                    const std::vector<IndicatorId>& only) {
  PlanView view;
  SHIRUBE_ASSIGN_OR_RETURN(view.context, ContextOf(reader, plan));
  // Named twice is listed once.
  for (const IndicatorId& id :
       std::set<IndicatorId>(only.begin(), only.end())) {
    SHIRUBE_ASSIGN_OR_RETURN(std::optional<Indicator> found,
                             reader.GetIndicator({plan, id}));
    if (!found || found->stamp.deleted()) return NoSuchIndicator({plan, id});
    view.indicators.push_back(*std::move(found));
  }
  std::sort(view.indicators.begin(), view.indicators.end(), HasPrintedOrder);
  return view;
}

ComparedColumn ColumnOf(const RuleSet& set) {
  ComparedColumn column;
  column.id = set.id();
  for (const RuleSetMember& member : set.modules()) {
    const Manifest& manifest = *member.manifest;
    column.modules.push_back(absl::StrCat(manifest.id, "@", manifest.version));
    const char* comma = column.title.ja.empty() ? "" : "、";
    absl::StrAppend(&column.title.ja, comma, manifest.title.ja);
    comma = column.title.en.empty() ? "" : ", ";
    absl::StrAppend(&column.title.en, comma, manifest.title.en);
  }
  return column;
}

ComparedRow RowOf(const Indicator& indicator) {
  ComparedRow row;
  row.key = indicator.key();
  row.display_name = indicator.display_name;
  row.unit = indicator.unit;
  return row;
}

class Comparer {
 public:
  Comparer(const CompareDependencies& deps, const ReadOptions& options)
      : deps_(deps), as_of_(options.as_of) {}

  absl::StatusOr<Comparison> Compare(
      StoreReader& reader, const PlanView& view,
      const std::vector<std::shared_ptr<const RuleSet>>& sets);

 private:
  using Observed = std::vector<std::vector<Observation>>;  // by indicator

  absl::StatusOr<Observed> Read(StoreReader& reader, const PlanView& view,
                                size_t from, size_t to) const;
  absl::Status Judge(const PlanView& view, size_t from,
                     const Observed& observed,
                     const std::shared_ptr<const RuleSet>& set, size_t column);

  const CompareDependencies& deps_;
  const std::optional<Period> as_of_;
  Comparison comparison_;
};

absl::StatusOr<Comparer::Observed> Comparer::Read(StoreReader& reader,
                                                  const PlanView& view,
                                                  size_t from,
                                                  size_t to) const {
  Observed observed;
  for (size_t i = from; i < to; ++i) {
    ListQuery query;
    query.plan = view.indicators[i].plan;
    query.indicator = view.indicators[i].id;
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observation> own,
                             reader.ListObservations(query));
    observed.push_back(std::move(own));
  }
  return observed;
}

absl::Status Comparer::Judge(const PlanView& view, size_t from,
                             const Observed& observed,
                             const std::shared_ptr<const RuleSet>& set,
                             size_t column) {
  std::vector<Subject> subjects;
  std::vector<const Subject*> asked;
  for (size_t i = 0; i < observed.size(); ++i) {
    SHIRUBE_ASSIGN_OR_RETURN(Subject subject,
                             MakeSubject(view.indicators[from + i], observed[i],
                                         view.context, set, as_of_));
    subjects.push_back(std::move(subject));
  }
  for (const Subject& subject : subjects) asked.push_back(&subject);
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<JudgedRow> judged,
                           deps_.scratch->Judge(asked, /*want_facts=*/false));
  for (size_t i = 0; i < judged.size(); ++i) {
    const Verdict& verdict = judged[i].verdict;
    comparison_.columns[column].counts.Add(verdict.status);
    ComparedRow& row = comparison_.rows[from + i];
    row.judgements.push_back(JudgementOf(*set, verdict));
    row.disagreement |= row.judgements[0].status != verdict.status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Comparison> Comparer::Compare(
    StoreReader& reader, const PlanView& view,
    const std::vector<std::shared_ptr<const RuleSet>>& sets) {
  SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader.Head());
  comparison_.revision = head.revision;
  for (const auto& set : sets) comparison_.columns.push_back(ColumnOf(*set));
  for (const Indicator& indicator : view.indicators) {
    comparison_.rows.push_back(RowOf(indicator));
  }
  const size_t n = view.indicators.size();
  for (size_t from = 0; from < n; from += kAtOnce) {
    if (deps_.stop->stopped()) {
      return absl::CancelledError("the evaluator has stopped");
    }
    SHIRUBE_ASSIGN_OR_RETURN(
        const Observed observed,
        Read(reader, view, from, std::min(from + kAtOnce, n)));
    for (size_t column = 0; column < sets.size(); ++column) {
      SHIRUBE_RETURN_IF_ERROR(
          Judge(view, from, observed, sets[column], column));
    }
  }
  return std::move(comparison_);
}

}  // namespace

absl::StatusOr<Comparison> CompareYardsticks(
    const CompareDependencies& deps, const PlanId& plan,
    const std::vector<IndicatorId>& only,
    const std::vector<Yardstick>& yardsticks, const ReadOptions& options) {
  std::unique_ptr<StoreReader> own;
  StoreReader* reader = options.reader;
  if (reader == nullptr) {
    SHIRUBE_ASSIGN_OR_RETURN(own, deps.store->Snapshot());
    reader = own.get();
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const PlanView view,
      only.empty() ? ViewOf(*reader, plan) : ViewOfSome(*reader, plan, only));
  std::vector<std::shared_ptr<const RuleSet>> sets;
  for (const Yardstick& yardstick : yardsticks) {
    SHIRUBE_ASSIGN_OR_RETURN(auto set, deps.rule_sets->GetForTrial(yardstick));
    sets.push_back(std::move(set));
  }
  return Comparer(deps, options).Compare(*reader, view, sets);
}

}  // namespace shirube
