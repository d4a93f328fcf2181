#include "tests/e2e/alerts/told.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/alerting/signature.h"

namespace shirube::e2e {
namespace {

using Transport = BadReceiver::Transport;

const std::vector<AlertFilter>& Filters() {
  static const auto& filters = *new std::vector<AlertFilter>{
      {"owner = \"甲課\"",
       [](const v1::Alert& alert) { return alert.owner() == "甲課"; }},
      {"NOT state = ACKNOWLEDGED",
       [](const v1::Alert& alert) {
         return alert.state() != v1::Alert::STATE_ACKNOWLEDGED;
       }},
      {"state = OPEN OR state = RESOLVED",
       [](const v1::Alert& alert) {
         return alert.state() == v1::Alert::STATE_OPEN ||
                alert.state() == v1::Alert::STATE_RESOLVED;
       }},
      {"escalated = true",
       [](const v1::Alert& alert) { return alert.escalated(); }},
      {"kind = LAGGING_INDICATOR AND initiative = \"plans/p/initiatives/m1\"",
       [](const v1::Alert& alert) {
         const int number = alert.subject().back() - '0';
         return alert.kind() == v1::Alert::KIND_LAGGING_INDICATOR &&
                number % 2 == 1;
       }},
      {"", [](const v1::Alert&) { return true; }},
  };
  return filters;
}

const AlertFilter& Everything() { return Filters().back(); }

}  // namespace

Told::Told(const AlertClients& clients, const client::Options& options,
           uint64_t seed, Killer* killer)
    : random_(seed), killer_(killer) {
  AddWebhook(clients, {"all", Everything()}, Transport::kPlain);
  AddWebhook(clients, {"part", Draw()}, Transport::kTls);
  AddManager(clients, {"manager", Everything()});
  AddFetcher(clients, {"desk", Draw()}, options);
}

void Told::AddWebhook(const AlertClients& clients, Subscriber subscriber,
                      Transport transport) {
  const std::string secret = MakeSecret();
  subscriber.receiver = std::make_unique<BadReceiver>(
      transport, random_(), killer_, ReadsWebhooks(secret));
  v1::Subscription subscription;
  v1::Subscription::Webhook& webhook = *subscription.mutable_webhook();
  webhook.set_url(subscriber.receiver->Url("/hook"));
  webhook.set_allow_private(true);
  webhook.set_ca_pem(subscriber.receiver->ca_pem());
  webhook.set_secret(secret);
  Create(clients, subscription, std::move(subscriber));
}

void Told::AddManager(const AlertClients& clients, Subscriber subscriber) {
  subscriber.manager = true;
  subscriber.receiver = std::make_unique<BadReceiver>(
      Transport::kPlain, random_(), killer_, ReadsAsManager());
  v1::Subscription subscription;
  subscription.mutable_alertmanager()->set_url(subscriber.receiver->Url(""));
  subscription.mutable_alertmanager()->set_allow_private(true);
  Create(clients, subscription, std::move(subscriber));
}

void Told::AddFetcher(const AlertClients& clients, Subscriber subscriber,
                      const client::Options& options) {
  v1::Subscription subscription;
  subscription.mutable_pull()->mutable_ack_deadline()->set_seconds(1);
  Create(clients, subscription, std::move(subscriber));
  Subscriber& made = subscribers_.back();
  made.fetcher = std::make_unique<Fetcher>(
      options, "subscriptions/" + made.name, random_(), killer_);
}

AlertFilter Told::Draw() { return Filters()[random_() % Filters().size()]; }

void Told::Create(const AlertClients& clients, v1::Subscription subscription,
                  Subscriber subscriber) {
  subscription.set_filter(subscriber.filter.text);
  v1::CreateSubscriptionRequest request;
  request.set_subscription_id(subscriber.name);
  *request.mutable_subscription() = std::move(subscription);
  const auto made = clients.alerts.CreateSubscription(request);
  EXPECT_TRUE(made.ok()) << subscriber.name << ": " << made.status();
  subscribers_.push_back(std::move(subscriber));
}

void Told::Await(const Transitions& log, absl::Time until) {
  for (const Subscriber& one : subscribers_) {
    if (one.fetcher) {
      one.fetcher->BehaveWell();
    } else {
      one.receiver->BehaveWell();
    }
  }
  for (const Subscriber& one : subscribers_) {
    const auto owed = OwedTo(log, one.filter, one.manager);
    EXPECT_TRUE(one.witness().AwaitTaken(owed, until))
        << "not all of " << owed.size() << " came to " << one.name << " ("
        << one.filter.text << ")";
  }
}

std::vector<Told::Report> Told::Reports() const {
  std::vector<Report> reports;
  for (const Subscriber& one : subscribers_) {
    reports.push_back(
        {one.name, one.witness().seen(), one.filter, one.manager});
  }
  return reports;
}

std::vector<Owed> OwedTo(const Transitions& log, const AlertFilter& filter,
                         bool manager) {
  Transitions matching;
  for (const v1::AlertTransition& row : log) {
    if (filter.matches(row.alert())) matching.push_back(row);
  }
  return manager ? OwedToManager(matching) : OwedByKey(matching);
}

}  // namespace shirube::e2e
