// The two memory files that each worker shares with the host besides the
// columns: the request area (host writes, worker reads) and the verdict area
// (worker writes; the host checks a copy of it, never the area itself). Neither
// holds locks or pointers.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_AREAS_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_AREAS_H_

#include <cstdint>

#include "rules/include/shirube/rule.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube::frame {

inline constexpr uint32_t kMaxParameters = 32;
inline constexpr uint32_t kMaxFacts = 64;
// Requests that want facts carry at most this many rows, the others a slot.
inline constexpr uint32_t kFactRows = 4 * kCallRows;

// ---- The request area: what is selected, and one column a parameter. ----
inline constexpr Column kRequestRows = {0, 4, kSlotRows};
inline constexpr Column kRequestParameters =
    internal::After(kRequestRows, 8, kSlotRows* kMaxParameters);
inline constexpr uint64_t kRequestBytes =
    internal::RoundUp(kRequestParameters.offset + kRequestParameters.bytes());

// ---- The verdict area: a page of the worker's own, then the answer columns,
// each followed by a page that is mapped by nobody. ----
// All of it is a hint: a module can write anything here.
struct WorkerPage {
  // Sequence of the request in the high 32 bits, number of the call within it
  // in the low ones.
  uint64_t progress;
  // `progress` + 1 of the call in which malloc last returned NULL; 0: never.
  uint64_t malloc_failed;
  // Number + 1 of the system call that was not allowed, and its architecture
  // as in linux/audit.h.
  uint32_t forbidden_call;
  uint32_t forbidden_arch;
  uint32_t stage;  // a WorkerStage
  // Of a worker that ended with kFailedExit: a WorkerFailure, and what the
  // interpreter said ("name.lua:12: attempt to …"), with a 0 at its end.
  uint32_t failure;
  char text[400];
};

enum WorkerFailure : uint32_t {
  kNoFailure = 0,
  kRaisedError = 1,   // an error that nothing caught
  kMemoryUsedUp = 2,  // the interpreter's allocator refused
  kTimeUsedUp = 3,    // the budget of instructions
};

// How far a worker has come.
enum WorkerStage : uint32_t {
  kSettling = 0,  // nothing of the module has run
  kLoading = 1,   // dlopen: constructors
  kEntering = 2,  // shirube_rule_v0
  kCreating = 3,  // create
  kServing = 4,
};

namespace internal {
constexpr Column AfterGuard(const Column& previous, uint32_t width,
                            uint32_t entries) {
  Column column = After(previous, width, entries);
  column.offset += kPage;
  return column;
}
}  // namespace internal

inline constexpr Column kWorkerPage = {0, 4096, 1};
inline constexpr Column kAnswer =
    internal::AfterGuard(kWorkerPage, 1, kSlotRows);
inline constexpr Column kReason = internal::AfterGuard(kAnswer, 2, kSlotRows);
inline constexpr Column kJudgedPoint =
    internal::AfterGuard(kReason, 2, kSlotRows);
inline constexpr Column kFactNumerator =
    internal::AfterGuard(kJudgedPoint, 16, kFactRows* kMaxFacts);
inline constexpr Column kFactDenominator =
    internal::AfterGuard(kFactNumerator, 16, kFactRows* kMaxFacts);
inline constexpr uint64_t kVerdictBytes =
    internal::RoundUp(kFactDenominator.offset + kFactDenominator.bytes());

// Maps the columns of a verdict area and leaves the guard pages out, so that a
// module that writes past a column dies instead of spoiling the next one.
// Invalid on failure.
Mapping MapVerdictArea(int fd);

// The verdict columns from position `first` on.
shirube_verdicts BindVerdicts(void* area, uint32_t first, uint32_t facts_count);

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_AREAS_H_
