// Alerts of initiatives: those that lag, and those that lag and are not
// mentioned in next year's plan. Made for the follower, on its thread, from the
// verdicts that are about to become visible, so that the ledger commits both
// together.
//
// It keeps a board for each plan in which anything lags. What it says is
// believed only after Keep; after Forget all is read again and said again,
// which changes nothing where it was stored.
#ifndef SHIRUBE_SERVER_EVALUATION_INITIATIVE_ALERTS_H_
#define SHIRUBE_SERVER_EVALUATION_INITIATIVE_ALERTS_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/alert_policy.h"
#include "server/evaluation/dirty.h"
#include "server/evaluation/flag_board.h"
#include "server/evaluation/table_filler.h"
#include "server/storage/store.h"

namespace shirube {

class InitiativeAlerts {
 public:
  InitiativeAlerts(Store* store, const TableFiller* filler)
      : store_(store), filler_(filler) {}

  // `dirty` is what was not judged when the server stopped.
  absl::Status Start(StoreReader& reader, const Dirty& dirty);

  // What changed of plans and trees, after the filler has applied it.
  absl::Status Note(StoreReader& reader, const Dirty& dirty);
  // Verdicts of a run that has been published.
  absl::Status NoteVisible(StoreReader& reader,
                           const std::vector<Verdict>& verdicts);

  // What is to be said, with `verdicts` visible; nothing of plans in `held`,
  // more of whose verdicts are still to come.
  absl::StatusOr<std::vector<Observed>> Of(
      const std::vector<Verdict>& verdicts,
      const std::map<PlanId, Revision>& held);
  void Keep() { said_.clear(); }
  void Forget();
  // Whether Of would look at anything without a verdict.
  bool IsPending(const std::map<PlanId, Revision>& held) const;

 private:
  // What was said of an initiative last.
  struct Said {
    bool lags = false;
    bool not_planned = false;
    std::optional<Period> period;
    std::string last;
  };
  struct Known {
    explicit Known(FlagBoard b) : board(std::move(b)) {}
    FlagBoard board;
    std::map<InitiativeId, Said> said;
  };
  // Which initiatives are to be looked at; `all` also where nothing changed.
  struct Due {
    bool all = false;
    FlagBoard::Positions some, lagging;  // of a verdict that lags
  };

  absl::StatusOr<Known*> BoardOf(StoreReader& reader,
                                 const PlanContext& context);
  absl::Status NoteTree(StoreReader& reader, const PlanId& plan);
  absl::Status Judge(StoreReader& reader, const Verdict& verdict);
  absl::Status Say(StoreReader& reader, const PlanContext& context,
                   const Due& due, std::vector<Observed>* observed);
  absl::Status SayOne(StoreReader& reader, const PlanContext& context,
                      bool again, Known* known, size_t at,
                      std::vector<Observed>* observed);

  Store* const store_;
  const TableFiller* const filler_;
  std::map<PlanId, Known> known_;
  std::set<PlanId> lagging_;  // plans with alerts that are not resolved
  std::map<PlanId, Due> due_;
  std::set<PlanId> said_;  // and not kept yet
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_INITIATIVE_ALERTS_H_
