// What sinks are sent: a transition as a CloudEvent (structured JSON), or as an
// Alertmanager takes it. Pure: the same transition gives the same bytes.
#ifndef SHIRUBE_SERVER_SERVICE_ALERT_EVENT_H_
#define SHIRUBE_SERVER_SERVICE_ALERT_EVENT_H_

#include <memory>
#include <string>
#include <vector>

#include "server/alerting/outbox.h"
#include "server/service/convert_alert.h"

namespace shirube {

// What the outbox asks of those who know the API. `server` is how receivers
// tell this server from others: "shirube.example.jp".
class AlertEvents final : public OutboxFormat {
 public:
  AlertEvents(std::string server, AlertView view)
      : server_(std::move(server)), view_(std::move(view)) {}

  absl::StatusOr<AlertMatcher> Matcher(
      const std::string& filter) const override;
  std::string Key(const AlertTransition& transition) const override;
  std::string Name(const AlertTransition& transition) const override;
  std::string Body(const Subscription& subscription,
                   const AlertTransition& transition,
                   const AlertTransition* before) const override;
  std::string DigestBody(const Subscription& subscription,
                         const Digest& digest) const override;
  std::string TestBody(const Subscription& subscription, const std::string& key,
                       absl::Time now) const override;

 private:
  std::string CloudEvent(const std::string& type, const std::string& source,
                         const std::string& subject,
                         const v1::AlertTransition& data) const;
  std::string Alertmanager(const AlertTransition& transition,
                           const AlertTransition* before) const;

  const std::string server_;
  const AlertView view_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_ALERT_EVENT_H_
