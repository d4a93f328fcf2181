#include "server/rule_host/check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"

namespace shirube {
namespace {

static_assert(kAnswerRaised == SHIRUBE_RAISED);
static_assert(kAnswerNotRaised == SHIRUBE_NOT_RAISED);
static_assert(kAnswerCannotTell == SHIRUBE_CANNOT_TELL);
static_assert(kNoPoint == SHIRUBE_NO_POINT);

uint32_t PointsCount(const AnswerColumns& columns, uint32_t i) {
  return columns.points_count[columns.rows == nullptr ? i : columns.rows[i]];
}

bool PointFits(const AnswerColumns& columns, uint32_t i) {
  const uint16_t point = columns.judged_point[i];
  return point == kNoPoint || point < PointsCount(columns, i);
}

// So many at a time: their flags stay in the nearest cache.
constexpr uint32_t kBlock = 512;

// By answer, how many of n <= kBlock have a reason that fits it.
void CountFitting(const ReasonTable& reasons, const uint8_t* answer,
                  const uint16_t* reason, uint32_t n, uint32_t by_answer[4]) {
  uint16_t wide[kBlock];
  for (uint32_t i = 0; i < n; ++i) wide[i] = answer[i];
  for (const ReasonTable::Range& range : reasons.ranges()) {
    uint16_t fitting = 0;
    for (uint32_t i = 0; i < n; ++i) {
      const auto from_first = static_cast<uint16_t>(reason[i] - range.first);
      fitting += static_cast<uint16_t>(wide[i] == range.answer) &
                 static_cast<uint16_t>(from_first <= range.length);
    }
    by_answer[range.answer] += fitting;
  }
}

// Columns first, without branches; which position it was is asked only when
// something is wrong.
bool AnyBad(const ReasonTable& reasons, const AnswerColumns& columns,
            uint32_t by_answer[4]) {
  for (uint32_t first = 0; first < columns.n; first += kBlock) {
    CountFitting(reasons, columns.answer + first, columns.reason + first,
                 std::min(kBlock, columns.n - first), by_answer);
  }
  if (by_answer[0] + by_answer[1] + by_answer[2] + by_answer[3] != columns.n) {
    return true;
  }
  if (columns.rows != nullptr) {
    uint32_t bad = 0;
    for (uint32_t i = 0; i < columns.n; ++i) {
      bad |= static_cast<uint32_t>(!PointFits(columns, i));
    }
    return bad != 0;
  }
  uint16_t bad = 0;
  for (uint32_t i = 0; i < columns.n; ++i) {
    const uint16_t point = columns.judged_point[i];
    bad |= static_cast<uint16_t>(point != kNoPoint) &
           static_cast<uint16_t>(point >= columns.points_count[i]);
  }
  return bad != 0;
}

ModuleOutcome BadOutput(uint32_t position, std::string field,
                        std::string detail) {
  return {.kind = ModuleOutcome::Kind::kBadOutput,
          .position = position,
          .field = std::move(field),
          .detail = std::move(detail)};
}

ModuleOutcome FindBad(const ReasonTable& reasons,
                      const AnswerColumns& columns) {
  for (uint32_t i = 0; i < columns.n; ++i) {
    const uint8_t answer = columns.answer[i];
    if (answer > kAnswerCannotTell) {
      return BadOutput(i, "answer", absl::StrCat(answer, " is no answer"));
    }
    if (!reasons.Fits(answer, columns.reason[i])) {
      return BadOutput(i, "reason",
                       absl::StrCat(columns.reason[i],
                                    " is not declared for answer ", answer));
    }
    if (!PointFits(columns, i)) {
      return BadOutput(i, "judged_point",
                       absl::StrCat(columns.judged_point[i], " of a row with ",
                                    PointsCount(columns, i), " points"));
    }
  }
  return {};
}

}  // namespace

ReasonTable::ReasonTable(const Manifest& manifest) {
  // What is left UNSET is no answer, whatever else was written.
  ranges_.push_back({SHIRUBE_UNSET, 0, UINT16_MAX});
  ranges_.push_back({kAnswerNotRaised, kReasonNone, 0});
  for (const ManifestReason& reason : manifest.reasons) {  // by code
    Range& last = ranges_.back();
    if (last.answer == reason.answer &&
        last.first + last.length + 1 == reason.code) {
      ++last.length;
    } else {
      ranges_.push_back({reason.answer, reason.code, 0});
    }
  }
}

bool ReasonTable::Fits(uint8_t answer, uint16_t reason) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    return range.answer == answer && range.first <= reason &&
           reason - range.first <= range.length;
  });
}

ModuleOutcome CheckAnswers(const ReasonTable& reasons,
                           const AnswerColumns& columns, AnswerCounts* counts) {
  uint32_t by_answer[4] = {};
  if (AnyBad(reasons, columns, by_answer)) return FindBad(reasons, columns);
  counts->raised = by_answer[kAnswerRaised];
  counts->not_raised = by_answer[kAnswerNotRaised];
  counts->cannot_tell = by_answer[kAnswerCannotTell];
  counts->unanswered = by_answer[SHIRUBE_UNSET];
  uint32_t unset = by_answer[SHIRUBE_UNSET];
  for (uint32_t i = 0; unset > 0 && i < columns.n; ++i) {
    if (columns.answer[i] != SHIRUBE_UNSET) continue;
    columns.answer[i] = kAnswerCannotTell;
    columns.reason[i] = kReasonUnanswered;
    columns.judged_point[i] = kNoPoint;
    --unset;
  }
  return {};
}

ModuleOutcome CheckFacts(const shirube_int128* denominators, uint32_t n,
                         const std::string& fact) {
  for (uint32_t i = 0; i < n; ++i) {
    if (denominators[i].high >= 0) continue;
    return BadOutput(i, "fact " + fact, "has a negative denominator");
  }
  return {};
}

}  // namespace shirube
