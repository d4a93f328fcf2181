#include "server/domain/resource.h"

#include "absl/strings/str_cat.h"

namespace shirube {

// Every change takes a revision of its own, so the revision alone would do; the
// time keeps tokens of a store apart from those of a restored backup that went
// on differently.
std::string EtagOf(const Stamp& stamp) {
  return absl::StrCat(
      absl::Hex(stamp.revision), "-",
      absl::Hex(static_cast<uint64_t>(absl::ToUnixMicros(stamp.update_time))),
      stamp.deleted() ? "-d" : "");
}

}  // namespace shirube
