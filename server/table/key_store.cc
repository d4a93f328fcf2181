#include "server/table/key_store.h"

#include "absl/hash/hash.h"

namespace shirube {

size_t KeyStore::Hash::operator()(uint32_t number) const {
  const Key& key = store->keys_[number];
  return (*this)(Probe{key.plan, &key.indicator});
}

size_t KeyStore::Hash::operator()(const Probe& probe) const {
  return absl::HashOf(probe.plan, *probe.indicator);
}

bool KeyStore::Equal::operator()(uint32_t a, const Probe& b) const {
  const Key& key = store->keys_[a];
  return key.plan == b.plan && key.indicator == *b.indicator;
}

std::optional<uint32_t> KeyStore::Find(const IndicatorKey& key) const {
  const auto plan = plan_numbers_.find(key.plan);
  if (plan == plan_numbers_.end()) return std::nullopt;
  const auto number = numbers_.find(Probe{plan->second, &key.indicator});
  if (number == numbers_.end()) return std::nullopt;
  return *number;
}

std::optional<uint32_t> KeyStore::FindOrAdd(const IndicatorKey& key) {
  if (const auto number = Find(key); number.has_value()) return number;
  auto plan = plan_numbers_.find(key.plan);
  if (plan == plan_numbers_.end()) {
    if (!plans_.Append(Plan{key.plan, {}})) return std::nullopt;
    plan = plan_numbers_.emplace(key.plan, plans_.size() - 1).first;
  }
  if (!keys_.Append(Key{key.indicator, plan->second, kNoRow})) {
    return std::nullopt;
  }
  const uint32_t number = keys_.size() - 1;
  numbers_.insert(number);
  plans_[plan->second].keys.push_back(number);
  return number;
}

const std::vector<uint32_t>* KeyStore::OfPlan(const PlanId& plan) const {
  const auto number = plan_numbers_.find(plan);
  return number == plan_numbers_.end() ? nullptr : &plans_[number->second].keys;
}

uint64_t KeyStore::EstimateBytes() const {
  // A key, its place in its plan's list and in the set; long ids beside them.
  uint64_t bytes = numbers_.capacity() * (sizeof(uint32_t) + 1);
  for (uint32_t i = 0; i < keys_.size(); ++i) {
    const size_t length = keys_[i].indicator.value().capacity();
    bytes += sizeof(Key) + sizeof(uint32_t) + (length > 15 ? length + 17 : 0);
  }
  return bytes;
}

}  // namespace shirube
