// Rule modules in C++: rows with names in place of columns, and exact ratios in
// place of doubles. Needs nothing but rule.h, ratio.hpp and the standard
// library's headers, C++17 or later, with or without exceptions. Everything is
// computed from the row; nothing is kept, and nothing has to be freed.
//
//   #include "shirube/rule.hpp"
//   namespace rule = shirube::rule;
//
//   rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
//     if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
//     const rule::Point actual = *row.latest();
//     if (!row.met(actual.value)) return rule::NotRaise(actual);
//     return rule::Raise(/*code=*/101, actual);
//   }
//   SHIRUBE_RULE(Judge, /*parameters=*/0, /*facts=*/0)
#ifndef SHIRUBE_RULE_HPP_
#define SHIRUBE_RULE_HPP_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "shirube/ratio.hpp"
#include "shirube/rule.h"

namespace shirube::rule {

// ---- Reasons that mean the same in every module (rules/README.md). ----

using Code = uint16_t;

inline constexpr Code kNoObstacle = 0;
inline constexpr Code kMet = 5;
inline constexpr Code kNoTarget = 31;
inline constexpr Code kQualitativeTarget = 32;
inline constexpr Code kNoData = 33;
inline constexpr Code kAmbiguous = 34;
inline constexpr Code kUnitMismatch = 35;
inline constexpr Code kDirectionConflict = 36;
inline constexpr Code kDirectionUnknown = 37;
inline constexpr Code kNotDue = 38;
inline constexpr Code kNoTargetPeriod = 39;
inline constexpr Code kNoBaseline = 40;
inline constexpr Code kNoBaselinePeriod = 41;
inline constexpr Code kNotCovered = 42;
inline constexpr Code kTooFewPoints = 43;
inline constexpr Code kSignChanges = 44;
inline constexpr Code kNoMilestone = 45;

// ---- A row. ----

struct Point {
  int64_t value = 0;  // in units of 10^-scale; only where has_value()
  int32_t index = 0;  // 12 x the year
  uint8_t state = SHIRUBE_POINT_FINAL;
  uint16_t number = 0;  // within the row

  bool has_value() const { return state <= SHIRUBE_POINT_RESTATED; }

  static Point At(const shirube_batch& batch, uint32_t offset, uint32_t i) {
    return {batch.point_value[offset + i], batch.point_index[offset + i],
            batch.point_state[offset + i], static_cast<uint16_t>(i)};
  }
};

struct Milestone {
  int64_t value = 0;
  int32_t index = 0;

  static Milestone At(const shirube_batch& batch, uint32_t offset, uint32_t i) {
    return {batch.milestone_value[offset + i],
            batch.milestone_index[offset + i]};
  }
};

// The points or the milestones of a row, by index.
template <typename Item>
class List {
 public:
  class Iterator {
   public:
    Iterator(const List* list, uint32_t i) : list_(list), i_(i) {}
    Item operator*() const { return (*list_)[i_]; }
    Iterator& operator++() { return ++i_, *this; }
    bool operator!=(const Iterator& other) const { return i_ != other.i_; }

   private:
    const List* list_;
    uint32_t i_;
  };

  List(const shirube_batch* batch, uint32_t offset, uint32_t size)
      : batch_(batch), offset_(offset), size_(size) {}

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Item operator[](uint32_t i) const { return Item::At(*batch_, offset_, i); }
  Item back() const { return (*this)[size_ - 1]; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

 private:
  const shirube_batch* batch_;
  uint32_t offset_;
  uint32_t size_;
};

// One indicator. What is missing is an empty optional, never 0.
class Row {
 public:
  // `position` is that of the row in the selection: parameters go by it.
  Row(const shirube_batch* batch, uint32_t row, uint32_t position)
      : batch_(batch), row_(row), position_(position) {}

  // ---- What was handed over.
  int kind() const { return batch_->kind[row_]; }
  int measure() const { return batch_->measure[row_]; }
  int op() const { return batch_->operator_[row_]; }
  int direction_given() const { return batch_->direction[row_]; }
  int scale() const { return batch_->scale[row_]; }
  int64_t noise_band() const { return batch_->noise_band[row_]; }
  bool has(int present) const { return (batch_->present[row_] & present) != 0; }
  std::optional<int64_t> baseline() const {
    return If(SHIRUBE_HAS_BASELINE, batch_->baseline);
  }
  std::optional<int32_t> baseline_index() const {
    return If(SHIRUBE_HAS_BASELINE_PERIOD, batch_->baseline_index);
  }
  std::optional<int64_t> target() const {
    return If(SHIRUBE_HAS_TARGET, batch_->target);
  }
  // The upper edge of a band; else the target.
  std::optional<int64_t> target_upper() const {
    return If(SHIRUBE_HAS_TARGET, kind() == SHIRUBE_KIND_BAND
                                      ? batch_->target_upper
                                      : batch_->target);
  }
  // Nothing for a target that is due every year.
  std::optional<int32_t> target_index() const {
    if (has(SHIRUBE_TARGET_EVERY_YEAR)) return std::nullopt;
    return If(SHIRUBE_HAS_TARGET_PERIOD, batch_->target_index);
  }
  std::optional<int32_t> window_start_index() const {
    return If(SHIRUBE_HAS_WINDOW_START, batch_->window_start_index);
  }
  // The month of the year in which figures come out, 1 to 12.
  std::optional<int> publication_month() const {
    const int month = batch_->publication_month[row_];
    return month == 0 ? std::nullopt : std::optional<int>(month);
  }
  // How many years later than in the first such month after the fiscal year.
  int publication_lag_years() const {
    return batch_->publication_lag_years[row_];
  }
  // The index of the month in which the figure of `index` is due.
  std::optional<int32_t> due_index(int32_t index) const {
    const std::optional<int> month = publication_month();
    if (!month) return std::nullopt;
    return index + (*month + 8) % 12 + 1 + 12 * publication_lag_years();
  }
  // The index of the month in which is judged; only for a module whose manifest
  // requires "today".
  std::optional<int32_t> today_index() const {
    return batch_->today_index == 0
               ? std::nullopt
               : std::optional<int32_t>(batch_->today_index);
  }
  // Those not after as-of.
  List<Point> points() const {
    const uint32_t offset = batch_->points_offset[row_];
    uint32_t n = batch_->points_count[row_];
    while (n > 0 && batch_->point_index[offset + n - 1] > batch_->as_of_index) {
      --n;
    }
    return {batch_, offset, n};
  }
  std::optional<Point> latest() const {
    const List<Point> all = points();
    return all.empty() ? std::nullopt : std::optional<Point>(all.back());
  }
  List<Milestone> milestones() const {
    return {batch_, batch_->milestones_offset[row_],
            batch_->milestones_count[row_]};
  }
  std::optional<int64_t> milestone_at(int32_t index) const {
    for (const Milestone milestone : milestones()) {
      if (milestone.index == index) return milestone.value;
    }
    return std::nullopt;
  }
  // By its number in the manifest.
  Ratio parameter(uint32_t number) const {
    const shirube_parameter& parameter = batch_->parameters[number];
    const char* base = reinterpret_cast<const char*>(parameter.base);
    return {*reinterpret_cast<const int64_t*>(base + uint64_t{position_} *
                                                         parameter.stride),
            1000000};
  }

  // ---- What follows from it.

  // Where the way to the target starts: the baseline; of a sum 0, at the end of
  // the year before its window.
  std::optional<int64_t> start() const {
    return kind() == SHIRUBE_KIND_CUMULATIVE ? std::optional<int64_t>(0)
                                             : baseline();
  }
  std::optional<int32_t> start_index() const {
    if (kind() != SHIRUBE_KIND_CUMULATIVE) {
      return baseline() ? baseline_index() : std::nullopt;
    }
    const std::optional<int32_t> first = window_start_index();
    return first ? std::optional<int32_t>(*first - 12) : std::nullopt;
  }

  // 1: more is better; -1: less is; 0: not known, or a band. As given, else as
  // the operator says, else from the start towards the target.
  int direction() const {
    if (kind() == SHIRUBE_KIND_BAND) return 0;
    if (direction_given() != 0) return direction_given();
    if (operator_direction() != 0) return operator_direction();
    const std::optional<int64_t> from = start(), to = target();
    return from && to ? (*to > *from) - (*to < *from) : 0;
  }

  // Whether x meets the target. Ask obstacle() first.
  bool met(int64_t x) const {
    const int64_t to = *target();
    if (kind() == SHIRUBE_KIND_BAND) return to <= x && x <= *target_upper();
    switch (op()) {
      case SHIRUBE_OP_AT_MOST:
        return x <= to;
      case SHIRUBE_OP_BELOW:
        return x < to;
      case SHIRUBE_OP_ABOVE:
        return x > to;
      default:
        return direction() * (x - to) >= 0;
    }
  }

  // How much is still missing at x; 0 where nothing is.
  int64_t missing(int64_t x) const {
    const int64_t below = *target() - x, above = x - *target_upper();
    if (kind() == SHIRUBE_KIND_BAND) {
      return std::max({below, above, int64_t{0}});
    }
    return std::max(int64_t{0}, direction() > 0 ? below : above);
  }

  // There is a way from a start to the target: not so for a level to keep and
  // for the ceiling of a sum.
  bool has_way() const {
    switch (kind()) {
      case SHIRUBE_KIND_LEVEL:
      case SHIRUBE_KIND_BAND:
        return true;
      case SHIRUBE_KIND_CUMULATIVE:
        return !met(0);
      default:
        return false;
    }
  }

  // Why the latest point cannot be held against the target at all, or
  // kNoObstacle: then there are a target, a latest point with a value and,
  // unless it is a band, a direction.
  Code obstacle() const {
    constexpr int kAnyTarget = SHIRUBE_HAS_TARGET | SHIRUBE_TARGET_UNREAD |
                               SHIRUBE_TARGET_OTHER_UNIT | SHIRUBE_TARGET_WORDS;
    if (!has(kAnyTarget)) return kNoTarget;
    if (kind() >= SHIRUBE_KIND_QUALITATIVE || has(SHIRUBE_TARGET_WORDS)) {
      return kQualitativeTarget;
    }
    const std::optional<Point> point = latest();
    if (!point || point->state == SHIRUBE_POINT_GAP) return kNoData;
    if (point->state == SHIRUBE_POINT_UNREAD ||
        has(SHIRUBE_BASELINE_UNREAD | SHIRUBE_TARGET_UNREAD)) {
      return kAmbiguous;
    }
    if (!point->has_value() ||
        has(SHIRUBE_BASELINE_OTHER_UNIT | SHIRUBE_TARGET_OTHER_UNIT)) {
      return kUnitMismatch;
    }
    if (kind() == SHIRUBE_KIND_BAND) return kNoObstacle;
    if (direction_given() * operator_direction() < 0) return kDirectionConflict;
    return direction() == 0 ? kDirectionUnknown : kNoObstacle;
  }

 private:
  template <typename Number>
  std::optional<Number> If(int present, const Number* column) const {
    return has(present) ? std::optional<Number>(column[row_]) : std::nullopt;
  }

  int operator_direction() const {
    const bool up = op() == SHIRUBE_OP_AT_LEAST || op() == SHIRUBE_OP_ABOVE;
    const bool down = op() == SHIRUBE_OP_AT_MOST || op() == SHIRUBE_OP_BELOW;
    return up - down;
  }

  const shirube_batch* batch_;
  uint32_t row_;
  uint32_t position_;
};

// ---- What a module answers. ----

struct Answer {
  uint8_t answer = SHIRUBE_UNSET;
  Code reason = 0;
  uint16_t judged_point = SHIRUBE_NO_POINT;
};

inline Answer Raise(Code reason, const Point& judged) {
  return {SHIRUBE_RAISED, reason, judged.number};
}
inline Answer NotRaise(const Point& judged) {
  return {SHIRUBE_NOT_RAISED, 0, judged.number};
}
inline Answer CannotTell(Code reason) {
  return {SHIRUBE_CANNOT_TELL, reason, SHIRUBE_NO_POINT};
}
inline Answer CannotTell(Code reason, const Point& judged) {
  return {SHIRUBE_CANNOT_TELL, reason, judged.number};
}

// The facts of one row, by their number in the manifest; those not set are not
// given.
class Facts {
 public:
  Facts(const shirube_verdicts* verdicts, uint32_t position, uint32_t count)
      : verdicts_(verdicts), position_(position), count_(count) {}

  // Nobody reads them in bulk runs: what is costly is computed only if true.
  bool wanted() const { return count_ != 0; }

  void Set(uint32_t fact, const Ratio& value) {
    if (fact >= count_) return;
    const uint64_t at = fact * verdicts_->facts_stride + position_;
    verdicts_->fact_numerator[at] = ToAbi(value.numerator());
    verdicts_->fact_denominator[at] = ToAbi(value.denominator());
  }

 private:
  static shirube_int128 ToAbi(Int128 x) {
    return {static_cast<uint64_t>(x), static_cast<int64_t>(x >> 64)};
  }

  const shirube_verdicts* verdicts_;
  uint32_t position_;
  uint32_t count_;
};

// ---- What SHIRUBE_RULE exports. ----

namespace internal {

// What evaluate() returns when it refuses; 0 is success.
enum Fault : int { kBatchTooOld = 1, kVerdictsTooOld, kParametersMissing };

inline int Create(void** state) {
  *state = nullptr;
  return 0;
}

inline void Destroy(void* /*state*/) {}

template <Answer (*kJudge)(const Row&, Facts*), uint32_t kParameters,
          uint32_t kFacts>
int Evaluate(const void* /*state*/, const shirube_batch* batch,
             const uint32_t* rows, uint32_t n, shirube_verdicts* verdicts) {
  if (batch->struct_size < sizeof(shirube_batch)) return kBatchTooOld;
  if (verdicts->struct_size < sizeof(shirube_verdicts)) return kVerdictsTooOld;
  if (batch->parameters_count < kParameters) return kParametersMissing;
  const uint32_t facts_count =
      batch->want_facts != 0 ? std::min(verdicts->facts_count, kFacts) : 0;
  for (uint32_t k = 0; k < n; ++k) {
    Facts facts(verdicts, k, facts_count);
    const Answer answer =
        kJudge(Row(batch, rows != nullptr ? rows[k] : k, k), &facts);
    verdicts->answer[k] = answer.answer;
    verdicts->reason[k] = answer.reason;
    verdicts->judged_point[k] = answer.judged_point;
  }
  return 0;
}

}  // namespace internal
}  // namespace shirube::rule

// Exports Answer judge(const Row&, Facts*) as the module, with the numbers of
// parameters and facts that its manifest declares. Once, outside of namespaces.
#define SHIRUBE_RULE(judge, parameters, facts)                             \
  extern "C" const shirube_rule* shirube_rule_v0() {                       \
    static const shirube_rule kRule = {                                    \
        sizeof(shirube_rule),                                              \
        SHIRUBE_RULE_ABI_MAJOR,                                            \
        SHIRUBE_RULE_ABI_MINOR,                                            \
        0,                                                                 \
        shirube::rule::internal::Create,                                   \
        shirube::rule::internal::Evaluate<(judge), (parameters), (facts)>, \
        shirube::rule::internal::Destroy};                                 \
    return &kRule;                                                         \
  }

#endif  // SHIRUBE_RULE_HPP_
