// Carries out one mutation in a context: one overload a kind. An error leaves
// writes behind that the caller undoes. Only the ledger's own files include
// this.
#ifndef SHIRUBE_SERVER_LEDGER_EXECUTE_H_
#define SHIRUBE_SERVER_LEDGER_EXECUTE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/ledger/mutation.h"
#include "server/ledger/write_context.h"

namespace shirube::ledger {

template <typename T>
absl::Status Execute(WriteContext* ctx, const Create<T>&, MutationResult*);
template <typename T>
absl::Status Execute(WriteContext* ctx, const Update<T>&, MutationResult*);
template <typename T>
absl::Status Execute(WriteContext* ctx, const Delete<T>&, MutationResult*);
template <typename T>
absl::Status Execute(WriteContext* ctx, const Undelete<T>&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const LinkIndicator&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const UnlinkIndicator&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const RecordObservation&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const CorrectObservation&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const BatchRecord&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const ApplyPlan&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const StoreVerdicts&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const RegisterRuleModule&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const RegisterRuleSet&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const ActivateRuleSet&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const SetQuarantine&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const ReleaseQuarantine&,
                     MutationResult*);

absl::Status Execute(WriteContext* ctx, const AcknowledgeAlert&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const SnoozeAlert&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const ResolveAlert&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const OpenExistingAlerts&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const ObserveAlerts&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const ExpandRunAlerts&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const ForgetTransitions&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const TickAlerts&, MutationResult*);
absl::Status Execute(WriteContext* ctx, const CreateSubscription&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const UpdateSubscription&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const DeleteSubscription&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const SeekSubscription&,
                     MutationResult*);
absl::Status Execute(WriteContext* ctx, const RedeliverDeliveries&,
                     MutationResult*);

// Deletes what stands below and the resource itself.
template <typename T>
absl::Status DeleteWithChildren(WriteContext* ctx, T resource);

// "CreatePlan", for the change log.
std::string ActionOf(const MutationBody& body);
// False for what no verdict depends on.
bool CausesJudging(const MutationBody& body);
// True when a success is to be answered but not stored.
bool ValidateOnly(const MutationBody& body);

// Answers a repeated request: what it wrote, as known at its revision.
absl::Status Reread(StoreReader* reader, const MutationBody& body,
                    const RequestRecord& record, MutationResult* result);

// The rule set that judges `plan` now; nullopt when the plan is gone. Empty:
// none was ever made active, so any may judge.
absl::StatusOr<std::optional<RuleSetId>> ActiveRuleSet(WriteContext* ctx,
                                                       const PlanId& plan);

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_EXECUTE_H_
