#include "server/rule_host/poison.h"

namespace shirube {

void PoisonRows::Add(const frame::RowVersion& version,
                     const ModuleOutcome& outcome) {
  if (version.row == frame::RowVersion::kNobody) return;
  const std::lock_guard lock(mu_);
  const auto [entry, added] =
      rows_.try_emplace(version.row, Entry{version.revision, outcome});
  if (!added && entry->second.revision <= version.revision) {
    entry->second = {version.revision, outcome};
  }
  count_ = static_cast<int64_t>(rows_.size());
}

void PoisonRows::Clear() {
  const std::lock_guard lock(mu_);
  rows_.clear();
  count_ = 0;
}

PoisonRows::Hits PoisonRows::Find(const frame::Ask& ask, const Mask& mask) {
  Hits hits;
  if (empty() || !ask.version) return hits;
  const std::lock_guard lock(mu_);
  const uint32_t n = mask.count(ask);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t k = mask.position(i);
    const frame::RowVersion version = ask.version(ask.row(k));
    const auto found = rows_.find(version.row);
    if (found == rows_.end()) continue;
    if (found->second.revision == version.revision) {
      hits.emplace_back(i, found->second.outcome);
      if (hits.back().second.kind == ModuleOutcome::Kind::kBadOutput) {
        hits.back().second.position = k;
      }
    } else if (found->second.revision < version.revision) {
      rows_.erase(found);
    }
  }
  count_ = static_cast<int64_t>(rows_.size());
  return hits;
}

}  // namespace shirube
