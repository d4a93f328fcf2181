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
    : random_(seed) {
  const std::string secret = MakeSecret();
  const auto add = [&](std::string name, AlertFilter filter) {
    subscribers_.push_back({std::move(name), std::move(filter)});
    return &subscribers_.back();
  };
  for (const Transport transport : {Transport::kPlain, Transport::kTls}) {
    const bool plain = transport == Transport::kPlain;
    Subscriber* hook =
        add(plain ? "all" : "part", plain ? Everything() : Draw());
    hook->receiver = std::make_unique<BadReceiver>(transport, random_(), killer,
                                                   ReadsWebhooks(secret));
    v1::Subscription subscription;
    subscription.mutable_webhook()->set_url(hook->receiver->Url("/hook"));
    subscription.mutable_webhook()->set_allow_private(true);
    subscription.mutable_webhook()->set_ca_pem(hook->receiver->ca_pem());
    subscription.mutable_webhook()->set_secret(secret);
    Create(clients, subscription, *hook);
  }
  Subscriber* manager = add("manager", Everything());
  manager->manager = true;
  manager->receiver = std::make_unique<BadReceiver>(
      Transport::kPlain, random_(), killer, ReadsAsManager());
  v1::Subscription subscription;
  subscription.mutable_alertmanager()->set_url(manager->receiver->Url(""));
  subscription.mutable_alertmanager()->set_allow_private(true);
  Create(clients, subscription, *manager);
  Subscriber* desk = add("desk", Draw());
  v1::Subscription fetched;
  fetched.mutable_pull()->mutable_ack_deadline()->set_seconds(1);
  Create(clients, fetched, *desk);
  desk->fetcher = std::make_unique<Fetcher>(options, "subscriptions/desk",
                                            random_(), killer);
}

AlertFilter Told::Draw() { return Filters()[random_() % Filters().size()]; }

void Told::Create(const AlertClients& clients, v1::Subscription subscription,
                  const Subscriber& subscriber) {
  subscription.set_filter(subscriber.filter.text);
  v1::CreateSubscriptionRequest request;
  request.set_subscription_id(subscriber.name);
  *request.mutable_subscription() = std::move(subscription);
  const auto made = clients.alerts.CreateSubscription(request);
  ASSERT_TRUE(made.ok()) << subscriber.name << ": " << made.status();
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
