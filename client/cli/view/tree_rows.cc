#include "client/cli/view/tree_rows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "client/cli/view/rule_words.h"
#include "server/domain/era.h"
#include "server/domain/verdict.h"

namespace shirube::cli {
namespace {

bool Contains(const std::vector<VerdictStatus>& statuses,
              VerdictStatus status) {
  return statuses.empty() ||
         std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

bool Fits(const v1::PlanTreeIndicator& item, const TreeFilter& filter,
          bool owned) {
  return Contains(filter.statuses, item.verdict().status()) &&
         (owned || item.indicator().owner() == filter.owner);
}

// The part of `node` that fits; none where nothing does. `owned`: an initiative
// above belongs to the owner asked for.
std::optional<v1::PlanTreeNode> FittingPart(const v1::PlanTreeNode& node,
                                            const TreeFilter& filter,
                                            bool owned) {
  owned = owned || filter.owner.empty() ||
          node.initiative().owner() == filter.owner;
  v1::PlanTreeNode part;
  for (const v1::PlanTreeIndicator& item : node.indicators()) {
    if (Fits(item, filter, owned)) *part.add_indicators() = item;
  }
  for (const v1::PlanTreeNode& child : node.children()) {
    if (auto fitting = FittingPart(child, filter, owned)) {
      *part.add_children() = *std::move(fitting);
    }
  }
  bool fits = owned && Contains(filter.statuses, node.flag().status());
  if (!fits && part.indicators().empty() && part.children().empty()) {
    return std::nullopt;
  }
  *part.mutable_initiative() = node.initiative();
  *part.mutable_flag() = node.flag();
  return part;
}

void Collect(
    const google::protobuf::RepeatedPtrField<v1::PlanTreeIndicator>& from,
    std::set<std::string>* seen,
    std::vector<const v1::PlanTreeIndicator*>* to) {
  for (const v1::PlanTreeIndicator& item : from) {
    if (seen->insert(item.indicator().name()).second) to->push_back(&item);
  }
}

void Collect(const v1::PlanTreeNode& node, std::set<std::string>* seen,
             std::vector<const v1::PlanTreeIndicator*>* to) {
  Collect(node.indicators(), seen, to);
  for (const v1::PlanTreeNode& child : node.children()) {
    Collect(child, seen, to);
  }
}

bool FlagLags(const v1::PlanTreeNode& node) {
  return node.flag().status() == v1::Verdict::STATUS_AT_RISK ||
         std::any_of(node.children().begin(), node.children().end(), FlagLags);
}

std::string WithPeriod(const std::string& quantity, const std::string& period,
                       bool japanese) {
  if (quantity.empty() || period.empty()) return quantity;
  return quantity + (japanese ? "(" : " (") + period + ")";
}

std::string OperatorText(v1::Indicator::Operator op) {
  switch (op) {
    case v1::Indicator::OPERATOR_AT_LEAST:
      return "以上";
    case v1::Indicator::OPERATOR_AT_MOST:
      return "以下";
    case v1::Indicator::OPERATOR_BELOW:
      return "未満";
    case v1::Indicator::OPERATOR_ABOVE:
      return "超";
    case v1::Indicator::OPERATOR_ABOUT:
      return "程度";
    default:
      return "";
  }
}

std::string OperatorSign(v1::Indicator::Operator op) {
  switch (op) {
    case v1::Indicator::OPERATOR_AT_LEAST:
      return "≥ ";
    case v1::Indicator::OPERATOR_AT_MOST:
      return "≤ ";
    case v1::Indicator::OPERATOR_BELOW:
      return "< ";
    case v1::Indicator::OPERATOR_ABOVE:
      return "> ";
    case v1::Indicator::OPERATOR_ABOUT:
    case v1::Indicator::OPERATOR_APPROXIMATELY:
      return "about ";
    default:
      return "";
  }
}

// The promised value without its period.
std::string PromisedValue(const v1::Indicator& indicator, bool japanese) {
  const v1::Target& target = indicator.target();
  if (!target.words().empty()) return target.words();
  if (!target.unread().empty()) return "「" + target.unread() + "」";
  const std::string& unit = indicator.unit();
  if (!indicator.target_upper().empty()) {
    return Grouped(target.value()) + (japanese ? "〜" : "–") +
           Quantity(indicator.target_upper(), unit, japanese);
  }
  std::string value = Quantity(target.value(), unit, japanese);
  if (value.empty()) return "";
  if (!japanese) return OperatorSign(indicator.operator_()) + value;
  if (indicator.operator_() == v1::Indicator::OPERATOR_APPROXIMATELY) {
    return "約" + value;
  }
  return value + OperatorText(indicator.operator_());
}

}  // namespace

v1::PlanTree Filtered(const v1::PlanTree& tree, const TreeFilter& filter) {
  if (filter.empty()) return tree;
  v1::PlanTree part;
  *part.mutable_plan() = tree.plan();
  *part.mutable_counts() = tree.counts();
  part.set_revision(tree.revision());
  for (const v1::PlanTreeNode& root : tree.roots()) {
    if (auto fitting = FittingPart(root, filter, false)) {
      *part.add_roots() = *std::move(fitting);
    }
  }
  for (const v1::PlanTreeIndicator& item : tree.unplaced()) {
    if (Fits(item, filter, filter.owner.empty())) *part.add_unplaced() = item;
  }
  return part;
}

std::vector<const v1::PlanTreeIndicator*> IndicatorsOf(
    const v1::PlanTree& tree) {
  std::vector<const v1::PlanTreeIndicator*> items;
  std::set<std::string> seen;
  for (const v1::PlanTreeNode& root : tree.roots()) {
    Collect(root, &seen, &items);
  }
  Collect(tree.unplaced(), &seen, &items);
  return items;
}

std::vector<const v1::PlanTreeIndicator*> IndicatorsThatAre(
    const v1::PlanTree& tree, VerdictStatus status) {
  std::vector<const v1::PlanTreeIndicator*> items = IndicatorsOf(tree);
  std::erase_if(items, [status](const v1::PlanTreeIndicator* item) {
    return item->verdict().status() != status;
  });
  std::stable_sort(items.begin(), items.end(),
                   [](const auto* a, const auto* b) {
                     return a->verdict().severity() > b->verdict().severity();
                   });
  return items;
}

bool Lags(const v1::PlanTree& tree) {
  return std::any_of(tree.roots().begin(), tree.roots().end(), FlagLags) ||
         std::any_of(tree.unplaced().begin(), tree.unplaced().end(),
                     [](const v1::PlanTreeIndicator& item) {
                       return item.verdict().status() ==
                              v1::Verdict::STATUS_AT_RISK;
                     });
}

std::string TitleOf(const v1::Initiative& initiative) {
  if (initiative.label().empty()) return initiative.display_name();
  return initiative.label() + " " + initiative.display_name();
}

bool IsUnmeasured(const v1::Flag& flag) {
  return flag.reason() == "NO_INDICATOR" ||
         (flag.counts().total() == 0 && flag.indicators().empty());
}

std::string CountsText(const v1::StatusCounts& counts, bool japanese) {
  if (counts.total() == 0) return "";
  const std::string total = std::to_string(counts.total());
  std::string text;
  if (counts.at_risk() > 0) {
    std::string count = std::to_string(counts.at_risk());
    text = japanese ? "要改善" + count + "件・" : count + " at risk, ";
  }
  if (counts.evaluated() < counts.total()) {
    std::string count = std::to_string(counts.evaluated());
    return text + (japanese ? total + "件中" + count + "件判定"
                            : count + " of " + total + " evaluated");
  }
  if (japanese) return text + (text.empty() ? "" : "全") + total + "件";
  return text + total + (counts.total() == 1 ? " indicator" : " indicators");
}

std::string ActualText(const v1::Verdict& verdict, bool japanese) {
  return WithPeriod(Quantity(verdict.value(), verdict.unit(), japanese),
                    PeriodName(verdict.period(), japanese), japanese);
}

std::string TargetText(const v1::Indicator& indicator, bool japanese) {
  if (!indicator.has_target()) return "";
  const v1::Target& target = indicator.target();
  std::string period = target.every_year()
                           ? (japanese ? "毎年度" : "every year")
                           : PeriodName(target.period(), japanese);
  return WithPeriod(PromisedValue(indicator, japanese), period, japanese);
}

namespace {

// "R4の実績による判定": the periods of what was judged, or what was asked for.
std::string PeriodsText(const v1::PlanTree& tree, const std::string& as_of,
                        bool japanese) {
  if (!as_of.empty()) {
    std::string period = PeriodName(as_of, japanese);
    return japanese ? period + "までの実績による判定"
                    : "judged by figures up to " + period;
  }
  std::optional<Period> oldest, newest;
  for (const v1::PlanTreeIndicator* item : IndicatorsOf(tree)) {
    absl::StatusOr<Period> period = Period::ParseId(item->verdict().period());
    if (!period.ok()) continue;
    if (!oldest || *period < *oldest) oldest = *period;
    if (!newest || *newest < *period) newest = *period;
  }
  if (!newest) return japanese ? "実績はまだありません" : "no figures yet";
  auto name = [japanese](const Period& period) {
    return japanese ? ShortJapanese(period) : English(period);
  };
  std::string periods = name(*newest);
  if (!(*oldest == *newest)) {
    periods = name(*oldest) + (japanese ? "〜" : " to ") + periods;
  }
  return japanese ? periods + "の実績による判定"
                  : "judged by the figures of " + periods;
}

}  // namespace

std::string BelowTitle(const v1::PlanTree& tree, const FlagsPage& page,
                       bool japanese) {
  std::string text;
  if (!page.as_of.empty() || !IndicatorsOf(tree).empty()) {
    text = PeriodsText(tree, page.as_of, japanese);
  }
  if (!page.filtered) return text;
  if (!text.empty()) text += japanese ? "・" : "; ";
  return text + (japanese ? "一部を表示(件数は計画全体)"
                          : "a part of the plan (the counts are the whole's)");
}

namespace {

// Waiting for the same modules is one note, however many rows do.
std::string KeyOfWaiting(const v1::Verdict& verdict) {
  return "WAITING " + WaitsFor(verdict, /*japanese=*/false);
}

std::string Sign(const Notes& notes, size_t i) {
  return notes.size() > 1 ? "※" + std::to_string(i + 1) : "※";
}

}  // namespace

Notes WaitingNotes(const std::vector<const v1::Verdict*>& verdicts,
                   bool japanese) {
  std::map<std::string, const v1::Verdict*> first;  // that waits, by modules
  std::set<std::string> kept;  // modules whose loss left an older status
  for (const v1::Verdict* verdict : verdicts) {
    if (!verdict->waiting()) continue;
    if (IsKept(*verdict)) kept.insert(KeyOfWaiting(*verdict));
    const v1::Verdict*& known = first[KeyOfWaiting(*verdict)];
    if (known == nullptr ||
        verdict->waiting_since().seconds() < known->waiting_since().seconds()) {
      known = verdict;
    }
  }
  Notes notes;
  for (const auto& [key, verdict] : first) {
    std::string text = WaitingText(WaitsFor(*verdict, japanese),
                                   verdict->waiting_since(), japanese);
    if (kept.count(key) > 0) {
      text += japanese ? "。示しているのは停止前の判定"
                       : "; shown is the verdict from before";
    }
    notes.push_back({key, std::move(text)});
  }
  return notes;
}

Notes NotesOf(const v1::PlanTree& tree, bool japanese) {
  std::vector<std::string> marks;
  std::vector<const v1::Verdict*> verdicts;
  for (const v1::PlanTreeIndicator* item : IndicatorsOf(tree)) {
    verdicts.push_back(&item->verdict());
    for (const std::string& mark : item->verdict().marks()) {
      AddMark(mark, &marks);
    }
  }
  Notes notes;
  for (const std::string& mark : marks) {
    notes.push_back({mark, MarkName(mark, japanese)});
  }
  for (Note& note : WaitingNotes(verdicts, japanese)) {
    notes.push_back(std::move(note));
  }
  return notes;
}

std::string NoteSigns(const v1::Verdict& verdict, const Notes& notes) {
  std::vector<std::string> keys(verdict.marks().begin(), verdict.marks().end());
  if (verdict.waiting()) keys.push_back(KeyOfWaiting(verdict));
  std::string signs;
  for (const std::string& key : keys) {
    for (size_t i = 0; i < notes.size(); ++i) {
      if (notes[i].key == key) signs += Sign(notes, i);
    }
  }
  return signs;
}

std::string NoteLine(const Notes& notes, size_t i) {
  return Sign(notes, i) + " " + notes[i].text;
}

bool IsKept(const v1::Verdict& verdict) {
  return verdict.waiting() &&
         verdict.status() != v1::Verdict::STATUS_INDETERMINATE;
}

std::string WaitingLine(const v1::PlanTree& tree, bool japanese) {
  int waiting = 0;
  bool kept = false;
  for (const v1::PlanTreeIndicator* item : IndicatorsOf(tree)) {
    if (item->verdict().waiting()) ++waiting;
    kept = kept || IsKept(item->verdict());
  }
  if (waiting == 0) return "";
  const std::string count = std::to_string(waiting);
  std::string line = japanese ? "※ うち" + count + "件は判定待ち"
                              : "※ " + count + " of them waiting";
  if (kept) {
    line += japanese ? "(停止前の判定を表示)"
                     : " (the verdict from before is shown)";
  }
  return line;
}

}  // namespace shirube::cli
