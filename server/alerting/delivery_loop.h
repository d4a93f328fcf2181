// The engine's thread: what DeliveryEngine shows of it is all that others use.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_LOOP_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_LOOP_H_

#include <curl/curl.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/alerting/circuit.h"
#include "server/alerting/delivery_engine.h"
#include "server/alerting/delivery_queue.h"
#include "server/alerting/delivery_settling.h"
#include "server/alerting/digest.h"
#include "server/alerting/inbox.h"
#include "server/alerting/sink_url.h"

namespace shirube {

class DeliveryLoop {
 public:
  DeliveryLoop(DeliveryLog* log, EngineOptions options);
  ~DeliveryLoop();

  void Start();
  void Stop();
  Inbox& inbox() { return *inbox_; }
  DeliveryStatistics Published(const SubscriptionId& id) const;

  // On the thread.
  void Set(const SubscriptionId& id, SinkConfig config, int64_t position,
           std::vector<StoredDelivery> stored, bool restart);
  void Remove(const SubscriptionId& id);
  void Wake();
  void Redeliver(const SubscriptionId& id, std::vector<StoredDelivery> dead);
  void Test(const SubscriptionId& id, const std::string& key, std::string body,
            std::function<void(TestAnswer)> done);

 private:
  struct Served {
    SinkConfig config;
    absl::StatusOr<SinkUrl> target;
    DeliveryQueue queue;
    DigestMaker digest;
    Circuit circuit;
    DeliveryStatistics statistics;
    int64_t read_to = 0;    // beyond queue.cursor() only while gathering
    int64_t persisted = 0;  // position, as far as it was handed to Settle
    bool at_end = false;
    int in_flight = 0;
    // Grows with successes: a host that never answers gets few requests.
    int allowance = 8;
    absl::Time hold_until = absl::InfinitePast();  // after a failed read
  };
  struct Flight {
    SubscriptionId id;
    int64_t position = 0;
    std::string host;
    std::unique_ptr<CurlTransfer> transfer;
    std::function<void(TestAnswer)> test;  // set: a test, no delivery
  };

  void Run();
  void RunTasks();
  absl::Time NextTime();
  absl::Time NextTime(const Served& served) const;
  // `host:port` of what is connected to; empty where the URL is not usable.
  static std::string HostOf(const Served& served) {
    return served.target.ok() ? served.target->host : "";
  }
  bool WantsPage(const Served& served) const;
  bool MayStart(const Served& served) const;

  bool Fill(const SubscriptionId& id, Served* served);
  bool TakePage(const SubscriptionId& id, LogPage page, Served* served);
  bool TakeDigest(Served* served);

  bool StartSome(const SubscriptionId& id, Served* served);
  bool StartOne(const SubscriptionId& id, Served* served);
  void Launch(Flight flight, Post post);
  bool Collect();
  void Land(Flight flight, const HttpReply& answer);
  void Conclude(const SubscriptionId& id, Served* served, int64_t position,
                AttemptEnd end, const std::string& error,
                const std::string& retry_after);
  void Cancel(const SubscriptionId& id);
  void ReleaseHost(const std::string& host);

  // Something could be handed on but for the pause between two commits.
  bool HeldBack() const;
  bool Flush();
  void HandOn();
  void Durable(const std::vector<Settled>& batch);
  void Publish();

  DeliveryLog* log_;
  EngineOptions options_;
  CURLM* multi_;
  std::shared_ptr<Inbox> inbox_;
  DeliverySettling settling_;
  absl::Time next_flush_ = absl::InfinitePast();  // of the real clock
  std::map<SubscriptionId, Served> served_;
  std::unordered_map<CurlTransfer*, Flight> flights_;
  std::unordered_map<std::string, int> per_host_;
  std::vector<std::unique_ptr<CurlTransfer>> idle_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
  mutable std::mutex published_mutex_;
  std::map<SubscriptionId, DeliveryStatistics> published_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_LOOP_H_
