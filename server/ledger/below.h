// What stands below a resource: it is deleted, and brought back, with it. Only
// the ledger's own files include this.
#ifndef SHIRUBE_SERVER_LEDGER_BELOW_H_
#define SHIRUBE_SERVER_LEDGER_BELOW_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

ListQuery InPlan(const PlanId& plan);

// Everything that goes with a resource when it is deleted.
struct Below {
  std::vector<Initiative> initiatives;
  std::vector<Indicator> indicators;
  std::vector<Assessment> assessments;
  std::vector<Indicator> untied;  // stays, without its ties to what goes
  std::string first;              // the name of one of them

  void Note(const std::string& name) {
    if (first.empty()) first = name;
  }
};

absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Plan& plan);
absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Initiative& top);
absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Indicator& indicator);
absl::StatusOr<Below> BelowOf(WriteContext* ctx, const Assessment&);
absl::Status DeleteAll(WriteContext* ctx, Below below);

// What was deleted in the same revision as the resource, below it.
absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Plan& plan);
absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Initiative& top);
absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Indicator& indicator);
absl::StatusOr<Below> ToRestore(WriteContext* ctx, const Assessment&);

// PARENT_DELETED when what the resource stands under is deleted.
absl::Status CheckParentLives(WriteContext* ctx, const Plan&);
absl::Status CheckParentLives(WriteContext* ctx, const Initiative&);
absl::Status CheckParentLives(WriteContext* ctx, const Indicator&);
absl::Status CheckParentLives(WriteContext* ctx, const Assessment&);

// Ties to initiatives that are deleted are not brought back.
absl::Status DropDeadTies(WriteContext* ctx, Indicator* indicator);
template <typename T>
absl::Status DropDeadTies(WriteContext*, T*) {
  return absl::OkStatus();
}

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_BELOW_H_
