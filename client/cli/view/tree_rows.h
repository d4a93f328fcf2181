// The flagged tree as rows, before it is known what they are written as: the
// terminal's tree and the printed page share this. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_TREE_ROWS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_TREE_ROWS_H_

#include <functional>
#include <string>
#include <vector>

#include "client/cli/view/words.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube::cli {

// What of a tree is asked for; empty: everything.
struct TreeFilter {
  std::vector<VerdictStatus> statuses;
  std::string owner;  // of an initiative (with all below it) or an indicator

  bool empty() const { return statuses.empty() && owner.empty(); }
};

// The tree with only what fits, and the initiatives that lead there. Flags and
// counts stay those of the whole plan.
v1::PlanTree Filtered(const v1::PlanTree& tree, const TreeFilter& filter);

// Every indicator of the tree once, in its order.
std::vector<const v1::PlanTreeIndicator*> IndicatorsOf(
    const v1::PlanTree& tree);
// Those with a status, the more urgent first.
std::vector<const v1::PlanTreeIndicator*> IndicatorsThatAre(
    const v1::PlanTree& tree, VerdictStatus status);
// Whether something shown lags: the answer of --fail-on at-risk.
bool Lags(const v1::PlanTree& tree);

// "第1 行政サービスの提供".
std::string TitleOf(const v1::Initiative& initiative);
// An initiative nothing is measured of: neither good nor bad.
bool IsUnmeasured(const v1::Flag& flag);
// "2指標", "5指標中3指標を判定", "5指標中1指標が要改善"; empty without
// indicators.
std::string CountsText(const v1::StatusCounts& counts, bool japanese);

// "2,233人(R4)" and "2,400人(R6)"; "" where there is none.
std::string ActualText(const v1::Verdict& verdict, bool japanese);
std::string TargetText(const v1::Indicator& indicator, bool japanese);
struct FlagsPage {
  std::string as_of;      // period id that was asked for, or empty
  bool filtered = false;  // the tree is a part: its counts are not its own
};

// The line below the plan's title: "R4の実績による判定", the periods of what
// was judged or the one that was asked for, and whether the tree is a part.
std::string BelowTitle(const v1::PlanTree& tree, const FlagsPage& page,
                       bool japanese);

// What stands behind a ※, once for all rows that carry it.
struct Note {
  std::string key;   // the mark's word, or what is waited for
  std::string text;  // for people
};
using Notes = std::vector<Note>;

// The marks of a tree in fixed order, then the modules that its verdicts wait
// for: the n-th is written ※n.
Notes NotesOf(const v1::PlanTree& tree, bool japanese);
// The same of verdicts in a list; only what they wait for.
Notes WaitingNotes(const std::vector<const v1::Verdict*>& verdicts,
                   bool japanese);
// "※1※2" for a verdict's marks and what it waits for.
std::string NoteSigns(const v1::Verdict& verdict, const Notes& notes);
// "※1 速報値" of the i-th.
std::string NoteLine(const Notes& notes, size_t i);
// A verdict that waits and was judged before its module went: what it shows is
// not today's. Others that wait are INDETERMINATE.
bool IsKept(const v1::Verdict& verdict);
// "※ うち3件は判定待ち(停止前の判定を表示)"; empty where none waits.
std::string WaitingLine(const v1::PlanTree& tree, bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_TREE_ROWS_H_
