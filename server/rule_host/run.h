// One evaluation: every module of a rule set is asked about every ask, modules
// side by side, and the answers are copied out, validated and delivered in the
// order of the asks.
//
// An ask is cut into pieces; each worker has one piece at a time and takes the
// next as soon as it has answered, up to a few asks ahead of the one that is
// delivered next. A piece that fails is asked again in calls, and a call over
// which a worker died once more, so that what is lost is at most the call that
// fails by itself.
//
// The place for finding the very row that fails (poison rows), and for setting
// a module aside that fails too often (quarantine), is OnFailure.
#ifndef SHIRUBE_SERVER_RULE_HOST_RUN_H_
#define SHIRUBE_SERVER_RULE_HOST_RUN_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/module.h"
#include "server/rule_host/rule_host.h"

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
    // Parameters that differ between rows, by name: one value a position.
    std::map<std::string, std::vector<int64_t>> parameters;
  };
  // Positions [first, first + n) of what a mask lets through.
  struct Piece {
    Open* open;
    uint32_t first, n;
    bool again = false;  // a worker died over it once
  };
  // One module's part of the run.
  struct Lane {
    Module* module;
    size_t index;
    size_t mask;
    std::deque<Piece> pending;
    std::vector<std::optional<Piece>> at_worker;
    int deaths = 0;
    std::optional<ModuleOutcome> given_up;
  };

  const Mask& MaskOf(const Piece& piece, const Lane& lane) const {
    return piece.open->masks[lane.mask];
  }
  void OpenNext();
  void Prepare(Open* open, Lane* lane);
  void Cut(Open* open, Lane* lane);
  bool DeliverFirst();

  void Dispatch(Lane* lane);
  bool SendPiece(Lane* lane, size_t worker, const Piece& piece);
  bool WritePiece(Lane* lane, WorkerProcess* worker, const Piece& piece,
                  frame::Request* request);
  void WriteParameters(const Lane& lane, WorkerProcess* worker,
                       const Piece& piece, frame::Request* request);

  void AwaitWorkers();
  void OnReadable(Lane* lane, size_t worker);
  void CheckDeadlines();
  void OnFailure(Lane* lane, size_t worker, ModuleOutcome outcome);
  void GiveUp(Lane* lane, const ModuleOutcome& outcome);
  void MarkFault(Lane* lane, const Piece& piece, const ModuleOutcome& outcome);

  ModuleOutcome TakeAnswers(Lane* lane, WorkerProcess* worker,
                            const Piece& piece);
  ModuleOutcome TakeFacts(Lane* lane, WorkerProcess* worker,
                          const Piece& piece);

  const Setup setup_;
  std::vector<Lane> lanes_;
  std::deque<std::unique_ptr<Open>> open_;  // in order
  std::vector<std::unique_ptr<Open>> spare_;
  size_t next_ = 0;  // ask to be opened next
  absl::Time last_check_;
  // Of a masked piece, before its answers are spread over their positions.
  std::vector<uint8_t> answer_;
  std::vector<uint16_t> reason_, judged_point_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_RUN_H_
