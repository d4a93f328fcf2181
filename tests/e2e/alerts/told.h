// Four subscriptions of one server, each with its receiver: a webhook that is
// told everything, one over TLS and a client that fetches with filters drawn
// for them, and an Alertmanager.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_TOLD_H_
#define SHIRUBE_TESTS_E2E_ALERTS_TOLD_H_

#include <functional>
#include <memory>
#include <random>
#include <string>

#include "tests/e2e/alerts/bad_receiver.h"
#include "tests/e2e/alerts/fetcher.h"
#include "tests/e2e/alerts/figures.h"
#include "tests/e2e/alerts/sinks.h"

namespace shirube::e2e {

// The same twice: for the server and as the test understands it.
struct AlertFilter {
  std::string text;
  std::function<bool(const v1::Alert&)> matches;
};

class Told {
 public:
  // Makes the subscriptions; fails the test where one is refused.
  Told(const AlertClients& clients, const client::Options& options,
       uint64_t seed, Killer* killer);

  // Receivers behave well from now on; waits until everything that `log` owes
  // was taken, and fails the test where it was not by `until`.
  void Await(const Transitions& log, absl::Time until);
  // What came so far.
  struct Report {
    std::string name;
    Seen seen;
    AlertFilter filter;
    bool manager = false;
  };
  std::vector<Report> Reports() const;

 private:
  struct Subscriber {
    std::string name;
    AlertFilter filter;
    std::unique_ptr<BadReceiver> receiver;  // null: it fetches
    std::unique_ptr<Fetcher> fetcher;
    bool manager = false;
    Witness& witness() const {
      return fetcher ? fetcher->witness() : receiver->witness();
    }
  };
  void AddWebhook(const AlertClients& clients, Subscriber subscriber,
                  BadReceiver::Transport transport);
  void AddManager(const AlertClients& clients, Subscriber subscriber);
  void AddFetcher(const AlertClients& clients, Subscriber subscriber,
                  const client::Options& options);
  void Create(const AlertClients& clients, v1::Subscription subscription,
              Subscriber subscriber);
  AlertFilter Draw();

  std::mt19937_64 random_;
  Killer* const killer_;
  std::vector<Subscriber> subscribers_;
};

// Of `log`, what a subscription with `filter` is to be told.
std::vector<Owed> OwedTo(const Transitions& log, const AlertFilter& filter,
                         bool manager);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_TOLD_H_
