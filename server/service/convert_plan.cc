#include "server/service/convert_plan.h"

#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

FlagPolicy ReadFlagPolicy(const v1::Plan& in, const FieldReader& reader) {
  static constexpr EnumPair<FlagPolicy::Kind, v1::Plan::FlagPolicy> kPairs[] = {
      {FlagPolicy::Kind::kWorst, v1::Plan::FLAG_POLICY_UNSPECIFIED},
      {FlagPolicy::Kind::kWorst, v1::Plan::FLAG_POLICY_WORST},
      {FlagPolicy::Kind::kShare, v1::Plan::FLAG_POLICY_SHARE}};
  FlagPolicy policy;
  policy.kind =
      reader.Enum("flag_policy", in.flag_policy(), absl::MakeConstSpan(kPairs),
                  FlagPolicy::Kind::kWorst);
  if (auto share = reader.Number("at_risk_share", in.at_risk_share())) {
    policy.at_risk_share = *share;
  }
  const bool share_policy = policy.kind == FlagPolicy::Kind::kShare;
  if (share_policy == in.at_risk_share().empty()) {
    reader.Refuse("at_risk_share",
                  "belongs to FLAG_POLICY_SHARE, and to it only",
                  "FLAG_POLICY_SHAREのときに限り指定してください");
  }
  return policy;
}

}  // namespace

v1::Plan ToWire(const Plan& plan, const std::string& history) {
  v1::Plan out;
  out.set_name(NameOf(plan.id));
  FillStamp(plan.stamp, history, &out);
  out.set_display_name(plan.display_name);
  out.set_first_fiscal_year(PeriodText(plan.first_year));
  out.set_last_fiscal_year(PeriodText(plan.last_year));
  out.set_owner(plan.owner);
  out.set_description(plan.description);
  out.set_rule_set(RuleSetName(plan.rule_set));
  for (const auto& [name, value] : plan.parameters) {
    (*out.mutable_parameters())[name] = value.ToString();
  }
  const bool share = plan.flag_policy.kind == FlagPolicy::Kind::kShare;
  out.set_flag_policy(share ? v1::Plan::FLAG_POLICY_SHARE
                            : v1::Plan::FLAG_POLICY_WORST);
  if (share) out.set_at_risk_share(plan.flag_policy.at_risk_share.ToString());
  for (const std::string& field : plan.manual_fields) {
    out.add_manual_fields(field);
  }
  return out;
}

Plan ReadPlan(const v1::Plan& in, const PlanId& id, const FieldReader& reader) {
  Plan plan;
  plan.id = id;
  plan.display_name = in.display_name();
  plan.description = in.description();
  plan.first_year =
      reader.FiscalYear("first_fiscal_year", in.first_fiscal_year());
  plan.last_year = reader.FiscalYear("last_fiscal_year", in.last_fiscal_year());
  plan.owner = in.owner();
  plan.parameters = reader.ReadParameters("parameters", in.parameters());
  plan.flag_policy = ReadFlagPolicy(in, reader);
  return plan;
}

const std::vector<std::string>& WritablePlanFields() {
  static const auto& fields = *new std::vector<std::string>{
      "display_name", "first_fiscal_year", "last_fiscal_year", "owner",
      "description",  "parameters",        "flag_policy",      "at_risk_share"};
  return fields;
}

void PatchPlan(const Plan& from, const std::set<std::string>& mask, Plan* to) {
  if (mask.count("display_name")) to->display_name = from.display_name;
  if (mask.count("first_fiscal_year")) to->first_year = from.first_year;
  if (mask.count("last_fiscal_year")) to->last_year = from.last_year;
  if (mask.count("owner")) to->owner = from.owner;
  if (mask.count("description")) to->description = from.description;
  if (mask.count("parameters")) to->parameters = from.parameters;
  if (mask.count("flag_policy") || mask.count("at_risk_share")) {
    to->flag_policy = from.flag_policy;
  }
}

}  // namespace shirube
