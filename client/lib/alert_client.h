// The client of AlertService: what lags, and who is told of it.
#ifndef SHIRUBE_CLIENT_LIB_ALERT_CLIENT_H_
#define SHIRUBE_CLIENT_LIB_ALERT_CLIENT_H_

#include "client/lib/clients.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube::client {

// A value; thread-safe. Conventions as in clients.h.
class AlertClient : public Client {
 public:
  using Client::Client;
  absl::StatusOr<v1::Alert> GetAlert(v1::GetAlertRequest request,
                                     const Options& options = {}) const;
  // Without a filter those that are not resolved.
  absl::StatusOr<v1::ListAlertsResponse> ListAlerts(
      v1::ListAlertsRequest request, const Options& options = {}) const;
  Paged<v1::Alert> AllAlerts(v1::ListAlertsRequest request,
                             const Options& options = {}) const;
  absl::StatusOr<v1::ListAlertTransitionsResponse> ListAlertTransitions(
      v1::ListAlertTransitionsRequest request,
      const Options& options = {}) const;
  Paged<v1::AlertTransition> AllAlertTransitions(
      v1::ListAlertTransitionsRequest request,
      const Options& options = {}) const;
  // FAILED_PRECONDITION with ALERT_RESOLVED or ALERT_ACKNOWLEDGED.
  absl::StatusOr<v1::Alert> AcknowledgeAlert(
      v1::AcknowledgeAlertRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Alert> SnoozeAlert(v1::SnoozeAlertRequest request,
                                        const Options& options = {}) const;
  absl::StatusOr<v1::Alert> ResolveAlert(v1::ResolveAlertRequest request,
                                         const Options& options = {}) const;
  absl::StatusOr<v1::OpenExistingAlertsResponse> OpenExistingAlerts(
      v1::OpenExistingAlertsRequest request, const Options& options = {}) const;

  absl::StatusOr<v1::Subscription> GetSubscription(
      v1::GetSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
      v1::ListSubscriptionsRequest request, const Options& options = {}) const;
  Paged<v1::Subscription> AllSubscriptions(v1::ListSubscriptionsRequest request,
                                           const Options& options = {}) const;
  // The answer has the secret of a webhook, this once: a repeat of the call
  // (after UNAVAILABLE) does not show it again; rotate it then.
  absl::StatusOr<v1::CreateSubscriptionResponse> CreateSubscription(
      v1::CreateSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Subscription> UpdateSubscription(
      v1::UpdateSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Subscription> DeleteSubscription(
      v1::DeleteSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Subscription> PauseSubscription(
      v1::PauseSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Subscription> ResumeSubscription(
      v1::ResumeSubscriptionRequest request, const Options& options = {}) const;
  // Sends one message marked as a test; never repeated by the library.
  absl::StatusOr<v1::TestSubscriptionResponse> TestSubscription(
      v1::TestSubscriptionRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::RotateSubscriptionSecretResponse> RotateSubscriptionSecret(
      v1::RotateSubscriptionSecretRequest request,
      const Options& options = {}) const;
  // OUT_OF_RANGE TOO_OLD where what is that old is not kept.
  absl::StatusOr<v1::SeekSubscriptionResponse> SeekSubscription(
      v1::SeekSubscriptionRequest request, const Options& options = {}) const;
  // Those that wait or were given up; nothing of what was delivered.
  absl::StatusOr<v1::ListDeliveriesResponse> ListDeliveries(
      v1::ListDeliveriesRequest request, const Options& options = {}) const;
  Paged<v1::Delivery> AllDeliveries(v1::ListDeliveriesRequest request,
                                    const Options& options = {}) const;
  absl::StatusOr<v1::RedeliverDeliveriesResponse> RedeliverDeliveries(
      v1::RedeliverDeliveriesRequest request,
      const Options& options = {}) const;
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_ALERT_CLIENT_H_
