// What every stored resource has besides its content.
#ifndef SHIRUBE_SERVER_DOMAIN_RESOURCE_H_
#define SHIRUBE_SERVER_DOMAIN_RESOURCE_H_

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/domain/decimal.h"
#include "server/domain/ids.h"

namespace shirube {

// Filled by the ledger and the store; callers leave it empty on writes.
struct Stamp {
  Revision revision = 0;  // of the last change
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;  // set: deleted, history kept
  std::string actor;                      // who made the last change

  bool deleted() const { return delete_time.has_value(); }
};

// Opaque token of a resource's state, for optimistic concurrency.
std::string EtagOf(const Stamp& stamp);

// Rule parameters set at a plan, an initiative or an indicator, by name
// ("pace_threshold"), at most 6 decimals each.
using Parameters = std::map<std::string, Decimal>;

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_RESOURCE_H_
