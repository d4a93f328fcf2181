// What people type for a plan, an initiative or an indicator: its resource
// name, its id, its exact name, or a part of the name that only it has. Names
// are compared by NFKC with spaces dropped.
#ifndef SHIRUBE_CLIENT_CLI_NAMES_H_
#define SHIRUBE_CLIENT_CLI_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "server/domain/period.h"

namespace shirube::cli {

// NOT_FOUND when nothing fits; an error of usage that lists the candidates when
// more than one does.
absl::StatusOr<v1::Plan> FindPlan(const Context& context,
                                  const std::string& text);
// In --plan, else in all plans.
absl::StatusOr<v1::Indicator> FindIndicator(const Context& context,
                                            const std::string& text);
// Also a path of labels ("第3/3", "p3/3"). In `plan` ("plans/demo"), else in
// --plan, else in all plans.
absl::StatusOr<v1::Initiative> FindInitiative(const Context& context,
                                              const std::string& text,
                                              const std::string& plan = "");

// A period as typed (R4, FY2022, 令和4年度, 2023-01 …), or an error of usage.
absl::StatusOr<Period> PeriodArgument(const Context& context,
                                      const std::string& text);

// "plans/demo" of any name below it.
std::string PlanOf(const std::string& name);
// The last segment of a resource name.
std::string IdOf(const std::string& name);

// ---- Pure, for tests. ----

struct Candidate {
  std::string name;                 // resource name
  std::string title;                // display name
  std::vector<std::string> labels;  // other texts that mean exactly this one
};
enum class Match { kNone, kOne, kMany };
struct MatchResult {
  Match match = Match::kNone;
  std::vector<size_t> found;  // positions of what fits best
};
// The first way that fits anything decides: resource name or id, exact name or
// label, part of a name.
MatchResult MatchName(const std::string& text,
                      const std::vector<Candidate>& candidates);

// The position of the one candidate that `text` means; errors as of FindPlan,
// with what is looked for in both languages ("計画", "plan").
absl::StatusOr<size_t> Choose(const Context& context, const std::string& text,
                              const std::vector<Candidate>& candidates,
                              std::string_view kind_ja,
                              std::string_view kind_en);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_NAMES_H_
