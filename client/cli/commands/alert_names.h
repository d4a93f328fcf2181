// What people type for an alert or a subscription.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_NAMES_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/context.h"

namespace shirube::cli {

// By resource name, id, or its subject's name or a part of it; in --plan, else
// in all plans. Those not resolved first. Errors as of FindPlan.
absl::StatusOr<v1::Alert> FindAlert(const Context& context,
                                    const std::string& text);
// By resource name, id, or display name or a part of it.
absl::StatusOr<v1::Subscription> FindSubscription(const Context& context,
                                                  const std::string& text);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_NAMES_H_
