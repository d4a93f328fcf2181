#include "server/worker/lua/ratio_pool.h"

#include <algorithm>
#include <cstring>

namespace shirube::lua {
namespace {

constexpr uint32_t kFirstCapacity = 64;
// More than any judgement of a row has in its hands.
constexpr uint32_t kMostRatios = 1U << 20;

uint64_t Hash(const Exact& value) {
  constexpr uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  uint64_t hash = static_cast<uint64_t>(value.numerator);
  hash = (hash ^ static_cast<uint64_t>(value.numerator >> 64)) * kOdd;
  hash = (hash ^ static_cast<uint64_t>(value.denominator)) * kOdd;
  hash ^= static_cast<uint64_t>(value.denominator >> 64) * kOdd;
  return hash ^ hash >> 32;
}

}  // namespace

RatioPool::~RatioPool() {
  memory_->Resize(ratios_, capacity_ * sizeof(Exact), 0);
  memory_->Resize(table_, 2 * capacity_ * sizeof(Entry), 0);
}

// What has expired counts as empty: whatever came behind it has expired too,
// because what stays was put there first.
RatioPool::Entry* RatioPool::Place(const Exact& value) const {
  const uint32_t mask = 2 * capacity_ - 1;
  uint32_t at = static_cast<uint32_t>(Hash(value)) & mask;
  while (IsLive(table_[at]) && ratios_[table_[at].index_and_one - 1] != value) {
    at = (at + 1) & mask;
  }
  return &table_[at];
}

bool RatioPool::Grow() {
  const uint32_t capacity =
      capacity_ == 0 ? kFirstCapacity : std::min(2 * capacity_, kMostRatios);
  if (capacity == capacity_) return false;
  auto* ratios = static_cast<Exact*>(memory_->Resize(
      ratios_, capacity_ * sizeof(Exact), capacity * sizeof(Exact)));
  if (ratios == nullptr) return false;
  ratios_ = ratios;
  auto* table = static_cast<Entry*>(
      memory_->Resize(nullptr, 0, 2 * capacity * sizeof(Entry)));
  if (table == nullptr) {
    // Back to the size that capacity_ says; less is always to be had.
    if (capacity_ != 0) {
      ratios_ = static_cast<Exact*>(memory_->Resize(
          ratios_, capacity * sizeof(Exact), capacity_ * sizeof(Exact)));
    } else {
      memory_->Resize(ratios_, capacity * sizeof(Exact), 0);
      ratios_ = nullptr;
    }
    return false;
  }
  memory_->Resize(table_, 2 * capacity_ * sizeof(Entry), 0);
  table_ = table;
  capacity_ = capacity;
  std::memset(table_, 0, 2 * capacity * sizeof(Entry));
  for (uint32_t i = 0; i < count_; ++i) {
    *Place(ratios_[i]) = {i + 1, i < kept_ ? Handle::kForEver : generation_};
  }
  return true;
}

bool RatioPool::Intern(const Exact& value, Handle* handle) {
  Entry* place = capacity_ == 0 ? nullptr : Place(value);
  if (place == nullptr || !IsLive(*place)) {
    if (count_ == capacity_) {
      if (!Grow()) return false;
      place = Place(value);
    }
    ratios_[count_] = value;
    *place = {++count_, generation_};
  }
  *handle = {Handle::kRatio, place->generation, place->index_and_one - 1};
  return true;
}

const Exact* RatioPool::Find(const Handle& handle) const {
  const bool of_row = handle.generation == generation_;
  const bool kept = handle.generation == Handle::kForEver;
  const uint32_t live = of_row ? count_ : kept ? kept_ : 0;
  return handle.index < live ? &ratios_[handle.index] : nullptr;
}

}  // namespace shirube::lua
