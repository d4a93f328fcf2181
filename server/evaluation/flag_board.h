// What the initiatives of one plan add up to, kept in memory verdict by
// verdict: an alert must not cost a look at the whole plan. One thread.
//
// It holds what it was given; who keeps it sees to it that this is what is
// stored.
#ifndef SHIRUBE_SERVER_EVALUATION_FLAG_BOARD_H_
#define SHIRUBE_SERVER_EVALUATION_FLAG_BOARD_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "server/domain/flag_policy.h"
#include "server/storage/store.h"

namespace shirube {

class FlagBoard {
 public:
  // One indicator that lags, as its verdict says it.
  struct Lagging {
    IndicatorId indicator;
    Severity severity = Severity::kNone;
    std::string reason;
    std::optional<Period> period;
  };
  struct Standing {
    Status status = Status::kUnspecified;
    StatusCounts counts;
    std::vector<Lagging> lagging;  // the gravest first
  };
  // Positions of initiatives; they hold as long as the tree does.
  using Positions = std::set<size_t>;

  // Of a plan as the snapshot has it; judged by ordinary reads.
  static absl::StatusOr<FlagBoard> Load(StoreReader& reader, const Plan& plan);

  // Takes titles, owners and entries that changed. False: the tree itself did,
  // and the board must be loaded again.
  bool TakeInitiatives(std::vector<Initiative> initiatives,
                       const FlagPolicy& policy);
  bool Knows(const IndicatorId& id) const { return cells_.contains(id); }
  // Each answers the initiatives that counted the indicator or do so now.
  Positions Define(const Indicator& indicator);
  Positions Judge(const Verdict& verdict);  // of one that it knows
  Positions Remove(const IndicatorId& id);
  Positions All() const;

  const Initiative& initiative(size_t at) const { return initiatives_[at]; }
  // The initiative and all above it, the nearest first.
  std::vector<const Initiative*> Upwards(size_t at) const;
  Standing Of(size_t at) const;
  // A person linked an indicator to this very one.
  bool IsLinked(size_t at) const { return links_[at] > 0; }
  // Whether anything is planned for that fiscal year: in it or below it, or in
  // the plan at all.
  bool HasPlanned(size_t at, int fiscal_year) const;
  bool HasPlannedAnywhere(int fiscal_year) const;

 private:
  struct Cell {
    Status status = Status::kNotEvaluated;
    bool numeric_target = false;
    Severity severity = Severity::kNone;
    std::string reason;
    std::optional<Period> period;
    std::vector<uint32_t> counted_by;
    std::vector<uint32_t> linked_to;
  };

  FlagBoard(std::vector<Initiative> initiatives, FlagPolicy policy);
  void ReadEntries();
  std::optional<size_t> Find(const InitiativeId& id) const;
  void Count(const IndicatorId& id, const Cell& cell, int by);

  FlagPolicy policy_;
  std::vector<Initiative> initiatives_;  // without their entries
  absl::flat_hash_map<InitiativeId, size_t> position_;
  FlagTree tree_;
  std::vector<std::set<int>> planned_;  // fiscal years
  std::vector<FlagTally> tallies_;
  std::vector<std::set<IndicatorId>> lagging_;
  std::vector<int> links_;
  absl::flat_hash_map<IndicatorId, Cell> cells_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_FLAG_BOARD_H_
