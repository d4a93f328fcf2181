#include "server/rule_host/run.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
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
// Large enough that messages cost nothing beside judging, small enough that the
// last pieces of a run keep every core busy.
constexpr uint32_t kPieceRows = 16 * frame::kCallRows;
// After so many deaths and hangs in one run a module gets no more of it.
constexpr int kMaxDeaths = 16;

size_t MaskNumber(Requirements requirements) {
  return (requirements.target ? 1 : 0) + (requirements.observation ? 2 : 0);
}

Requirements RequirementsOf(size_t mask) {
  return {(mask & 1) != 0, (mask & 2) != 0};
}

}  // namespace

Run::Run(const Setup& setup) : setup_(setup), last_check_(absl::Now()) {
  for (size_t m = 0; m < setup_.modules.size(); ++m) {
    Lane lane;
    lane.module = setup_.modules[m];
    lane.index = m;
    lane.mask = MaskNumber(lane.module->requirements());
    lane.at_worker.resize(lane.module->workers());
    lanes_.push_back(std::move(lane));
  }
}

void Run::Execute() {
  while (true) {
    while (open_.size() < kOpenAsks && next_ < setup_.asks.size()) OpenNext();
    if (open_.empty()) return;
    for (Lane& lane : lanes_) Dispatch(&lane);
    if (DeliverFirst()) continue;
    AwaitWorkers();
    CheckDeadlines();
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

void Run::Cut(Open* open, Lane* lane) {
  const uint32_t n = open->masks[lane->mask].count(*open->ask);
  const uint32_t most =
      setup_.options.want_facts ? frame::kFactRows : kPieceRows;
  for (uint32_t first = 0; first < n; first += most) {
    lane->pending.push_back({open, first, std::min(most, n - first)});
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

void Run::Dispatch(Lane* lane) {
  for (size_t w = 0; w < lane->at_worker.size(); ++w) {
    while (!lane->at_worker[w].has_value() && !lane->pending.empty()) {
      const Piece piece = lane->pending.front();
      lane->pending.pop_front();
      if (lane->given_up.has_value()) {
        MarkFault(lane, piece, *lane->given_up);
      } else if (SendPiece(lane, w, piece)) {
        lane->at_worker[w] = piece;
      } else {
        lane->pending.push_front(piece);
      }
    }
  }
}

// False once no worker can be had; then the lane is given up.
bool Run::SendPiece(Lane* lane, size_t worker, const Piece& piece) {
  // A worker that died while nobody asked it anything cost no answer.
  for (int attempt = 0; attempt < 3; ++attempt) {
    WorkerProcess* process = lane->module->worker(worker);
    if (process != nullptr && process->IsAlive()) {
      frame::Request request;
      WritePiece(lane, process, piece, &request);
      if (process->Send(request)) return true;
    }
    const ModuleProblem problem = lane->module->Replace(worker);
    if (!problem.ok()) {
      GiveUp(lane,
             {.kind = ModuleOutcome::Kind::kNotRunning,
              .detail = absl::StrCat(std::string(ReasonWord(problem.reason)),
                                     ": ", problem.detail)});
      return false;
    }
  }
  GiveUp(lane, {.kind = ModuleOutcome::Kind::kNotRunning,
                .detail = "its workers die before they are asked"});
  return false;
}

bool Run::WritePiece(Lane* lane, WorkerProcess* worker, const Piece& piece,
                     frame::Request* request) {
  const frame::Ask& ask = *piece.open->ask;
  const Mask& mask = MaskOf(piece, *lane);
  request->slot = ask.slot;
  request->rows_in_slot = ask.rows_count;
  request->first_row = piece.first;
  request->n = piece.n;
  request->as_of_index = setup_.options.as_of_index;
  if (!mask.all || ask.rows != nullptr) {
    request->has_rows = 1;
    auto* rows =
        frame::At<uint32_t>(worker->request_area(), frame::kRequestRows);
    for (uint32_t i = 0; i < piece.n; ++i) {
      rows[i] = ask.row(mask.position(piece.first + i));
    }
  }
  WriteParameters(*lane, worker, piece, request);

  void* area = worker->verdict_area();
  std::memset(frame::At<uint8_t>(area, frame::kAnswer), SHIRUBE_UNSET, piece.n);
  std::memset(frame::At<uint16_t>(area, frame::kReason), 0,
              piece.n * sizeof(uint16_t));
  std::memset(frame::At<uint16_t>(area, frame::kJudgedPoint), 0xFF,
              piece.n * sizeof(uint16_t));
  if (setup_.options.want_facts) {
    request->facts_count =
        static_cast<uint32_t>(lane->module->file().manifest->facts.size());
    for (uint32_t f = 0; f < request->facts_count; ++f) {
      for (const frame::Column& column :
           {frame::kFactNumerator, frame::kFactDenominator}) {
        std::memset(
            frame::At<shirube_int128>(area, column, f * frame::kFactRows), 0,
            piece.n * sizeof(shirube_int128));
      }
    }
  }
  return true;
}

void Run::WriteParameters(const Lane& lane, WorkerProcess* worker,
                          const Piece& piece, frame::Request* request) {
  const std::vector<ManifestParameter>& parameters =
      lane.module->file().manifest->parameters;
  const Mask& mask = MaskOf(piece, lane);
  request->parameters_count = static_cast<uint32_t>(parameters.size());
  for (uint32_t p = 0; p < parameters.size(); ++p) {
    auto* column =
        frame::At<int64_t>(worker->request_area(), frame::kRequestParameters,
                           p * frame::kSlotRows);
    const auto differing = piece.open->parameters.find(parameters[p].name);
    if (differing == piece.open->parameters.end()) {
      column[0] = setup_.set->parameters().at(parameters[p].name);
      continue;
    }
    request->strided |= uint32_t{1} << p;
    for (uint32_t i = 0; i < piece.n; ++i) {
      column[i] = differing->second[mask.position(piece.first + i)];
    }
  }
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
    if (ready[i].revents != 0) OnReadable(whose[i].first, whose[i].second);
  }
}

void Run::OnReadable(Lane* lane, size_t w) {
  WorkerProcess* worker = lane->module->worker(w);
  ModuleOutcome outcome;
  const std::optional<frame::Reply> reply = worker->Receive(&outcome);
  if (!reply.has_value()) {
    if (!outcome.ok()) OnFailure(lane, w, std::move(outcome));
    return;
  }
  const Piece piece = *lane->at_worker[w];
  if (reply->status == frame::Reply::kRefused) {
    outcome = {
        .kind = ModuleOutcome::Kind::kBadOutput,
        .position = std::min(reply->call * frame::kCallRows, piece.n - 1),
        .field = "return value",
        .detail = absl::StrCat("evaluate returned ", reply->value)};
  } else {
    outcome = TakeAnswers(lane, worker, piece);
  }
  if (!outcome.ok()) {
    OnFailure(lane, w, std::move(outcome));
    return;
  }
  lane->at_worker[w].reset();
  --piece.open->pieces_left;
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
      OnFailure(&lane, w, std::move(outcome));
    }
  }
}

void Run::OnFailure(Lane* lane, size_t w, ModuleOutcome outcome) {
  const Piece piece = *lane->at_worker[w];
  lane->at_worker[w].reset();
  LogWarning("rule module ", lane->module->id(), ": ", outcome.ToString(),
             " in a piece of ", piece.n, " rows");
  // Bad output comes from a worker that still listens; all else ended it, or
  // has to.
  if (outcome.kind != ModuleOutcome::Kind::kBadOutput) {
    const ModuleProblem problem = lane->module->Replace(w);
    if (!problem.ok() || ++lane->deaths >= kMaxDeaths) {
      GiveUp(lane, outcome);
    }
  }
  if (lane->given_up.has_value()) {
    MarkFault(lane, piece, outcome);
    return;
  }
  if (piece.n <= frame::kCallRows) {
    // A death may have come from outside (the kernel out of memory); what
    // hangs or answers nonsense would do so again.
    const bool died = outcome.kind == ModuleOutcome::Kind::kCrashed ||
                      outcome.kind == ModuleOutcome::Kind::kExited;
    if (!died || piece.again) {
      MarkFault(lane, piece, outcome);
    } else {
      lane->pending.push_front(piece);
      lane->pending.front().again = true;
    }
    return;
  }
  std::vector<Piece> calls;
  for (uint32_t done = 0; done < piece.n; done += frame::kCallRows) {
    calls.push_back({piece.open, piece.first + done,
                     std::min(frame::kCallRows, piece.n - done)});
  }
  piece.open->pieces_left += static_cast<uint32_t>(calls.size()) - 1;
  lane->pending.insert(lane->pending.begin(), calls.begin(), calls.end());
}

void Run::GiveUp(Lane* lane, const ModuleOutcome& outcome) {
  lane->given_up = outcome;
  LogError("rule module ", lane->module->id(),
           " gets no more rows of this run: ", outcome.ToString());
}

void Run::MarkFault(Lane* lane, const Piece& piece,
                    const ModuleOutcome& outcome) {
  const Mask& mask = MaskOf(piece, *lane);
  ModuleAnswers& answers = piece.open->answers[lane->index];
  ModuleOutcome fault = outcome;
  if (fault.kind == ModuleOutcome::Kind::kBadOutput) {
    fault.position = mask.position(piece.first + fault.position);
  }
  answers.faults.push_back(std::move(fault));
  answers.fault.resize(answers.size(), 0);
  // At most a call a fault, or all that is left: far fewer than 255 an ask.
  const auto number = static_cast<uint8_t>(answers.faults.size());
  for (uint32_t i = 0; i < piece.n; ++i) {
    const uint32_t k = mask.position(piece.first + i);
    answers.answer[k] = kAnswerFault;
    answers.reason[k] = kReasonNone;
    answers.judged_point[k] = kNoPoint;
    answers.fault[k] = number;
  }
  --piece.open->pieces_left;
}

// ---- Copying out; only the copies are looked at. ----

ModuleOutcome Run::TakeAnswers(Lane* lane, WorkerProcess* worker,
                               const Piece& piece) {
  const frame::Ask& ask = *piece.open->ask;
  const Mask& mask = MaskOf(piece, *lane);
  ModuleAnswers& answers = piece.open->answers[lane->index];
  const bool direct = mask.all;
  if (!direct) {
    answer_.resize(piece.n);
    reason_.resize(piece.n);
    judged_point_.resize(piece.n);
  }
  AnswerColumns columns{};
  columns.n = piece.n;
  columns.answer =
      direct ? answers.answer.data() + piece.first : answer_.data();
  columns.reason =
      direct ? answers.reason.data() + piece.first : reason_.data();
  columns.judged_point =
      direct ? answers.judged_point.data() + piece.first : judged_point_.data();
  columns.points_count = piece.open->columns.points_count;
  if (direct && ask.rows == nullptr) {
    columns.points_count += piece.first;
  } else {
    // The worker cannot write there: these are the rows it was asked about.
    columns.rows =
        frame::At<uint32_t>(worker->request_area(), frame::kRequestRows);
  }
  const void* area = worker->verdict_area();
  std::memcpy(columns.answer, frame::At<uint8_t>(area, frame::kAnswer),
              piece.n);
  std::memcpy(columns.reason, frame::At<uint16_t>(area, frame::kReason),
              piece.n * sizeof(uint16_t));
  std::memcpy(columns.judged_point,
              frame::At<uint16_t>(area, frame::kJudgedPoint),
              piece.n * sizeof(uint16_t));
  uint32_t unanswered = 0;
  ModuleOutcome outcome =
      CheckAnswers(lane->module->reasons(), columns, &unanswered);
  if (outcome.ok() && setup_.options.want_facts) {
    outcome = TakeFacts(lane, worker, piece);
  }
  if (!outcome.ok()) return outcome;
  if (unanswered > 0) {
    LogWarning("rule module ", lane->module->id(), " left ", unanswered, " of ",
               piece.n, " rows unanswered");
  }
  for (uint32_t i = 0; !direct && i < piece.n; ++i) {
    const uint32_t k = mask.asked[piece.first + i];
    answers.answer[k] = answer_[i];
    answers.reason[k] = reason_[i];
    answers.judged_point[k] = judged_point_[i];
  }
  return outcome;
}

ModuleOutcome Run::TakeFacts(Lane* lane, WorkerProcess* worker,
                             const Piece& piece) {
  const Mask& mask = MaskOf(piece, *lane);
  const std::vector<ManifestFact>& facts = lane->module->file().manifest->facts;
  ModuleAnswers& answers = piece.open->answers[lane->index];
  std::vector<shirube_int128> numerator(piece.n), denominator(piece.n);
  for (uint32_t f = 0; f < facts.size(); ++f) {
    const uint32_t first = f * frame::kFactRows;
    const size_t bytes = piece.n * sizeof(shirube_int128);
    std::memcpy(numerator.data(),
                frame::At<shirube_int128>(worker->verdict_area(),
                                          frame::kFactNumerator, first),
                bytes);
    std::memcpy(denominator.data(),
                frame::At<shirube_int128>(worker->verdict_area(),
                                          frame::kFactDenominator, first),
                bytes);
    if (ModuleOutcome outcome =
            CheckFacts(denominator.data(), piece.n, facts[f].name);
        !outcome.ok()) {
      return outcome;
    }
    for (uint32_t i = 0; i < piece.n; ++i) {
      const size_t at =
          size_t{f} * answers.size() + mask.position(piece.first + i);
      answers.fact_numerator[at] =
          absl::MakeInt128(numerator[i].high, numerator[i].low);
      answers.fact_denominator[at] =
          absl::MakeInt128(denominator[i].high, denominator[i].low);
    }
  }
  return {};
}

}  // namespace shirube
