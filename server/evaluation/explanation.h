// Why a verdict is what it is: plain data that `service` turns into messages.
// Made by Evaluator; nothing here is stored, nothing is rounded.
#ifndef SHIRUBE_SERVER_EVALUATION_EXPLANATION_H_
#define SHIRUBE_SERVER_EVALUATION_EXPLANATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/localized_text.h"
#include "server/domain/observation.h"
#include "server/domain/parameters.h"
#include "server/domain/period.h"
#include "server/domain/ratio.h"
#include "server/domain/verdict.h"

namespace shirube {

// A value at a time.
struct TrendPoint {
  enum class Role : uint8_t { kBaseline, kMilestone, kTarget, kActual };
  Role role = Role::kActual;
  Decimal value;
  // None where it is not known (an undated target). The base of a cumulative
  // indicator has the year before its window.
  std::optional<Period> period;
  ObservationState state = ObservationState::kFinal;  // of kActual
};

// The numbers of a judgement. What does not apply is not set.
struct Derivation {
  IndicatorKind kind = IndicatorKind::kLevel;
  std::string unit;
  int scale = 0;  // decimals that all values are held at
  // Of a cumulative indicator: 0 in the year before the window.
  std::optional<TrendPoint> baseline;
  std::optional<TrendPoint> target;        // of a band: the lower edge
  std::optional<TrendPoint> target_upper;  // of a band
  std::optional<TrendPoint> actual;
  Direction direction = Direction::kUnspecified;
  std::string direction_from;  // EXPLICIT, OPERATOR, DIFFERENCE; or empty
  bool met = false;
  std::optional<Ratio> expected;  // value on the path at the actual's period
  std::optional<Ratio> gap;       // in the unit; positive is better
  std::optional<Ratio> missing_at_baseline;  // g(b)
  std::optional<Ratio> missing_at_actual;    // g(a)
  std::optional<Ratio> progress;             // P; over 1 when passed
  std::optional<Ratio> expected_share;       // X
  std::optional<Ratio> pace_ratio;           // P/X; not when met
  std::optional<Ratio> time_share;           // E
  bool by_milestones = false;
  std::vector<TrendPoint> path;   // baseline, milestones, target; by period
  std::vector<TrendPoint> trend;  // what was measured, as it is judged
};

// A fact of a module, with the unit its manifest declares.
struct ModuleFact {
  std::string module;
  std::string unit;  // "ratio", or "unit": the indicator's
  Fact fact;
};

// A module that gave no answer for this indicator, for people.
struct FaultText {
  std::string module;
  std::string version;  // empty when it is not loaded any more
  std::string reason;   // TIMED_OUT, CRASHED …
  LocalizedText message;
};

// What one coming period must bring for the target to be met in time.
struct Need {
  Period period;
  Decimal value;  // to be reached by then; rounded to the safe side
  Ratio change;   // exact, from the period before
};

// The worst value at `period` that keeps or wins `status`.
struct FlipPoint {
  Status status = Status::kUnspecified;
  std::optional<Period> period;
  std::optional<Decimal> value;         // least for up, greatest for down
  std::optional<Decimal> lower, upper;  // of a band, instead of `value`
  // Why there is none: NOT_MONOTONE, OUT_OF_REACH, ALWAYS, NO_PERIOD,
  // NOT_EVALUATED, INDETERMINATE (a module gave no answer). Empty where there
  // is one.
  std::string omitted;
};

// A parameter and where its value came from.
struct ParameterSource {
  std::string name;
  Decimal value;
  ParameterScope scope = ParameterScope::kRuleSet;  // never kDefault
  InitiativeId initiative;                          // of kInitiative
  bool stricter_taken = false;       // two linked initiatives differed
  std::vector<std::string> modules;  // that declare it
};

struct MarkText {
  std::string mark;
  LocalizedText text;  // without the leading ※
};

struct Explanation {
  Verdict verdict;
  Indicator indicator;  // as it was judged
  std::string unit;     // of verdict.value
  RuleSetId rule_set;   // asked
  Derivation derivation;
  LocalizedText sentence;     // with its marks, ready to be pasted
  LocalizedText status_text;  // 順調, おおむね順調
  std::vector<ModuleFact> facts;
  std::vector<FaultText> faults;
  std::string deciding_version;        // of verdict.module
  std::string conflicting_module;      // with the mark CONFLICT
  std::string symbol;                  // as the module's publisher prints it
  std::vector<FlipPoint> flip_points;  // ACHIEVED, ON_TRACK, AT_RISK
  std::vector<Need> needs;
  std::vector<MarkText> marks;
  std::vector<ParameterSource> parameters;
  Revision revision = 0;  // read at
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_EXPLANATION_H_
