#include "server/evaluation/flip.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/evaluation/derivation.h"

namespace shirube {
namespace {

constexpr int64_t kMostUnits = 999'999'999'999'999'999;  // 18 digits
constexpr int kGrid =
    256;  // between the landmarks, to see what is not monotone
constexpr int kSplit = 512;  // of a gap, in one question

int Rank(Status status) {
  switch (status) {
    case Status::kAchieved:
      return 3;
    case Status::kOnTrack:
      return 2;
    case Status::kAtRisk:
      return 1;
    default:
      return 0;
  }
}

void AddClamped(absl::int128 units, std::set<int64_t>* values) {
  if (units < -kMostUnits || units > kMostUnits) return;
  values->insert(static_cast<int64_t>(units));
}

std::vector<int64_t> FirstValues(const std::vector<int64_t>& landmarks) {
  std::set<int64_t> values;
  absl::int128 low = 0, high = 0;
  for (int64_t mark : landmarks) {
    for (int step = -1; step <= 1; ++step) {
      AddClamped(absl::int128(mark) + step, &values);
    }
    low = std::min<absl::int128>(low, mark);
    high = std::max<absl::int128>(high, mark);
  }
  const absl::int128 span = std::max<absl::int128>(high - low, 1);
  for (int i = 0; i <= 3 * kGrid; ++i) {
    AddClamped(low - span + span * i / kGrid, &values);
  }
  for (absl::int128 power = 1; power <= kMostUnits; power *= 10) {
    AddClamped(power, &values);
    AddClamped(-power, &values);
  }
  values.insert(-kMostUnits);
  values.insert(kMostUnits);
  return {values.begin(), values.end()};
}

// Where a status begins or ends: `before` is the last value without (with) it,
// `after` the first with (without) it.
struct Edge {
  int64_t before = 0, after = 0;
  bool rises = false;  // the status holds from `after` on
};

class Finder {
 public:
  Finder(const FlipQuestion& question, const FlipAsker& ask)
      : question_(question), ask_(ask) {}

  absl::StatusOr<std::vector<FlipPoint>> Find();

 private:
  std::vector<Edge> EdgesOf(int rank) const;
  bool Occurs(Status status) const;
  bool HoldsAtTheWorst(Status status) const;
  // Narrows the edge to two neighbours; false: not one edge after all.
  absl::StatusOr<bool> Narrow(int rank, Edge* edge);
  absl::StatusOr<FlipPoint> FindOne(Status status);
  bool FitsDirection(const std::vector<Edge>& edges) const;
  FlipPoint Omitted(Status status, std::string why) const;

  const FlipQuestion& question_;
  const FlipAsker& ask_;
  std::vector<int64_t> values_;
  std::vector<int> ranks_;
};

FlipPoint Finder::Omitted(Status status, std::string why) const {
  FlipPoint point;
  point.status = status;
  point.period = question_.period;
  point.omitted = std::move(why);
  return point;
}

std::vector<Edge> Finder::EdgesOf(int rank) const {
  std::vector<Edge> edges;
  for (size_t i = 1; i < values_.size(); ++i) {
    const bool before = ranks_[i - 1] >= rank, after = ranks_[i] >= rank;
    if (before != after) edges.push_back({values_[i - 1], values_[i], after});
  }
  return edges;
}

bool Finder::Occurs(Status status) const {
  return std::find(ranks_.begin(), ranks_.end(), Rank(status)) != ranks_.end();
}

bool Finder::HoldsAtTheWorst(Status status) const {
  const bool low = ranks_.front() == Rank(status);
  const bool high = ranks_.back() == Rank(status);
  switch (question_.direction) {
    case Direction::kUp:
      return low;
    case Direction::kDown:
      return high;
    case Direction::kUnspecified:
      break;
  }
  return low || high;
}

absl::StatusOr<bool> Finder::Narrow(int rank, Edge* edge) {
  while (edge->after - edge->before > 1) {
    const absl::int128 gap = absl::int128(edge->after) - edge->before;
    std::vector<int64_t> asked;
    for (int i = 1; i < kSplit; ++i) {
      const int64_t value =
          static_cast<int64_t>(edge->before + gap * i / kSplit);
      if (value > edge->before && (asked.empty() || value > asked.back())) {
        asked.push_back(value);
      }
    }
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Status> statuses, ask_(asked));
    Edge narrowed = *edge;
    bool crossed = false;
    for (size_t i = 0; i < asked.size(); ++i) {
      const bool holds = Rank(statuses[i]) >= rank;
      if (holds == edge->rises) {
        if (!crossed) narrowed.after = asked[i];
        crossed = true;
      } else if (crossed) {
        return false;
      } else {
        narrowed.before = asked[i];
      }
      values_.push_back(asked[i]);
      ranks_.push_back(Rank(statuses[i]));
    }
    *edge = narrowed;
  }
  return true;
}

bool Finder::FitsDirection(const std::vector<Edge>& edges) const {
  if (edges.size() == 2) return question_.band && edges[0].rises;
  if (edges.size() != 1) return false;
  if (question_.band || question_.direction == Direction::kUnspecified) {
    return true;
  }
  return edges[0].rises == (question_.direction == Direction::kUp);
}

absl::StatusOr<FlipPoint> Finder::FindOne(Status status) {
  const int rank = Rank(status);
  // Between AT_RISK and what is better there may be values that cannot be
  // judged; there is no worst value of AT_RISK all the same.
  if (status == Status::kAtRisk && HoldsAtTheWorst(status)) {
    return Omitted(status, "ALWAYS");
  }
  std::vector<Edge> edges = EdgesOf(rank);
  if (edges.empty()) {
    return Omitted(status, Occurs(status) ? "ALWAYS" : "OUT_OF_REACH");
  }
  if (!FitsDirection(edges)) return Omitted(status, "NOT_MONOTONE");
  FlipPoint point = Omitted(status, "");
  for (Edge& edge : edges) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool one, Narrow(rank, &edge));
    if (!one) return Omitted(status, "NOT_MONOTONE");
    const int64_t worst = edge.rises ? edge.after : edge.before;
    const Decimal value = *Decimal::Make(worst, question_.scale);
    if (edges.size() == 1) {
      point.value = value;
    } else {
      (edge.rises ? point.lower : point.upper) = value;
    }
  }
  return point;
}

absl::StatusOr<std::vector<FlipPoint>> Finder::Find() {
  const std::vector<int64_t> first = FirstValues(question_.landmarks);
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Status> statuses, ask_(first));
  std::vector<FlipPoint> points;
  bool any = false;
  for (Status status : {Status::kAchieved, Status::kOnTrack, Status::kAtRisk}) {
    // Each search looks at the ordered first values; what narrowing adds only
    // tells whether the very status occurs.
    values_ = first;
    ranks_.clear();
    for (Status answer : statuses) ranks_.push_back(Rank(answer));
    any = any || Occurs(status);
    SHIRUBE_ASSIGN_OR_RETURN(FlipPoint point, FindOne(status));
    // Better values alone win it: nothing gives this very status.
    if (point.omitted.empty() && !Occurs(status)) {
      point = Omitted(status, "OUT_OF_REACH");
    }
    points.push_back(std::move(point));
  }
  if (!any) {
    for (FlipPoint& point : points) {
      point = Omitted(point.status, "NOT_EVALUATED");
    }
  }
  return points;
}

}  // namespace

absl::StatusOr<std::vector<FlipPoint>> FindFlipPoints(
    const FlipQuestion& question, const FlipAsker& ask) {
  return Finder(question, ask).Find();
}

}  // namespace shirube
