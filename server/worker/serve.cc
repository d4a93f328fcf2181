#include "server/worker/serve.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube::worker {
namespace {

// Says which call runs now, for the host to look at after a death.
void NoteProgress(void* verdicts, uint64_t sequence, uint32_t call) {
  auto* page = frame::At<frame::WorkerPage>(verdicts, frame::kWorkerPage);
  std::atomic_ref<uint64_t>(page->progress)
      .store(sequence << 32 | call, std::memory_order_relaxed);
}

// The parameters for positions from `first` on.
void BindParameters(const frame::Request& request, const void* area,
                    uint32_t first, shirube_parameter* parameters) {
  for (uint32_t p = 0; p < request.parameters_count; ++p) {
    const bool strided = (request.strided >> p & 1) != 0;
    parameters[p].base =
        frame::At<int64_t>(area, frame::kRequestParameters,
                           p * frame::kSlotRows + (strided ? first : 0));
    parameters[p].stride = strided ? sizeof(int64_t) : 0;
    parameters[p].reserved = 0;
  }
}

// Answers positions [first, first + n) of the request.
int Call(const LoadedModule& module, const Areas& areas,
         const frame::Request& request, uint32_t first, uint32_t n) {
  const char* slot = static_cast<const char*>(areas.columns.base()) +
                     request.slot * frame::kSlotBytes;
  const bool has_rows = request.has_rows != 0;
  const uint32_t first_row = has_rows ? 0 : request.first_row + first;
  shirube_batch batch =
      frame::BindRows(slot, first_row, has_rows ? request.rows_in_slot : n);
  shirube_parameter parameters[frame::kMaxParameters];
  BindParameters(request, areas.request.base(), first, parameters);
  batch.parameters = parameters;
  batch.parameters_count = request.parameters_count;
  batch.as_of_index = request.as_of_index;
  batch.today_index = request.today_index;
  batch.want_facts = request.facts_count > 0 ? 1 : 0;
  shirube_verdicts verdicts =
      frame::BindVerdicts(areas.verdicts.base(), first, request.facts_count);
  const uint32_t* rows = has_rows
                             ? frame::At<uint32_t>(areas.request.base(),
                                                   frame::kRequestRows, first)
                             : nullptr;
  const int result =
      module.rule->evaluate(module.state, &batch, rows, n, &verdicts);
  if (result == lua::Engine::kFailed && module.engine != nullptr) {
    EndWithFailure(module, frame::At<frame::WorkerPage>(areas.verdicts.base(),
                                                        frame::kWorkerPage));
  }
  return result;
}

frame::Reply Answer(const LoadedModule& module, const Areas& areas,
                    const frame::Request& request) {
  frame::Reply reply;
  reply.header.sequence = request.header.sequence;
  uint32_t first = 0;
  do {  // once for an empty batch, too: modules have to stand it
    const uint32_t n = std::min(request.n - first, frame::kCallRows);
    NoteProgress(areas.verdicts.base(), request.header.sequence, reply.call);
    reply.value = Call(module, areas, request, first, n);
    if (reply.value != 0) {
      reply.status = frame::Reply::kRefused;
      return reply;
    }
    first += n;
    ++reply.call;
  } while (first < request.n);
  return reply;
}

}  // namespace

bool Send(const void* message, size_t bytes) {
  while (true) {
    const ssize_t sent = send(frame::kControlFd, message, bytes, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<size_t>(sent) == bytes;
    if (errno != EINTR) return false;
  }
}

bool MapAreas(Areas* areas) {
  struct stat columns = {};
  if (fstat(frame::kColumnsFd, &columns) != 0) return false;
  areas->columns =
      frame::Map(frame::kColumnsFd, static_cast<uint64_t>(columns.st_size),
                 frame::Access::kReadOnly);
  areas->request = frame::Map(frame::kRequestFd, frame::kRequestBytes,
                              frame::Access::kReadOnly);
  areas->verdicts = frame::MapVerdictArea(frame::kVerdictFd);
  return areas->columns.valid() && areas->request.valid() &&
         areas->verdicts.valid();
}

int Serve(const LoadedModule& module, const Areas& areas) {
  while (true) {
    frame::Request request;
    const ssize_t received =
        recv(frame::kControlFd, &request, sizeof(request), 0);
    if (received == 0) return 0;  // the host let go
    if (received < 0) {
      if (errno == EINTR) continue;
      return 1;
    }
    if (received != sizeof(request)) return 1;
    const frame::Reply reply = Answer(module, areas, request);
    if (!Send(&reply, sizeof(reply))) return 0;
  }
}

}  // namespace shirube::worker
