#include "server/rule_host/run.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube {
namespace {

// Asks under way at once: workers need not wait for the slowest of them, and
// the answers of a few slots stay in the cache.
constexpr size_t kOpenAsks = 4;
// Large enough that messages cost little beside judging, small enough that the
// last pieces of a run keep every core busy, and that the longest hunt for a
// row of one stays within Hunt::kMaxDeaths.
constexpr uint32_t kPieceRows = 16 * frame::kCallRows;
// Looking into /proc costs more than judging a row.
constexpr absl::Duration kMemoryInterval = absl::Milliseconds(100);

size_t MaskNumber(Requirements requirements) {
  return (requirements.target ? 1 : 0) + (requirements.observation ? 2 : 0);
}

Requirements RequirementsOf(size_t mask) {
  return {(mask & 1) != 0, (mask & 2) != 0};
}

}  // namespace

Run::Run(const Setup& setup)
    : setup_(setup),
      now_(setup.clock ? setup.clock : absl::Now),
      exchange_(*setup.set, setup.options),
      last_check_(absl::Now()) {
  for (const frame::Ask& ask : setup_.asks) {
    rows_ += ask.n;
    if (ask.version) of_nobody_ = false;
  }
  population_ = std::max(rows_, setup_.options.population);
  for (size_t m = 0; m < setup_.modules.size(); ++m) {
    Lane lane;
    lane.module = setup_.modules[m];
    lane.index = m;
    lane.mask = MaskNumber(lane.module->requirements());
    lane.at_worker.resize(lane.module->workers());
    lane.given_up = lane.module->why_out();
    lanes_.push_back(std::move(lane));
  }
}

void Run::Execute() {
  while (true) {
    while (open_.size() < kOpenAsks && next_ < setup_.asks.size()) OpenNext();
    if (open_.empty()) break;
    for (Lane& lane : lanes_) Dispatch(&lane);
    if (DeliverFirst()) continue;
    AwaitWorkers();
    CheckDeadlines();
  }
  CountWorkers();
}

void Run::CountWorkers() {
  for (Lane& lane : lanes_) {
    ModuleStatistics& statistics = lane.module->history()->statistics;
    for (size_t w = 0; w < lane.module->workers(); ++w) {
      WorkerProcess* worker = lane.module->worker(w);
      if (worker == nullptr) continue;
      statistics.AddCpu(worker->TakeCpu());
      statistics.NoteMemory(worker->SampleMemory(kMemoryInterval));
    }
  }
}

void Run::OpenNext() {
  std::unique_ptr<Open> open;
  if (spare_.empty()) {
    open = std::make_unique<Open>();
    open->answers.resize(lanes_.size());
  } else {
    open = std::move(spare_.back());
    spare_.pop_back();
  }
  open->number = next_;
  open->ask = &setup_.asks[next_++];
  open->opened = absl::Now();
  open->columns =
      frame::BindRows(static_cast<const char*>(setup_.columns.base) +
                          open->ask->slot * frame::kSlotBytes,
                      0, open->ask->rows_count);
  open->columns.as_of_index = setup_.options.as_of_index;
  std::fill_n(open->mask_built, std::size(open->mask_built), false);
  open->parameters.clear();
  for (const frame::RowParameter& parameter : open->ask->parameters) {
    const auto rule_set = setup_.set->parameters().find(parameter.name);
    if (rule_set == setup_.set->parameters().end()) continue;
    std::vector<int64_t>& column = open->parameters[parameter.name];
    if (column.empty()) column.assign(open->ask->n, rule_set->second);
    column[parameter.position] = parameter.millionths;
  }
  for (Lane& lane : lanes_) Prepare(open.get(), &lane);
  open_.push_back(std::move(open));
}

// Gives the module's answers their size, answers what the host answers, and
// queues the rest.
void Run::Prepare(Open* open, Lane* lane) {
  Mask& mask = open->masks[lane->mask];
  if (!open->mask_built[lane->mask]) {
    BuildMask(*open->ask, open->columns, RequirementsOf(lane->mask), &mask);
    open->mask_built[lane->mask] = true;
  }
  ModuleAnswers& answers = open->answers[lane->index];
  const uint32_t n = open->ask->n;
  answers.answer.resize(n);
  answers.reason.resize(n);
  answers.judged_point.resize(n);
  answers.faults.clear();
  answers.fault.clear();
  const size_t facts = setup_.options.want_facts
                           ? lane->module->file().manifest->facts.size()
                           : 0;
  answers.fact_numerator.assign(facts * n, 0);
  answers.fact_denominator.assign(facts * n, 0);
  for (const auto& [position, reason] : mask.answered) {
    answers.answer[position] = kAnswerCannotTell;
    answers.reason[position] = reason;
    answers.judged_point[position] = kNoPoint;
  }
  Cut(open, lane);
}

// Rows that are known to make the module fail are not asked.
void Run::Cut(Open* open, Lane* lane) {
  const Mask& mask = open->masks[lane->mask];
  const uint32_t n = mask.count(*open->ask);
  PoisonRows& poison = lane->module->history()->poison;
  if (!lane->given_up.has_value() && !poison.empty()) {
    const PoisonRows::Hits hits = poison.Find(*open->ask, mask);
    uint32_t from = 0;
    for (const auto& [i, outcome] : hits) {
      MarkFault(lane, open, i, 1, outcome);
      CutStretch(open, lane, from, i);
      from = i + 1;
    }
    CutStretch(open, lane, from, n);
    // They weigh when another is found; by themselves they condemn nobody,
    // because they are asked about again without the rows beside them.
    lane->poison_rows += static_cast<int64_t>(hits.size());
  } else if (lane->given_up.has_value()) {
    MarkFault(lane, open, 0, n, *lane->given_up);
  } else {
    CutStretch(open, lane, 0, n);
  }
}

void Run::CutStretch(Open* open, Lane* lane, uint32_t first, uint32_t end) {
  const uint32_t most =
      setup_.options.want_facts ? frame::kFactRows : kPieceRows;
  for (; first < end; first += most) {
    lane->pending.push_back({open, {first, std::min(most, end - first)}});
    ++open->pieces_left;
  }
}

bool Run::DeliverFirst() {
  if (open_.front()->pieces_left > 0) return false;
  std::unique_ptr<Open> open = std::move(open_.front());
  open_.pop_front();
  (*setup_.sink)(open->number, open->answers);
  open->answers.resize(lanes_.size());
  spare_.push_back(std::move(open));
  return true;
}

// ---- Asking. ----

Exchange::Rows Run::RowsOf(const Piece& piece, const Lane& lane) const {
  return {.ask = piece.open->ask,
          .columns = &piece.open->columns,
          .mask = &MaskOf(piece, lane),
          .parameters = &piece.open->parameters,
          .first = piece.stretch.first,
          .n = piece.stretch.n};
}

void Run::Dispatch(Lane* lane) {
  for (size_t w = 0; w < lane->at_worker.size(); ++w) {
    if (lane->at_worker[w].has_value()) continue;
    const std::optional<Piece> piece = TakeNext(lane);
    if (!piece.has_value()) return;
    if (SendPiece(lane, w, *piece)) continue;
    // The lane was given up, and everything that was still pending with it.
    LosePiece(lane, *piece, WhyLost(*lane, *piece));
  }
}

// One worker hunts, one piece after the other; the others go on with rows that
// nobody suspects.
std::optional<Run::Piece> Run::TakeNext(Lane* lane) {
  const bool hunting = std::any_of(
      lane->at_worker.begin(), lane->at_worker.end(), [](const auto& at) {
        return at.has_value() && at->piece.stretch.hunted();
      });
  const auto next = hunting ? FirstFresh(lane) : lane->pending.begin();
  if (next == lane->pending.end()) return std::nullopt;
  const Piece piece = *next;
  lane->pending.erase(next);
  return piece;
}

// False once no worker can be had; then the lane is given up.
bool Run::SendPiece(Lane* lane, size_t w, const Piece& piece) {
  // A worker that died while nobody asked it anything cost no answer.
  for (int attempt = 0; attempt < 3; ++attempt) {
    WorkerProcess* worker = lane->module->worker(w);
    if (worker != nullptr && worker->IsAlive()) {
      const Exchange::Rows rows = RowsOf(piece, *lane);
      if (worker->Send(
              exchange_.Write(rows, *lane->module->file().manifest, worker))) {
        lane->at_worker[w] = {piece, absl::Now()};
        lane->module->history()->statistics.CountSent();
        return true;
      }
    }
    if (!ReplaceWorker(lane, w)) return false;
  }
  GiveUp(lane, {ModuleReason::kWorkerUnavailable,
                "its workers die before they are asked"});
  return false;
}

// ---- Hearing. ----

void Run::AwaitWorkers() {
  std::vector<pollfd> ready;
  std::vector<std::pair<Lane*, size_t>> whose;
  for (Lane& lane : lanes_) {
    for (size_t w = 0; w < lane.at_worker.size(); ++w) {
      if (!lane.at_worker[w].has_value()) continue;
      ready.push_back({lane.module->worker(w)->socket(), POLLIN, 0});
      whose.emplace_back(&lane, w);
    }
  }
  if (ready.empty()) return;
  const int64_t tick =
      std::clamp<int64_t>(absl::ToInt64Milliseconds(setup_.call_deadline) / 4,
                          /*lo=*/2, /*hi=*/20);
  if (poll(ready.data(), ready.size(), static_cast<int>(tick)) <= 0) return;
  for (size_t i = 0; i < ready.size(); ++i) {
    // What another one did may have settled it: a module in quarantine.
    const auto [lane, w] = whose[i];
    if (ready[i].revents != 0 && lane->at_worker[w].has_value()) {
      OnReadable(lane, w);
    }
  }
}

void Run::OnReadable(Lane* lane, size_t w) {
  WorkerProcess* worker = lane->module->worker(w);
  ModuleOutcome outcome;
  const std::optional<frame::Reply> reply = worker->Receive(&outcome);
  if (!reply.has_value()) {
    if (!outcome.ok()) {
      OnFailure(lane, w, std::move(outcome), worker->CallHint());
    }
    return;
  }
  const Piece piece = lane->at_worker[w]->piece;
  if (reply->status == frame::Reply::kAnswered) {
    OnAnswered(lane, w, piece);
    return;
  }
  outcome = {
      .kind = ModuleOutcome::Kind::kBadOutput,
      .position = std::min(reply->call * frame::kCallRows, piece.stretch.n - 1),
      .field = std::string(kReturnValueField),
      .detail = absl::StrCat("evaluate returned ", reply->value)};
  OnFailure(lane, w, std::move(outcome), reply->call);
}

void Run::OnAnswered(Lane* lane, size_t w, const Piece& piece) {
  const absl::Time answered = absl::Now();
  ModuleStatistics::Batch batch;
  ModuleOutcome outcome =
      exchange_.Take(RowsOf(piece, *lane), *lane->module->file().manifest,
                     lane->module->reasons(), lane->module->worker(w),
                     &piece.open->answers[lane->index], &batch.answers);
  if (!outcome.ok()) {
    OnFailure(lane, w, std::move(outcome), std::nullopt);
    return;
  }
  const absl::Time sent = lane->at_worker[w]->sent;
  batch.queue = sent - piece.open->opened;
  batch.evaluate = answered - sent;
  batch.validate = absl::Now() - answered;
  batch.answered = answered;
  lane->module->history()->statistics.CountAnswered(batch);
  if (batch.answers.unanswered > 0) {
    LogWarning("rule module ", lane->module->id(), " left ",
               batch.answers.unanswered, " of ", piece.stretch.n,
               " rows unanswered");
  }
  lane->at_worker[w].reset();
  if (piece.stretch.hunted()) OnHuntedAnswer(lane, piece);
  Settle(lane, piece);
}

void Run::CheckDeadlines() {
  const absl::Time now = absl::Now();
  if (now - last_check_ < absl::Milliseconds(2)) return;
  last_check_ = now;
  for (Lane& lane : lanes_) {
    for (size_t w = 0; w < lane.at_worker.size(); ++w) {
      if (!lane.at_worker[w].has_value()) continue;
      WorkerProcess* worker = lane.module->worker(w);
      ModuleOutcome outcome = worker->CheckDeadline(setup_.call_deadline);
      if (outcome.ok()) continue;
      // Its answer may be here already, and the host too busy with another
      // worker to have read it: that is no fault of this one.
      pollfd answered{worker->socket(), POLLIN, 0};
      if (poll(&answered, 1, 0) > 0) continue;
      OnFailure(&lane, w, std::move(outcome), worker->CallHint());
    }
  }
}

}  // namespace shirube
