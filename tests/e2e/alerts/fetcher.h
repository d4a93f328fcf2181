// Fetches a subscription by the client library, as an application does that
// answers at random: takes, refuses, takes its time, forgets to answer.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_FETCHER_H_
#define SHIRUBE_TESTS_E2E_ALERTS_FETCHER_H_

#include <atomic>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "client/lib/subscriber.h"
#include "tests/e2e/alerts/killer.h"
#include "tests/e2e/alerts/witness.h"

namespace shirube::e2e {

class Fetcher {
 public:
  Fetcher(const client::Options& options, const std::string& subscription,
          uint64_t seed, Killer* killer);
  ~Fetcher();

  Witness& witness() { return witness_; }
  void BehaveWell() { good_ = true; }

 private:
  void Run();
  void Answer(client::ReceivedAlert received);

  Killer* const killer_;
  Witness witness_;
  std::mt19937_64 random_;
  std::atomic<bool> good_ = false;
  std::map<std::string, int> bad_times_;
  std::deque<client::AckHandle> forgotten_;
  client::Subscriber subscriber_;
  std::thread thread_;
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_FETCHER_H_
