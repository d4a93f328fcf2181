// Records one value, waits until it has been judged, and reads the flag above
// it:
//   record_and_wait plans/demo/indicators/i-p1-02 fy2023 1700
//                   plans/demo/initiatives/p1
// The server is SHIRUBE_SERVER, or 127.0.0.1:8471.
#include <iostream>

#include "client/lib/clients.h"

namespace v1 = shirube::v1;

int Failed(const absl::Status& status) {
  std::cerr << status << '\n';
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: record_and_wait INDICATOR PERIOD VALUE INITIATIVE\n";
    return 2;
  }
  const std::string indicator = argv[1], initiative = argv[4];

  v1::RecordObservationRequest record;
  record.set_parent(indicator);
  record.mutable_observation()->set_period(argv[2]);
  record.mutable_observation()->set_value(argv[3]);
  auto stored = shirube::client::ObservationClient().RecordObservation(record);
  if (!stored.ok()) return Failed(stored.status());

  // min_revision: answer only when what was just stored has been judged.
  v1::ListFlagsRequest list;
  list.set_parent(initiative.substr(0, initiative.find("/initiatives/")));
  list.set_min_revision(stored->revision());
  for (auto& flag : shirube::client::EvaluationClient().AllFlags(list)) {
    if (!flag.ok()) return Failed(flag.status());
    if (flag->initiative() != initiative) continue;
    std::cout << v1::Verdict::Status_Name(flag->status()) << '\n';
  }
  return 0;
}
