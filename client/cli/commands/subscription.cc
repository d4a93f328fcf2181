// shirube subscription: who is told of alerts, and what became of it.
#include <fstream>
#include <memory>
#include <sstream>

#include "client/cli/commands/acting.h"
#include "client/cli/commands/alert_names.h"
#include "client/cli/commands/resource.h"
#include "client/cli/view/alerts.h"
#include "client/cli/view/status.h"
#include "server/base/japan.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string id, webhook, alertmanager, name, filter, ca_file, proxy, secret;
  std::string to;
  std::vector<std::string> keys;
  bool pull = false, allow_private = false, dead = false, yes = false;
  int ack_deadline = 0, retry_hours = 0, digest_over = 0, digest_window = 0;
};

PrintTime TimePrinter(const Context& context) {
  return [&context](const google::protobuf::Timestamp& time) {
    return TimeText(context, time);
  };
}

absl::StatusOr<std::string> ReadFile(const Context& context,
                                     const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (in && !text.str().empty()) return text.str();
  return UsageError(context.Say("ファイル " + path + " を読めません。",
                                "cannot read the file " + path));
}

// A secret is typed into a file or standard input, never on the command line,
// where others see it.
absl::StatusOr<std::string> SecretArgument(const Context& context,
                                           const std::string& file) {
  std::string text;
  if (file == "-") {
    std::getline(context.in, text);
  } else if (!file.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(text, ReadFile(context, file));
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  return text;
}

void PrintRows(const Context& context,
               const std::vector<v1::Subscription>& rows) {
  PrintList<v1::Subscription>(context, "subscriptions", rows, [&] {
    return context.format == Format::kTable
               ? SubscriptionsForPeople(rows, context.japanese,
                                        TimePrinter(context))
               : SubscriptionsForPrograms(rows);
  });
}

void PrintRow(const Context& context, const v1::Subscription& row) {
  if (context.format == Format::kTable) {
    PrintRows(context, {row});
  } else {
    PrintOne(context, row, [&] { return SubscriptionsForPrograms({row}); });
  }
}

absl::Status List(const Context& context) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const std::vector<v1::Subscription> rows,
      context.alerts().AllSubscriptions(v1::ListSubscriptionsRequest()).All());
  if (rows.empty() && context.format == Format::kTable) {
    context.out << context.Say("通知先はありません。\n", "no subscriptions\n");
    return absl::OkStatus();
  }
  PrintRows(context, rows);
  return absl::OkStatus();
}

absl::Status FillSink(const Context& context, const Typed& typed,
                      v1::Subscription* out) {
  const int sinks = (typed.webhook.empty() ? 0 : 1) +
                    (typed.alertmanager.empty() ? 0 : 1) + (typed.pull ? 1 : 0);
  if (sinks != 1) {
    return UsageError(context.Say(
        "--webhook URL、--alertmanager URL、--pull のどれか一つを指定して"
        "ください。",
        "give one of --webhook URL, --alertmanager URL, --pull"));
  }
  std::string ca;
  if (!typed.ca_file.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(ca, ReadFile(context, typed.ca_file));
  }
  if (!typed.webhook.empty()) {
    auto* webhook = out->mutable_webhook();
    webhook->set_url(typed.webhook);
    webhook->set_allow_private(typed.allow_private);
    webhook->set_ca_pem(ca);
    webhook->set_proxy(typed.proxy);
    SHIRUBE_ASSIGN_OR_RETURN(const std::string secret,
                             SecretArgument(context, typed.secret));
    webhook->set_secret(secret);
  } else if (!typed.alertmanager.empty()) {
    auto* alertmanager = out->mutable_alertmanager();
    alertmanager->set_url(typed.alertmanager);
    alertmanager->set_allow_private(typed.allow_private);
    alertmanager->set_ca_pem(ca);
  } else {
    auto* pull = out->mutable_pull();
    if (typed.ack_deadline > 0) {
      pull->mutable_ack_deadline()->set_seconds(typed.ack_deadline);
    }
  }
  return absl::OkStatus();
}

// One that the server made: whoever gave theirs has it.
void TellSecret(const Context& context, const Typed& typed,
                const std::string& secret) {
  const bool given = !typed.secret.empty();
  if (given || secret.empty() || context.format != Format::kTable) return;
  context.out << secret << '\n';
  Warn(context, context.Say("この秘密鍵は今だけ表示されます。受信側の設定に"
                            "保存してください。",
                            "this secret is shown this once: keep it in the "
                            "receiver's settings"));
}

absl::Status Create(const Context& context, const Typed& typed) {
  v1::CreateSubscriptionRequest request;
  request.set_subscription_id(typed.id);
  v1::Subscription* row = request.mutable_subscription();
  SHIRUBE_RETURN_IF_ERROR(FillSink(context, typed, row));
  row->set_display_name(typed.name);
  row->set_filter(typed.filter);
  row->set_digest_over(typed.digest_over);
  if (typed.digest_window > 0) {
    row->mutable_digest_window()->set_seconds(typed.digest_window);
  }
  if (typed.retry_hours > 0) {
    row->mutable_retry_for()->set_seconds(int64_t{3600} * typed.retry_hours);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto made,
                           context.alerts().CreateSubscription(request));
  if (context.format == Format::kTable) {
    PrintRow(context, made.subscription());
    TellSecret(context, typed, made.secret());
  } else if (context.format == Format::kName) {
    context.out << made.subscription().name() << '\n';
  } else {
    PrintOne(context, made,
             [&] { return SubscriptionsForPrograms({made.subscription()}); });
  }
  return absl::OkStatus();
}

// Calls a method that takes the name alone and gives the subscription.
template <typename Request>
absl::Status ByName(const Context& context, const std::string& id,
                    absl::StatusOr<v1::Subscription> (
                        client::AlertClient::*method)(Request,
                                                      const client::Options&)
                        const) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, id));
  Request request;
  request.set_name(found.name());
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription row,
                           (context.alerts().*method)(request, {}));
  PrintRow(context, row);
  return absl::OkStatus();
}

absl::Status Try(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, typed.id));
  v1::TestSubscriptionRequest request;
  request.set_name(found.name());
  SHIRUBE_ASSIGN_OR_RETURN(const auto answer,
                           context.alerts().TestSubscription(request));
  if (context.format != Format::kTable) {
    PrintOne(context, answer,
             [&] { return FieldTable(answer, context.japanese); });
  } else if (answer.delivered()) {
    context.out << context.Say("届きました", "delivered") << " (HTTP "
                << answer.http_status() << ")\n";
  }
  if (answer.delivered()) return absl::OkStatus();
  const std::string body =
      answer.answer().empty() ? "" : ": " + answer.answer();
  return absl::UnavailableError(
      std::string(context.Say("試験の通知は届きませんでした: ",
                              "the test was not delivered: ")) +
      answer.error() + body);
}

absl::Status Rotate(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, typed.id));
  v1::RotateSubscriptionSecretRequest request;
  request.set_name(found.name());
  SHIRUBE_ASSIGN_OR_RETURN(const std::string secret,
                           SecretArgument(context, typed.secret));
  request.set_secret(secret);
  SHIRUBE_ASSIGN_OR_RETURN(const auto rotated,
                           context.alerts().RotateSubscriptionSecret(request));
  if (context.format != Format::kTable) {
    PrintOne(context, rotated, [&] {
      return SubscriptionsForPrograms({rotated.subscription()});
    });
  }
  TellSecret(context, typed, rotated.secret());
  return absl::OkStatus();
}

absl::Status Seek(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, typed.id));
  v1::SeekSubscriptionRequest request;
  request.set_name(found.name());
  absl::Time time;
  std::string error;
  if (absl::ParseTime("%Y-%m-%d", typed.to, JapanTime(), &time, &error) ||
      absl::ParseTime(absl::RFC3339_full, typed.to, &time, &error)) {
    request.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
  } else {
    request.set_revision(typed.to);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto moved,
                           context.alerts().SeekSubscription(request));
  PrintRow(context, moved.subscription());
  return absl::OkStatus();
}

absl::Status Deliveries(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, typed.id));
  v1::ListDeliveriesRequest request;
  request.set_parent(found.name());
  if (typed.dead) request.set_state(v1::Delivery::STATE_DEAD);
  SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                           context.alerts().AllDeliveries(request).All());
  if (rows.empty() && context.format == Format::kTable) {
    context.out << context.Say("待っているものはありません。\n",
                               "nothing waits\n");
    return absl::OkStatus();
  }
  PrintList<v1::Delivery>(context, "deliveries", rows, [&] {
    return context.format == Format::kTable
               ? DeliveriesForPeople(rows, context.japanese,
                                     TimePrinter(context))
               : DeliveriesForPrograms(rows);
  });
  return absl::OkStatus();
}

absl::Status Redeliver(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Subscription found,
                           FindSubscription(context, typed.id));
  v1::RedeliverDeliveriesRequest request;
  request.set_parent(found.name());
  for (const std::string& key : typed.keys) request.add_idempotency_keys(key);
  SHIRUBE_ASSIGN_OR_RETURN(const auto answer,
                           context.alerts().RedeliverDeliveries(request));
  if (context.format != Format::kTable) {
    PrintOne(context, answer,
             [&] { return FieldTable(answer, context.japanese); });
    return absl::OkStatus();
  }
  const std::string count = std::to_string(answer.redelivered_count());
  context.out << context.Say(count + "件をもう一度送ります。\n",
                             count + " are tried again\n");
  return absl::OkStatus();
}

void DeclareCreate(CLI::App* command, Typed* typed) {
  command->add_option("ID", typed->id, "Its id; the server makes one");
  command->add_option("--webhook", typed->webhook, "POST to this URL");
  command->add_option("--alertmanager", typed->alertmanager,
                      "Tell the Alertmanager at this address");
  command->add_flag("--pull", typed->pull, "It fetches (shirube alert tail)");
  command->add_option("--name", typed->name, "For people");
  command->add_option("--filter", typed->filter,
                      "Only these: plan, initiative, owner, status, severity, "
                      "kind (severity = CRITICAL AND owner = \"財政課\")");
  command->add_flag("--allow-private", typed->allow_private,
                    "The address may be a private one, or this host");
  command->add_option("--ca", typed->ca_file,
                      "PEM file of the authorities to trust");
  command->add_option("--proxy", typed->proxy, "http://proxy:3128");
  command->add_option("--secret-file", typed->secret,
                      "Sign with the secret in this file (-: standard input); "
                      "else the server makes one");
  command->add_option("--ack-deadline", typed->ack_deadline,
                      "With --pull: seconds until it comes again");
  command->add_option("--retry-hours", typed->retry_hours,
                      "How long to try (336)");
  command->add_option("--digest-over", typed->digest_over,
                      "More than this in a window become one message");
  command->add_option("--digest-window", typed->digest_window,
                      "Seconds of the window (60)");
}

}  // namespace

void AddSubscription(CLI::App& app, Chosen& chosen) {
  auto* group =
      app.add_subcommand("subscription", "Who is told of alerts (通知先)");
  group->require_subcommand(1);
  auto typed = std::make_shared<Typed>();
  const auto add = [&](const char* name, const char* help, auto act) {
    auto* command = group->add_subcommand(name, help);
    command->add_option("SUBSCRIPTION", typed->id, "Id, name or part")
        ->required();
    RunBy(command, chosen, act);
    return command;
  };
  RunBy(group->add_subcommand("list", "All, with what waits"), chosen, List);
  auto* create = group->add_subcommand("create", "Tell somebody from now on");
  DeclareCreate(create, typed.get());
  RunBy(create, chosen,
        [typed](const Context& context) { return Create(context, *typed); });
  using client::AlertClient;
  add("show", "One of them", [typed](const Context& context) {
    return ByName(context, typed->id, &AlertClient::GetSubscription);
  });
  add("pause", "Keep what is to be sent", [typed](const Context& context) {
    return ByName(context, typed->id, &AlertClient::PauseSubscription);
  });
  add("resume", "Send again", [typed](const Context& context) {
    return ByName(context, typed->id, &AlertClient::ResumeSubscription);
  });
  add("delete", "Delete it and what waits for it",
      [typed](const Context& context) {
        return ByName(context, typed->id, &AlertClient::DeleteSubscription);
      });
  add("test", "Send one message marked as a test",
      [typed](const Context& context) { return Try(context, *typed); });
  add("rotate-secret",
      "Sign with another secret; the old one goes on for a day",
      [typed](const Context& context) { return Rotate(context, *typed); })
      ->add_option("--secret-file", typed->secret,
                   "The new secret; else the server makes one");
  add("seek", "Send everything after a time or revision, again if need be",
      [typed](const Context& context) { return Seek(context, *typed); })
      ->add_option("--to", typed->to,
                   "2027-03-31, 2027-03-31T09:00:00Z, a revision, or earliest")
      ->required();
  add("deliveries", "What waits and what was given up",
      [typed](const Context& context) { return Deliveries(context, *typed); })
      ->add_flag("--dead", typed->dead, "Only what was given up");
  add("redeliver", "Try again what was given up",
      [typed](const Context& context) { return Redeliver(context, *typed); })
      ->add_option("KEY", typed->keys, "Which; else all");
}

}  // namespace shirube::cli
