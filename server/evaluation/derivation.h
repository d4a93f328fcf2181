// The numbers of a judgement as data: the row the modules saw, put back into
// printed values and periods, and the facts that they declared. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_DERIVATION_H_
#define SHIRUBE_SERVER_EVALUATION_DERIVATION_H_

#include <optional>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/evaluation/explanation.h"
#include "server/table/row_input.h"

namespace shirube {

struct DerivationInput {
  const Indicator* indicator = nullptr;
  const std::vector<Observation>* observations = nullptr;
  const Baseline* baseline = nullptr;  // in force; nullptr: none
  const Target* target = nullptr;      // in force; nullptr: none
  const RowInput* row = nullptr;
  std::optional<size_t> judged;  // of the row's points
  std::vector<ModuleFact> facts;
};

Derivation MakeDerivation(const DerivationInput& input);

// `units` of 10^-scale without needless zeros.
Decimal Trimmed(int64_t units, int scale);
// The row's value as it was printed, where it was: `given` if it is the same
// number, else Trimmed.
Decimal AsPrinted(int64_t units, int scale, const Value* given);

// Explicit, else the operator's, else the sign of T-b; with the word for
// Derivation::direction_from.
Direction DirectionOf(const RowInput& row, std::string* from);

// g: what is still missing at `units`, in units of the row.
int64_t MissingUnits(const RowInput& row, Direction direction, int64_t units);

// The year before a window that starts with `start`.
std::optional<Period> YearBefore(const Period& start);
// The period after `period`, of its kind; a date's is a year later.
std::optional<Period> PeriodAfter(const Period& period);

// What each coming year has to bring for the target to be met in time; empty
// where it is met, past or undated. At most 100 years.
std::vector<Need> NeedsOf(const Derivation& derivation, Operator op);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_DERIVATION_H_
