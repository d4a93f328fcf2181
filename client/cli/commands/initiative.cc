// shirube initiative get|list|create|update|delete
#include <map>

#include "client/cli/commands/resource.h"

namespace shirube::cli {
namespace {

// Two spaces for every level a row stands below the top.
Table InitiativeTable(const Context& context,
                      const std::vector<v1::Initiative>& rows) {
  std::map<std::string, std::string> parents;
  for (const auto& row : rows) parents[row.name()] = row.parent_initiative();
  Table table;
  table.columns = {{"ID", "id"},
                   {std::string(context.Say("番号", "LABEL")), "label"},
                   {std::string(context.Say("施策・取組", "INITIATIVE")),
                    "title", Align::kLeft, true},
                   {std::string(context.Say("所管", "OWNER")), "owner"}};
  for (const v1::Initiative& row : rows) {
    std::string indent;
    for (std::string at = row.parent_initiative();
         !at.empty() && context.format != Format::kCsv; at = parents[at]) {
      indent += "  ";
    }
    table.rows.push_back({IdOf(row.name()), row.label(),
                          indent + row.display_name(), row.owner()});
  }
  return table;
}

// What was typed for --parent becomes the resource name.
absl::Status ResolveParent(const Context& context, const std::string& plan,
                           v1::Initiative* initiative) {
  const std::string& typed = initiative->parent_initiative();
  if (typed.empty() || typed.starts_with("plans/")) return absl::OkStatus();
  auto parent = FindInitiative(context, typed, plan);
  if (!parent.ok()) return parent.status();
  initiative->set_parent_initiative(parent->name());
  return absl::OkStatus();
}

std::shared_ptr<const ResourceKind<v1::Initiative>> InitiativeKind() {
  auto kind = std::make_shared<ResourceKind<v1::Initiative>>();
  kind->plural = "initiatives";
  kind->argument = "INITIATIVE";
  kind->fields = {
      {"--title", "display_name", FieldKind::kText, "Title as printed"},
      {"--subtitle", "subtitle", FieldKind::kText, "Subtitle as printed"},
      {"--label", "label", FieldKind::kText, "Label as printed (第1, 3)"},
      {"--kind", "kind", FieldKind::kWord, "pillar, measure or action"},
      {"--parent", "parent_initiative", FieldKind::kText,
       "The initiative above it: name, id, part or path"},
      {"--order", "order", FieldKind::kInteger, "Place among its siblings"},
      {"--owner", "owner", FieldKind::kText, "Department (所管課)"},
      {"--parameter", "parameters", FieldKind::kPairs,
       "Rule parameter (pace_threshold=0.9)"},
  };
  kind->find = [](const Context& context, const std::string& text) {
    return FindInitiative(context, text);
  };
  kind->list = [](const Context& context, const std::string& plan,
                  bool deleted) {
    v1::ListInitiativesRequest request;
    request.set_parent(plan);
    request.set_show_deleted(deleted);
    return context.plans().AllInitiatives(request).All();
  };
  kind->create =
      [](const Context& context, const std::string& plan, const std::string& id,
         v1::Initiative initiative) -> absl::StatusOr<v1::Initiative> {
    absl::Status resolved = ResolveParent(context, plan, &initiative);
    if (!resolved.ok()) return resolved;
    v1::CreateInitiativeRequest request;
    request.set_parent(plan);
    request.set_initiative_id(id);
    *request.mutable_initiative() = std::move(initiative);
    return context.plans().CreateInitiative(request);
  };
  kind->update =
      [](const Context& context, v1::Initiative initiative,
         google::protobuf::FieldMask mask) -> absl::StatusOr<v1::Initiative> {
    absl::Status resolved =
        ResolveParent(context, PlanOf(initiative.name()), &initiative);
    if (!resolved.ok()) return resolved;
    v1::UpdateInitiativeRequest request;
    *request.mutable_initiative() = std::move(initiative);
    *request.mutable_update_mask() = std::move(mask);
    return context.plans().UpdateInitiative(request);
  };
  kind->remove = [](const Context& context, const v1::Initiative& initiative,
                    bool force) {
    v1::DeleteInitiativeRequest request;
    request.set_name(initiative.name());
    request.set_etag(initiative.etag());
    request.set_force(force);
    return context.plans().DeleteInitiative(request);
  };
  kind->table = InitiativeTable;
  return kind;
}

}  // namespace

void AddInitiative(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand("initiative",
                                   "Pillars, measures, actions (施策・取組)");
  group->require_subcommand(1);
  AddResourceCommands<v1::Initiative>(group, chosen, InitiativeKind());
}

}  // namespace shirube::cli
