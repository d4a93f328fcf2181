#include "server/service/judged_gate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

// The evaluator ends its waiters with CANCELLED when it stops.
absl::Status Stopped(absl::Status status) {
  if (status.code() != absl::StatusCode::kCancelled) return status;
  return MakeError(
      absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
      "the server is stopping; call again when it is back",
      "サーバーは停止処理中です。再開後にもう一度呼び出してください");
}

// Whether what is committed includes `revision`.
absl::StatusOr<bool> IsStored(const Backend& backend, Revision revision) {
  if (revision <= backend.evaluator->applied_through()) return true;
  SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend));
  return revision <= snapshot.head.revision;
}

}  // namespace

RevisionGate::Token JudgedGate::Notify(const std::string& min_revision,
                                       WaitFor wait_for,
                                       std::function<void(absl::Status)> done) {
  const absl::StatusOr<Revision> revision =
      ParseRevision(backend_.history, min_revision);
  if (!revision.ok()) {
    done(revision.status());
    return 0;
  }
  if (wait_for == WaitFor::kStored) {
    const absl::StatusOr<bool> stored = IsStored(backend_, *revision);
    if (!stored.ok() || *stored) {
      done(stored.status());
      return 0;
    }
  }
  // A revision that is still to come is judged after it is stored.
  return backend_.evaluator->NotifyJudged(
      *revision, [done = std::move(done)](absl::Status status) {
        done(Stopped(std::move(status)));
      });
}

void JudgedGate::Cancel(Token token) {
  if (token != 0) backend_.evaluator->CancelNotify(token);
}

absl::Status JudgedGate::NotYet(const std::string& min_revision) {
  SHIRUBE_ASSIGN_OR_RETURN(const Revision revision,
                           ParseRevision(backend_.history, min_revision));
  const absl::Status status =
      backend_.evaluator->WaitJudged(revision, absl::InfinitePast());
  if (!status.ok()) return Stopped(status);
  return MakeError(
      absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
      "min_revision was reached just after the time was up; call again",
      "min_"
      "revisionに達したが、時間切れの直後でした。もう一度呼び出してください");
}

}  // namespace shirube
