#include "client/cli/document_parts.h"

#include <map>
#include <string>

namespace shirube::cli {
namespace {

// What every part after the first starts with, so that names resolve.
v1::PlanDocument Skeleton(const v1::PlanDocument& document) {
  v1::PlanDocument skeleton;
  *skeleton.mutable_plan() = document.plan();
  for (const v1::Initiative& initiative : document.initiatives()) {
    v1::Initiative* copy = skeleton.add_initiatives();
    *copy = initiative;
    copy->clear_entries();
  }
  return skeleton;
}

}  // namespace

std::vector<v1::PlanDocument> SplitDocument(const v1::PlanDocument& document,
                                            size_t max_bytes) {
  if (document.ByteSizeLong() <= max_bytes) return {document};
  std::multimap<std::string, const v1::Observation*> observations;
  for (const v1::Observation& row : document.observations()) {
    observations.emplace(row.indicator(), &row);
  }
  const v1::PlanDocument skeleton = Skeleton(document);
  std::vector<v1::PlanDocument> parts(1, document);
  parts.front().clear_indicators();
  parts.front().clear_observations();
  size_t size = parts.front().ByteSizeLong();
  for (const v1::Indicator& indicator : document.indicators()) {
    auto [first, last] = observations.equal_range(indicator.name());
    // A field's tag and length take at most 8 bytes more than its content.
    size_t added = indicator.ByteSizeLong() + 8;
    for (auto it = first; it != last; ++it) {
      added += it->second->ByteSizeLong() + 8;
    }
    if (size + added > max_bytes) {
      parts.push_back(skeleton);
      size = skeleton.ByteSizeLong();
    }
    size += added;
    *parts.back().add_indicators() = indicator;
    for (auto it = first; it != last; ++it) {
      *parts.back().add_observations() = *it->second;
    }
  }
  return parts;
}

}  // namespace shirube::cli
