// What other yardsticks would say of the same data: plain data that `service`
// turns into messages. Made by Evaluator; nothing of it is stored.
#ifndef SHIRUBE_SERVER_EVALUATION_COMPARISON_H_
#define SHIRUBE_SERVER_EVALUATION_COMPARISON_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/domain/decimal.h"
#include "server/domain/flag_policy.h"
#include "server/domain/ids.h"
#include "server/domain/parameters.h"
#include "server/domain/period.h"
#include "server/domain/verdict.h"
#include "server/evaluation/explanation.h"
#include "server/storage/records.h"

namespace shirube {

// By what is judged; nothing of it need be stored.
struct Yardstick {
  RuleSetId id;  // a stored set, "default" too; or empty, with
  std::vector<RuleModuleRecord> modules;  // these, with their bytes, in order
  Parameters parameters;                  // with `modules`, instead of theirs
};

// What one yardstick says of one indicator.
struct Judgement {
  Status status = Status::kUnspecified;
  std::string reason;
  LocalizedText title;  // of the reason
  std::string symbol;   // as its publisher prints it; may be empty
  Severity severity = Severity::kNone;
  std::vector<std::string> marks;
  std::optional<Period> period;  // of the value judged
  std::optional<Decimal> value;
  std::vector<ModuleFault> failed;
};

// An indicator that would be judged otherwise.
struct VerdictChange {
  IndicatorKey key;
  std::string display_name;
  std::optional<Period> as_of;  // none: the latest figures
  Judgement before, after;
};

// An initiative that would be flagged otherwise.
struct FlagChange {
  PlanId plan;
  InitiativeId initiative;
  std::string title;
  std::optional<Period> as_of;
  Status before = Status::kUnspecified;
  Status after = Status::kUnspecified;
};

// What a preview came to for one period.
struct PreviewSummary {
  std::optional<Period> as_of;
  int64_t evaluated = 0;
  int64_t changed = 0;   // another status
  int64_t reworded = 0;  // the same status, another reason or other marks
  int64_t flags = 0;
  int64_t changed_flags = 0;
  StatusCounts before, after;
  // (before, after) of different statuses.
  std::map<std::pair<Status, Status>, int64_t> transitions;
  // Modules of the set that is tried that left rows without an answer, each
  // once.
  std::vector<ModuleFault> out;
};

struct PreviewPart {
  std::vector<VerdictChange> verdicts;  // in printed order
  std::vector<FlagChange> flags;
  int64_t evaluated = 0;  // judgements made so far, over all periods
  int64_t total = 0;      // that will have been made at the end
  int64_t changed = 0;    // verdicts found so far with another status
  std::vector<PreviewSummary> summaries;  // of periods complete with this part
  RuleSetId rule_set;                     // that is tried
  Revision revision = 0;                  // that the preview began at
};

struct PreviewOptions {
  PlanId plan;                // empty: all plans that `default` judges
  std::vector<Period> as_of;  // empty: once, by the latest figures
  bool allow_future = false;
  int64_t max_changes = 1000;  // listed; counts are complete anyway
  bool include_reworded = false;
};

// False: nobody listens any more. Called on the caller's thread of Preview.
using PreviewSink = std::function<bool(PreviewPart part)>;

// One yardstick of a comparison.
struct ComparedColumn {
  RuleSetId id;
  LocalizedText title;               // of its modules
  std::vector<std::string> modules;  // "id@version"
  StatusCounts counts;               // of all rows
};

struct ComparedRow {
  IndicatorKey key;
  std::string display_name;
  std::string unit;
  std::vector<Judgement> judgements;  // in the order of the columns
  bool disagreement = false;          // the statuses are not all the same
};

struct Comparison {
  std::vector<ComparedColumn> columns;  // as asked
  std::vector<ComparedRow> rows;        // in printed order, all
  Revision revision = 0;                // of the data
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_COMPARISON_H_
