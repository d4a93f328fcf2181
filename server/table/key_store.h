// The keys of the table: every indicator that was ever in it has a number, by
// which rows name it. Numbers are never given to another key, so that a
// selection may read its keys without a lock while the writer adds new ones.
#ifndef SHIRUBE_SERVER_TABLE_KEY_STORE_H_
#define SHIRUBE_SERVER_TABLE_KEY_STORE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/domain/ids.h"

namespace shirube {

// An array that grows without ever moving an element.
template <typename T, uint32_t kChunk, uint32_t kChunks>
class StableArray {
 public:
  // False when it is full.
  bool Append(T value) {
    const uint32_t chunk = size_ / kChunk;
    if (chunk == kChunks) return false;
    if (chunks_[chunk] == nullptr) {
      chunks_[chunk] = std::make_unique<T[]>(kChunk);
    }
    chunks_[chunk][size_ % kChunk] = std::move(value);
    ++size_;
    return true;
  }
  T& operator[](uint32_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](uint32_t i) const {
    return chunks_[i / kChunk][i % kChunk];
  }
  uint32_t size() const { return size_; }

 private:
  std::array<std::unique_ptr<T[]>, kChunks> chunks_;
  uint32_t size_ = 0;
};

class KeyStore {
 public:
  static constexpr uint32_t kNoRow = UINT32_MAX;

  KeyStore() : numbers_(0, Hash{this}, Equal{this}) {}
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  // ---- Under the table's lock. ----
  std::optional<uint32_t> Find(const IndicatorKey& key) const;
  // The number of the key, a new one if need be; none when there are too many.
  std::optional<uint32_t> FindOrAdd(const IndicatorKey& key);
  // Where the row of the key is, or kNoRow.
  uint32_t row(uint32_t number) const { return keys_[number].row; }
  void set_row(uint32_t number, uint32_t row) { keys_[number].row = row; }
  // Numbers of the keys that a plan ever had; nullptr for an unknown plan.
  const std::vector<uint32_t>* OfPlan(const PlanId& plan) const;
  uint64_t EstimateBytes() const;

  // ---- Without a lock, for a number read under it. ----
  IndicatorKey key(uint32_t number) const {
    const Key& key = keys_[number];
    return {plans_[key.plan].id, key.indicator};
  }

 private:
  struct Key {
    IndicatorId indicator;
    uint32_t plan = 0;
    uint32_t row = kNoRow;
  };
  struct Plan {
    PlanId id;
    std::vector<uint32_t> keys;
  };
  struct Probe {
    uint32_t plan;
    const IndicatorId* indicator;
  };
  struct Hash {
    using is_transparent = void;
    const KeyStore* store;
    size_t operator()(uint32_t number) const;
    size_t operator()(const Probe& probe) const;
  };
  struct Equal {
    using is_transparent = void;
    const KeyStore* store;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, const Probe& b) const;
    bool operator()(const Probe& a, uint32_t b) const { return (*this)(b, a); }
  };

  StableArray<Key, 16'384, 16'384> keys_;
  StableArray<Plan, 1'024, 16'384> plans_;
  absl::flat_hash_map<PlanId, uint32_t> plan_numbers_;
  absl::flat_hash_set<uint32_t, Hash, Equal> numbers_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_KEY_STORE_H_
