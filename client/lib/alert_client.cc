#include "client/lib/alert_client.h"

#include "client/lib/all_pages.h"

namespace shirube::client {

absl::StatusOr<v1::Alert> AlertClient::GetAlert(v1::GetAlertRequest request,
                                                const Options& options) const {
  return Unary<v1::Alert>("/shirube.v1.AlertService/GetAlert",
                          std::move(request), options);
}

absl::StatusOr<v1::ListAlertsResponse> AlertClient::ListAlerts(
    v1::ListAlertsRequest request, const Options& options) const {
  return Unary<v1::ListAlertsResponse>("/shirube.v1.AlertService/ListAlerts",
                                       std::move(request), options);
}

absl::StatusOr<v1::ListAlertTransitionsResponse>
AlertClient::ListAlertTransitions(v1::ListAlertTransitionsRequest request,
                                  const Options& options) const {
  return Unary<v1::ListAlertTransitionsResponse>(
      "/shirube.v1.AlertService/ListAlertTransitions", std::move(request),
      options);
}

absl::StatusOr<v1::Alert> AlertClient::AcknowledgeAlert(
    v1::AcknowledgeAlertRequest request, const Options& options) const {
  return Unary<v1::Alert>("/shirube.v1.AlertService/AcknowledgeAlert",
                          std::move(request), options);
}

absl::StatusOr<v1::Alert> AlertClient::SnoozeAlert(
    v1::SnoozeAlertRequest request, const Options& options) const {
  return Unary<v1::Alert>("/shirube.v1.AlertService/SnoozeAlert",
                          std::move(request), options);
}

absl::StatusOr<v1::Alert> AlertClient::ResolveAlert(
    v1::ResolveAlertRequest request, const Options& options) const {
  return Unary<v1::Alert>("/shirube.v1.AlertService/ResolveAlert",
                          std::move(request), options);
}

absl::StatusOr<v1::OpenExistingAlertsResponse> AlertClient::OpenExistingAlerts(
    v1::OpenExistingAlertsRequest request, const Options& options) const {
  return Unary<v1::OpenExistingAlertsResponse>(
      "/shirube.v1.AlertService/OpenExistingAlerts", std::move(request),
      options);
}

absl::StatusOr<v1::Subscription> AlertClient::GetSubscription(
    v1::GetSubscriptionRequest request, const Options& options) const {
  return Unary<v1::Subscription>("/shirube.v1.AlertService/GetSubscription",
                                 std::move(request), options);
}

absl::StatusOr<v1::ListSubscriptionsResponse> AlertClient::ListSubscriptions(
    v1::ListSubscriptionsRequest request, const Options& options) const {
  return Unary<v1::ListSubscriptionsResponse>(
      "/shirube.v1.AlertService/ListSubscriptions", std::move(request),
      options);
}

absl::StatusOr<v1::CreateSubscriptionResponse> AlertClient::CreateSubscription(
    v1::CreateSubscriptionRequest request, const Options& options) const {
  return Unary<v1::CreateSubscriptionResponse>(
      "/shirube.v1.AlertService/CreateSubscription", std::move(request),
      options);
}

absl::StatusOr<v1::Subscription> AlertClient::UpdateSubscription(
    v1::UpdateSubscriptionRequest request, const Options& options) const {
  return Unary<v1::Subscription>("/shirube.v1.AlertService/UpdateSubscription",
                                 std::move(request), options);
}

absl::StatusOr<v1::Subscription> AlertClient::DeleteSubscription(
    v1::DeleteSubscriptionRequest request, const Options& options) const {
  return Unary<v1::Subscription>("/shirube.v1.AlertService/DeleteSubscription",
                                 std::move(request), options);
}

absl::StatusOr<v1::Subscription> AlertClient::PauseSubscription(
    v1::PauseSubscriptionRequest request, const Options& options) const {
  return Unary<v1::Subscription>("/shirube.v1.AlertService/PauseSubscription",
                                 std::move(request), options);
}

absl::StatusOr<v1::Subscription> AlertClient::ResumeSubscription(
    v1::ResumeSubscriptionRequest request, const Options& options) const {
  return Unary<v1::Subscription>("/shirube.v1.AlertService/ResumeSubscription",
                                 std::move(request), options);
}

absl::StatusOr<v1::TestSubscriptionResponse> AlertClient::TestSubscription(
    v1::TestSubscriptionRequest request, const Options& options) const {
  Options once = options;
  once.retries = 0;
  return Unary<v1::TestSubscriptionResponse>(
      "/shirube.v1.AlertService/TestSubscription", std::move(request), once);
}

absl::StatusOr<v1::RotateSubscriptionSecretResponse>
AlertClient::RotateSubscriptionSecret(
    v1::RotateSubscriptionSecretRequest request, const Options& options) const {
  return Unary<v1::RotateSubscriptionSecretResponse>(
      "/shirube.v1.AlertService/RotateSubscriptionSecret", std::move(request),
      options);
}

absl::StatusOr<v1::SeekSubscriptionResponse> AlertClient::SeekSubscription(
    v1::SeekSubscriptionRequest request, const Options& options) const {
  return Unary<v1::SeekSubscriptionResponse>(
      "/shirube.v1.AlertService/SeekSubscription", std::move(request), options);
}

absl::StatusOr<v1::ListDeliveriesResponse> AlertClient::ListDeliveries(
    v1::ListDeliveriesRequest request, const Options& options) const {
  return Unary<v1::ListDeliveriesResponse>(
      "/shirube.v1.AlertService/ListDeliveries", std::move(request), options);
}

absl::StatusOr<v1::RedeliverDeliveriesResponse>
AlertClient::RedeliverDeliveries(v1::RedeliverDeliveriesRequest request,
                                 const Options& options) const {
  return Unary<v1::RedeliverDeliveriesResponse>(
      "/shirube.v1.AlertService/RedeliverDeliveries", std::move(request),
      options);
}

Paged<v1::Alert> AlertClient::AllAlerts(v1::ListAlertsRequest request,
                                        const Options& options) const {
  return AllPages(*this, std::move(request), options, &AlertClient::ListAlerts,
                  &v1::ListAlertsResponse::mutable_alerts);
}

Paged<v1::AlertTransition> AlertClient::AllAlertTransitions(
    v1::ListAlertTransitionsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &AlertClient::ListAlertTransitions,
                  &v1::ListAlertTransitionsResponse::mutable_transitions);
}

Paged<v1::Subscription> AlertClient::AllSubscriptions(
    v1::ListSubscriptionsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &AlertClient::ListSubscriptions,
                  &v1::ListSubscriptionsResponse::mutable_subscriptions);
}

Paged<v1::Delivery> AlertClient::AllDeliveries(
    v1::ListDeliveriesRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &AlertClient::ListDeliveries,
                  &v1::ListDeliveriesResponse::mutable_deliveries);
}

}  // namespace shirube::client
