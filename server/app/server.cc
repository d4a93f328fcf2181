#include "server/app/server.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/app/grpc_setup.h"
#include "server/app/health.h"
#include "server/app/host_catalog.h"
#include "server/app/listen_address.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/evaluation/evaluator.h"
#include "server/ledger/ledger.h"
#include "server/rule_host/rule_host.h"
#include "server/service/backend.h"
#include "server/service/executor.h"
#include "server/service/judged_gate.h"
#include "server/service/live_calls.h"
#include "server/service/methods.h"
#include "server/service/raw_adapter.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/table/table.h"

namespace shirube {

// Members stand in the order in which they are made; each stands on those above
// it and goes before them.
class Server::Impl {
 public:
  absl::Status Start(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(const ListenAddress listen,
                             ResolveListenAddress(options.listen));
    SHIRUBE_RETURN_IF_ERROR(OpenData(options));
    SHIRUBE_RETURN_IF_ERROR(StartJudging(options));
    SHIRUBE_RETURN_IF_ERROR(MakeBackend());
    return Serve(options, listen);
  }

  void Drain(absl::Duration patience);

  const std::string& address() const { return listening_.address; }

 private:
  absl::Status OpenData(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(store_, OpenSqliteStore(options.database));
    Ledger::Options ledger;
    ledger.keep_requests = absl::Hours(24) * options.keep_requests_days;
    SHIRUBE_ASSIGN_OR_RETURN(ledger_, Ledger::Start(store_.get(), ledger));
    return absl::OkStatus();
  }

  absl::Status StartJudging(const ServerOptions& options) {
    SHIRUBE_ASSIGN_OR_RETURN(table_, Table::Create());
    RuleHostOptions host;
    host.rules_dir = options.rules_dir;
    host.worker_program = options.worker_program;
    SHIRUBE_ASSIGN_OR_RETURN(rule_host_,
                             RuleHost::Start(host, table_->memory()));
    Evaluator::Dependencies dependencies;
    dependencies.store = store_.get();
    dependencies.ledger = ledger_.get();
    dependencies.table = table_.get();
    dependencies.rule_host = rule_host_.get();
    SHIRUBE_ASSIGN_OR_RETURN(
        evaluator_, Evaluator::Start(dependencies, Evaluator::Options()));
    return absl::OkStatus();
  }

  absl::Status MakeBackend() {
    backend_.store = store_.get();
    backend_.ledger = ledger_.get();
    backend_.evaluator = evaluator_.get();
    catalog_ = std::make_unique<HostCatalog>(rule_host_.get());
    backend_.rules = catalog_.get();
    SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
    backend_.history = head.history;
    return absl::OkStatus();
  }

  absl::Status Serve(const ServerOptions& options,
                     const ListenAddress& listen) {
    groups_ = MakeAllMethods(backend_);
    for (const auto& group : groups_) group->AddTo(&methods_);
    gate_ = std::make_unique<JudgedGate>(backend_);
    executor_ = std::make_unique<Executor>(options.threads, options.max_queue);
    adapter_ = std::make_unique<RawAdapter>(
        RawAdapter::Dependencies{&methods_, executor_.get(), gate_.get(),
                                 &live_calls_},
        ServiceNames());
    SHIRUBE_ASSIGN_OR_RETURN(listening_, Listen(listen, adapter_.get()));
    health_ = std::make_unique<Health>(
        listening_.server->GetHealthCheckService(), rule_host_.get(),
        ServiceNames(), absl::Seconds(1));
    return absl::OkStatus();
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Table> table_;
  std::unique_ptr<RuleHost> rule_host_;
  std::unique_ptr<Evaluator> evaluator_;
  std::unique_ptr<HostCatalog> catalog_;
  Backend backend_;
  std::vector<std::unique_ptr<Methods>> groups_;
  MethodTable methods_;
  std::unique_ptr<JudgedGate> gate_;
  LiveCalls live_calls_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<RawAdapter> adapter_;
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
  // Wakes calls that wait for a judgement without a deadline of their own.
  if (evaluator_ != nullptr) evaluator_->Stop();
  if (listening_.server != nullptr) {
    // What is left are streams of gRPC's own: health watches, reflection.
    listening_.server->Shutdown(
        absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  }
  if (executor_ != nullptr) executor_->Stop();
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
