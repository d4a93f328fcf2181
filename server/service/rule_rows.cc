#include "server/service/rule_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/service/convert_common.h"
#include "server/service/fingerprint.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

using google::protobuf::Timestamp;

bool Before(const Timestamp& a, const Timestamp& b) {
  return std::make_pair(a.seconds(), a.nanos()) <
         std::make_pair(b.seconds(), b.nanos());
}

void AddStored(const RuleModuleRecord& record, v1::RuleModule* row) {
  row->set_registered(true);
  *row->mutable_create_time() = ToWireTime(record.create_time);
  if (Before(row->update_time(), row->create_time())) {
    *row->mutable_update_time() = row->create_time();
  }
}

// Changes with anything that the row says.
void FillEtag(const std::string& revision, v1::RuleModule* row) {
  row->set_etag(absl::StrCat("m", RequestFingerprint(*row).substr(0, 16)));
  row->set_revision(revision);
}

auto OrderOf(const v1::RuleModule& row) {
  return std::make_tuple(
      row.file().empty() ? absl::StrCat(row.module(), ".so") : row.file(),
      row.version(), !row.registered(), row.create_time().seconds(),
      row.sha256());
}

// One that is only on its way is not out of service.
bool IsOut(const v1::RuleModule& module) {
  return module.state() == v1::RuleModule::STATE_REJECTED ||
         module.state() == v1::RuleModule::STATE_QUARANTINED ||
         !module.reason().empty();
}

std::string WhyOut(const v1::RuleModule& module) {
  if (!module.reason().empty()) return module.reason();
  const std::string state = v1::RuleModule::State_Name(module.state());
  return state.substr(state.find('_') + 1);
}

void FillFailure(const ErrorDetails& why, v1::RuleSet* row) {
  row->set_reason(why.reason);
  row->mutable_message()->set_en(why.en);
  row->mutable_message()->set_ja(why.ja);
}

// `en` and `ja` name the modules.
void FillOutOfService(const std::string& en, const std::string& ja,
                      v1::RuleSet* row) {
  FillFailure(
      {"RULE_SET_NOT_SERVING",
       absl::StrCat("out of service: ", en,
                    "; verdicts that need it wait. Release or replace the "
                    "module, or activate another rule set"),
       absl::StrCat(
           "停止中のモジュール: ", ja,
           "。これを使う判定は待っています。モジュールの隔離を解くか差し"
           "替えるか、別の判定基準を有効にしてください"),
       {},
       {}},
      row);
}

// Which of two rows of one name a name means.
int Rank(const v1::RuleModule& row) {
  if (row.state() == v1::RuleModule::STATE_QUARANTINED) return 3;
  if (row.state() == v1::RuleModule::STATE_ACTIVE) return 2;
  return row.registered() ? 1 : 0;
}

}  // namespace

absl::StatusOr<std::vector<v1::RuleModule>> ModuleRows(const Backend& backend,
                                                       Snapshot* snapshot) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto records,
                           snapshot->reader->ListRuleModules());
  std::map<std::string, const RuleModuleRecord*> stored;
  for (const RuleModuleRecord& record : records) {
    stored[record.sha256] = &record;
  }
  std::vector<v1::RuleModule> rows = backend.rules->Modules();
  for (v1::RuleModule& row : rows) {
    const auto found = stored.find(row.sha256());
    if (found == stored.end()) continue;
    AddStored(*found->second, &row);
    stored.erase(found);
  }
  for (const auto& [hash, record] : stored) {
    v1::RuleModule row = backend.rules->Describe(*record);
    row.set_state(v1::RuleModule::STATE_VERIFIED);
    AddStored(*record, &row);
    rows.push_back(std::move(row));
  }
  for (v1::RuleModule& row : rows) FillEtag(snapshot->revision, &row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const v1::RuleModule& a, const v1::RuleModule& b) {
                     return OrderOf(a) < OrderOf(b);
                   });
  return rows;
}

const v1::RuleModule* FindModuleRow(const std::vector<v1::RuleModule>& rows,
                                    const std::string& module,
                                    const std::string& version) {
  const v1::RuleModule* best = nullptr;
  for (const v1::RuleModule& row : rows) {
    if (row.module() != module) continue;
    if (row.version() != version && !version.empty()) continue;
    if (best == nullptr || Rank(row) > Rank(*best) ||
        (Rank(row) == Rank(*best) &&
         Before(best->create_time(), row.create_time()))) {
      best = &row;
    }
  }
  return best;
}

absl::StatusOr<RuleSetRows> RuleSetRows::Read(const Backend& backend,
                                              Snapshot* snapshot) {
  RuleSetRows rows;
  rows.backend_ = &backend;
  rows.revision_ = snapshot->revision;
  SHIRUBE_ASSIGN_OR_RETURN(rows.modules_, ModuleRows(backend, snapshot));
  for (const v1::RuleModule& module : rows.modules_) {
    if (!module.sha256().empty()) rows.by_hash_[module.sha256()] = &module;
  }
  std::vector<PlanId> scopes = {PlanId()};
  SHIRUBE_ASSIGN_OR_RETURN(const auto plans,
                           snapshot->reader->ListPlans(ListQuery()));
  for (const Plan& plan : plans) {
    if (plan.rule_set.empty()) continue;
    rows.active_.insert(plan.rule_set);
    scopes.push_back(plan.id);
  }
  for (const PlanId& scope : scopes) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto activations,
                             snapshot->reader->ListActivations(scope));
    if (scope.empty() && !activations.empty()) {
      rows.default_set_ = activations.front().rule_set;
      rows.active_.insert(rows.default_set_);
    }
    for (const ActivationRecord& activation : activations) {
      for (const RuleSetId& id : {activation.rule_set, activation.previous}) {
        const auto known = rows.switched_.emplace(id, activation.time).first;
        known->second = std::max(known->second, activation.time);
      }
    }
  }
  return rows;
}

RuleSetRows::OutOfService RuleSetRows::FillMembers(const RuleSetRecord& record,
                                                   bool active,
                                                   v1::RuleSet* row) const {
  OutOfService out;
  for (const RuleSetModule& module : record.modules) {
    v1::RuleSetModule* member = row->add_modules();
    member->set_module(ModuleName(module.module, module.version));
    member->set_sha256(module.sha256);
    const auto known = by_hash_.find(module.sha256);
    if (known == by_hash_.end()) continue;
    const v1::RuleModule& now = *known->second;
    member->set_state(now.state());
    member->set_reason(now.reason());
    if (!active || !IsOut(now)) continue;
    const std::string why = WhyOut(now);
    absl::StrAppend(&out.en, out.en.empty() ? "" : ", ", module.module, " (",
                    why, ")");
    absl::StrAppend(&out.ja, out.ja.empty() ? "" : "、", module.module, "(",
                    why, ")");
    if (Before(row->update_time(), now.update_time())) {
      *row->mutable_update_time() = now.update_time();
    }
  }
  return out;
}

v1::RuleSet RuleSetRows::RowOf(const RuleSetRecord& record) const {
  v1::RuleSet row;
  row.set_name(RuleSetName(record.id));
  *row.mutable_create_time() = ToWireTime(record.create_time);
  absl::Time changed = record.create_time;
  if (const auto found = switched_.find(record.id); found != switched_.end()) {
    changed = std::max(changed, found->second);
  }
  *row.mutable_update_time() = ToWireTime(changed);
  row.set_revision(revision_);
  if (record.id == default_set_) row.add_aliases("ruleSets/default");
  for (const auto& [name, value] : record.parameters) {
    (*row.mutable_parameters())[name] = value.ToString();
  }
  const bool active = active_.count(record.id) > 0;
  const OutOfService out = FillMembers(record, active, &row);
  const ErrorDetails problem =
      DetailsOf(active ? backend_->evaluator->RuleSetProblem(record.id)
                       : absl::OkStatus());
  const bool fails = !out.en.empty() || !problem.reason.empty();
  row.set_state(!active ? v1::RuleSet::STATE_STORED
                : fails ? v1::RuleSet::STATE_FAILED
                        : v1::RuleSet::STATE_ACTIVE);
  if (!out.en.empty()) {
    FillOutOfService(out.en, out.ja, &row);
  } else if (fails) {
    FillFailure(problem, &row);
  }
  row.set_etag(absl::StrCat("s", static_cast<int>(row.state())));
  return row;
}

v1::RuleSet RuleSetRows::NoDefault() const {
  v1::RuleSet row;
  row.set_name("ruleSets/default");
  row.set_revision(revision_);
  row.add_aliases("ruleSets/default");
  row.set_state(v1::RuleSet::STATE_FAILED);
  FillFailure(DetailsOf(backend_->evaluator->RuleSetProblem(RuleSetId())),
              &row);
  row.set_etag(absl::StrCat("s", static_cast<int>(row.state())));
  return row;
}

v1::RuleSetActivation ToWire(const Backend& backend,
                             const ActivationRecord& activation) {
  v1::RuleSetActivation out;
  if (!activation.plan.empty()) out.set_parent(NameOf(activation.plan));
  out.set_rule_set(RuleSetName(activation.rule_set));
  // A plan that named none before followed the default.
  if (!activation.previous.empty() || !activation.plan.empty()) {
    out.set_previous_rule_set(RuleSetName(activation.previous));
  }
  *out.mutable_create_time() = ToWireTime(activation.time);
  out.set_actor(activation.actor);
  out.set_actor_claimed(activation.claimed);
  out.set_revision(backend.Token(activation.revision));
  return out;
}

}  // namespace shirube
