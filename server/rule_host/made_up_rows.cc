#include "server/rule_host/made_up_rows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

using cases::Case;
using cases::Given;

constexpr int64_t kLargest = 999'999'999'999'999'999;  // 18 digits
constexpr int32_t kFirstYear = 2016, kLastYear = 2026;

class Maker {
 public:
  Maker(const Manifest& manifest, uint64_t seed)
      : manifest_(manifest), random_(seed) {}

  Case Next() {
    static constexpr int64_t kRanges[] = {
        6, 20, 200, 100'000, 1'000'000'000'000, kLargest};
    range_ = kRanges[Between(0, 5)];
    scale_ = OneIn(2) ? 0 : static_cast<int>(Between(1, 3));
    Case row;
    row.kind = static_cast<shirube_kind>(OneIn(2) ? 0 : Between(0, 4));
    if (OneIn(4)) row.measure = SHIRUBE_MEASURE_AMOUNT;
    Target(&row);
    Start(&row);
    KeepOrder(&row);
    Points(&row);
    Milestones(&row);
    if (OneIn(4)) row.noise_band = Number(Between(0, range_ / 8 + 1));
    if (OneIn(3)) {
      row.publication_month = static_cast<int>(Between(1, 12));
      row.publication_lag_years = static_cast<int>(Between(0, 2));
    }
    Parameters(&row);
    return row;
  }

 private:
  // By hand: the distributions of the standard library differ between
  // libraries, and a seed that was printed must give the same rows.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() %
                                      (static_cast<uint64_t>(high - low) + 1));
  }
  bool OneIn(int n) { return Between(1, n) == 1; }

  cases::Number Number(int64_t units) const { return {units, scale_}; }
  cases::Value Value() {
    return {Given::kNumber, Number(Between(-range_ / 4, range_))};
  }
  // Mostly whole years, so that periods coincide; else a quarter or a month.
  int32_t Index() {
    const auto year = static_cast<int32_t>(12 * Between(kFirstYear, kLastYear));
    return OneIn(5) ? year + static_cast<int32_t>(Between(1, 11)) : year;
  }

  void Target(Case* row) {
    if (row->kind == SHIRUBE_KIND_QUALITATIVE) {
      row->target.given = Given::kWords;
    } else if (OneIn(12)) {
      static constexpr Given kWhy[] = {Given::kAbsent, Given::kUnread,
                                       Given::kOtherUnit, Given::kWords};
      row->target.given = kWhy[Between(0, 3)];
    } else {
      row->target = Value();
    }
    if (row->kind == SHIRUBE_KIND_BAND && row->target.given == Given::kNumber) {
      const int64_t lower = row->target.number.units;
      row->target_upper =
          Number(std::min(kLargest, lower + Between(1, range_ / 4 + 1)));
    }
    if (row->target.given == Given::kAbsent) return;
    if (!OneIn(10)) row->target_index = Index();
    row->every_year = OneIn(row->kind == SHIRUBE_KIND_MAINTAIN ? 3 : 40);
    if (OneIn(2)) row->op = static_cast<shirube_operator>(Between(0, 6));
    if (OneIn(2))
      row->direction = static_cast<shirube_direction>(Between(-1, 1));
  }

  void Start(Case* row) {
    if (row->kind == SHIRUBE_KIND_CUMULATIVE && !OneIn(8)) {
      row->window_start_index = Index() / 12 * 12;
    }
    if (OneIn(7)) {
      static constexpr Given kWhy[] = {Given::kAbsent, Given::kUnread,
                                       Given::kOtherUnit};
      row->baseline.given = kWhy[Between(0, 2)];
      return;
    }
    // Now and then there is no way to be made.
    row->baseline = OneIn(10) && row->target.given == Given::kNumber
                        ? row->target
                        : Value();
    if (!OneIn(10)) row->baseline_index = Index();
  }

  // The index at which the way to the target begins.
  static std::optional<int32_t> StartIndex(const Case& row) {
    if (row.kind != SHIRUBE_KIND_CUMULATIVE) return row.baseline_index;
    if (!row.window_start_index) return std::nullopt;
    return *row.window_start_index - 12;
  }

  // No indicator is stored whose target period is not after that.
  void KeepOrder(Case* row) {
    const std::optional<int32_t> start = StartIndex(*row);
    if (!start || !row->target_index || *row->target_index > *start) return;
    row->target_index = *start + static_cast<int32_t>(12 * Between(1, 6));
  }

  void Points(Case* row) {
    std::set<int32_t> indexes;
    for (int64_t n = Between(0, 8); n > 0; --n) indexes.insert(Index());
    if (row->target_index && OneIn(3)) indexes.insert(*row->target_index);
    if (row->baseline_index && OneIn(6)) indexes.insert(*row->baseline_index);
    for (const int32_t index : indexes) {
      cases::Point point;
      point.index = index;
      point.value = Value();
      if (row->target.given == Given::kNumber && OneIn(8)) {
        point.value = row->target;
      }
      if (row->baseline.given == Given::kNumber && OneIn(8)) {
        point.value = row->baseline;
      }
      if (OneIn(8)) Spoil(&point);
      row->points.push_back(point);
    }
  }

  void Spoil(cases::Point* point) {
    point->state = static_cast<shirube_point_state>(Between(1, 5));
    if (point->state <= SHIRUBE_POINT_RESTATED) return;
    point->value = {};
    if (point->state == SHIRUBE_POINT_UNREAD) {
      point->value.given = Given::kUnread;
    }
    if (point->state == SHIRUBE_POINT_OTHER_UNIT) {
      point->value.given = Given::kOtherUnit;
    }
  }

  void Milestones(Case* row) {
    if (!OneIn(3)) return;
    std::set<int32_t> indexes;
    for (int64_t n = Between(1, 3); n > 0; --n) indexes.insert(Index());
    const std::optional<int32_t> start = StartIndex(*row);
    for (const int32_t index : indexes) {
      if (start && index <= *start) continue;
      if (row->target_index && index >= *row->target_index) continue;
      row->milestones.push_back({Value().number, index});
    }
  }

  // Within what the manifest allows; at most the one they may not exceed.
  void Parameters(Case* row) {
    if (!OneIn(3)) return;
    std::map<std::string, int64_t> values;
    for (const bool bounded : {false, true}) {
      for (const ManifestParameter& parameter : manifest_.parameters) {
        if (bounded == parameter.at_most.empty()) continue;
        int64_t most = parameter.max_millionths;
        if (bounded && values.contains(parameter.at_most)) {
          most = std::min(most, values[parameter.at_most]);
        }
        const int64_t least = std::min(parameter.min_millionths, most);
        values[parameter.name] = Between(least, most);
      }
    }
    for (const auto& [name, value] : values) {
      row->parameters.push_back({name, value, 0});
    }
  }

  const Manifest& manifest_;
  std::mt19937_64 random_;
  int64_t range_ = 0;
  int scale_ = 0;
};

// Complete, and on its way from 10 to 20.
Case Complete() {
  Case row;
  row.baseline = {Given::kNumber, {10, 0}};
  row.baseline_index = 12 * 2019;
  row.target = {Given::kNumber, {20, 0}};
  row.target_index = 12 * 2024;
  for (int year = 2020; year <= 2022; ++year) {
    cases::Point point;
    point.index = 12 * year;
    point.value = {Given::kNumber, {10 + 2 * (year - 2019), 0}};
    row.points.push_back(point);
  }
  return row;
}

// Rows that lack everything, or one thing each.
std::vector<Case> Lacking() {
  std::vector<Case> rows(1);
  rows[0].name = "nothing at all";
  const auto without = [&rows](const char* what, auto take) {
    Case row = Complete();
    take(&row);
    row.name = absl::StrCat("without ", what);
    rows.push_back(std::move(row));
  };
  without("a figure", [](Case* row) { row->points.clear(); });
  without("a target", [](Case* row) {
    row->target = {};
    row->target_index.reset();
  });
  without("a target period", [](Case* row) { row->target_index.reset(); });
  without("a baseline", [](Case* row) {
    row->baseline = {};
    row->baseline_index.reset();
  });
  without("a baseline period", [](Case* row) { row->baseline_index.reset(); });
  without("a window", [](Case* row) { row->kind = SHIRUBE_KIND_CUMULATIVE; });
  without("a figure that can be read", [](Case* row) {
    for (cases::Point& point : row->points) {
      point.value = {Given::kUnread, {}};
      point.state = SHIRUBE_POINT_UNREAD;
    }
  });
  without("anything but a figure", [](Case* row) {
    row->target = row->baseline = {};
    row->target_index.reset();
    row->baseline_index.reset();
  });
  return rows;
}

}  // namespace

std::vector<Case> MakeUpRows(const Manifest& manifest, uint64_t seed, int n) {
  std::vector<Case> rows = Lacking();
  rows.resize(std::min(rows.size(), static_cast<size_t>(n)));
  Maker maker(manifest, seed);
  while (rows.size() < static_cast<size_t>(n)) {
    rows.push_back(maker.Next());
    rows.back().name = absl::StrCat("made-up row ", rows.size());
  }
  return rows;
}

}  // namespace shirube
