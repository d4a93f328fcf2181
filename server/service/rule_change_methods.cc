// The methods of RuleService that change by what plans are judged.
//
// Activating takes as long as judging everything does, and a file may take
// seconds to verify, so these methods run on threads of their own
// (Method::slow): reads and records go on meanwhile.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "server/service/rule_rows.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube {
namespace {

// A name in the rules folder; what is there is the catalog's to find out.
void ReadFile(const FieldReader& reader, const std::string& file) {
  reader.Required("file", file);
  if (file.find('/') == std::string::npos && file.size() <= 255) return;
  reader.Refuse(
      "file",
      absl::StrCat(Quoted(file),
                   " is no file name: put the file into the server's rules "
                   "folder and give its name without folders"),
      absl::StrCat(
          QuotedJa(file),
          "はファイル名ではありません。サーバーの判定モジュールのフォル"
          "ダーに置き、フォルダーを付けずに名前だけを指定してください"));
}

std::string ReadHash(const FieldReader& reader, const std::string& sha256) {
  const std::string hash = absl::AsciiStrToLower(sha256);
  const bool is_hash =
      hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      });
  if (!hash.empty() && !is_hash) {
    reader.Refuse("sha256", "must have 64 hex digits, as sha256sum prints them",
                  "sha256sumが示す16進数64桁で指定してください");
  }
  return hash;
}

absl::Status VersionTaken(const RuleModuleRecord& stored,
                          const RuleModuleRecord& found) {
  const std::string name = ModuleName(found.module, found.version);
  return MakeError(
      absl::StatusCode::kAlreadyExists, "MODULE_VERSION_TAKEN",
      absl::StrCat(name, " is registered with other bytes (sha256 ",
                   stored.sha256.substr(0, 12), "…, this file has ",
                   found.sha256.substr(0, 12),
                   "…). Raise the version in its manifest, build it again and "
                   "register that."),
      absl::StrCat(name, " は別の内容で登録済みです(登録済みのsha256は",
                   stored.sha256.substr(0, 12), "…、このファイルは",
                   found.sha256.substr(0, 12),
                   "…)。マニフェストの版を上げて作り直し、登録してください。"),
      {{"resource", name}});
}

// The evaluator ends what it has begun with CANCELLED when it stops.
absl::Status Stopped(absl::Status status) {
  if (status.code() != absl::StatusCode::kCancelled) return status;
  return MakeError(
      absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
      "the server is stopping; the rule set before judges on. "
      "Call again when it is back",
      "サーバーは停止処理中です。それまでの判定基準のままです。再開"
      "後にもう一度呼び出してください");
}

std::string WhoOf(const Actor& actor) {
  return absl::StrCat(actor.name, actor.claimed ? " (claimed)" : "");
}

class RuleChangeMethods final : public Methods {
 public:
  explicit RuleChangeMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.RuleService.";
    using Self = RuleChangeMethods;
    (*table)[service + "RegisterRuleModule"] =
        Bind(this, &Self::RegisterModule);
    (*table)[service + "RegisterRuleSet"] = Bind(this, &Self::RegisterSet);
    (*table)[service + "ActivateRuleSet"] = Bind(this, &Self::Activate);
    (*table)[service + "RollbackRuleSet"] = Bind(this, &Self::Rollback);
    (*table)[service + "ReleaseQuarantine"] = Bind(this, &Self::Release);
    for (const char* name : {"RegisterRuleModule", "ActivateRuleSet",
                             "RollbackRuleSet", "ReleaseQuarantine"}) {
      (*table)[service + name].slow = true;
    }
  }

 private:
  absl::Status RegisterModule(CallContext& call,
                              const v1::RegisterRuleModuleRequest& request,
                              v1::RuleModule* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    ReadFile(reader, request.file());
    const std::string sha256 = ReadHash(reader, request.sha256());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    RuleModuleRecord record;
    // The file of a request that was carried out may be gone by now.
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(backend_, call, request));
    if (!repeated || request.validate_only()) {
      SHIRUBE_ASSIGN_OR_RETURN(record,
                               backend_.rules->Verify(request.file(), sha256));
    }
    if (request.validate_only()) return TryModule(record, response);
    SHIRUBE_ASSIGN_OR_RETURN(
        const MutationResult result,
        Mutate(backend_, call, request, RegisterRuleModule{std::move(record)}));
    if (!result.rule_module) {
      return absl::InternalError("the ledger gave back no module");
    }
    backend_.rules->Rescan();
    if (result.changed) {
      LogInfo("rule module ", result.rule_module->module, " ",
              result.rule_module->version, " (sha256 ",
              result.rule_module->sha256, ") registered by ",
              WhoOf(call.actor));
    }
    return AnswerModule(*result.rule_module, result.revision, response);
  }

  // What registering would answer.
  absl::Status TryModule(const RuleModuleRecord& record,
                         v1::RuleModule* response) {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto stored,
                             snapshot.reader->ListRuleModules());
    const RuleModuleRecord* taken = nullptr;
    bool registered = false;
    for (const RuleModuleRecord& row : stored) {
      registered = registered || row.sha256 == record.sha256;
      if (row.module == record.module && row.version == record.version) {
        taken = &row;
      }
    }
    if (taken != nullptr && !registered) return VersionTaken(*taken, record);
    *response = backend_.rules->Describe(record);
    response->set_state(v1::RuleModule::STATE_VERIFIED);
    response->set_registered(registered);
    return absl::OkStatus();
  }

  absl::Status AnswerModule(const RuleModuleRecord& record, Revision revision,
                            v1::RuleModule* response) {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows, ModuleRows(backend_, &snapshot));
    for (const v1::RuleModule& row : rows) {
      if (row.sha256() == record.sha256) *response = row;
    }
    response->set_revision(backend_.Token(revision));
    return absl::OkStatus();
  }

  absl::Status RegisterSet(CallContext& call,
                           const v1::RegisterRuleSetRequest& request,
                           v1::RuleSet* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const Parameters parameters =
        reader.ReadParameters("parameters", request.parameters());
    CheckRequestId(request, reader);
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto stored,
                             snapshot.reader->ListRuleModules());
    std::vector<RuleModuleRecord> modules;
    for (int i = 0; i < request.modules_size(); ++i) {
      const std::string path = absl::StrCat("modules[", i, "]");
      const auto name =
          ReadModuleName(reader, path, request.modules(i), Version::kOptional);
      if (name) AddModule(reader, path, *name, stored, &modules);
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(RuleSetRecord set,
                             backend_.rules->Compose(modules, parameters));
    if (request.validate_only()) {
      SHIRUBE_RETURN_IF_ERROR(AnswerSet(set, 0, response));
      response->clear_revision();
      return absl::OkStatus();
    }
    SHIRUBE_ASSIGN_OR_RETURN(
        const MutationResult result,
        Mutate(backend_, call, request, RegisterRuleSet{std::move(set)}));
    if (!result.rule_set) {
      return absl::InternalError("the ledger gave back no rule set");
    }
    if (result.changed) {
      LogInfo("rule set ", result.rule_set->id.value(), " registered by ",
              WhoOf(call.actor));
    }
    return AnswerSet(*result.rule_set, result.revision, response);
  }

  // The registered module that a name means; of several versions, and of
  // several bytes of one, the one registered last.
  static void AddModule(const FieldReader& reader, const std::string& path,
                        const ModuleRef& name,
                        const std::vector<RuleModuleRecord>& stored,
                        std::vector<RuleModuleRecord>* modules) {
    const RuleModuleRecord* found = nullptr;
    for (const RuleModuleRecord& record : stored) {
      if (record.module != name.module) continue;
      if (!name.version.empty() && record.version != name.version) continue;
      if (found == nullptr || record.revision >= found->revision) {
        found = &record;
      }
    }
    if (found != nullptr) {
      modules->push_back(*found);
      return;
    }
    const std::string text = name.version.empty()
                                 ? name.module
                                 : absl::StrCat(name.module, " ", name.version);
    reader.Refuse(
        path,
        absl::StrCat(text,
                     " is not registered; register its file first "
                     "(RegisterRuleModule)"),
        absl::StrCat(text,
                     "は登録されていません。先にファイルを登録してくだ"
                     "さい(RegisterRuleModule)"));
  }

  absl::Status AnswerSet(const RuleSetRecord& set, Revision revision,
                         v1::RuleSet* response) {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const RuleSetRows rows,
                             RuleSetRows::Read(backend_, &snapshot));
    *response = rows.RowOf(set);
    response->set_revision(backend_.Token(revision));
    return absl::OkStatus();
  }

  // The scope and the set expected, of both requests.
  template <typename Request>
  static ActivateRuleSet ReadChange(const Request& request,
                                    const FieldReader& reader) {
    ActivateRuleSet change;
    if (!request.parent().empty()) {
      if (auto plan = ReadPlanName(reader, "parent", request.parent())) {
        change.plan = *plan;
      }
    }
    if (!request.expected_rule_set().empty()) {
      change.expected = ReadRuleSetName(reader, "expected_rule_set",
                                        request.expected_rule_set());
      RefuseDefault(reader, "expected_rule_set", request.parent(),
                    change.expected);
    }
    CheckRequestId(request, reader);
    return change;
  }

  // The default is judged by a set that has an id; only a plan may follow it.
  static void RefuseDefault(const FieldReader& reader, const char* field,
                            const std::string& parent,
                            const std::optional<RuleSetId>& id) {
    if (!parent.empty() || !id || !id->empty()) return;
    reader.Refuse(field,
                  "ruleSets/default stands for itself here; name a set by its "
                  "id (ruleSets/rs-…)",
                  "既定そのものは指定できません。ruleSets/rs-…の形で指定して"
                  "ください");
  }

  absl::Status Activate(CallContext& call,
                        const v1::ActivateRuleSetRequest& request,
                        v1::RuleSetActivation* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    ActivateRuleSet change = ReadChange(request, reader);
    reader.Required("rule_set", request.rule_set());
    if (!request.rule_set().empty()) {
      const auto id = ReadRuleSetName(reader, "rule_set", request.rule_set());
      RefuseDefault(reader, "rule_set", request.parent(), id);
      change.rule_set = id.value_or(RuleSetId());
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return Switch(call, request, std::move(change), /*rollback=*/false,
                  response);
  }

  absl::Status Rollback(CallContext& call,
                        const v1::RollbackRuleSetRequest& request,
                        v1::RuleSetActivation* response) {
    Violations violations;
    ActivateRuleSet change = ReadChange(request, FieldReader("", &violations));
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return Switch(call, request, std::move(change), /*rollback=*/true,
                  response);
  }

  absl::Status Switch(CallContext& call,
                      const google::protobuf::Message& request,
                      ActivateRuleSet change, bool rollback,
                      v1::RuleSetActivation* response) {
    const std::string scope =
        change.plan.empty() ? "the default" : NameOf(change.plan);
    const auto outcome = backend_.evaluator->Activate(
        MutationOf(call, request, std::move(change)), rollback, call.deadline);
    if (!outcome.ok()) {
      LogWarning(call.method, " for ", scope, " by ", WhoOf(call.actor), ": ",
                 DetailsOf(outcome.status()).en);
      return Stopped(outcome.status());
    }
    *response = ToWire(backend_, outcome->activation);
    response->set_evaluated_count(static_cast<int32_t>(outcome->evaluated));
    response->set_changed_count(static_cast<int32_t>(outcome->changed));
    response->set_revision(backend_.Token(outcome->revision));
    LogInfo(rollback ? "rolled back to " : "activated ", response->rule_set(),
            " for ", scope, " by ", WhoOf(call.actor), ": ", outcome->evaluated,
            " judged, ", outcome->changed, " changed");
    return absl::OkStatus();
  }

  absl::Status Release(CallContext& call,
                       const v1::ReleaseQuarantineRequest& request,
                       v1::RuleModule* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto name =
        ReadModuleName(reader, "name", request.name(), Version::kRequired);
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows, ModuleRows(backend_, &snapshot));
    const v1::RuleModule* row =
        FindModuleRow(rows, name->module, name->version);
    if (row == nullptr || row->sha256().empty()) {
      return NotFound(request.name());
    }
    const auto result = backend_.evaluator->Release(
        MutationOf(call, request, ReleaseQuarantine{row->sha256()}),
        call.deadline);
    if (!result.ok()) {
      LogWarning(call.method, " of ", name->module, " ", name->version, " by ",
                 WhoOf(call.actor), ": ", DetailsOf(result.status()).en);
      return Stopped(result.status());
    }
    LogInfo("rule module ", name->module, " ", name->version,
            " released from quarantine by ", WhoOf(call.actor));
    RuleModuleRecord record;
    record.sha256 = row->sha256();
    return AnswerModule(record, result->revision, response);
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeRuleChangeMethods(const Backend& backend) {
  return std::make_unique<RuleChangeMethods>(backend);
}

}  // namespace shirube
