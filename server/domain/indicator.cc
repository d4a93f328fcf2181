#include "server/domain/indicator.h"

#include <algorithm>

namespace shirube {
namespace {

bool InForce(const std::optional<Period>& effective_from, const Period& as_of) {
  if (!effective_from) return true;
  // A date has no length; it begins with its index.
  const int length = std::max(effective_from->length_months(), 1);
  return as_of.index12() > effective_from->index12() - length;
}

template <typename T>
const T* AsOf(const std::vector<T>& revisions,
              const std::optional<Period>& as_of) {
  for (auto it = revisions.rbegin(); it != revisions.rend(); ++it) {
    if (!as_of || InForce(it->effective_from, *as_of)) return &*it;
  }
  return nullptr;
}

}  // namespace

const Baseline* BaselineAsOf(const Indicator& indicator,
                             std::optional<Period> as_of) {
  return AsOf(indicator.baselines, as_of);
}

const Target* TargetAsOf(const Indicator& indicator,
                         std::optional<Period> as_of) {
  return AsOf(indicator.targets, as_of);
}

bool HasNumericTarget(const Indicator& indicator) {
  if (indicator.kind == IndicatorKind::kQualitative) return false;
  const Target* target = TargetAsOf(indicator, std::nullopt);
  if (target == nullptr || !target->value.number) return false;
  return indicator.kind != IndicatorKind::kBand ||
         (target->upper && target->upper->number);
}

}  // namespace shirube
