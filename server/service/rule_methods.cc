// The methods of RuleService.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/service/convert_common.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
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
    (*table)[service + "ListRuleSets"] = Bind(this, &Self::ListRuleSets);
    (*table)[service + "GetRuleSet"] = Bind(this, &Self::GetRuleSet);
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
    const std::string& parent = request.parent();
    const std::string prefix = "ruleModules/";
    if (!parent.empty() && parent.rfind(prefix, 0) != 0) {
      return ViolationsToStatus(
          {{"parent", "INVALID_FIELD",
            absl::StrCat(Quoted(parent),
                         " is not ruleModules/- or "
                         "ruleModules/{module}"),
            absl::StrCat(
                QuotedJa(parent),
                "はruleModules/-でもruleModules/{module}でもありません")}});
    }
    const std::string wanted =
        parent.empty() ? "-" : parent.substr(prefix.size());
    SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend_));
    std::vector<v1::RuleModule> rows;
    for (v1::RuleModule& row : backend_.rules->Modules()) {
      row.set_revision(snapshot.revision);
      if (wanted == "-" || row.module() == wanted) {
        rows.push_back(std::move(row));
      }
    }
    response->set_next_page_token(FillPage(
        list, rows, 0, [](const v1::RuleModule& row) { return row; },
        response->mutable_rule_modules()));
    response->set_revision(snapshot.revision);
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
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleSet> rows,
                             AllRuleSets(&snapshot));
    response->set_next_page_token(FillPage(
        list, rows, 0, [](const v1::RuleSet& row) { return row; },
        response->mutable_rule_sets()));
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  absl::Status GetRuleSet(CallContext&, const v1::GetRuleSetRequest& request,
                          v1::RuleSet* response) {
    Violations violations;
    const auto id =
        ReadRuleSetName(FieldReader("", &violations), "name", request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::RuleSet> rows,
                             AllRuleSets(&snapshot));
    for (v1::RuleSet& row : rows) {
      const auto& aliases = row.aliases();
      if (row.name() == request.name() ||
          std::find(aliases.begin(), aliases.end(), RuleSetName(*id)) !=
              aliases.end()) {
        *response = std::move(row);
        return absl::OkStatus();
      }
    }
    return NotFound(request.name());
  }

  // Those stored, each with the state that the rule host can serve it in now.
  absl::StatusOr<std::vector<v1::RuleSet>> AllRuleSets(Snapshot* snapshot) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto records,
                             snapshot->reader->ListRuleSets());
    SHIRUBE_ASSIGN_OR_RETURN(const auto active,
                             snapshot->reader->GetRuleSetAlias("default"));
    std::map<std::string, v1::RuleModule> modules;
    for (v1::RuleModule& module : backend_.rules->Modules()) {
      const std::string id = module.module();
      modules[id] = std::move(module);
    }
    std::vector<v1::RuleSet> rows;
    // One that never could be asked was never stored either.
    if (!active) {
      RuleSetRecord none;
      rows.push_back(ToRow(none, modules, true, snapshot->revision));
      rows.back().clear_create_time();
      rows.back().clear_update_time();
    }
    for (const RuleSetRecord& record : records) {
      rows.push_back(
          ToRow(record, modules, active == record.id, snapshot->revision));
    }
    return rows;
  }

  v1::RuleSet ToRow(const RuleSetRecord& record,
                    const std::map<std::string, v1::RuleModule>& modules,
                    bool is_default, const std::string& revision) {
    v1::RuleSet row;
    row.set_name(RuleSetName(record.id));
    *row.mutable_create_time() = ToWireTime(record.create_time);
    *row.mutable_update_time() = row.create_time();  // immutable
    row.set_revision(revision);
    if (is_default) row.add_aliases("ruleSets/default");
    for (const RuleSetModule& module : record.modules) {
      v1::RuleSetModule* out = row.add_modules();
      out->set_module(ModuleName(module.module, module.version));
      out->set_sha256(module.sha256);
      const auto known = modules.find(module.module);
      if (known == modules.end()) continue;
      out->set_state(known->second.state());
      out->set_reason(known->second.reason());
    }
    const RuleSetState now = backend_.rules->StateOf(record.id);
    for (const auto& [name, value] : now.parameters) {
      (*row.mutable_parameters())[name] = value.ToString();
    }
    row.set_state(!is_default  ? v1::RuleSet::STATE_STORED
                  : now.serves ? v1::RuleSet::STATE_ACTIVE
                               : v1::RuleSet::STATE_FAILED);
    if (is_default && !now.serves) {
      row.set_reason(now.reason);
      row.mutable_message()->set_en(now.en);
      row.mutable_message()->set_ja(now.ja);
    }
    row.set_etag(absl::StrCat("s", static_cast<int>(row.state())));
    return row;
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeRuleMethods(const Backend& backend) {
  return std::make_unique<RuleMethods>(backend);
}

}  // namespace shirube
