// Holds a read back until the revision it asks for has been reached. The raw
// adapter asks it before it runs a method; nothing here blocks.
#ifndef SHIRUBE_SERVER_SERVICE_REVISION_GATE_H_
#define SHIRUBE_SERVER_SERVICE_REVISION_GATE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "server/service/method_table.h"

namespace shirube {

class RevisionGate {
 public:
  using Token = uint64_t;
  virtual ~RevisionGate() = default;

  // Calls `done` once: at once or from another thread, when the revision of
  // the token `min_revision` is reached or can never be (a damaged token,
  // another history, the server stops). Never because of time.
  virtual Token Notify(const std::string& min_revision, WaitFor wait_for,
                       std::function<void(absl::Status)> done) = 0;
  // `done` is not called after this returned, unless it is being called now.
  virtual void Cancel(Token token) = 0;
  // The error for a wait that ran out of time: names what holds it up.
  virtual absl::Status NotYet(const std::string& min_revision) = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_REVISION_GATE_H_
