// The Alertmanager sink against the real one.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "server/alerting/alertmanager_body.h"
#include "tests/unit/alerting/fake_log.h"

namespace shirube {
namespace {

using nlohmann::json;

constexpr char kProgram[] = "/usr/bin/prometheus-alertmanager";

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

// An Alertmanager of its own, in its own folder.
class Alertmanager {
 public:
  Alertmanager() {
    char name[] = "/tmp/shirube-alertmanager-XXXXXX";
    folder_ = mkdtemp(name);
    std::ofstream(folder_ + "/config.yml")
        << "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
    Spawn();
  }
  ~Alertmanager() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(output_);
    std::filesystem::remove_all(folder_);
  }
  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }

  // Reads what it writes until it says that it listens.
  bool AwaitListening() {
    std::string said;
    char buffer[4096];
    ssize_t n;
    while ((n = read(output_, buffer, sizeof buffer)) > 0) {
      said.append(buffer, n);
      if (said.find("TLS is disabled") != std::string::npos) return true;
    }
    ADD_FAILURE() << said;
    return false;
  }

  // GET where `body` is empty.
  json Ask(const std::string& path, const std::string& body = "") const {
    std::string answer;
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, (url() + path).c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_slist* headers =
        curl_slist_append(nullptr, "Content-Type: application/json");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (!body.empty()) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Append);
    EXPECT_EQ(curl_easy_perform(easy), CURLE_OK);
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    return json::parse(answer, nullptr, false);
  }

 private:
  static size_t Append(char* data, size_t size, size_t n, void* to) {
    static_cast<std::string*>(to)->append(data, size * n);
    return size * n;
  }

  void Spawn() {
    port_ = FreePort();
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    const std::string config = "--config.file=" + folder_ + "/config.yml";
    const std::string storage = "--storage.path=" + folder_ + "/data";
    const std::string listen =
        absl::StrCat("--web.listen-address=127.0.0.1:", port_);
    const char* argv[] = {kProgram,
                          config.c_str(),
                          storage.c_str(),
                          listen.c_str(),
                          "--cluster.listen-address=",
                          nullptr};
    ASSERT_EQ(posix_spawn(&pid_, kProgram, &actions, nullptr,
                          const_cast<char**>(argv), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
  }

  std::string folder_;
  int port_ = 0;
  pid_t pid_ = -1;
  int output_ = -1;
};

// The log whose bodies are Alertmanager's alerts.
class AlertLog : public FakeLog {
 public:
  absl::StatusOr<std::string> Body(const Outgoing& outgoing) override {
    return AlertmanagerBody(alerts.at(outgoing.position - 1));
  }
  std::vector<AlertmanagerAlert> alerts;
};

class AlertmanagerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (access(kProgram, X_OK) != 0) {
      if (std::getenv("CI") != nullptr) FAIL() << kProgram << " is missing";
      GTEST_SKIP() << kProgram << " is missing: apt-get install "
                   << "prometheus-alertmanager";
    }
    manager_ = std::make_unique<Alertmanager>();
    ASSERT_TRUE(manager_->AwaitListening());
    engine_ = std::make_unique<DeliveryEngine>(&log_, EngineOptions());
    engine_->Start();
    SinkConfig config;
    config.kind = SinkKind::kAlertmanager;
    config.url = manager_->url();
    config.allow_private = true;
    log_.Serve(engine_.get(), kId, config);
    alert_.labels = {"LaggingIndicator",  "shimane", "p1-02",
                     "LAGGING_INDICATOR", "HIGH",    "観光振興課"};
    alert_.description = "first";
    alert_.starts = absl::Now() - absl::Minutes(1);
  }

  // Posts alert_ as it is now, and reads what the Alertmanager then has.
  json Tell() {
    alert_.now = absl::Now();
    log_.alerts.reserve(100);
    log_.alerts.push_back(alert_);
    log_.Append("a", alert_.now);
    engine_->Wake();
    EXPECT_TRUE(log_.AwaitAll(kId));
    EXPECT_TRUE(log_.kept(kId).dead.empty());
    return manager_->Ask("/api/v2/alerts");
  }

  const SubscriptionId kId{"s"};
  std::unique_ptr<Alertmanager> manager_;
  AlertLog log_;
  std::unique_ptr<DeliveryEngine> engine_;
  AlertmanagerAlert alert_;
};

TEST_F(AlertmanagerTest, FiresUpdatesAndResolves) {
  json alerts = Tell();
  ASSERT_EQ(alerts.size(), 1u) << alerts;
  EXPECT_EQ(alerts[0]["labels"]["subject"], "p1-02");
  EXPECT_EQ(alerts[0]["labels"]["owner"], "観光振興課");
  alert_.description = "second";
  alerts = Tell();
  ASSERT_EQ(alerts.size(), 1u) << alerts;
  EXPECT_EQ(alerts[0]["annotations"]["description"], "second");
  alert_.resolved = true;
  EXPECT_EQ(Tell().size(), 0u);
}

TEST_F(AlertmanagerTest, EndsWhatFiredUnderAnotherSeverity) {
  Tell();
  alert_.labels_before = alert_.labels;
  alert_.labels.severity = "LOW";
  const json alerts = Tell();
  ASSERT_EQ(alerts.size(), 1u) << alerts;
  EXPECT_EQ(alerts[0]["labels"]["severity"], "LOW");
}

TEST_F(AlertmanagerTest, HonoursSilences) {
  const json silence = {
      {"matchers",
       {{{"name", "subject"}, {"value", "p1-02"}, {"isRegex", false}}}},
      {"startsAt", "2020-01-01T00:00:00Z"},
      {"endsAt", "2120-01-01T00:00:00Z"},
      {"createdBy", "test"},
      {"comment", "test"}};
  const json made = manager_->Ask("/api/v2/silences", silence.dump());
  ASSERT_TRUE(made.contains("silenceID")) << made;
  const json alerts = Tell();
  ASSERT_EQ(alerts.size(), 1u) << alerts;
  EXPECT_EQ(alerts[0]["status"]["state"], "suppressed");
  EXPECT_EQ(alerts[0]["status"]["silencedBy"][0], made["silenceID"]);
}

}  // namespace
}  // namespace shirube
