// Alerts, subscriptions and deliveries as tables and text. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_ALERTS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_ALERTS_H_

#include <functional>
#include <string>
#include <vector>

#include "client/cli/output/table.h"
#include "client/cli/view/words.h"
#include "shirube/v1/alert.pb.h"
#include "shirube/v1/subscription.pb.h"

namespace shirube::cli {

// How a time of the API is to be printed.
using PrintTime =
    std::function<std::string(const google::protobuf::Timestamp&)>;

// "指標の遅れ", "lagging indicator".
std::string AlertKindName(v1::Alert::Kind kind, bool japanese);
// "未確認", "open"; of a resolved one also how: "解消(回復)".
std::string AlertStateName(const v1::Alert& alert, bool japanese);

// One row an alert, the gravest first as they come.
Table AlertsForPeople(const std::vector<v1::Alert>& alerts, bool japanese);
Table AlertsForPrograms(const std::vector<v1::Alert>& alerts);
// One alert with its sentence, the way out, who knows and what it follows.
std::string AlertText(const v1::Alert& alert, const Look& look,
                      const PrintTime& time);
// What happened to it, the first change first.
Table TransitionsForPeople(const std::vector<v1::AlertTransition>& transitions,
                           bool japanese, const PrintTime& time);

// One change as it comes in: a line, and below it the sentence and the way out
// where it is one to act on.
std::string TransitionText(const v1::AlertTransition& transition,
                           const Look& look, const PrintTime& time);

Table SubscriptionsForPeople(const std::vector<v1::Subscription>& rows,
                             bool japanese, const PrintTime& time);
Table SubscriptionsForPrograms(const std::vector<v1::Subscription>& rows);
Table DeliveriesForPeople(const std::vector<v1::Delivery>& rows, bool japanese,
                          const PrintTime& time);
Table DeliveriesForPrograms(const std::vector<v1::Delivery>& rows);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_ALERTS_H_
