// AdminService.ListAuditEntries: the change log, the latest first, as what
// somebody did to which resource.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/service/convert_common.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/admin_service.pb.h"

namespace shirube {
namespace {

constexpr int kMaxTouched = 100;   // named in one entry
constexpr int kChunk = 500;        // changes read at once
constexpr int kMaxRead = 100'000;  // changes looked at for one page

std::string_view WordOf(ChangeType type) {
  switch (type) {
    case ChangeType::kCreated:
      return "CREATED";
    case ChangeType::kUpdated:
      return "UPDATED";
    case ChangeType::kCorrected:
      return "CORRECTED";
    case ChangeType::kDeleted:
      return "DELETED";
    case ChangeType::kUndeleted:
      return "UNDELETED";
  }
  return "";
}

// Names of what changes touched. Modules are known by their bytes' hash there.
class TouchedNames {
 public:
  explicit TouchedNames(StoreReader* reader) : reader_(reader) {}

  absl::StatusOr<std::string> Of(const Touched& touched) {
    switch (touched.kind) {
      case ResourceKind::kPlan:
        return NameOf(touched.plan);
      case ResourceKind::kInitiative:
        return NameOf(InitiativeKey{touched.plan, InitiativeId(touched.id)});
      case ResourceKind::kIndicator:
        return NameOf(IndicatorKey{touched.plan, IndicatorId(touched.id)});
      case ResourceKind::kObservation:
        return NameOf(ObservationKey{{touched.plan, IndicatorId(touched.id)},
                                     touched.observation});
      case ResourceKind::kAssessment:
        return NameOf(AssessmentKey{touched.plan, AssessmentId(touched.id)});
      case ResourceKind::kPlanSource:
        return absl::StrCat(NameOf(touched.plan), "/sources/", touched.id);
      case ResourceKind::kRuleSet:
        return NameOf(RuleSetId(touched.id));
      case ResourceKind::kRuleModule:
        return Module(touched.id);
      case ResourceKind::kAlert:
        return absl::StrCat(NameOf(touched.plan), "/alerts/", touched.id);
      case ResourceKind::kSubscription:
        return absl::StrCat("subscriptions/", touched.id);
    }
    return absl::InternalError("a change touched something unknown");
  }

 private:
  absl::StatusOr<std::string> Module(const std::string& sha256) {
    if (!modules_) {
      SHIRUBE_ASSIGN_OR_RETURN(const auto rows, reader_->ListRuleModules());
      modules_.emplace();
      for (const RuleModuleRecord& row : rows) {
        (*modules_)[row.sha256] = NameOfModule(row.module, row.version);
      }
    }
    const auto found = modules_->find(sha256);
    return found == modules_->end() ? absl::StrCat("ruleModules/", sha256)
                                    : found->second;
  }

  StoreReader* const reader_;
  std::optional<std::map<std::string, std::string>> modules_;
};

FieldValues ReadEntry(const v1::AuditEntry& entry, std::string_view field) {
  if (field != "resource") return ReadField(entry, field);
  FieldValues resources;
  for (const auto& touched : entry.touched()) {
    resources.push_back(touched.resource());
  }
  return resources;
}

class AuditMethods final : public Methods {
 public:
  explicit AuditMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    (*table)["shirube.v1.AdminService.ListAuditEntries"] =
        Bind(this, &AuditMethods::List);
  }

 private:
  absl::Status List(CallContext&, const v1::ListAuditEntriesRequest& request,
                    v1::ListAuditEntriesResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, "ListAuditEntries", backend_.history,
                        {"actor", "claimed", "action", "time", "resource"}));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    response->set_revision(snapshot.revision);
    TouchedNames names(snapshot.reader.get());
    // The cursor is the revision to go down from: what is written meanwhile
    // lies above it.
    const Revision first = list.at(snapshot.head.revision);
    Revision from = first;
    while (from > 0 && first - from < kMaxRead) {
      const Revision below = std::max<Revision>(0, from - kChunk);
      SHIRUBE_ASSIGN_OR_RETURN(
          std::vector<Change> changes,
          snapshot.reader->ListChanges(below, static_cast<int>(from - below)));
      for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        if (response->audit_entries_size() == list.page_size) {
          from = change->revision;
          return EndPage(list, from, response);
        }
        SHIRUBE_RETURN_IF_ERROR(Add(list, *change, &names, response));
      }
      from = below;
    }
    return from > 0 ? EndPage(list, from, response) : absl::OkStatus();
  }

  static absl::Status EndPage(const ListRequest& list, Revision from,
                              v1::ListAuditEntriesResponse* response) {
    response->set_next_page_token(SealPageToken(list.binding, {from, 0}));
    return absl::OkStatus();
  }

  // Verdicts that the server stores by itself touch nothing and are left out.
  absl::Status Add(const ListRequest& list, const Change& change,
                   TouchedNames* names,
                   v1::ListAuditEntriesResponse* response) {
    if (change.touched.empty()) return absl::OkStatus();
    v1::AuditEntry entry;
    entry.set_revision(backend_.Token(change.revision));
    *entry.mutable_time() = ToWireTime(change.time);
    entry.set_actor(change.actor);
    entry.set_claimed(change.claimed);
    entry.set_action(change.action);
    entry.set_touched_count(static_cast<int>(change.touched.size()));
    for (const Touched& touched : change.touched) {
      if (entry.touched_size() == kMaxTouched) break;
      SHIRUBE_ASSIGN_OR_RETURN(std::string name, names->Of(touched));
      auto* row = entry.add_touched();
      row->set_resource(std::move(name));
      row->set_change(std::string(WordOf(touched.type)));
    }
    const auto read = [&](std::string_view field) {
      return ReadEntry(entry, field);
    };
    if (list.filter.Matches(read)) {
      *response->add_audit_entries() = std::move(entry);
    }
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeAuditMethods(const Backend& backend) {
  return std::make_unique<AuditMethods>(backend);
}

}  // namespace shirube
