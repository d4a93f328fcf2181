// The methods of RuleService that read. Listing modules looks at their files
// again and verifies those that changed, which may take seconds: it is slow.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "server/service/rule_rows.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube {
namespace {

class RuleMethods final : public Methods {
 public:
  explicit RuleMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.RuleService.";
    using Self = RuleMethods;
    (*table)[service + "ListRuleModules"] = Bind(this, &Self::ListModules);
    (*table)[service + "ListRuleModules"].slow = true;
    (*table)[service + "ListRuleSets"] = Bind(this, &Self::ListRuleSets);
    (*table)[service + "GetRuleModule"] = Bind(this, &Self::GetRuleModule);
    (*table)[service + "GetRuleSet"] = Bind(this, &Self::GetRuleSet);
    (*table)[service + "ListRuleSetActivations"] =
        Bind(this, &Self::ListActivations);
  }

 private:
  absl::Status ListModules(CallContext& call,
                           const v1::ListRuleModulesRequest& request,
                           v1::ListRuleModulesResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(
            request, call.method, backend_.history,
            {"name", "module", "version", "state", "reason", "file"}));
    Violations violations;
    std::string wanted = "-";
    if (!request.parent().empty()) {
      const auto name = ReadModuleName(FieldReader("", &violations), "parent",
                                       request.parent(), Version::kOptional);
      SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
      wanted = name->module;
    }
    backend_.rules->Rescan();
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::RuleModule> rows,
                             ModuleRows(backend_, &snapshot));
    std::erase_if(rows, [&](const v1::RuleModule& row) {
      return wanted != "-" && row.module() != wanted;
    });
    response->set_next_page_token(FillPage(
        list, rows, 0, [](const v1::RuleModule& row) { return row; },
        response->mutable_rule_modules()));
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  absl::Status GetRuleModule(CallContext&,
                             const v1::GetRuleModuleRequest& request,
                             v1::RuleModule* response) {
    Violations violations;
    const auto name = ReadModuleName(FieldReader("", &violations), "name",
                                     request.name(), Version::kRequired);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> rows,
                             ModuleRows(backend_, &snapshot));
    const v1::RuleModule* row =
        FindModuleRow(rows, name->module, name->version);
    if (row == nullptr) return NotFound(request.name());
    *response = *row;
    return absl::OkStatus();
  }

  absl::Status ListRuleSets(CallContext& call,
                            const v1::ListRuleSetsRequest& request,
                            v1::ListRuleSetsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history,
                        {"name", "state", "reason", "create_time"}));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto records,
                             snapshot.reader->ListRuleSets());
    SHIRUBE_ASSIGN_OR_RETURN(const RuleSetRows sets,
                             RuleSetRows::Read(backend_, &snapshot));
    std::vector<v1::RuleSet> rows;
    if (sets.default_set().empty()) rows.push_back(sets.NoDefault());
    for (const RuleSetRecord& record : records) {
      rows.push_back(sets.RowOf(record));
    }
    response->set_next_page_token(FillPage(
        list, rows, 0, [](const v1::RuleSet& row) { return row; },
        response->mutable_rule_sets()));
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  absl::Status GetRuleSet(CallContext&, const v1::GetRuleSetRequest& request,
                          v1::RuleSet* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    reader.Required("name", request.name());
    const auto id = ReadRuleSetName(reader, "name", request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const RuleSetRows sets,
                             RuleSetRows::Read(backend_, &snapshot));
    const RuleSetId wanted = id->empty() ? sets.default_set() : *id;
    if (wanted.empty()) {
      *response = sets.NoDefault();
      return absl::OkStatus();
    }
    SHIRUBE_ASSIGN_OR_RETURN(const auto record,
                             snapshot.reader->GetRuleSet(wanted));
    if (!record) return NotFound(request.name());
    *response = sets.RowOf(*record);
    return absl::OkStatus();
  }

  absl::Status ListActivations(CallContext& call,
                               const v1::ListRuleSetActivationsRequest& request,
                               v1::ListRuleSetActivationsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    Violations violations;
    const FieldReader reader("", &violations);
    std::optional<PlanId> plan = PlanId();
    if (!request.parent().empty()) {
      plan = ReadPlanName(reader, "parent", request.parent());
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    if (!plan->empty()) {
      SHIRUBE_RETURN_IF_ERROR(
          Live(snapshot.reader->GetPlan(*plan), request.parent()).status());
    }
    const Revision at = list.at(snapshot.head.revision);
    SHIRUBE_ASSIGN_OR_RETURN(auto rows,
                             snapshot.reader->ListActivations(*plan));
    std::erase_if(rows, [at](const ActivationRecord& row) {
      return row.revision > at;  // newer than the first page
    });
    response->set_next_page_token(FillPage(
        list, rows, at,
        [this](const ActivationRecord& row) { return ToWire(backend_, row); },
        response->mutable_activations()));
    response->set_revision(backend_.Token(at));
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeRuleMethods(const Backend& backend) {
  return std::make_unique<RuleMethods>(backend);
}

}  // namespace shirube
