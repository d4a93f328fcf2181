// shirube alert: what lags, who knows of it, and what became of it.
#include <memory>

#include "client/cli/commands/acting.h"
#include "client/cli/commands/alert_names.h"
#include "client/cli/commands/alert_tail.h"
#include "client/cli/commands/resource.h"
#include "client/cli/view/alerts.h"
#include "client/cli/view/status.h"
#include "server/base/japan.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string alert, plan, reason, review, until, owner, filter;
  bool all = false, existing = false;
};

PrintTime TimePrinter(const Context& context) {
  return [&context](const google::protobuf::Timestamp& time) {
    return TimeText(context, time);
  };
}

Look LookOf(const Context& context) {
  return {context.width, context.color, context.japanese};
}

void PrintAlert(const Context& context, const v1::Alert& alert) {
  if (context.format == Format::kTable) {
    context.out << AlertText(alert, LookOf(context), TimePrinter(context));
    return;
  }
  PrintOne(context, alert, [&] { return AlertsForPrograms({alert}); });
}

// Of --filter, --owner and --all.
std::string FilterOf(const Typed& typed) {
  std::string filter = typed.filter;
  const auto add = [&](const std::string& more) {
    filter = filter.empty() ? more : "(" + filter + ") AND " + more;
  };
  if (typed.all) {
    add("(state = RESOLVED OR NOT state = RESOLVED)");
  } else if (!filter.empty() || !typed.owner.empty()) {
    add("NOT state = RESOLVED");
  }
  if (!typed.owner.empty()) add("owner = \"" + typed.owner + "\"");
  return filter;
}

absl::Status ListAlerts(const Context& context, const Typed& typed) {
  v1::ListAlertsRequest request;
  request.set_parent("plans/-");
  if (!typed.plan.empty() || !context.plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string plan,
                             PlanArgument(context, typed.plan));
    request.set_parent(plan);
  }
  request.set_filter(FilterOf(typed));
  request.set_page_size(1000);
  SHIRUBE_ASSIGN_OR_RETURN(v1::ListAlertsResponse page,
                           context.alerts().ListAlerts(request));
  const int untold = page.lagging_without_alert_size();
  std::vector<v1::Alert> alerts(page.alerts().begin(), page.alerts().end());
  while (!page.next_page_token().empty()) {
    request.set_page_token(page.next_page_token());
    SHIRUBE_ASSIGN_OR_RETURN(page, context.alerts().ListAlerts(request));
    alerts.insert(alerts.end(), page.alerts().begin(), page.alerts().end());
  }
  if (context.format == Format::kTable && alerts.empty()) {
    context.out << context.Say("通知はありません。\n", "no alerts\n");
  } else {
    PrintList<v1::Alert>(context, "alerts", alerts, [&] {
      return context.format == Format::kTable
                 ? AlertsForPeople(alerts, context.japanese)
                 : AlertsForPrograms(alerts);
    });
  }
  if (untold > 0 && context.format == Format::kTable) {
    const std::string count = std::to_string(untold);
    Warn(
        context,
        context.Say("ほかに、取込の時点で既に遅れていた指標が" + count +
                        "件あります(通知なし)。通知するには: shirube alert "
                        "open --existing --plan PLAN",
                    count + " more indicators lagged when they were first "
                            "imported and have no alert; to have them: shirube "
                            "alert open --existing --plan PLAN"));
  }
  return absl::OkStatus();
}

absl::Status ShowAlert(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert alert,
                           FindAlert(context, typed.alert));
  PrintAlert(context, alert);
  if (context.format != Format::kTable) return absl::OkStatus();
  v1::ListAlertTransitionsRequest request;
  request.set_parent(alert.name());
  SHIRUBE_ASSIGN_OR_RETURN(const auto transitions,
                           context.alerts().AllAlertTransitions(request).All());
  context.out << '\n';
  TransitionsForPeople(transitions, context.japanese, TimePrinter(context))
      .PrintText(context.out, context.width, context.color);
  return absl::OkStatus();
}

absl::Status Acknowledge(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert alert,
                           FindAlert(context, typed.alert));
  v1::AcknowledgeAlertRequest request;
  request.set_name(alert.name());
  request.set_reason(typed.reason);
  request.set_review_date(typed.review);
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert changed,
                           context.alerts().AcknowledgeAlert(request));
  PrintAlert(context, changed);
  return absl::OkStatus();
}

// "2027-03-31": the end of that day in Japan; or a time with its zone.
absl::StatusOr<google::protobuf::Timestamp> UntilArgument(
    const Context& context, const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime("%Y-%m-%d", text, JapanTime(), &time, &error)) {
    time += absl::Hours(24);
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return UsageError(context.Say(
        "「" + text + "」は日時として読めません(例: 2027-03-31)。",
        "\"" + text + "\" is no time (2027-03-31, 2027-03-31T09:00:00Z)"));
  }
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

absl::Status Snooze(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto until,
                           UntilArgument(context, typed.until));
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert alert,
                           FindAlert(context, typed.alert));
  v1::SnoozeAlertRequest request;
  request.set_name(alert.name());
  *request.mutable_until() = until;
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert changed,
                           context.alerts().SnoozeAlert(request));
  PrintAlert(context, changed);
  return absl::OkStatus();
}

absl::Status Resolve(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert alert,
                           FindAlert(context, typed.alert));
  v1::ResolveAlertRequest request;
  request.set_name(alert.name());
  request.set_reason(typed.reason);
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Alert changed,
                           context.alerts().ResolveAlert(request));
  PrintAlert(context, changed);
  return absl::OkStatus();
}

absl::Status OpenExisting(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string plan,
                           PlanArgument(context, typed.plan));
  v1::OpenExistingAlertsRequest request;
  request.set_parent(plan);
  SHIRUBE_ASSIGN_OR_RETURN(const auto opened,
                           context.alerts().OpenExistingAlerts(request));
  if (context.format != Format::kTable) {
    PrintOne(context, opened, [&] {
      Table table;
      table.columns = {{"alert", "alert"}};
      for (const std::string& name : opened.alerts()) {
        table.rows.push_back({name});
      }
      return table;
    });
    return absl::OkStatus();
  }
  const std::string count = std::to_string(opened.opened_count());
  context.out << context.Say(count + "件の通知を出しました。\n",
                             count + " alerts are open now\n");
  return absl::OkStatus();
}

}  // namespace

void AddAlert(CLI::App& app, Chosen& chosen) {
  auto* group =
      app.add_subcommand("alert", "What lags, and who knows of it (通知)");
  group->require_subcommand(1);
  auto typed = std::make_shared<Typed>();
  const auto subject = [&](CLI::App* command) {
    command
        ->add_option("ALERT", typed->alert,
                     "Alert, or the name of its subject, or part of it")
        ->required();
  };

  auto* command = group->add_subcommand("list", "Alerts not resolved yet");
  command->add_option("PLAN", typed->plan, "Of this plan; else of all");
  command->add_option("--owner", typed->owner, "Of this department");
  command->add_option("--filter", typed->filter,
                      "state, kind, severity, status, reason, owner …");
  command->add_flag("--all", typed->all, "Resolved ones too");
  RunBy(command, chosen, [typed](const Context& context) {
    return ListAlerts(context, *typed);
  });

  command = group->add_subcommand("show", "One alert and what happened to it");
  subject(command);
  RunBy(command, chosen,
        [typed](const Context& context) { return ShowAlert(context, *typed); });

  command = group->add_subcommand("ack", "Say that somebody knows (確認済み)");
  subject(command);
  command->add_option("--reason", typed->reason, "Why, or what is being done")
      ->required();
  command->add_option("--review", typed->review,
                      "Open again on this day (2027-03-31)");
  RunBy(command, chosen, [typed](const Context& context) {
    return Acknowledge(context, *typed);
  });

  command = group->add_subcommand("snooze", "Put it aside (保留)");
  subject(command);
  command
      ->add_option("--until", typed->until,
                   "Through this day (2027-03-31), or a time")
      ->required();
  RunBy(command, chosen,
        [typed](const Context& context) { return Snooze(context, *typed); });

  command = group->add_subcommand("resolve", "Resolve it by hand (解消)");
  subject(command);
  command->add_option("--reason", typed->reason, "Why")->required();
  RunBy(command, chosen,
        [typed](const Context& context) { return Resolve(context, *typed); });

  command = group->add_subcommand(
      "open", "Open alerts for what lagged when it was first imported");
  command->add_option("PLAN", typed->plan, "The plan, or --plan");
  command->add_flag("--existing", typed->existing, "What lags already")
      ->required();
  RunBy(command, chosen, [typed](const Context& context) {
    return OpenExisting(context, *typed);
  });

  AddAlertTail(*group, chosen);
}

}  // namespace shirube::cli
