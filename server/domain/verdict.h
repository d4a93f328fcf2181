// A verdict (判定): what a rule set said of one indicator, and how the answers
// of its modules become one status.
#ifndef SHIRUBE_SERVER_DOMAIN_VERDICT_H_
#define SHIRUBE_SERVER_DOMAIN_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decimal.h"
#include "server/domain/ids.h"
#include "server/domain/period.h"
#include "server/domain/ratio.h"

namespace shirube {

enum class Status : uint8_t {
  kUnspecified,
  kAchieved,
  kOnTrack,
  kAtRisk,
  kNotEvaluated,
  kIndeterminate,  // a fault: no answer is known
};
enum class Severity : uint8_t { kNone, kWarning, kCritical };

// A number a module declares, exact, under its declared name.
struct Fact {
  std::string name;  // "expected", "gap", "progress", "pace_ratio" …
  Ratio value;
};

// A module that gave no valid answer for a row.
struct ModuleFault {
  std::string module;
  std::string reason;  // "CRASHED", "TIMED_OUT" …
  friend bool operator==(const ModuleFault&, const ModuleFault&) = default;
};

struct Verdict {
  IndicatorKey indicator;
  Status status = Status::kUnspecified;
  std::string reason;  // "ON_PACE"; the module's bare word
  Severity severity = Severity::kNone;
  std::string module;  // id of the module that decided or failed
  std::vector<std::string>
      marks;  // "PROVISIONAL" …, in the order of product.md
  // The other module of a CONFLICT: it raised another status than `module`.
  std::string conflicting_module;
  std::vector<ModuleFault> failed;  // modules that gave no answer
  std::optional<Period> period;     // of the observation judged
  std::optional<Decimal> value;     // the value judged
  std::string basis;  // see ObservationId; empty unless cumulative
  RuleSetId rule_set;
  Revision input_revision = 0;  // of the indicator's data judged
  Revision revision = 0;        // of the commit that stored it; 0: not stored
  absl::Time judged_time;
  std::optional<absl::Time> waiting_since;  // last status kept, module is out
};

// "ACHIEVED" …, and the Japanese and English names of statuses, reasons and
// marks for people ("要改善", "やや遅れ"). Unknown reasons (other modules')
// give back the word itself.
std::string_view StatusWord(Status status);
std::optional<Status> ParseStatusWord(std::string_view word);
std::string_view StatusJapanese(Status status);
std::string_view StatusEnglish(Status status);
std::string ReasonJapanese(std::string_view reason);
std::string ReasonEnglish(std::string_view reason);
std::string MarkJapanese(std::string_view mark);
std::string MarkEnglish(std::string_view mark);

// ---- From answers to a status: pure. ----

enum class Answer : uint8_t {
  kRaised,
  kNotRaised,
  kCannotTell,
  kFault,  // written by the host alone: the module gave no valid answer
};

// One module's answer for one row, in rule-set order.
struct ModuleAnswer {
  std::string_view module;
  Answer answer = Answer::kFault;
  std::string_view reason;               // of kRaised and kCannotTell
  Status status = Status::kUnspecified;  // of kRaised: what the reason raises
  Severity severity = Severity::kNone;   // of kRaised
  bool is_mark = false;    // the module raises a mark, never a status
  std::string_view mark;   // of kRaised with is_mark
  std::string_view fault;  // of kFault: "CRASHED", "TIMED_OUT" …
};

// Adds `mark` where the product's order of marks has it; once.
void AddMark(std::string_view mark, std::vector<std::string>* marks);

// What the answers of one row add up to (status, reason, severity, module,
// conflicting module,
// marks: CONFLICT and raised marks, failed). The other fields stay empty.
Verdict CombineAnswers(const std::vector<ModuleAnswer>& answers);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_VERDICT_H_
