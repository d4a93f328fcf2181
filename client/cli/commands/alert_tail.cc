// shirube alert tail: what happens to alerts, as it happens.
#include "client/cli/commands/alert_tail.h"

#include <csignal>
#include <memory>

#include "absl/time/clock.h"
#include "client/cli/commands/acting.h"
#include "client/cli/commands/alert_names.h"
#include "client/cli/commands/resource.h"
#include "client/cli/view/alerts.h"
#include "client/cli/view/status.h"
#include "client/lib/subscriber.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string plan, subscription, filter;
  int max = 0;
};

// How often an interrupt is looked for.
constexpr absl::Duration kGlance = absl::Milliseconds(200);

volatile std::sig_atomic_t interrupted = 0;

// Ctrl-C ends the tail and not the program: what was answered last gets out.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupted = 0;
    before_ = std::signal(SIGINT, [](int) { interrupted = 1; });
    terminate_before_ = std::signal(SIGTERM, [](int) { interrupted = 1; });
  }
  ~InterruptWatch() {
    std::signal(SIGINT, before_);
    std::signal(SIGTERM, terminate_before_);
  }
  bool seen() const { return interrupted != 0; }

 private:
  void (*before_)(int);
  void (*terminate_before_)(int);
};

absl::StatusOr<std::string> FilterOf(const Context& context,
                                     const Typed& typed) {
  if (typed.plan.empty() && context.plan.empty()) return typed.filter;
  SHIRUBE_ASSIGN_OR_RETURN(const std::string plan,
                           PlanArgument(context, typed.plan));
  const std::string of_plan = "plan = \"" + plan + "\"";
  return typed.filter.empty() ? of_plan
                              : of_plan + " AND (" + typed.filter + ")";
}

void Print(const Context& context, const v1::AlertTransition& transition) {
  if (context.format == Format::kTable) {
    context.out << TransitionText(
        transition, {context.width, context.color, context.japanese},
        [&](const google::protobuf::Timestamp& time) {
          return TimeText(context, time);
        });
  } else if (context.format == Format::kName) {
    context.out << transition.alert().name() << '\n';
  } else {
    context.out << ToJson(transition, /*indented=*/false) << '\n';
  }
  context.out << std::flush;
}

absl::Status Follow(const Context& context, client::Subscriber& subscriber,
                    int max) {
  const InterruptWatch interrupt;
  for (int count = 0; max == 0 || count < max;) {
    SHIRUBE_ASSIGN_OR_RETURN(auto received,
                             subscriber.Next(absl::Now() + kGlance));
    if (interrupt.seen()) return absl::OkStatus();
    if (!received) continue;
    Print(context, received->transition);
    received->handle.Ack();
    ++count;
  }
  return absl::OkStatus();
}

absl::Status Tail(const Context& context, const Typed& typed) {
  if (!typed.subscription.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto found,
                             FindSubscription(context, typed.subscription));
    client::Subscriber subscriber(context.connection, found.name(),
                                  context.options);
    return Follow(context, subscriber, typed.max);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string filter, FilterOf(context, typed));
  if (context.progress) {
    context.err << context.Say("通知を待っています。Ctrl-C で終わります。\n",
                               "waiting for alerts; Ctrl-C ends it\n");
  }
  client::Subscriber subscriber(
      context.connection, client::Subscriber::Passing{filter}, context.options);
  return Follow(context, subscriber, typed.max);
}

}  // namespace

void AddAlertTail(CLI::App& group, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = group.add_subcommand(
      "tail", "Print what happens to alerts as it happens (通知を見続ける)");
  command->add_option("PLAN", typed->plan, "Of this plan; else of all");
  command->add_option("--filter", typed->filter,
                      "plan, initiative, owner, status, severity, kind …");
  command->add_option("--subscription", typed->subscription,
                      "Fetch from this one, which keeps what nobody has seen; "
                      "else only what happens meanwhile is seen");
  command->add_option("--max", typed->max, "End after so many")
      ->check(CLI::PositiveNumber);
  RunBy(command, chosen,
        [typed](const Context& context) { return Tail(context, *typed); });
}

}  // namespace shirube::cli
