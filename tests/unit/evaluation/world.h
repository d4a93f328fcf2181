// A whole judging world in a temporary folder: SQLite store, ledger, table,
// rule host with the built modules in their workers, evaluator. Restart() ends
// and starts it again over the same database and the same rules folder, which
// is a copy that a test may change.
#ifndef TESTS_UNIT_EVALUATION_WORLD_H_
#define TESTS_UNIT_EVALUATION_WORLD_H_

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/quarantine_inbox.h"
#include "server/ledger/ledger.h"
#include "server/rule_host/rule_host.h"
#include "server/storage/store.h"
#include "server/table/table.h"
#include "tests/unit/ledger/faulty_store.h"

namespace shirube::testing {

// Every committed group, in order; may be looked at while it is told.
class Commits : public CommitListener {
 public:
  void OnCommit(const CommittedGroup& group) override;
  // Waits until `holds` of all verdicts committed so far, at most 20 s.
  bool WaitFor(const std::function<bool(const std::vector<Verdict>&)>& holds);
  std::vector<Verdict> verdicts();
  // Called with each group, on the writer thread.
  std::function<void(const CommittedGroup&)> watch;

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Verdict> verdicts_;
};

// The time of a world: a test may change it while others ask for it.
class WorldTime {
 public:
  explicit WorldTime(absl::Time now) : clock_(now) {}
  operator absl::Time() const { return clock_.Now(); }
  WorldTime& operator=(absl::Time now) { return clock_.Set(now), *this; }
  WorldTime& operator+=(absl::Duration by) { return clock_.Advance(by), *this; }

 private:
  FakeClock clock_;
};

struct WorldSettings {
  Evaluator::Options evaluator;
  RuleHostOptions host;  // all but its limits is filled in
  bool start_evaluator = true;
};

class World {
 public:
  using Settings = WorldSettings;
  explicit World(Settings settings = {});
  ~World();

  void Restart();
  void StartEvaluator();

  Evaluator& evaluator() { return *evaluator_; }
  RuleHost& host() { return *host_; }
  Store& store() { return *store_; }
  FaultyStore& faults() { return *faulty_; }
  Commits& commits() { return *commits_; }

  // ---- Rule modules. ----
  std::filesystem::path rules() const { return folder_ / "rules"; }
  // A link that a test may take away.
  std::filesystem::path worker_program() const { return folder_ / "worker"; }
  // Puts a built file there; other bytes of the same module with `grown`.
  void Place(const std::filesystem::path& file, bool grown = false);
  // Registers files of the folder ("achieved", …) and their set.
  RuleSetId Register(const std::vector<std::string>& modules,
                     const Parameters& parameters = {});
  // A set whose module is stored with other bytes than its hash says.
  RuleSetId RegisterDamaged();
  // `plan` may be empty: the default; so may `id` of a plan.
  absl::StatusOr<ActivationOutcome> Activate(
      const std::string& plan, const RuleSetId& id,
      std::optional<RuleSetId> expected = std::nullopt,
      const std::string& request_id = "");
  absl::StatusOr<ActivationOutcome> Rollback(const std::string& plan = "");
  absl::StatusOr<MutationResult> Release(const std::string& sha256);
  // What judges now, by the store.
  RuleSetId Active(const std::string& plan = "");
  std::string Sha256Of(const std::string& module);
  // Sets a module of the folder aside as the host does when it fails too often,
  // and waits until that is stored.
  void SetAside(const std::string& module);

  // Each fails the test where it is refused; the revision it took.
  Revision Write(MutationBody body);
  Revision AddPlan(const std::string& id, const Parameters& parameters = {});
  Revision AddInitiative(const std::string& plan, const std::string& id,
                         const std::string& parent = "",
                         const Parameters& parameters = {});
  Revision Add(const Indicator& indicator);
  Revision Record(const Observation& observation);
  // Waits for it, too.
  void Judge(Revision revision);
  // The stored verdict, judged up to the head.
  Verdict VerdictOf(const Indicator& indicator);

  WorldTime now;  // what the clocks of ledger and evaluator say

 private:
  void Start();
  void End();

  Settings settings_;
  std::filesystem::path folder_;
  absl::Duration patience_ = absl::Seconds(60);
  std::unique_ptr<Store> store_;
  std::unique_ptr<FaultyStore> faulty_;  // over store_; what everybody uses
  QuarantineInbox quarantines_;
  std::unique_ptr<Commits> commits_;
  std::unique_ptr<Table> table_;
  std::unique_ptr<RuleHost> host_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace shirube::testing

#endif  // TESTS_UNIT_EVALUATION_WORLD_H_
