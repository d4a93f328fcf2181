// The verdicts that stand now, of some rows in order: what a run compares its
// own with. One thread.
#ifndef SHIRUBE_SERVER_EVALUATION_STORED_VERDICTS_H_
#define SHIRUBE_SERVER_EVALUATION_STORED_VERDICTS_H_

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/storage/store.h"

namespace shirube {

class StoredVerdicts {
 public:
  // `keys` in order. Of many rows of one plan only the stretch between the
  // first and the last is read.
  absl::Status Load(StoreReader& reader, absl::Span<const IndicatorKey> keys);

  // nullptr: never judged.
  const Verdict* Find(const IndicatorKey& key) const {
    const auto it = verdicts_.find(key);
    return it == verdicts_.end() ? nullptr : &it->second;
  }

 private:
  absl::Status LoadOne(StoreReader& reader, const IndicatorKey& key);
  absl::Status LoadStretch(StoreReader& reader, const IndicatorKey& first,
                           const IndicatorKey& last);

  absl::flat_hash_map<IndicatorKey, Verdict> verdicts_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_STORED_VERDICTS_H_
