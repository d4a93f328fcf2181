// What the services stand on, and the few steps that every method takes: a
// snapshot to read from, a mutation to hand in. Made by `app`; safe from any
// thread.
#ifndef SHIRUBE_SERVER_SERVICE_BACKEND_H_
#define SHIRUBE_SERVER_SERVICE_BACKEND_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/access/authenticator.h"
#include "server/alerting/name_resolver.h"
#include "server/alerting/outbox.h"
#include "server/evaluation/evaluator.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_alert.h"
#include "server/service/field_reader.h"
#include "server/service/method_table.h"
#include "server/service/module_versions.h"
#include "server/service/revision_token.h"
#include "server/service/rule_catalog.h"
#include "server/storage/store.h"

namespace shirube {

struct Backend {
  Store* store = nullptr;  // all outlive the services
  Ledger* ledger = nullptr;
  Evaluator* evaluator = nullptr;
  RuleCatalog* rules = nullptr;
  RuleSetVersions* versions = nullptr;
  const Authenticator* authenticator = nullptr;
  Outbox* outbox = nullptr;
  NameResolver* resolver = nullptr;  // of the names of sinks
  bool tls = false;
  std::string history;  // of the store
  AlertView alert_view;
  std::string version;  // of the server
  std::string storage;  // the driver's name
  absl::Time started;

  std::string Token(Revision revision) const {
    return FormatRevision(history, revision);
  }
};

// One consistent state of the data.
struct Snapshot {
  std::unique_ptr<StoreReader> reader;
  StoreHead head;
  std::string revision;  // token of the head
};
absl::StatusOr<Snapshot> TakeSnapshot(const Backend& backend);

// Hands a mutation in and waits until it is stored. `request` is the message it
// came with: its request_id, if it has one, makes a repeat safe.
absl::StatusOr<MutationResult> Mutate(const Backend& backend,
                                      const CallContext& call,
                                      const google::protobuf::Message& request,
                                      MutationBody body);
// The mutation that Mutate hands in, for those that the evaluator takes.
Mutation MutationOf(const CallContext& call,
                    const google::protobuf::Message& request,
                    MutationBody body);

// NOT_FOUND RESOURCE_NOT_FOUND for what was never there or is deleted.
absl::Status NotFound(const std::string& name);

// What is found and not deleted.
template <typename T>
absl::StatusOr<T> Live(absl::StatusOr<std::optional<T>> found,
                       const std::string& name) {
  if (!found.ok()) return found.status();
  if (!found->has_value() || (*found)->stamp.deleted()) return NotFound(name);
  return **std::move(found);
}

// The one resource that a mutation wrote.
template <typename T>
absl::StatusOr<T> WrittenOf(const MutationResult& result) {
  for (const Resource& resource : result.resources) {
    if (const T* found = std::get_if<T>(&resource)) return *found;
  }
  return absl::InternalError("the ledger gave back no resource");
}

// Checks the field request_id of any request.
void CheckRequestId(const google::protobuf::Message& request,
                    const FieldReader& reader);

// Whether this request, with this payload, was carried out before: then the
// ledger answers it, and what it was made of need not be there any more.
absl::StatusOr<bool> WasCarriedOut(const Backend& backend,
                                   const CallContext& call,
                                   const google::protobuf::Message& request);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_BACKEND_H_
