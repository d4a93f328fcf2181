// One evaluation: every module of a rule set is asked about every ask, modules
// side by side, and the answers are copied out, validated and delivered in the
// order of the asks.
//
// An ask is cut into pieces; each worker has one piece at a time and takes the
// next as soon as it has answered, up to a few asks ahead of the one that is
// delivered next. Where a module fails over a piece, the piece is cut up and
// asked again until the row that is the cause is left (hunting.cc); that row
// alone is lost. A module that is not worth it goes into quarantine, and the
// rest of its rows become faults.
#ifndef SHIRUBE_SERVER_RULE_HOST_RUN_H_
#define SHIRUBE_SERVER_RULE_HOST_RUN_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/rule_host/exchange.h"
#include "server/rule_host/history.h"
#include "server/rule_host/incident.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/module.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/split.h"

namespace shirube {

class Run {
 public:
  struct Setup {
    const RuleSet* set;
    std::vector<Module*> modules;  // in the set's order
    frame::ColumnMemory columns;
    absl::Duration call_deadline;
    AskOptions options;
    absl::Span<const frame::Ask> asks;
    const RuleHost::Sink* sink;
    std::function<absl::Time()> clock;  // of hunts; empty: the real one
  };
  explicit Run(const Setup& setup);
  void Execute();

 private:
  // An ask under way.
  struct Open {
    size_t number = 0;
    const frame::Ask* ask = nullptr;
    shirube_batch columns{};
    Mask masks[4];  // by what is required
    bool mask_built[4] = {};
    std::vector<ModuleAnswers> answers;  // by module
    uint32_t pieces_left = 0;
    absl::Time opened;
    Exchange::Parameters parameters;
  };
  // A stretch of the positions that a mask lets through.
  struct Piece {
    Open* open;
    Stretch stretch;
  };
  struct AtWorker {
    Piece piece;
    absl::Time sent;
  };
  // One module's part of the run.
  struct Lane {
    Module* module;
    size_t index;
    size_t mask;
    std::deque<Piece> pending;
    std::vector<std::optional<AtWorker>> at_worker;
    std::optional<ModuleOutcome> given_up;
    // Of the hunt under way.
    Hunt hunt;
    size_t hunted = 0;  // its pieces that are not settled
    ModuleOutcome killer;
    int64_t poison_rows = 0;  // of this run, found or known before
  };

  // ---- run.cc ----
  const Mask& MaskOf(const Piece& piece, const Lane& lane) const {
    return piece.open->masks[lane.mask];
  }
  Exchange::Rows RowsOf(const Piece& piece, const Lane& lane) const;
  void OpenNext();
  void Prepare(Open* open, Lane* lane);
  void Cut(Open* open, Lane* lane);
  void CutStretch(Open* open, Lane* lane, uint32_t first, uint32_t end);
  bool DeliverFirst();
  void CountWorkers();

  void Dispatch(Lane* lane);
  std::optional<Piece> TakeNext(Lane* lane);
  bool SendPiece(Lane* lane, size_t worker, const Piece& piece);
  void AwaitWorkers();
  void OnReadable(Lane* lane, size_t worker);
  void OnAnswered(Lane* lane, size_t worker, const Piece& piece);
  void CheckDeadlines();

  // ---- hunting.cc: what becomes of rows over which a module failed ----
  void OnFailure(Lane* lane, size_t worker, ModuleOutcome outcome,
                 std::optional<uint32_t> call);
  // Hunted pieces come first.
  static std::deque<Piece>::iterator FirstFresh(Lane* lane);
  // The rows of `piece` to be asked next instead of it.
  void AskInstead(Lane* lane, const Piece& piece,
                  const std::vector<Stretch>& next);
  // The whole piece, after those that are hunted through already.
  void AskLater(Lane* lane, Piece piece);
  // Row `named` of the piece is a cause.
  void FoundRow(Lane* lane, const Piece& piece, uint32_t named,
                const ModuleOutcome& outcome);
  // A piece has its answers, or never will.
  void Settle(Lane* lane, const Piece& piece);
  void OnHuntedAnswer(Lane* lane, const Piece& piece);
  void EndHunt(Lane* lane);

  void Quarantine(Lane* lane, const ModuleOutcome& outcome,
                  const QuarantineCause& cause);
  // No worker can be had: for the rest of this run.
  void GiveUp(Lane* lane, const ModuleProblem& problem);
  void DropRest(Lane* lane);
  static const ModuleOutcome& WhyLost(const Lane& lane, const Piece& piece);
  void LosePiece(Lane* lane, const Piece& piece, const ModuleOutcome& outcome);
  void MarkFault(Lane* lane, Open* open, uint32_t first, uint32_t n,
                 const ModuleOutcome& outcome);
  bool ReplaceWorker(Lane* lane, size_t worker);

  const Setup setup_;
  const std::function<absl::Time()> now_;
  Exchange exchange_;
  int64_t rows_ = 0;        // of all asks
  int64_t population_ = 0;  // of which they are a part, or they themselves
  // Made-up rows only: who asks a what-if must not be able to take a module
  // away from everybody.
  bool of_nobody_ = true;
  std::vector<Lane> lanes_;
  std::deque<std::unique_ptr<Open>> open_;  // in order
  std::vector<std::unique_ptr<Open>> spare_;
  size_t next_ = 0;  // ask to be opened next
  absl::Time last_check_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_RUN_H_
