// Previews as tests ask for them and what they said; yardsticks that are stored
// and those that are not.
#ifndef TESTS_UNIT_EVALUATION_PREVIEWING_H_
#define TESTS_UNIT_EVALUATION_PREVIEWING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/evaluation/comparison.h"
#include "tests/unit/evaluation/world.h"

namespace shirube::testing {

// What a preview said, put together.
struct Told {
  absl::Status status;
  std::vector<PreviewPart> parts;
  std::vector<VerdictChange> verdicts;
  std::vector<FlagChange> flags;
  std::vector<PreviewSummary> summaries;

  const VerdictChange* Find(const std::string& id,
                            std::optional<Period> as_of = std::nullopt) const {
    for (const VerdictChange& change : verdicts) {
      if (change.key.indicator.value() == id && change.as_of == as_of) {
        return &change;
      }
    }
    return nullptr;
  }
};

// To the end, or to the error; listens to everything.
Told Preview(World& world, const Yardstick& candidate,
             const PreviewOptions& options,
             absl::Time deadline = absl::InfiniteFuture());

Yardstick Stored(const std::string& id);
// Not stored: files of the rules folder as they are.
Yardstick OfFiles(World& world, const std::vector<std::string>& modules,
                  const Parameters& parameters = {});

// Lists every change.
PreviewOptions OfPlan(const std::string& plan, std::vector<Period> as_of = {});

// Its pace is 0.909: NEARLY_ON_PACE by the shipped set, BEHIND with a
// pace_threshold of 0.95.
Indicator Slow(const std::string& id, const std::string& plan = "p");
void AddSlow(World& world, const Indicator& indicator);

Revision HeadOf(World& world);
// Everything there is in the store, as far as reads can see it.
std::string DumpOf(World& world);

}  // namespace shirube::testing

#endif  // TESTS_UNIT_EVALUATION_PREVIEWING_H_
