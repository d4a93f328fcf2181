#include "server/evaluation/verdict_writer.h"

#include <utility>

#include "server/base/status_macros.h"

namespace shirube {

absl::Status VerdictWriter::Store(bool publish, Revision judged_through) {
  StoreVerdicts body;
  body.verdicts = std::exchange(group_, {});
  if (run_ == 0 && news_) {
    SHIRUBE_ASSIGN_OR_RETURN(Tidings tidings, news_(body.verdicts));
    body.news = std::move(tidings.news);
    body.observed = std::move(tidings.observed);
  }
  body.run = run_;
  body.publish = publish;
  body.judged_through = judged_through;
  body.candidate = candidate_;
  Mutation mutation;
  mutation.actor.name = "shirube";
  mutation.body = std::move(body);
  SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                           ledger_->SubmitAndWait(std::move(mutation)));
  dropped_ += result.dropped;
  return absl::OkStatus();
}

absl::Status VerdictWriter::BeginRun() {
  if (run_ != 0) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(run_, ledger_->NewRun());
  return absl::OkStatus();
}

absl::StatusOr<RunId> VerdictWriter::FinishUnpublished() {
  SHIRUBE_RETURN_IF_ERROR(BeginRun());
  if (!group_.empty()) {
    SHIRUBE_RETURN_IF_ERROR(Store(/*publish=*/false, 0));
  }
  return run_;
}

absl::Status VerdictWriter::Add(Verdict verdict) {
  if (group_.size() == direct_rows_) SHIRUBE_RETURN_IF_ERROR(BeginRun());
  if (group_.size() == group_rows_) {
    SHIRUBE_RETURN_IF_ERROR(Store(/*publish=*/false, 0));
  }
  group_.push_back(std::move(verdict));
  return absl::OkStatus();
}

absl::Status VerdictWriter::Finish(Revision judged_through) {
  if (run_ == 0) {
    if (group_.empty() && judged_through == 0) return absl::OkStatus();
    return Store(/*publish=*/false, judged_through);
  }
  if (!group_.empty()) {
    SHIRUBE_RETURN_IF_ERROR(Store(/*publish=*/false, 0));
  }
  return Store(/*publish=*/true, judged_through);
}

absl::Status VerdictWriter::MoveOn(Revision judged_through) {
  run_ = 0;
  return judged_through == 0 ? absl::OkStatus() : Store(false, judged_through);
}

}  // namespace shirube
