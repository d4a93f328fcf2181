// The names of mutations, and the answer to one that was carried out before.
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "server/base/status_macros.h"
#include "server/ledger/alerts.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/rule_sets.h"

namespace shirube::ledger {

namespace {

const char* TypeName(const Plan*) { return "Plan"; }
const char* TypeName(const Initiative*) { return "Initiative"; }
const char* TypeName(const Indicator*) { return "Indicator"; }
const char* TypeName(const Assessment*) { return "Assessment"; }

template <typename T>
std::string Action(const Create<T>&) {
  return std::string("Create") + TypeName(static_cast<const T*>(nullptr));
}
template <typename T>
std::string Action(const Update<T>&) {
  return std::string("Update") + TypeName(static_cast<const T*>(nullptr));
}
template <typename T>
std::string Action(const Delete<T>&) {
  return std::string("Delete") + TypeName(static_cast<const T*>(nullptr));
}
template <typename T>
std::string Action(const Undelete<T>&) {
  return std::string("Undelete") + TypeName(static_cast<const T*>(nullptr));
}
std::string Action(const LinkIndicator&) { return "LinkIndicator"; }
std::string Action(const UnlinkIndicator&) { return "UnlinkIndicator"; }
std::string Action(const RecordObservation&) { return "RecordObservation"; }
std::string Action(const CorrectObservation&) { return "CorrectObservation"; }
std::string Action(const BatchRecord&) { return "BatchRecordObservations"; }
std::string Action(const ApplyPlan&) { return "ApplyPlan"; }
std::string Action(const StoreVerdicts&) { return "StoreVerdicts"; }
std::string Action(const RegisterRuleModule&) { return "RegisterRuleModule"; }
std::string Action(const RegisterRuleSet&) { return "RegisterRuleSet"; }
std::string Action(const ActivateRuleSet&) { return "ActivateRuleSet"; }
std::string Action(const SetQuarantine&) { return "SetQuarantine"; }
std::string Action(const ReleaseQuarantine&) { return "ReleaseQuarantine"; }

std::string Action(const AcknowledgeAlert&) { return "AcknowledgeAlert"; }
std::string Action(const SnoozeAlert&) { return "SnoozeAlert"; }
std::string Action(const ResolveAlert&) { return "ResolveAlert"; }
std::string Action(const OpenExistingAlerts&) { return "OpenExistingAlerts"; }
std::string Action(const ObserveAlerts&) { return "ObserveAlerts"; }
std::string Action(const ExpandRunAlerts&) { return "ExpandRunAlerts"; }
std::string Action(const ForgetTransitions&) { return "ForgetTransitions"; }
std::string Action(const TickAlerts&) { return "TickAlerts"; }
std::string Action(const CreateSubscription&) { return "CreateSubscription"; }
std::string Action(const UpdateSubscription& m) { return m.action; }
std::string Action(const DeleteSubscription&) { return "DeleteSubscription"; }
std::string Action(const SeekSubscription&) { return "SeekSubscription"; }
std::string Action(const RedeliverDeliveries&) { return "RedeliverDeliveries"; }

template <typename M>
inline constexpr bool kAboutAlerts =
    std::is_same_v<M, AcknowledgeAlert> || std::is_same_v<M, SnoozeAlert> ||
    std::is_same_v<M, ResolveAlert> || std::is_same_v<M, ObserveAlerts> ||
    std::is_same_v<M, ExpandRunAlerts> ||
    std::is_same_v<M, ForgetTransitions> || std::is_same_v<M, TickAlerts> ||
    std::is_same_v<M, CreateSubscription> ||
    std::is_same_v<M, UpdateSubscription> ||
    std::is_same_v<M, DeleteSubscription> ||
    std::is_same_v<M, SeekSubscription> ||
    std::is_same_v<M, RedeliverDeliveries>;

// With a run everything is judged already.
bool Causes(const ActivateRuleSet& m) { return m.run == 0; }
template <typename M>
bool Causes(const M&) {
  return !kAboutAlerts<M> && !std::is_same_v<M, StoreVerdicts> &&
         !std::is_same_v<M, RegisterRuleModule> &&
         !std::is_same_v<M, RegisterRuleSet> &&
         !std::is_same_v<M, Create<Assessment>> &&
         !std::is_same_v<M, Update<Assessment>> &&
         !std::is_same_v<M, Delete<Assessment>> &&
         !std::is_same_v<M, Undelete<Assessment>>;
}

template <typename Key>
absl::Status Read(StoreReader* reader, const Key& key, Revision at,
                  MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(auto found, Find(reader, key, at));
  if (!found.has_value()) return NotFound(NameOf(key));
  result->resources.emplace_back(*std::move(found));
  return absl::OkStatus();
}

// Reads again what the mutation wrote.
struct Rereader {
  StoreReader* reader;
  const RequestRecord& record;
  MutationResult* result;

  template <typename T>
  absl::Status operator()(const Create<T>& m) const {
    // The id may have been made by the ledger: it stands in the record.
    T probe = m.resource;
    probe.id = decltype(probe.id)(
        record.resource.substr(record.resource.rfind('/') + 1));
    return Read(reader, KeyOfResource(probe), record.revision, result);
  }
  template <typename M>
  absl::Status operator()(const M& m) const {
    return Read(reader, m.key, record.revision, result);
  }
  absl::Status operator()(const LinkIndicator& m) const {
    return Read(reader, m.indicator, record.revision, result);
  }
  absl::Status operator()(const UnlinkIndicator& m) const {
    return Read(reader, m.indicator, record.revision, result);
  }
  absl::Status operator()(const RecordObservation& m) const {
    return Read(reader, KeyOfResource(m.observation), record.revision, result);
  }
  absl::Status operator()(const BatchRecord& m) const {
    for (const Observation& row : m.observations) {
      SHIRUBE_RETURN_IF_ERROR(
          Read(reader, KeyOfResource(row), record.revision, result));
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const ApplyPlan& m) const {
    return Read(reader, m.document.plan.id, record.revision, result);
  }
  absl::Status operator()(const StoreVerdicts&) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const AcknowledgeAlert& m) const {
    return ReadAlert(m.key);
  }
  absl::Status operator()(const SnoozeAlert& m) const {
    return ReadAlert(m.key);
  }
  absl::Status operator()(const ResolveAlert& m) const {
    return ReadAlert(m.key);
  }
  // What a request opened stands at its revision in the log; where it opened
  // nothing, its revision is somebody else's.
  absl::Status operator()(const OpenExistingAlerts&) const {
    constexpr std::string_view kBelow = "/indicators/";
    const size_t at = record.resource.find(kBelow);
    if (at != std::string::npos) {
      result->through = IndicatorId(record.resource.substr(at + kBelow.size()));
    }
    if (record.count == 0) return absl::OkStatus();
    SHIRUBE_ASSIGN_OR_RETURN(
        const int64_t before,
        reader->LastTransitionThrough(record.revision - 1));
    SHIRUBE_ASSIGN_OR_RETURN(const int64_t last,
                             reader->LastTransitionThrough(record.revision));
    if (last == before) return absl::OkStatus();  // forgotten since
    SHIRUBE_ASSIGN_OR_RETURN(
        auto steps,
        reader->ListTransitions(before, static_cast<int>(last - before)));
    std::erase_if(steps, [&](const AlertTransition& step) {
      return step.revision != record.revision;
    });
    AddOpened(steps, result);
    return absl::OkStatus();
  }
  absl::Status operator()(const ObserveAlerts&) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const ExpandRunAlerts&) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const ForgetTransitions&) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const TickAlerts&) const { return absl::OkStatus(); }
  // Subscriptions are not kept by revision: as they are now.
  absl::Status operator()(const CreateSubscription&) const {
    return ReadSubscription(
        SubscriptionId(record.resource.substr(record.resource.rfind('/') + 1)));
  }
  absl::Status operator()(const UpdateSubscription& m) const {
    return ReadSubscription(m.id);
  }
  absl::Status operator()(const DeleteSubscription& m) const {
    return ReadSubscription(m.id);
  }
  absl::Status operator()(const SeekSubscription& m) const {
    return ReadSubscription(m.id);
  }
  absl::Status operator()(const RedeliverDeliveries&) const {
    result->count = record.count;
    return absl::OkStatus();
  }
  absl::Status ReadAlert(const AlertKey& key) const {
    SHIRUBE_ASSIGN_OR_RETURN(result->alert,
                             reader->GetAlert(key, record.revision));
    return result->alert.has_value() ? absl::OkStatus() : NotFound(NameOf(key));
  }
  absl::Status ReadSubscription(const SubscriptionId& id) const {
    SHIRUBE_ASSIGN_OR_RETURN(result->subscription, reader->GetSubscription(id));
    return result->subscription.has_value() ? absl::OkStatus()
                                            : NotFound(NameOf(id));
  }
  absl::Status operator()(const RegisterRuleModule&) const {
    return RereadModule(reader, record, result);
  }
  absl::Status operator()(const RegisterRuleSet&) const {
    return RereadRuleSet(reader, record, result);
  }
  absl::Status operator()(const ActivateRuleSet& m) const {
    SHIRUBE_ASSIGN_OR_RETURN(result->activation,
                             ActivationAt(reader, m.plan, record.revision));
    return absl::OkStatus();
  }
  absl::Status operator()(const SetQuarantine&) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const ReleaseQuarantine&) const {
    return RereadModule(reader, record, result);
  }
};

}  // namespace

std::string ActionOf(const MutationBody& body) {
  return std::visit([](const auto& m) { return Action(m); }, body);
}

bool CausesJudging(const MutationBody& body) {
  return std::visit([](const auto& m) { return Causes(m); }, body);
}

bool ValidateOnly(const MutationBody& body) {
  const auto* apply = std::get_if<ApplyPlan>(&body);
  return apply != nullptr && apply->options.validate_only;
}

absl::Status Reread(StoreReader* reader, const MutationBody& body,
                    const RequestRecord& record, MutationResult* result) {
  result->repeated = true;
  result->changed = false;
  result->revision = record.revision;
  return std::visit(Rereader{reader, record, result}, body);
}

}  // namespace shirube::ledger
