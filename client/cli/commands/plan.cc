// shirube plan get|list|create|update|delete
#include "client/cli/commands/resource.h"

namespace shirube::cli {
namespace {

std::shared_ptr<const ResourceKind<v1::Plan>> PlanKind() {
  auto kind = std::make_shared<ResourceKind<v1::Plan>>();
  kind->plural = "plans";
  kind->argument = "PLAN";
  kind->in_plan = false;
  kind->fields = {
      {"--title", "display_name", FieldKind::kText, "Title as printed"},
      {"--description", "description", FieldKind::kText, "What it is about"},
      {"--owner", "owner", FieldKind::kText, "Department that answers for it"},
      {"--first-year", "first_fiscal_year", FieldKind::kPeriod,
       "First fiscal year (R3)"},
      {"--last-year", "last_fiscal_year", FieldKind::kPeriod,
       "Last fiscal year (R6)"},
      {"--parameter", "parameters", FieldKind::kPairs,
       "Rule parameter (pace_threshold=0.9)"},
      {"--flag-policy", "flag_policy", FieldKind::kWord,
       "How flags add up: worst, share"},
      {"--at-risk-share", "at_risk_share", FieldKind::kText,
       "With share: at risk from this share on (0.25)"},
  };
  kind->find = [](const Context& context, const std::string& text) {
    return FindPlan(context, text);
  };
  kind->list = [](const Context& context, const std::string&, bool deleted) {
    v1::ListPlansRequest request;
    request.set_show_deleted(deleted);
    return context.plans().AllPlans(request).All();
  };
  kind->create = [](const Context& context, const std::string&,
                    const std::string& id, v1::Plan plan) {
    v1::CreatePlanRequest request;
    request.set_plan_id(id);
    *request.mutable_plan() = std::move(plan);
    return context.plans().CreatePlan(request);
  };
  kind->update = [](const Context& context, v1::Plan plan,
                    google::protobuf::FieldMask mask) {
    v1::UpdatePlanRequest request;
    *request.mutable_plan() = std::move(plan);
    *request.mutable_update_mask() = std::move(mask);
    return context.plans().UpdatePlan(request);
  };
  kind->remove = [](const Context& context, const v1::Plan& plan, bool force) {
    v1::DeletePlanRequest request;
    request.set_name(plan.name());
    request.set_etag(plan.etag());
    request.set_force(force);
    return context.plans().DeletePlan(request);
  };
  kind->table = [](const Context& context, const std::vector<v1::Plan>& rows) {
    Table table;
    table.columns = {
        {"ID", "id"},
        {std::string(context.Say("計画", "PLAN")), "title", Align::kLeft, true},
        {std::string(context.Say("担当", "OWNER")), "owner"}};
    for (const v1::Plan& plan : rows) {
      table.rows.push_back(
          {IdOf(plan.name()), plan.display_name(), plan.owner()});
    }
    return table;
  };
  return kind;
}

}  // namespace

void AddPlan(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand("plan", "Plans (計画)");
  group->require_subcommand(1);
  AddResourceCommands<v1::Plan>(group, chosen, PlanKind());
}

}  // namespace shirube::cli
