#include "server/app/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/alerting/outbox.h"
#include "server/app/connection_guard.h"
#include "server/app/grpc_setup.h"
#include "server/app/health.h"
#include "server/app/host_catalog.h"
#include "server/app/listen_address.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/quarantine_inbox.h"
#include "server/ledger/ledger.h"
#include "server/rule_host/rule_host.h"
#include "server/service/alert_event.h"
#include "server/service/backend.h"
#include "server/service/executor.h"
#include "server/service/judged_gate.h"
#include "server/service/live_calls.h"
#include "server/service/methods.h"
#include "server/service/raw_adapter.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/table/table.h"

namespace shirube {
namespace {

// One activation after the other is carried out; more threads let others wait
// for theirs.
constexpr int kSlowThreads = 4;
constexpr size_t kSlowQueue = 256;

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

// What the host cannot know: where the demand came from.
absl::Status NamingTheOption(const absl::Status& status) {
  const ErrorDetails details = DetailsOf(status);
  if (details.reason != "CONFINEMENT_MISSING") return status;
  return MakeError(
      status.code(), details.reason,
      absl::StrCat(details.en, " (--require-confinement)"),
      absl::StrCat(details.ja, "(--require-confinement の指定による)"),
      details.metadata);
}

}  // namespace

// Members stand in the order in which they are made; each stands on those above
// it and goes before them.
class Server::Impl {
 public:
  absl::Status Start(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(const ListenAddress listen, OpenDoor(options));
    SHIRUBE_RETURN_IF_ERROR(OpenData(options));
    SHIRUBE_RETURN_IF_ERROR(StartJudging(options));
    SHIRUBE_RETURN_IF_ERROR(MakeBackend(options));
    SHIRUBE_RETURN_IF_ERROR(StartAlerting(options));
    return Serve(options, listen);
  }

  void Drain(absl::Duration patience);

  const std::string& address() const { return listening_.address; }

 private:
  // Who may come in, checked before anything is opened.
  absl::StatusOr<ListenAddress> OpenDoor(const ServerOptions& options) {
    TlsFiles tls = options.tls;
    tls.certificate_optional = !options.token_file.empty();
    SHIRUBE_ASSIGN_OR_RETURN(tls_, TlsDoor::Open(tls));
    Authenticator::Options access;
    access.token_file = options.token_file;
    access.client_certificates = !tls.client_ca.empty();
    access.certificate_roles = options.certificate_roles;
    SHIRUBE_ASSIGN_OR_RETURN(authenticator_,
                             Authenticator::Make(std::move(access)));
    const bool guarded = tls.enabled() && authenticator_->demands_proof();
    return ResolveListenAddress(options.listen,
                                guarded ? Reach::kAnywhere : Reach::kLoopback);
  }

  absl::Status OpenData(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(store_, OpenSqliteStore(options.database));
    Ledger::Options ledger;
    ledger.keep_requests = absl::Hours(24) * options.keep_requests_days;
    SHIRUBE_ASSIGN_OR_RETURN(ledger_, Ledger::Start(store_.get(), ledger));
    return absl::OkStatus();
  }

  absl::Status StartJudging(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(table_, Table::Create());
    host_options_.rules_dir = options.rules_dir;
    host_options_.worker_program = options.worker_program;
    host_options_.memory_limit_bytes = options.memory_limit_bytes;
    host_options_.call_deadline = options.call_deadline;
    host_options_.required_layers = options.required_layers;
    host_options_.on_quarantine = [this](const QuarantineNotice& notice) {
      quarantines_.Add(notice);
    };
    auto host = RuleHost::Start(host_options_, table_->memory());
    if (!host.ok()) return NamingTheOption(host.status());
    rule_host_ = *std::move(host);
    TellConfinement();
    Evaluator::Dependencies dependencies;
    dependencies.store = store_.get();
    dependencies.ledger = ledger_.get();
    dependencies.table = table_.get();
    dependencies.rule_host = rule_host_.get();
    dependencies.quarantines = &quarantines_;
    Evaluator::Options evaluator;
    evaluator.keep_alerts = absl::Hours(24) * options.keep_alert_days;
    SHIRUBE_ASSIGN_OR_RETURN(evaluator_,
                             Evaluator::Start(dependencies, evaluator));
    return absl::OkStatus();
  }

  // What the log of a server should say from its first lines on.
  void TellConfinement() const {
    for (const ConfinementLayer& layer : rule_host_->confinement().layers) {
      if (layer.active) continue;
      LogWarning("rule modules are confined without ", layer.name, " (",
                 layer.detail, "); --require-confinement ", layer.name,
                 " refuses to start like this");
    }
  }

  absl::Status MakeBackend(const ServerOptions& options) {
    backend_.store = store_.get();
    backend_.ledger = ledger_.get();
    backend_.evaluator = evaluator_.get();
    catalog_ = std::make_unique<HostCatalog>(rule_host_.get(), host_options_);
    backend_.rules = catalog_.get();
    versions_ = std::make_unique<RuleSetVersions>(store_.get());
    backend_.versions = versions_.get();
    backend_.authenticator = authenticator_.get();
    backend_.tls = options.tls.enabled();
    backend_.version = SHIRUBE_VERSION;
    backend_.storage = "sqlite";
    backend_.started = absl::Now();
    SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
    backend_.history = head.history;
    return absl::OkStatus();
  }

  absl::Status StartAlerting(const ServerOptions& options) {
    backend_.alert_view = {backend_.history, options.alert_link};
    events_ = std::make_unique<AlertEvents>(
        options.name.empty() ? HostName() : options.name, backend_.alert_view);
    SHIRUBE_ASSIGN_OR_RETURN(
        outbox_, Outbox::Start(store_.get(), ledger_.get(), events_.get()));
    backend_.outbox = outbox_.get();
    resolver_ = std::make_unique<NameResolver>(options.names);
    backend_.resolver = resolver_.get();
    return absl::OkStatus();
  }

  // A Unix socket is reached by its owner alone and needs no guard.
  ConnectionGuard* MakeGuard(const ListenAddress& listen) {
    if (!listen.path.empty()) return nullptr;
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    guard_ = std::make_unique<ConnectionGuard>(ConnectionLimits::WithinFiles(
        static_cast<int64_t>(std::min<rlim_t>(files.rlim_cur, 1 << 20))));
    return guard_.get();
  }

  absl::Status Serve(const ServerOptions& options,
                     const ListenAddress& listen) {
    groups_ = MakeAllMethods(backend_);
    for (const auto& group : groups_) group->AddTo(&methods_);
    gate_ = std::make_unique<JudgedGate>(backend_);
    executor_ = std::make_unique<Executor>(options.threads, options.max_queue);
    slow_executor_ = std::make_unique<Executor>(kSlowThreads, kSlowQueue);
    adapter_ = std::make_unique<RawAdapter>(
        RawAdapter::Dependencies{&methods_, executor_.get(), gate_.get(),
                                 &live_calls_, slow_executor_.get(),
                                 /*max_streams=*/2, /*max_conversations=*/1'000,
                                 authenticator_.get(), MakeGuard(listen)},
        ServiceNames());
    SHIRUBE_ASSIGN_OR_RETURN(listening_, Listen(listen, *tls_, adapter_.get()));
    if (guard_ != nullptr) guard_->Start(listening_.port);
    health_ = std::make_unique<Health>(
        listening_.server->GetHealthCheckService(), rule_host_.get(),
        ServiceNames(), absl::Seconds(1));
    return absl::OkStatus();
  }

  std::unique_ptr<TlsDoor> tls_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Table> table_;
  QuarantineInbox quarantines_;
  RuleHostOptions host_options_;
  std::unique_ptr<RuleHost> rule_host_;
  std::unique_ptr<Evaluator> evaluator_;
  std::unique_ptr<HostCatalog> catalog_;
  std::unique_ptr<RuleSetVersions> versions_;
  Backend backend_;
  std::unique_ptr<AlertEvents> events_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<NameResolver> resolver_;
  std::vector<std::unique_ptr<Methods>> groups_;
  MethodTable methods_;
  std::unique_ptr<JudgedGate> gate_;
  LiveCalls live_calls_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Executor> slow_executor_;
  std::unique_ptr<RawAdapter> adapter_;
  std::unique_ptr<ConnectionGuard> guard_;
  Listening listening_;
  std::unique_ptr<Health> health_;
  bool drained_ = false;
};

// Callers first, then what they wait for: a call that runs may still write, and
// what the evaluator has judged may still be stored.
void Server::Impl::Drain(absl::Duration patience) {
  if (std::exchange(drained_, true)) return;
  if (health_ != nullptr) health_->Stop();
  live_calls_.BeginDrain();
  if (!live_calls_.WaitUntilNone(absl::Now() + patience)) {
    LogWarning("some calls were still running and are cancelled");
  }
  // Wakes calls that wait for a judgement without a deadline of their own, and
  // activations: what they have not published is as if it never began.
  if (evaluator_ != nullptr) evaluator_->Stop();
  if (listening_.server != nullptr) {
    // What is left are streams of gRPC's own: health watches, reflection.
    listening_.server->Shutdown(
        absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  }
  if (executor_ != nullptr) executor_->Stop();
  if (slow_executor_ != nullptr) slow_executor_->Stop();
  if (outbox_ != nullptr) outbox_->Stop();
  if (ledger_ != nullptr) ledger_->Shutdown();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options) {
  auto impl = std::make_unique<Impl>();
  if (absl::Status status = impl->Start(options); !status.ok()) {
    impl->Drain(absl::ZeroDuration());
    return status;
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Drain(); }

const std::string& Server::address() const { return impl_->address(); }

void Server::Drain(absl::Duration patience) { impl_->Drain(patience); }

}  // namespace shirube
