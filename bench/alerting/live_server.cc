#include "bench/alerting/live_server.h"

#include <unistd.h>

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace shirube {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(5);

std::unique_ptr<e2e::Server> StartIn(const BenchFolder& folder) {
  e2e::CommandResult failure;
  auto server = e2e::Server::Start(
      {"--db", folder / "shirube.db", "--listen", "127.0.0.1:0"}, &failure);
  if (server == nullptr) Die("the server ended: " + failure.err);
  return server;
}

// From 0 in 2020 to 2,000 in 2040: on pace with 200 in 2022, 300 in 2023.
v1::Indicator IndicatorOf(const std::string& plan, int i) {
  v1::Indicator indicator;
  indicator.set_name(absl::StrCat("plans/", plan, "/indicators/i-", i));
  indicator.set_display_name(absl::StrCat("防災士の認証登録者数 ", i));
  indicator.set_unit("人");
  indicator.set_printed_under(absl::StrCat("plans/", plan, "/initiatives/p1"));
  indicator.mutable_baseline()->set_value("0");
  indicator.mutable_baseline()->set_period("fy2020");
  indicator.mutable_target()->set_value("2000");
  indicator.mutable_target()->set_period("fy2040");
  return indicator;
}

v1::PlanDocument DocumentOf(const std::string& plan, int indicators) {
  v1::PlanDocument document;
  document.mutable_plan()->set_name("plans/" + plan);
  document.mutable_plan()->set_display_name("計画 " + plan);
  v1::Initiative* pillar = document.add_initiatives();
  pillar->set_name(absl::StrCat("plans/", plan, "/initiatives/p1"));
  pillar->set_kind(v1::Initiative::KIND_PILLAR);
  pillar->set_display_name("災害に強い地域づくり");
  for (int i = 0; i < indicators; ++i) {
    *document.add_indicators() = IndicatorOf(plan, i);
    v1::Observation* figure = document.add_observations();
    figure->set_indicator(document.indicators(i).name());
    figure->set_period("fy2022");
    figure->set_value("400");
  }
  return document;
}

}  // namespace

LiveServer::LiveServer()
    : server_(StartIn(folder_)),
      connection_(client::Connect(options())),
      plans_(connection_, options()),
      observations_(connection_, options()),
      evaluation_(connection_, options()),
      alerts_(connection_, options()) {}

client::Options LiveServer::options() const {
  client::Options options;
  options.server = server_->address();
  options.timeout = kPatience;
  options.actor = "bench";
  return options;
}

void LiveServer::AddPlan(const std::string& plan, int indicators) {
  v1::ApplyPlanRequest apply;
  apply.set_plan("plans/" + plan);
  *apply.mutable_document() = DocumentOf(plan, indicators);
  v1::GetVerdictRequest get;
  get.set_name(absl::StrCat("plans/", plan, "/indicators/i-0/verdict"));
  get.set_min_revision(OrDie(plans_.ApplyPlan(std::move(apply))).revision());
  OrDie(evaluation_.GetVerdict(std::move(get)).status());
}

void LiveServer::Subscribe(const std::string& id, const std::string& url,
                           v1::Subscription more) {
  v1::CreateSubscriptionRequest create;
  create.set_subscription_id(id);
  *create.mutable_subscription() = std::move(more);
  v1::Subscription::Webhook* webhook =
      create.mutable_subscription()->mutable_webhook();
  webhook->set_url(url);
  webhook->set_allow_private(true);
  OrDie(alerts_.CreateSubscription(std::move(create)).status());
}

v1::Subscription::Statistics LiveServer::StatisticsOf(const std::string& id) {
  v1::GetSubscriptionRequest get;
  get.set_name("subscriptions/" + id);
  return OrDie(alerts_.GetSubscription(std::move(get))).statistics();
}

LiveServer::Memory LiveServer::memory() const {
  std::ifstream status(absl::StrCat("/proc/", server_->pid(), "/status"));
  Memory memory;
  for (std::string line; std::getline(status, line);) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    double kib = 0;
    if (words.size() < 2 || !absl::SimpleAtod(words[1], &kib)) continue;
    if (words[0] == "VmRSS:") memory.now = kib / 1024;
    if (words[0] == "RssAnon:") memory.own = kib / 1024;
    if (words[0] == "VmHWM:") memory.peak = kib / 1024;
  }
  return memory;
}

void LiveServer::ForgetPeak() const {
  std::ofstream(absl::StrCat("/proc/", server_->pid(), "/clear_refs")) << "5";
}

double LiveServer::ProcessorTime() const {
  std::ifstream stat(absl::StrCat("/proc/", server_->pid(), "/stat"));
  std::string line;
  std::getline(stat, line);
  // Counted behind the name, which may hold spaces: 12th and 13th from there.
  const std::vector<std::string> words =
      absl::StrSplit(line.substr(line.rfind(')') + 2), ' ');
  int64_t user = 0, system = 0;
  if (words.size() < 13 || !absl::SimpleAtoi(words[11], &user) ||
      !absl::SimpleAtoi(words[12], &system)) {
    Die("the server's processor time cannot be read");
  }
  return static_cast<double>(user + system) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

v1::Observation FigureOf(const std::string& plan, int i, Figure figure) {
  v1::Observation observation;
  observation.set_indicator(absl::StrCat("plans/", plan, "/indicators/i-", i));
  observation.set_name(observation.indicator() + "/observations/fy2023");
  observation.set_period("fy2023");
  observation.set_value(figure == Figure::kLagging ? "100" : "900");
  return observation;
}

std::string EventKey(const std::string& plan, int i, int seq) {
  return absl::StrCat("plans/", plan, "/alerts/l-i-", i, "-fy2023:", seq);
}

}  // namespace shirube
