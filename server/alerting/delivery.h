// What the delivery engine exchanges with whoever owns the log of transitions.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/verdict.h"

namespace shirube {

// One event owed to a subscription: a transition, or a digest of many.
struct Outgoing {
  SubscriptionId subscription;
  // In the log; of a digest, of its last transition.
  int64_t position = 0;
  std::string alert_name;
  std::string idempotency_key;
  absl::Time committed;
  Severity severity = Severity::kNone;
  // Of a digest: `count` matching transitions from `first_position` on. Its key
  // (`digest:{subscription}:{first}-{last}`) says them as well.
  int64_t first_position = 0;
  int64_t count = 1;
  // The first of its gravest transitions, 0 where that is not known, and the
  // names of its first alerts.
  int64_t gravest = 0;
  std::vector<std::string> names;
};

// One that is not delivered yet, as it is kept in the store.
struct StoredDelivery {
  Outgoing outgoing;
  int attempts = 0;
  absl::Time first_attempt = absl::InfinitePast();  // infinite: none yet
  absl::Time next_attempt = absl::InfinitePast();
  std::string last_error;
};

enum class SettledAs {
  kDelivered,  // its row goes, if it has one
  kRetry,      // its row is written, waiting
  kDead,       // its row is written, given up
  kPosition,   // only `through` counts
};

struct Settled {
  StoredDelivery delivery;
  SettledAs as = SettledAs::kDelivered;
  // The subscription's position moves here: everything that matches up to it is
  // delivered or has a row (those of the same call included). It never falls.
  int64_t through = 0;
  // Of the configuration that it was delivered under.
  int64_t epoch = 0;
  bool stamped = false;  // the engine's: `epoch` is set
};

// Matching transitions in the order of the log.
struct LogPage {
  std::vector<Outgoing> outgoing;
  // Every match up to here is in `outgoing` (or was before it).
  int64_t through = 0;
  // Nothing is beyond `through` for now.
  bool at_end = true;
};

// Implemented over store and ledger. Called from the engine's thread alone, so
// that reading must be quick and must not wait for a writer.
class DeliveryLog {
 public:
  virtual ~DeliveryLog() = default;
  virtual absl::StatusOr<LogPage> Next(const SubscriptionId& id, int64_t after,
                                       int limit) = 0;
  // The body as it is sent: the same bytes for the same event each time.
  // NOT_FOUND: there is nothing to send any more, the delivery is DEAD.
  virtual absl::StatusOr<std::string> Body(const Outgoing& outgoing) = 0;
  // All or nothing. `done` is called once, from any thread, when it is durable
  // or has failed; the engine then repeats it. Never called while one is out.
  virtual void Settle(std::vector<Settled> settled,
                      std::function<void(absl::Status)> done) = 0;
  // The receiver said that it is gone; the engine has stopped sending to it.
  virtual void Paused(const SubscriptionId& id, const std::string& reason) = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_H_
