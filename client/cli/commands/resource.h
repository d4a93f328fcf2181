// The five commands that every resource has: get, list, create, update, delete.
// A kind of resource says how it is called; the commands are the same.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_RESOURCE_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_RESOURCE_H_

#include <google/protobuf/field_mask.pb.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/commands/commands.h"
#include "client/cli/fields.h"
#include "client/cli/names.h"
#include "client/cli/output/messages.h"

namespace shirube::cli {

template <typename T>
struct ResourceKind {
  std::string plural;    // of the JSON: "indicators"
  std::string argument;  // of get, update, delete: "INDICATOR"
  bool in_plan = true;   // list and create take a PLAN
  std::vector<FieldOption> fields;
  std::function<absl::StatusOr<T>(const Context&, const std::string& text)>
      find;
  std::function<absl::StatusOr<std::vector<T>>(
      const Context&, const std::string& plan, bool deleted)>
      list;
  std::function<absl::StatusOr<T>(const Context&, const std::string& plan,
                                  const std::string& id, T resource)>
      create;
  std::function<absl::StatusOr<T>(const Context&, T resource,
                                  google::protobuf::FieldMask mask)>
      update;
  std::function<absl::StatusOr<T>(const Context&, const T& resource,
                                  bool force)>
      remove;
  std::function<Table(const Context&, const std::vector<T>&)> table;
};

// Prints what was written, once it has been judged.
template <typename T>
int Written(const Context& context, const absl::StatusOr<T>& written) {
  if (!written.ok()) return Fail(context, written.status());
  absl::Status judged =
      WaitJudged(context, PlanOf(written->name()), written->revision());
  if (!judged.ok()) return Fail(context, judged);
  PrintOne(context, *written,
           [&] { return FieldTable(*written, context.japanese); });
  return kDone;
}

// Resolves the PLAN argument, or --plan, to "plans/…".
inline absl::StatusOr<std::string> PlanArgument(const Context& context,
                                                const std::string& text) {
  const std::string& typed = text.empty() ? context.plan : text;
  if (typed.empty()) {
    return UsageError(
        context.Say("計画を指定してください(PLAN または --plan)。",
                    "name the plan (PLAN, or --plan)"));
  }
  auto plan = FindPlan(context, typed);
  if (!plan.ok()) return plan.status();
  return plan->name();
}

template <typename T>
void AddResourceCommands(CLI::App* group, Chosen& chosen,
                         std::shared_ptr<const ResourceKind<T>> kind) {
  struct Typed {
    std::string subject, plan, id;
    bool deleted = false, force = false;
    Fields fields;
  };

  auto get_typed = std::make_shared<Typed>();
  auto* get = group->add_subcommand("get", "Show one, with all its fields");
  get->add_option(kind->argument, get_typed->subject, "Name, id or part")
      ->required();
  get->callback([=, &chosen] {
    chosen.run = [=](Context& context) {
      auto found = kind->find(context, get_typed->subject);
      if (!found.ok()) return Fail(context, found.status());
      PrintOne(context, *found,
               [&] { return FieldTable(*found, context.japanese); });
      return static_cast<int>(kDone);
    };
  });

  auto list_typed = std::make_shared<Typed>();
  auto* list = group->add_subcommand("list", "List them");
  if (kind->in_plan) list->add_option("PLAN", list_typed->plan, "The plan");
  list->add_flag("--deleted", list_typed->deleted, "Also those deleted");
  list->callback([=, &chosen] {
    chosen.run = [=](Context& context) {
      std::string plan;
      if (kind->in_plan) {
        auto found = PlanArgument(context, list_typed->plan);
        if (!found.ok()) return Fail(context, found.status());
        plan = *found;
      }
      auto rows = kind->list(context, plan, list_typed->deleted);
      if (!rows.ok()) return Fail(context, rows.status());
      PrintList<T>(context, kind->plural, *rows,
                   [&] { return kind->table(context, *rows); });
      return static_cast<int>(kDone);
    };
  });

  auto create_typed = std::make_shared<Typed>();
  auto* create = group->add_subcommand("create", "Make a new one");
  if (kind->in_plan) create->add_option("PLAN", create_typed->plan, "The plan");
  create->add_option("--id", create_typed->id,
                     "Its id; without it the server makes one");
  create_typed->fields.Declare(create, kind->fields);
  create->callback([=, &chosen] {
    chosen.run = [=](Context& context) {
      std::string plan;
      if (kind->in_plan) {
        auto found = PlanArgument(context, create_typed->plan);
        if (!found.ok()) return Fail(context, found.status());
        plan = *found;
      }
      T resource;
      absl::Status applied = create_typed->fields.Apply(&resource, nullptr);
      if (!applied.ok()) return Fail(context, applied);
      return Written(context, kind->create(context, plan, create_typed->id,
                                           std::move(resource)));
    };
  });

  auto update_typed = std::make_shared<Typed>();
  auto* update = group->add_subcommand("update", "Change the fields given");
  update->add_option(kind->argument, update_typed->subject, "Name, id or part")
      ->required();
  update_typed->fields.Declare(update, kind->fields);
  update->callback([=, &chosen] {
    chosen.run = [=](Context& context) {
      auto found = kind->find(context, update_typed->subject);
      if (!found.ok()) return Fail(context, found.status());
      google::protobuf::FieldMask mask;
      absl::Status applied = update_typed->fields.Apply(&*found, &mask);
      if (!applied.ok()) return Fail(context, applied);
      if (mask.paths_size() == 0) {
        return FailUsage(context, "変更する項目を指定してください。",
                         "say what to change");
      }
      return Written(context,
                     kind->update(context, *std::move(found), std::move(mask)));
    };
  });

  auto delete_typed = std::make_shared<Typed>();
  auto* remove =
      group->add_subcommand("delete", "Hide one; its history is kept");
  remove->add_option(kind->argument, delete_typed->subject, "Name, id or part")
      ->required();
  remove->add_flag("--force", delete_typed->force,
                   "Also with what stands below it");
  remove->callback([=, &chosen] {
    chosen.run = [=](Context& context) {
      auto found = kind->find(context, delete_typed->subject);
      if (!found.ok()) return Fail(context, found.status());
      auto gone = kind->remove(context, *found, delete_typed->force);
      // What is left of the plan is judged; of a deleted plan nothing is.
      if (kind->in_plan) return Written(context, gone);
      if (!gone.ok()) return Fail(context, gone.status());
      PrintOne(context, *gone,
               [&] { return FieldTable(*gone, context.japanese); });
      return static_cast<int>(kDone);
    };
  });
}

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_RESOURCE_H_
