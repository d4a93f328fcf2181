// The gate of a server: what the store has committed and the evaluator judged.
#ifndef SHIRUBE_SERVER_SERVICE_JUDGED_GATE_H_
#define SHIRUBE_SERVER_SERVICE_JUDGED_GATE_H_

#include <string>

#include "server/service/backend.h"
#include "server/service/revision_gate.h"

namespace shirube {

class JudgedGate final : public RevisionGate {
 public:
  explicit JudgedGate(const Backend& backend) : backend_(backend) {}

  Token Notify(const std::string& min_revision, WaitFor wait_for,
               std::function<void(absl::Status)> done) override;
  void Cancel(Token token) override;
  absl::Status NotYet(const std::string& min_revision) override;

 private:
  const Backend& backend_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_JUDGED_GATE_H_
