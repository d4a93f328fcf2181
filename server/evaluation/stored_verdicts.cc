#include "server/evaluation/stored_verdicts.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr int kPage = 10'000;
// From so many rows of one plan on, reading them in order is cheaper.
constexpr size_t kStretchFrom = 64;

}  // namespace

absl::Status StoredVerdicts::LoadOne(StoreReader& reader,
                                     const IndicatorKey& key) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<Verdict> verdict,
                           reader.GetVerdict(key));
  if (verdict) verdicts_[key] = *std::move(verdict);
  return absl::OkStatus();
}

absl::Status StoredVerdicts::LoadStretch(StoreReader& reader,
                                         const IndicatorKey& first,
                                         const IndicatorKey& last) {
  SHIRUBE_RETURN_IF_ERROR(LoadOne(reader, first));
  ListQuery query;
  query.plan = first.plan;
  query.after = first.indicator.value();
  query.limit = kPage;
  while (true) {
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> page,
                             reader.ListVerdicts(query));
    const bool is_last = page.size() < static_cast<size_t>(kPage);
    if (!page.empty()) query.after = page.back().indicator.indicator.value();
    for (Verdict& verdict : page) {
      if (verdict.indicator > last) return absl::OkStatus();
      const IndicatorKey key = verdict.indicator;
      verdicts_[key] = std::move(verdict);
    }
    if (is_last) return absl::OkStatus();
  }
}

absl::Status StoredVerdicts::Load(StoreReader& reader,
                                  absl::Span<const IndicatorKey> keys) {
  for (size_t from = 0, to = 0; from < keys.size(); from = to) {
    while (to < keys.size() && keys[to].plan == keys[from].plan) ++to;
    if (to - from >= kStretchFrom) {
      SHIRUBE_RETURN_IF_ERROR(LoadStretch(reader, keys[from], keys[to - 1]));
      continue;
    }
    for (size_t i = from; i < to; ++i) {
      SHIRUBE_RETURN_IF_ERROR(LoadOne(reader, keys[i]));
    }
  }
  return absl::OkStatus();
}

}  // namespace shirube
