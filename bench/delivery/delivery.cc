// Deliveries a second to a receiver on the same host: the engine, with its log,
// order and settling, against a bare loop of libcurl's that posts the same
// bodies. Prints both and their ratio; ends with 1 where it is below 0.7.
#include <curl/curl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/unit/alerting/fake_log.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube {
namespace {

constexpr int kConcurrency = 32;
constexpr double kGoal = 0.7;

size_t Ignore(char*, size_t size, size_t n, void*) { return size * n; }

// Of about the size of an event in use.
std::string Body(const std::string& key) {
  return absl::StrCat("{\"id\":\"", key, "\",\"data\":\"",
                      std::string(1500, 'x'), "\"}");
}

class BenchLog : public FakeLog {
 public:
  absl::StatusOr<std::string> Body(const Outgoing& outgoing) override {
    return shirube::Body(outgoing.idempotency_key);
  }
};

double ByEngine(const Receiver& receiver, int count) {
  BenchLog log;
  const absl::Time start_of_log = absl::Now();
  for (int i = 0; i < count; ++i) {
    log.Append(absl::StrCat("plans/p/alerts/a-", i % 1000), start_of_log);
  }
  EngineOptions options;
  options.per_host = kConcurrency;
  DeliveryEngine engine(&log, options);
  const SubscriptionId id("s");
  SinkConfig config;
  config.url = receiver.Url("/hook");
  config.allow_private = true;
  config.secrets = {{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}};
  const absl::Time start = absl::Now();
  engine.Start();
  log.Serve(&engine, id, config);
  while (!log.AwaitAll(id)) {
  }
  return count / absl::ToDoubleSeconds(absl::Now() - start);
}

struct BarePost {
  CURL* easy;
  std::string body;
};

void Post(CURLM* multi, BarePost* post, const std::string& url, int n) {
  post->body = Body(absl::StrCat("a-", n));
  curl_easy_setopt(post->easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(post->easy, CURLOPT_POSTFIELDS, post->body.c_str());
  curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, &Ignore);
  curl_easy_setopt(post->easy, CURLOPT_PRIVATE, post);
  curl_multi_add_handle(multi, post->easy);
}

double ByBareLoop(const Receiver& receiver, int count) {
  const std::string url = receiver.Url("/hook");
  const absl::Time start = absl::Now();
  CURLM* multi = curl_multi_init();
  std::vector<BarePost> posts(kConcurrency);
  int sent = 0;
  int done = 0;
  for (BarePost& post : posts) {
    post.easy = curl_easy_init();
    Post(multi, &post, url, sent++);
  }
  while (done < count) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      char* which = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &which);
      auto* post = reinterpret_cast<BarePost*>(which);
      curl_multi_remove_handle(multi, post->easy);
      ++done;
      if (sent < count) Post(multi, post, url, sent++);
    }
    if (done < count) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  const double rate = count / absl::ToDoubleSeconds(absl::Now() - start);
  for (BarePost& post : posts) curl_easy_cleanup(post.easy);
  curl_multi_cleanup(multi);
  return rate;
}

// By turns, the middle of them: what else the host does hits both alike.
int Main(int count) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Receiver receiver([](const Request&) { return Reply{}; });
  std::vector<double> engine, bare;
  for (int round = 0; round < 5; ++round) {
    bare.push_back(ByBareLoop(receiver, count));
    engine.push_back(ByEngine(receiver, count));
  }
  std::sort(engine.begin(), engine.end());
  std::sort(bare.begin(), bare.end());
  const double ratio = engine[2] / bare[2];
  std::printf("engine     %8.0f deliveries/s\n", engine[2]);
  std::printf("bare loop  %8.0f deliveries/s\n", bare[2]);
  std::printf("ratio      %8.2f (goal: at least %.1f)\n", ratio, kGoal);
  return ratio >= kGoal ? 0 : 1;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  return shirube::Main(argc > 1 ? std::atoi(argv[1]) : 10000);
}
