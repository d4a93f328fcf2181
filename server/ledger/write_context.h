// What a mutation is carried out in: the open transaction, the revision it
// takes if it changes anything, and the record of what it wrote. Only the
// ledger's own files include this; writer thread only.
#ifndef SHIRUBE_SERVER_LEDGER_WRITE_CONTEXT_H_
#define SHIRUBE_SERVER_LEDGER_WRITE_CONTEXT_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/ledger.h"
#include "server/storage/store.h"

namespace shirube::ledger {

// Keys and reads of every type under one name.
inline PlanId KeyOfResource(const Plan& r) { return r.id; }
inline InitiativeKey KeyOfResource(const Initiative& r) { return r.key(); }
inline IndicatorKey KeyOfResource(const Indicator& r) { return r.key(); }
inline ObservationKey KeyOfResource(const Observation& r) {
  return {r.indicator_key(), r.id()};
}
inline AssessmentKey KeyOfResource(const Assessment& r) {
  return {r.plan, r.id};
}

Found<Plan> Find(StoreReader* reader, const PlanId& key, Revision at = kLatest);
Found<Initiative> Find(StoreReader* reader, const InitiativeKey& key,
                       Revision at = kLatest);
Found<Indicator> Find(StoreReader* reader, const IndicatorKey& key,
                      Revision at = kLatest);
Found<Observation> Find(StoreReader* reader, const ObservationKey& key,
                        Revision at = kLatest);
Found<Assessment> Find(StoreReader* reader, const AssessmentKey& key,
                       Revision at = kLatest);

Touched TouchedOf(const Plan& r, ChangeType type);
Touched TouchedOf(const Initiative& r, ChangeType type);
Touched TouchedOf(const Indicator& r, ChangeType type);
Touched TouchedOf(const Observation& r, ChangeType type);
Touched TouchedOf(const Assessment& r, ChangeType type);

class WriteContext {
 public:
  WriteContext(StoreTransaction* tx, const Mutation& mutation,
               Revision revision, absl::Time now,
               const Ledger::Options& options);

  StoreTransaction* tx() { return tx_; }
  Revision revision() const { return revision_; }
  absl::Time now() const { return now_; }
  // As stamps have it: "claimed:NAME" where nothing proved it.
  const std::string& stamped_actor() const { return stamped_actor_; }
  int max_tree_depth() const { return options_.max_tree_depth; }
  int max_subscriptions() const { return options_.max_subscriptions; }

  // The resource, or NOT_FOUND when there is none or it is deleted.
  template <typename Key>
  auto Live(const Key& key)
      -> absl::StatusOr<typename decltype(Find(nullptr,
                                               key))::value_type::value_type>;

  // Stamps `*resource` and stores it. Writing one resource twice in a mutation
  // counts as one change: the first type, the last content.
  template <typename T>
  absl::Status Put(T* resource, ChangeType type);
  absl::Status PutSource(const PlanId& plan, PlanSource source);

  // The name that a repeated request is answered with.
  void set_resource_name(std::string name) { resource_name_ = std::move(name); }
  const std::string& resource_name() const { return resource_name_; }

  // For what is written without Put.
  void Touch(Touched touched);
  CommittedMutation& committed() { return committed_; }
  bool changed() const { return changed_; }
  void set_changed() { changed_ = true; }

 private:
  StoreTransaction* const tx_;
  const Revision revision_;
  const absl::Time now_;
  const Ledger::Options& options_;
  const std::string stamped_actor_;
  std::string resource_name_;
  bool changed_ = false;
  CommittedMutation committed_;
  std::map<std::string, size_t> row_of_;  // by name, in committed_.rows
};

// ---- Implementation. ----

absl::Status MissingResource(const std::string& name);

template <typename Key>
auto WriteContext::Live(const Key& key)
    -> absl::StatusOr<typename decltype(Find(nullptr,
                                             key))::value_type::value_type> {
  auto found = Find(tx_, key);
  if (!found.ok()) return found.status();
  if (!found->has_value() || (*found)->stamp.deleted()) {
    return MissingResource(NameOf(key));
  }
  return **std::move(found);
}

template <typename T>
absl::Status WriteContext::Put(T* resource, ChangeType type) {
  Stamp& stamp = resource->stamp;
  if (type == ChangeType::kCreated) stamp.create_time = now_;
  stamp.update_time = now_;
  stamp.revision = revision_;
  stamp.actor = stamped_actor_;
  stamp.delete_time.reset();
  if (type == ChangeType::kDeleted) stamp.delete_time = now_;
  if (absl::Status put = tx_->Put(*resource); !put.ok()) return put;
  changed_ = true;
  const auto [row, is_new] =
      row_of_.emplace(NameOf(KeyOfResource(*resource)), committed_.rows.size());
  if (is_new) {
    committed_.rows.emplace_back(*resource);
    committed_.change.touched.push_back(TouchedOf(*resource, type));
  } else {
    committed_.rows[row->second] = *resource;
  }
  return absl::OkStatus();
}

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_WRITE_CONTEXT_H_
