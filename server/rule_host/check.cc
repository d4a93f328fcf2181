#include "server/rule_host/check.h"

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

// Columns first, without branches; which position it was is asked only when
// something is wrong.
bool AnyBad(const ReasonTable& reasons, const AnswerColumns& columns) {
  uint32_t bad = 0;
  for (uint32_t i = 0; i < columns.n; ++i) {
    bad |= static_cast<uint32_t>(columns.answer[i] > kAnswerCannotTell);
  }
  if (bad != 0) return true;
  for (uint32_t i = 0; i < columns.n; ++i) {
    bad |= static_cast<uint32_t>(
        !reasons.Fits(columns.answer[i], columns.reason[i]));
  }
  if (columns.rows != nullptr) {
    for (uint32_t i = 0; i < columns.n; ++i) {
      bad |= static_cast<uint32_t>(!PointFits(columns, i));
    }
    return bad != 0;
  }
  uint16_t bad_point = 0;
  for (uint32_t i = 0; i < columns.n; ++i) {
    const uint16_t point = columns.judged_point[i];
    bad_point |= static_cast<uint16_t>(point != kNoPoint) &
                 static_cast<uint16_t>(point >= columns.points_count[i]);
  }
  return bad != 0 || bad_point != 0;
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

ReasonTable::ReasonTable(const Manifest& manifest) : fits_(65'536, 0) {
  // What is left UNSET is no answer, whatever else was written.
  fits_.assign(fits_.size(), 1 << SHIRUBE_UNSET);
  fits_[kReasonNone] |= 1 << kAnswerNotRaised;
  for (const ManifestReason& reason : manifest.reasons) {
    fits_[reason.code] |= static_cast<uint8_t>(1 << reason.answer);
  }
}

ModuleOutcome CheckAnswers(const ReasonTable& reasons,
                           const AnswerColumns& columns, uint32_t* unanswered) {
  if (AnyBad(reasons, columns)) return FindBad(reasons, columns);
  uint32_t unset = 0;
  for (uint32_t i = 0; i < columns.n; ++i) {
    unset += static_cast<uint32_t>(columns.answer[i] == SHIRUBE_UNSET);
  }
  *unanswered = unset;
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
