#include "tests/rules/random_indicator.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace shirube::rules_test {
namespace {

constexpr int64_t kLargest = 999999999999999999;

}  // namespace

uint64_t SeedFromEnvironment() {
  const char* text = std::getenv("SHIRUBE_SEED");
  const uint64_t seed =
      text != nullptr ? std::strtoull(text, nullptr, 10) : 20210401;
  std::printf("SHIRUBE_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

int64_t RandomIndicators::Value() { return Between(-range_ / 4, range_); }

// Mostly whole years, so that periods coincide; else a quarter or a month.
int32_t RandomIndicators::Index() {
  const int32_t year = static_cast<int32_t>(12 * Between(2016, 2026));
  if (!OneIn(5)) return year;
  return year + static_cast<int32_t>(Between(1, 11));
}

void RandomIndicators::Target(Indicator* x) {
  if (!OneIn(20)) x->target = Value();
  if (x->kind == SHIRUBE_KIND_BAND && x->target) {
    x->target_upper = std::min(
        kLargest, *x->target + Between(1, std::max<int64_t>(2, range_ / 4)));
    if (x->target_upper <= *x->target) x->target = x->target_upper - 1;
  }
  if (!x->target) {
    const int64_t why = Between(0, 3);
    x->target_unread = why == 1;
    x->target_other_unit = why == 2;
    x->target_words = why == 3;
  }
  if (!OneIn(10)) x->target_index = Index();
  x->every_year = x->kind == SHIRUBE_KIND_MAINTAIN ? OneIn(3) : OneIn(60);
  if (x->kind != SHIRUBE_KIND_BAND || OneIn(4)) {
    x->op = static_cast<uint8_t>(OneIn(2) ? 0 : Between(0, 6));
    x->direction = static_cast<int>(OneIn(2) ? 0 : Between(-1, 1));
  }
}

void RandomIndicators::Start(Indicator* x) {
  if (x->kind == SHIRUBE_KIND_CUMULATIVE) {
    x->window_start_index = Index() / 12 * 12;
    if (OneIn(4)) x->baseline = 0;
    if (x->target_index && *x->target_index < *x->window_start_index) {
      x->target_index =
          *x->window_start_index + 12 * static_cast<int32_t>(Between(0, 5));
    }
    if (OneIn(20))
      (OneIn(2) ? x->baseline_unread : x->baseline_other_unit) = true,
                                       x->baseline.reset();
    return;
  }
  if (!OneIn(8)) {
    x->baseline = x->target && OneIn(10) ? *x->target : Value();
    if (!OneIn(10)) x->baseline_index = Index();
  } else if (OneIn(3)) {
    (OneIn(2) ? x->baseline_unread : x->baseline_other_unit) = true;
  }
  if (x->baseline_index && x->target_index &&
      *x->target_index <= *x->baseline_index) {
    std::swap(x->baseline_index, x->target_index);
    if (x->target_index == x->baseline_index)
      x->target_index = *x->baseline_index + 12;
  }
}

void RandomIndicators::Points(Indicator* x) {
  std::set<int32_t> indexes;
  for (int64_t n = Between(0, 4); n > 0; --n) indexes.insert(Index());
  if (x->target_index && OneIn(3)) indexes.insert(*x->target_index);
  if (x->baseline_index && OneIn(6)) indexes.insert(*x->baseline_index);
  for (const int32_t index : indexes) {
    PointIn point = {index, Value(), SHIRUBE_POINT_FINAL};
    if (x->target && OneIn(8)) point.value = *x->target;
    if (x->baseline && OneIn(8)) point.value = *x->baseline;
    if (OneIn(8)) point.state = static_cast<uint8_t>(Between(0, 5));
    x->points.push_back(point);
  }
}

void RandomIndicators::Milestones(Indicator* x) {
  if (!OneIn(3)) return;
  const std::optional<int32_t> from =
      x->window_start_index
          ? std::optional<int32_t>(*x->window_start_index - 12)
          : x->baseline_index;
  std::set<int32_t> indexes;
  for (int64_t n = Between(1, 3); n > 0; --n) indexes.insert(Index());
  for (const int32_t index : indexes) {
    if (from && index <= *from) continue;
    if (x->target_index && index >= *x->target_index) continue;
    x->milestones.push_back({index, Value()});
  }
}

void RandomIndicators::Parameters(Indicator* x) {
  if (OneIn(3)) x->noise_band = Between(0, std::max<int64_t>(1, range_ / 8));
  if (OneIn(2)) return;
  x->pace_threshold = OneIn(2) ? 1000000 : Between(600000, 1000000);
  x->behind_threshold =
      OneIn(2) ? x->pace_threshold : Between(0, x->pace_threshold);
}

Indicator RandomIndicators::Next() {
  static constexpr int64_t kRanges[] = {6,       20, 200, 100000, 1000000000000,
                                        kLargest};
  range_ = kRanges[Between(0, 5)];
  Indicator x;
  const int64_t kind = Between(0, 16);
  x.kind = static_cast<uint8_t>(kind < 8    ? SHIRUBE_KIND_LEVEL
                                : kind < 11 ? SHIRUBE_KIND_CUMULATIVE
                                : kind < 13 ? SHIRUBE_KIND_MAINTAIN
                                : kind < 16 ? SHIRUBE_KIND_BAND
                                            : SHIRUBE_KIND_QUALITATIVE);
  Target(&x);
  Start(&x);
  Milestones(&x);
  Points(&x);
  Parameters(&x);
  return x;
}

Indicator RandomIndicators::NextWithOnePoint() {
  for (;;) {
    Indicator x = Next();
    if (!x.target || x.points.empty()) continue;
    x.points.resize(1);
    x.points[0].state = SHIRUBE_POINT_FINAL;
    return x;
  }
}

}  // namespace shirube::rules_test
