// A receiver of one subscription that behaves as badly as receivers do, at
// random, and kills the server from inside its answers. Each message is behaved
// badly to three times at most, so that what is tried again comes through
// within seconds.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_BAD_RECEIVER_H_
#define SHIRUBE_TESTS_E2E_ALERTS_BAD_RECEIVER_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "tests/e2e/alerts/killer.h"
#include "tests/e2e/alerts/witness.h"
#include "tests/unit/alerting/certificate.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube::e2e {

class BadReceiver {
 public:
  // Notes a request and answers its key; empty where it cannot be read.
  using Read = std::function<std::string(const Request&, Witness*)>;
  enum class Transport { kPlain, kTls };

  BadReceiver(Transport transport, uint64_t seed, Killer* killer, Read read);

  std::string Url(const std::string& path) const { return receiver_.Url(path); }
  // Of its authorities; empty without TLS. A certificate of theirs may still be
  // for another name.
  std::string ca_pem() const;
  Witness& witness() { return witness_; }
  // From now on it takes whatever comes, and lets go of what it held up.
  void BehaveWell();

 private:
  Reply Answer(const Request& request);
  Reply AtRandom(const std::string& key);
  SSL_CTX* Certificate();

  Killer* const killer_;
  const Read read_;
  Witness witness_;
  std::vector<shirube::Certificate> certificates_;  // the first is good
  std::atomic<bool> good_ = false;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::string, int> bad_times_;
  Receiver receiver_;  // the last: it calls the others
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_BAD_RECEIVER_H_
