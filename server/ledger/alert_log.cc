// How long the log of transitions is kept.
#include <vector>

#include "server/base/status_macros.h"
#include "server/ledger/execute.h"

namespace shirube::ledger {

namespace {

// The last position of a whole revision that may be thrown away.
absl::StatusOr<LogStart> NextStart(StoreReader* reader, const LogStart& start,
                                   absl::Time before) {
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t most,
                           reader->LastTransitionBefore(before));
  SHIRUBE_ASSIGN_OR_RETURN(int64_t end, reader->PassedByAll(most));
  // Whoever seeks to a revision gets all of what comes after it: none is cut.
  while (end > start.position) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                             reader->ListTransitions(end - 1, 2));
    const bool cut = rows.size() == 2 && rows[0].revision == rows[1].revision;
    if (!cut) return LogStart{end, rows[0].revision, rows[0].time};
    SHIRUBE_ASSIGN_OR_RETURN(
        end, reader->LastTransitionThrough(rows[0].revision - 1));
    SHIRUBE_ASSIGN_OR_RETURN(end, reader->PassedByAll(end));
  }
  return start;
}

}  // namespace

absl::Status Execute(WriteContext* ctx, const ForgetTransitions& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(LogStart start, ctx->tx()->TransitionLogStart());
  if (m.after == 0) {
    SHIRUBE_ASSIGN_OR_RETURN(start, NextStart(ctx->tx(), start, m.before));
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->SetLogStart(start));
  }
  SHIRUBE_ASSIGN_OR_RETURN(result->count,
                           ctx->tx()->DeleteTransitions(m.after, m.limit));
  result->alerts_left = result->count < start.position;
  return absl::OkStatus();
}

}  // namespace shirube::ledger
