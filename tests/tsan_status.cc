// Linked into every test program of the thread sanitizer, which must see how
// the holders of a status count. Debian's Abseil is built without the
// sanitizer: there the last holder's delete looks like a race with whoever
// read the status before. It takes the place of the library's own.
#include <atomic>
#include <cstdint>

#include "absl/status/status.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

void Status::UnrefNonInlined(uintptr_t rep) {
  status_internal::StatusRep* const shared = RepToPointer(rep);
  if (shared->ref.fetch_sub(1, std::memory_order_acq_rel) == 1) delete shared;
}

ABSL_NAMESPACE_END
}  // namespace absl
