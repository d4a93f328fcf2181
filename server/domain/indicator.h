// An indicator (目標指標): what is measured, from where, to where, by when.
#ifndef SHIRUBE_SERVER_DOMAIN_INDICATOR_H_
#define SHIRUBE_SERVER_DOMAIN_INDICATOR_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/period.h"
#include "server/domain/resource.h"
#include "server/domain/value.h"

namespace shirube {

enum class IndicatorKind : uint8_t {
  kLevel,        // a value as such
  kCumulative,   // a sum over a window of years (累計)
  kMaintain,     // a floor or ceiling to be kept (毎年度, 維持)
  kBand,         // between two values
  kQualitative,  // the target is words
};
// Of a kLevel: which of its observations are judged.
enum class Quantity : uint8_t {
  kRate,    // any period
  kAmount,  // only whole periods of the target's length (a year without one);
            // finer ones are summed when complete
};
enum class Direction : uint8_t { kUnspecified, kUp, kDown };
enum class Operator : uint8_t {
  kNone,
  kAtLeast,  // 以上
  kAtMost,   // 以下
  kBelow,    // 未満
  kAbove,    // 超
  kAround,   // 程度
  kAbout,    // 約
};

struct Baseline {
  Value value;
  std::optional<Period> period;
  std::optional<Period> effective_from;  // none: from the start
};

struct Target {
  Value value;                   // of a band: the lower edge
  std::optional<Value> upper;    // of a band
  std::optional<Period> period;  // none: undated
  bool every_year = false;       // 毎年度: no target period, kept each year
  std::string words;             // of a kQualitative
  Operator op = Operator::kNone;
  std::optional<Period> effective_from;  // none: from the start
};

struct Milestone {
  Value value;
  Period period;
};

// When a figure is published: `lag_years` after the end of its fiscal year, in
// `month` (1-12).
struct Publication {
  int month = 0;
  int lag_years = 0;
};

struct Indicator {
  PlanId plan;
  IndicatorId id;
  std::string display_name;  // as printed
  std::string definition;
  std::string unit;
  IndicatorKind kind = IndicatorKind::kLevel;
  Quantity quantity = Quantity::kRate;
  Direction direction = Direction::kUnspecified;  // explicit one only
  // By effective_from, earliest first; the last is the current one. Revised
  // ones stay. Empty: none.
  std::vector<Baseline> baselines;
  std::vector<Target> targets;
  std::vector<Milestone> milestones;   // by period
  std::optional<Period> window_start;  // of a kCumulative: first year counted
  std::optional<Decimal> noise_band;   // in the unit; none is 0
  std::string owner;
  std::string source;  // 出典
  std::vector<std::string> notes;
  std::optional<Publication> publication;
  InitiativeId printed_under;       // layout only; empty: nowhere
  std::vector<InitiativeId> links;  // made by a person; sorted
  Parameters parameters;
  // Fields last written by a person: an import leaves them alone.
  std::vector<std::string> manual_fields;
  int order = 0;  // among the plan's indicators, as printed
  Stamp stamp;

  IndicatorKey key() const { return {plan, id}; }
};

// The baseline / target in force as of a period (none: the latest); nullptr
// when there is none. One holds from the start of its `effective_from` on: a
// target effective from FY2022 is in force in April 2022.
const Baseline* BaselineAsOf(const Indicator& indicator,
                             std::optional<Period> as_of);
const Target* TargetAsOf(const Indicator& indicator,
                         std::optional<Period> as_of);

// Whether the latest target is a number (of a band: has both edges), not words
// and not text that could not be read.
bool HasNumericTarget(const Indicator& indicator);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_INDICATOR_H_
