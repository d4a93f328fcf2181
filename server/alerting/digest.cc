#include "server/alerting/digest.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {

std::string DigestKey(const SubscriptionId& id, int64_t first, int64_t last) {
  return absl::StrCat("digest:", id.value(), ":", first, "-", last);
}

void AddToDigest(const Outgoing& one, Outgoing* digest) {
  digest->position = one.position;
  ++digest->count;
  if (digest->names.size() < kDigestNames) {
    digest->names.push_back(one.alert_name);
  }
  if (digest->gravest != 0 && one.severity <= digest->severity) return;
  digest->gravest = one.position;
  digest->severity = one.severity;
}

DigestMaker::Fate DigestMaker::Offer(const Outgoing& outgoing) {
  if (over_ <= 0) return Fate::kAlone;
  if (gathered_.has_value()) {
    if (outgoing.committed >= due()) return Fate::kFull;
    AddToDigest(outgoing, &*gathered_);
    return Fate::kGathered;
  }
  while (!alone_.empty() && alone_.front() <= outgoing.committed - window_) {
    alone_.pop_front();
  }
  if (static_cast<int>(alone_.size()) < over_) {
    alone_.push_back(outgoing.committed);
    return Fate::kAlone;
  }
  gathered_ = outgoing;
  gathered_->first_position = outgoing.position;
  gathered_->count = 0;
  AddToDigest(outgoing, &*gathered_);
  start_ = outgoing.committed;
  return Fate::kGathered;
}

Outgoing DigestMaker::Take() {
  Outgoing digest = *std::exchange(gathered_, std::nullopt);
  // One alone stays what it is.
  if (digest.count == 1) return digest;
  digest.alert_name.clear();
  digest.idempotency_key =
      DigestKey(digest.subscription, digest.first_position, digest.position);
  return digest;
}

}  // namespace shirube
