// Typed ids. They do not convert into each other, so that an indicator's id can
// never be handed over where an initiative's is meant.
#ifndef SHIRUBE_SERVER_DOMAIN_IDS_H_
#define SHIRUBE_SERVER_DOMAIN_IDS_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace shirube {

template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend bool operator==(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

using PlanId = Id<struct PlanTag>;
using InitiativeId = Id<struct InitiativeTag>;
using IndicatorId = Id<struct IndicatorTag>;
using AssessmentId = Id<struct AssessmentTag>;
using RuleSetId = Id<struct RuleSetTag>;
using AlertId = Id<struct AlertTag>;
using SubscriptionId = Id<struct SubscriptionTag>;

// An indicator across all plans.
struct IndicatorKey {
  PlanId plan;
  IndicatorId indicator;
  friend auto operator<=>(const IndicatorKey&, const IndicatorKey&) = default;
  friend bool operator==(const IndicatorKey&, const IndicatorKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const IndicatorKey& key) {
    return H::combine(std::move(h), key.plan, key.indicator);
  }
};

// An initiative across all plans.
struct InitiativeKey {
  PlanId plan;
  InitiativeId initiative;
  friend auto operator<=>(const InitiativeKey&, const InitiativeKey&) = default;
  friend bool operator==(const InitiativeKey&, const InitiativeKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const InitiativeKey& key) {
    return H::combine(std::move(h), key.plan, key.initiative);
  }
};

// An alert across all plans.
struct AlertKey {
  PlanId plan;
  AlertId alert;
  friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
  friend bool operator==(const AlertKey&, const AlertKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const AlertKey& key) {
    return H::combine(std::move(h), key.plan, key.alert);
  }
};

// The number of a committed mutation: 1, 2, 3 … without gaps; 0 is the empty
// store.
using Revision = int64_t;

// `[a-z][a-z0-9-]{0,62}`; the error says what is wrong with `text`.
absl::Status ValidateId(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_IDS_H_
