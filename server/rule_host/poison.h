// The rows that made one module (by its bytes) fail, each with what it did.
// They are not asked of it again until their revision changes, the module does,
// or somebody releases it from quarantine. Evaluations find and add; anybody
// may count. Any thread; forgotten when the server ends.
#ifndef SHIRUBE_SERVER_RULE_HOST_POISON_H_
#define SHIRUBE_SERVER_RULE_HOST_POISON_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/rule_host/frame/ask.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/outcome.h"

namespace shirube {

class PoisonRows {
 public:
  // Costs nothing: what an evaluation asks first.
  bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }
  int64_t count() const { return count_.load(std::memory_order_relaxed); }

  // Nobody's rows are not remembered.
  void Add(const frame::RowVersion& version, const ModuleOutcome& outcome);
  void Clear();

  // Those of the rows that `mask` lets through which are remembered: number
  // within the mask and outcome, ascending. Rows that have changed since are
  // forgotten.
  using Hits = std::vector<std::pair<uint32_t, ModuleOutcome>>;
  Hits Find(const frame::Ask& ask, const Mask& mask);

 private:
  struct Entry {
    int64_t revision;
    ModuleOutcome outcome;
  };
  std::mutex mu_;
  std::unordered_map<uint64_t, Entry> rows_;
  std::atomic<int64_t> count_ = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_POISON_H_
