// Every storage driver that the acceptance suite is run for. A new driver is
// one more row in drivers.cc.
#ifndef SHIRUBE_TESTS_STORAGE_SUITE_DRIVERS_H_
#define SHIRUBE_TESTS_STORAGE_SUITE_DRIVERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/storage/store.h"

namespace shirube {

struct Driver {
  std::string name;
  // Opens the one store of `folder`, created when it is not there.
  std::function<absl::StatusOr<std::unique_ptr<Store>>(const std::string&)>
      open;
};
const std::vector<Driver>& AllDrivers();

// A new folder, removed with all its files at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// ---- Small rows. ----
Period Year(int year);
Decimal Num(const std::string& text);
Plan MakePlan(const std::string& id);
Initiative MakeInitiative(const std::string& plan, const std::string& id);
Indicator MakeIndicator(const std::string& plan, const std::string& id);
Observation MakeObservation(const std::string& plan,
                            const std::string& indicator, int year,
                            const std::string& value);

// Puts rows and takes the next revision for them, one commit each.
class Writer {
 public:
  explicit Writer(Store* store) : store_(store) {}
  // Begins; every Put stamps the row with the revision to come.
  Writer& Begin();
  template <typename T>
  Writer& Put(T row, bool deleted = false) {
    row.stamp.revision = revision_;
    row.stamp.update_time = time_;
    if (row.stamp.create_time == absl::Time()) row.stamp.create_time = time_;
    row.stamp.actor = "tester";
    if (deleted) row.stamp.delete_time = time_;
    Check(tx_->Put(row));
    return *this;
  }
  Revision Commit(bool causes_judging = true);
  StoreTransaction* tx() { return tx_.get(); }
  Revision revision() const { return revision_; }
  absl::Time time() const { return time_; }

 private:
  void Check(const absl::Status& status);
  Store* const store_;
  std::unique_ptr<StoreTransaction> tx_;
  Revision revision_ = 0;
  absl::Time time_;
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_STORAGE_SUITE_DRIVERS_H_
