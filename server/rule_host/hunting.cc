// Hunting for the row that makes a module fail: the part of Run that deals with
// failures.
//
// A hunt begins with a failure over a piece and ends once every row of it has
// an answer or is known to be a cause. The number of the call that the worker
// noted is believed until it proves wrong; what decides is which rows the
// module fails on when it is asked about them alone.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/rule_host/run.h"

namespace shirube {
namespace {

using Kind = ModuleOutcome::Kind;
using Stage = Stretch::Stage;

// What a module wrote names the row itself; that evaluate refused does not.
bool NamesItsRow(const ModuleOutcome& outcome) {
  return outcome.kind == Kind::kBadOutput && outcome.field != kReturnValueField;
}

// The number of an outcome in answers.faults; equal ones are one.
uint16_t FaultNumber(ModuleAnswers* answers, const ModuleOutcome& outcome) {
  std::vector<ModuleOutcome>& faults = answers->faults;
  const auto same = std::find(faults.begin(), faults.end(), outcome);
  if (same != faults.end()) {
    return static_cast<uint16_t>(same - faults.begin() + 1);
  }
  if (faults.size() < UINT16_MAX) faults.push_back(outcome);
  return static_cast<uint16_t>(faults.size());
}

}  // namespace

void Run::OnFailure(Lane* lane, size_t w, ModuleOutcome outcome,
                    std::optional<uint32_t> call) {
  const Piece piece = lane->at_worker[w]->piece;
  lane->at_worker[w].reset();
  const uint32_t named = outcome.position;
  if (outcome.kind == Kind::kBadOutput) {
    outcome.position =
        MaskOf(piece, *lane).position(piece.stretch.first + named);
  }
  lane->killer = outcome;
  ModuleHistory& history = *lane->module->history();
  history.statistics.CountFailed(outcome);
  const bool begins = lane->hunt.Begin(now_());
  if (begins) {
    history.statistics.CountIncident();
    LogWarning("rule module ", lane->module->id(), ": ", outcome.ToString(),
               " in a piece of ", piece.stretch.n,
               " rows; looking for the row");
  }
  // A worker that refused or wrote nonsense still listens; all else ended it,
  // or has to.
  const bool lives = outcome.kind == Kind::kBadOutput;
  if (NamesItsRow(outcome)) {
    FoundRow(lane, piece, named, outcome);
    AskInstead(lane, piece, SplitAround(piece.stretch, named));
    return;
  }
  if (!begins && !piece.stretch.hunted()) {
    // Of another worker, while one hunts: its turn comes.
    AskLater(lane, piece);
    if (!lives) ReplaceWorker(lane, w);
    return;
  }
  if (const auto cause = lane->hunt.Death(now_())) {
    Quarantine(lane, outcome, *cause);
    LosePiece(lane, piece, outcome);
    return;
  }
  const std::vector<Stretch> next = SplitAfterFailure(
      piece.stretch,
      lane->hunt.trusts_hints() ? call : std::optional<uint32_t>());
  if (next.empty()) FoundRow(lane, piece, 0, outcome);
  AskInstead(lane, piece, next);
  if (!lives && !lane->given_up.has_value()) ReplaceWorker(lane, w);
}

std::deque<Run::Piece>::iterator Run::FirstFresh(Lane* lane) {
  return std::find_if(
      lane->pending.begin(), lane->pending.end(),
      [](const Piece& piece) { return !piece.stretch.hunted(); });
}

void Run::AskLater(Lane* lane, Piece piece) {
  piece.stretch.stage = Stage::kRest;
  lane->pending.insert(FirstFresh(lane), piece);
  ++lane->hunted;
}

void Run::AskInstead(Lane* lane, const Piece& piece,
                     const std::vector<Stretch>& next) {
  std::vector<Piece> pieces;
  for (const Stretch& stretch : next) {
    if (lane->given_up.has_value()) {
      MarkFault(lane, piece.open, stretch.first, stretch.n, lane->killer);
    } else {
      pieces.push_back({piece.open, stretch});
    }
  }
  lane->pending.insert(lane->pending.begin(), pieces.begin(), pieces.end());
  lane->hunted += pieces.size();
  piece.open->pieces_left += static_cast<uint32_t>(pieces.size());
  Settle(lane, piece);
}

void Run::FoundRow(Lane* lane, const Piece& piece, uint32_t named,
                   const ModuleOutcome& outcome) {
  const uint32_t i = piece.stretch.first + named;
  const frame::Ask& ask = *piece.open->ask;
  if (ask.version) {
    const uint32_t row = ask.row(MaskOf(piece, *lane).position(i));
    lane->module->history()->poison.Add(ask.version(row), outcome);
  }
  LogWarning("rule module ", lane->module->id(),
             " fails on a row: ", outcome.ToString());
  lane->hunt.FoundRow(now_());
  MarkFault(lane, piece.open, i, 1, outcome);
  int64_t bad = ++lane->poison_rows;
  // Measured against all rows, those that were found in other questions count.
  if (population_ > rows_) {
    bad = std::max(bad, lane->module->history()->poison.count());
  }
  const auto cause = TooManyPoisonRows(bad, population_);
  if (cause.has_value()) Quarantine(lane, outcome, *cause);
}

// A call that was said to be the one and is not: the worker's notes are wrong.
// A first half that is not the cause leaves the second.
void Run::OnHuntedAnswer(Lane* lane, const Piece& piece) {
  const Stretch& answered = piece.stretch;
  if (answered.stage == Stage::kSuspect) lane->hunt.DistrustHints();
  if (answered.stage != Stage::kFirstHalf || lane->pending.empty()) return;
  const Piece next = lane->pending.front();
  if (next.open == piece.open && next.stretch.stage == Stage::kSecondHalf &&
      next.stretch.first == answered.first + answered.n) {
    lane->pending.pop_front();
    AskInstead(lane, next, SplitGuilty(next.stretch));
  }
}

void Run::Settle(Lane* lane, const Piece& piece) {
  --piece.open->pieces_left;
  if (piece.stretch.hunted()) --lane->hunted;
  if (lane->hunted == 0 && lane->hunt.open()) EndHunt(lane);
}

void Run::EndHunt(Lane* lane) {
  lane->hunt.End(now_());
  if (of_nobody_ || lane->hunt.found_row() || lane->given_up.has_value()) {
    return;
  }
  const auto cause = lane->module->history()->incidents.Fruitless(now_());
  if (cause.has_value()) Quarantine(lane, lane->killer, *cause);
}

// ---- Losing rows. ----

void Run::Quarantine(Lane* lane, const ModuleOutcome& outcome,
                     const QuarantineCause& cause) {
  CountWorkers();  // before they are ended
  if (of_nobody_) {
    lane->given_up = outcome;
    LogError("rule module ", lane->module->id(),
             " gets no more rows of this question: ", cause.en);
  } else {
    // An interpreter's words are what its author needs.
    const bool words = outcome.kind == Kind::kCrashed && outcome.signal == 0;
    lane->module->Quarantine(
        std::string(outcome.word()),
        words ? absl::StrCat(cause.en, " (last: ", outcome.detail, ")")
              : cause.en,
        words ? absl::StrCat(cause.ja, "(最後のエラー: ", outcome.detail, ")")
              : cause.ja);
    lane->given_up = lane->module->why_out();
  }
  DropRest(lane);
}

void Run::GiveUp(Lane* lane, const ModuleProblem& problem) {
  ModuleOutcome why = {
      .kind = Kind::kNotRunning,
      .detail = absl::StrCat(std::string(ReasonWord(problem.reason)), ": ",
                             problem.detail)};
  ModuleHistory& history = *lane->module->history();
  history.statistics.CountFailed(why);
  const std::optional<ModuleOutcome> out = lane->module->why_out();
  // A module that starts no more is tried in the next run, and the next: each
  // may cost a deadline of seconds.
  const bool its_fault = problem.reason != ModuleReason::kWorkerUnavailable;
  if (!out.has_value() && its_fault && !of_nobody_) {
    if (const auto cause = history.incidents.Fruitless(now_())) {
      Quarantine(lane, why, *cause);
      return;
    }
  }
  lane->given_up = out.value_or(std::move(why));
  LogError("rule module ", lane->module->id(),
           " gets no more rows of this run: ", lane->given_up->ToString());
  DropRest(lane);
}

// What was being hunted through is lost to what killed it. The workers end:
// what they are at nobody waits for, and the next run would meet it.
void Run::DropRest(Lane* lane) {
  for (size_t w = 0; w < lane->module->workers(); ++w) {
    WorkerProcess* worker = lane->module->worker(w);
    if (worker != nullptr) worker->Kill();
  }
  std::deque<Piece> rest = std::move(lane->pending);
  lane->pending.clear();
  for (std::optional<AtWorker>& at : lane->at_worker) {
    if (at.has_value()) rest.push_back(at->piece);
    at.reset();
  }
  for (const Piece& piece : rest) {
    LosePiece(lane, piece, WhyLost(*lane, piece));
  }
}

const ModuleOutcome& Run::WhyLost(const Lane& lane, const Piece& piece) {
  return piece.stretch.hunted() ? lane.killer : *lane.given_up;
}

void Run::LosePiece(Lane* lane, const Piece& piece,
                    const ModuleOutcome& outcome) {
  MarkFault(lane, piece.open, piece.stretch.first, piece.stretch.n, outcome);
  Settle(lane, piece);
}

void Run::MarkFault(Lane* lane, Open* open, uint32_t first, uint32_t n,
                    const ModuleOutcome& outcome) {
  if (n == 0) return;
  const Mask& mask = open->masks[lane->mask];
  ModuleAnswers& answers = open->answers[lane->index];
  const uint16_t number = FaultNumber(&answers, outcome);
  answers.fault.resize(answers.size(), 0);
  for (uint32_t i = first; i < first + n; ++i) {
    const uint32_t k = mask.position(i);
    answers.answer[k] = kAnswerFault;
    answers.reason[k] = kReasonNone;
    answers.judged_point[k] = kNoPoint;
    answers.fault[k] = number;
  }
  lane->module->history()->statistics.CountFaultedRows(n);
}

// False where none can be had; then the lane is given up.
bool Run::ReplaceWorker(Lane* lane, size_t w) {
  ModuleStatistics& statistics = lane->module->history()->statistics;
  if (WorkerProcess* worker = lane->module->worker(w); worker != nullptr) {
    statistics.NoteMemory(worker->SampleMemory(absl::ZeroDuration()));
    worker->Kill();
    statistics.AddCpu(worker->TakeCpu());
  }
  const ModuleProblem problem = lane->module->Replace(w);
  if (!problem.ok()) {
    GiveUp(lane, problem);
    return false;
  }
  statistics.CountRestart();
  return true;
}

}  // namespace shirube
