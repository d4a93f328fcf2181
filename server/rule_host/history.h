// What is known of a module by its sha256 for as long as the server runs,
// whether it has workers or not.
#ifndef SHIRUBE_SERVER_RULE_HOST_HISTORY_H_
#define SHIRUBE_SERVER_RULE_HOST_HISTORY_H_

#include "server/rule_host/incident.h"
#include "server/rule_host/poison.h"
#include "server/rule_host/statistics.h"

namespace shirube {

struct ModuleHistory {
  ModuleStatistics statistics;
  PoisonRows poison;
  Incidents incidents;

  StatisticsSnapshot Snapshot() const {
    StatisticsSnapshot snapshot = statistics.Snapshot();
    snapshot.poison_rows = poison.count();
    return snapshot;
  }
  // Released from quarantine: it gets its chance with every row.
  void Forgive() {
    poison.Clear();
    incidents.Clear();
  }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_HISTORY_H_
