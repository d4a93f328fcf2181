// Once a day: what alerts were long ago is forgotten, a piece at a time, so
// that nobody waits for it.
#include "server/base/logging.h"
#include "server/evaluation/follower.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

constexpr absl::Duration kEvery = absl::Hours(24);
constexpr absl::Duration kAfterFailure = absl::Minutes(10);

}  // namespace

void Follower::ForgetOldAlerts() {
  if (options_.keep_alerts == absl::ZeroDuration()) {
    next_forget_ = absl::InfiniteFuture();
    return;
  }
  const absl::Time now = deps_.clock();
  if (now < next_forget_) return;
  ForgetTransitions body;
  body.before = now - options_.keep_alerts;
  body.after = forgotten_through_;
  Mutation mutation;
  mutation.actor.name = "shirube";
  mutation.body = body;
  const auto result = deps_.ledger->SubmitAndWait(std::move(mutation));
  if (!result.ok()) {
    LogWarning("old changes of alerts are kept for now: ",
               result.status().message());
    next_forget_ = now + kAfterFailure;
    return;
  }
  forgotten_through_ = result->alerts_left ? result->count : 0;
  if (!result->alerts_left) next_forget_ = now + kEvery;
}

}  // namespace shirube
