#include "tests/storage_suite/drivers.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "server/storage/sqlite/sqlite_store.h"

namespace shirube {

const std::vector<Driver>& AllDrivers() {
  static const auto* const kDrivers = new std::vector<Driver>{
      {"Sqlite",
       [](const std::string& folder) {
         return OpenSqliteStore(folder + "/store.db");
       }},
  };
  return *kDrivers;
}

TempFolder::TempFolder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "shirube-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Period Year(int year) { return *Period::FiscalYear(year); }
Decimal Num(const std::string& text) { return *Decimal::Parse(text); }

Plan MakePlan(const std::string& id) {
  Plan plan;
  plan.id = PlanId(id);
  plan.display_name = "行財政改革推進プラン " + id;
  return plan;
}

Initiative MakeInitiative(const std::string& plan, const std::string& id) {
  Initiative initiative;
  initiative.plan = PlanId(plan);
  initiative.id = InitiativeId(id);
  initiative.kind = InitiativeKind::kMeasure;
  initiative.display_name = "取組 " + id;
  return initiative;
}

Indicator MakeIndicator(const std::string& plan, const std::string& id) {
  Indicator indicator;
  indicator.plan = PlanId(plan);
  indicator.id = IndicatorId(id);
  indicator.display_name = "指標 " + id;
  indicator.unit = "人";
  return indicator;
}

Observation MakeObservation(const std::string& plan,
                            const std::string& indicator, int year,
                            const std::string& value) {
  Observation observation;
  observation.plan = PlanId(plan);
  observation.indicator = IndicatorId(indicator);
  observation.period = Year(year);
  observation.value.number = Num(value);
  return observation;
}

Writer& Writer::Begin() {
  auto tx = store_->Begin();
  Check(tx.status());
  tx_ = *std::move(tx);
  auto head = tx_->Head();
  Check(head.status());
  revision_ = head->revision + 1;
  time_ = head->commit_time + absl::Seconds(1);
  return *this;
}

Revision Writer::Commit(bool causes_judging) {
  Change change;
  change.revision = revision_;
  change.time = time_;
  change.actor = "tester";
  change.action = "Test";
  change.causes_judging = causes_judging;
  Check(tx_->AppendChange(change));
  Check(tx_->Commit());
  tx_.reset();
  return revision_;
}

void Writer::Check(const absl::Status& status) {
  if (!status.ok()) {
    ADD_FAILURE() << status;
    std::abort();
  }
}

}  // namespace shirube
