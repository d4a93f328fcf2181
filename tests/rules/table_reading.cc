#include "tests/rules/table_reading.h"

#include <iterator>
#include <map>

namespace shirube::rules_test {
namespace {

Wide Gcd(Wide x, Wide y) { return y == 0 ? x : Gcd(y, x % y); }

Wide FloorDiv(Wide n, Wide d) {
  const Wide q = n / d;
  return n % d != 0 && n < 0 ? q - 1 : q;
}

// n1/d1 < n2/d2 by comparing whole parts, then the turned-over rests.
bool Less(Wide n1, Wide d1, Wide n2, Wide d2) {
  const Wide q1 = FloorDiv(n1, d1), q2 = FloorDiv(n2, d2);
  if (q1 != q2) return q1 < q2;
  const Wide r1 = n1 - q1 * d1, r2 = n2 - q2 * d2;
  if (r2 == 0) return false;
  if (r1 == 0) return true;
  return Less(d2, r2, d1, r1);
}

Fraction Max(const Fraction& x, const Fraction& y) { return x < y ? y : x; }

int Sign(const Fraction& x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

int OfOperator(uint8_t op) {
  if (op == SHIRUBE_OP_AT_LEAST || op == SHIRUBE_OP_ABOVE) return 1;
  if (op == SHIRUBE_OP_AT_MOST || op == SHIRUBE_OP_BELOW) return -1;
  return 0;
}

// The words of the table for one indicator.
class Table {
 public:
  explicit Table(const Indicator& x)
      : x_(x), band_(x.kind == SHIRUBE_KIND_BAND) {
    if (x.kind == SHIRUBE_KIND_CUMULATIVE) {
      b_ = Fraction(0);
      if (x.window_start_index) t_b_ = *x.window_start_index - 12;
    } else if (x.baseline) {
      b_ = Fraction(*x.baseline);
      t_b_ = x.baseline_index;
    }
    if (x.target) T_ = Fraction(*x.target);
    if (!x.every_year) t_T_ = x.target_index;
    if (!band_) d_ = FindDirection();
  }

  int d() const { return d_; }

  Reading Read(int32_t as_of) {
    const int chosen = Choose(as_of);
    Reading reading = Judge(chosen);
    reading.point = chosen;
    return reading;
  }

 private:
  static Reading No(const char* reason) { return {"NOT_EVALUATED", reason}; }
  static Reading Achieved(const char* reason) { return {"ACHIEVED", reason}; }
  static Reading OnTrack(const char* reason) { return {"ON_TRACK", reason}; }
  static Reading AtRisk(const char* reason) { return {"AT_RISK", reason}; }

  int FindDirection() const {
    if (x_.direction != 0) return x_.direction;
    if (OfOperator(x_.op) != 0) return OfOperator(x_.op);
    return T_ && b_ ? Sign(*T_ - *b_) : 0;
  }

  bool met(const Fraction& value) const {
    if (band_) return *T_ <= value && value <= Fraction(x_.target_upper);
    if (x_.op == SHIRUBE_OP_AT_MOST) return value <= *T_;
    if (x_.op == SHIRUBE_OP_BELOW) return value < *T_;
    if (x_.op == SHIRUBE_OP_ABOVE) return value > *T_;
    if (d_ == 0) return false;
    return Fraction(d_) * (value - *T_) >= 0;
  }

  Fraction g(const Fraction& value) const {
    if (band_) {
      return Max(Max(*T_ - value, value - Fraction(x_.target_upper)), 0);
    }
    return Max(0, Fraction(d_) * (*T_ - value));
  }

  int Choose(int32_t as_of) const {
    int latest = -1, own = -1;
    for (size_t i = 0; i < x_.points.size(); ++i) {
      const PointIn& p = x_.points[i];
      if (p.index > as_of) continue;
      latest = static_cast<int>(i);
      const bool number = p.state <= SHIRUBE_POINT_RESTATED;
      if (t_T_ && T_ && p.index == *t_T_ && number && met(p.value)) {
        own = static_cast<int>(i);
      }
    }
    return own >= 0 ? own : latest;
  }

  // The line through baseline, milestones and target, at t; where it exists.
  std::optional<Fraction> m(int32_t t) const {
    if (!t_T_) return std::nullopt;
    std::map<int32_t, Fraction> knots;
    if (t_b_) knots[*t_b_] = *b_;
    for (const MilestoneIn& s : x_.milestones) knots[s.index] = s.value;
    const bool from_above = band_ && b_ && *b_ > Fraction(x_.target_upper);
    knots[*t_T_] = from_above ? Fraction(x_.target_upper) : *T_;
    const auto after = knots.upper_bound(t);
    if (after == knots.begin()) return std::nullopt;
    const auto before = std::prev(after);
    if (after == knots.end()) return before->second;
    return before->second +
           (after->second - before->second) *
               Fraction(t - before->first, after->first - before->first);
  }

  Reading Judge(int chosen) const {
    // Row 1, in its order.
    if (!x_.target && !x_.target_unread && !x_.target_other_unit &&
        !x_.target_words) {
      return No("NO_TARGET");
    }
    if (x_.target_words || x_.kind == SHIRUBE_KIND_QUALITATIVE) {
      return No("QUALITATIVE_TARGET");
    }
    if (chosen < 0) return No("NO_DATA");
    const PointIn& point = x_.points[chosen];
    if (point.state == SHIRUBE_POINT_GAP) return No("NO_DATA");
    if (point.state == SHIRUBE_POINT_UNREAD || x_.baseline_unread ||
        x_.target_unread) {
      return No("AMBIGUOUS");
    }
    if (point.state == SHIRUBE_POINT_OTHER_UNIT || x_.baseline_other_unit ||
        x_.target_other_unit) {
      return No("UNIT_MISMATCH");
    }
    if (!band_ && x_.direction * OfOperator(x_.op) == -1) {
      return No("DIRECTION_CONFLICT");
    }
    if (!band_ && d_ == 0) return No("DIRECTION_UNKNOWN");
    return Judge(Fraction(point.value), point.index);
  }

  Reading Judge(const Fraction& a, int32_t t_a) const {
    const bool cumulative = x_.kind == SHIRUBE_KIND_CUMULATIVE;
    const bool maintain = x_.kind == SHIRUBE_KIND_MAINTAIN;
    if (t_b_ && t_a < *t_b_) return No("NOT_DUE");
    if (cumulative && t_b_ && t_a == *t_b_)
      return No("NOT_DUE");  // not in its window
    const bool b_met = b_ && met(*b_);
    const bool before_target = t_T_ && t_a < *t_T_;

    if (maintain || (cumulative && met(0))) {
      if (met(a)) {
        if (!t_T_ || before_target) return OnTrack("HOLDING");
        return Achieved(t_a == *t_T_ ? "MET_ON_TIME" : "MET_LATE");
      }
      if (maintain && (!t_T_ || before_target) && b_met)
        return AtRisk("FELL_BACK");
      return AtRisk("MISSED");
    }
    if (met(a)) {
      if (!t_T_) return Achieved("MET_UNDATED");
      if (before_target) return Achieved("MET_EARLY");
      return Achieved(t_a == *t_T_ ? "MET_ON_TIME" : "MET_LATE");
    }
    if (t_T_ && t_a >= *t_T_) return AtRisk("MISSED");
    if (t_b_ && t_a == *t_b_) return No("NOT_DUE");
    if (b_met) return AtRisk("FELL_BACK");

    const std::optional<Fraction> level =
        x_.milestones.empty() ? std::nullopt : m(t_a);
    if (b_ && g(a) - g(*b_) > Fraction(x_.noise_band) &&
        (!level || g(a) > g(*level))) {
      return AtRisk("REGRESSED");
    }
    if (!t_T_) return No("NO_TARGET_PERIOD");
    if (!b_ && (band_ || x_.milestones.empty())) return No("NO_BASELINE");
    if (!b_ && t_a < x_.milestones.front().index) return No("NOT_DUE");
    if (b_ && !t_b_) return No("NO_BASELINE_PERIOD");
    if (!b_) return g(a) <= g(*level) ? OnTrack("ON_PACE") : AtRisk("BEHIND");
    if (g(*b_) == Fraction(0)) return AtRisk("FAR_BEHIND");

    const Fraction P = (g(*b_) - g(a)) / g(*b_);
    const Fraction X = level ? (g(*b_) - g(*level)) / g(*b_)
                             : Fraction(t_a - *t_b_, *t_T_ - *t_b_);
    if (P >= X) return OnTrack("ON_PACE");
    if (P >= Fraction(x_.pace_threshold, 1000000) * X)
      return OnTrack("NEARLY_ON_PACE");
    if (P >= Fraction(x_.behind_threshold, 1000000) * X)
      return AtRisk("BEHIND");
    return AtRisk("FAR_BEHIND");
  }

  const Indicator& x_;
  const bool band_;
  std::optional<Fraction> b_, T_;
  std::optional<int32_t> t_b_, t_T_;
  int d_ = 0;
};

}  // namespace

Fraction::Fraction(Wide n, Wide d) : n_(d < 0 ? -n : n), d_(d < 0 ? -d : d) {
  const Wide common = Gcd(n_ < 0 ? -n_ : n_, d_);
  n_ /= common;
  d_ /= common;
}

Fraction operator+(const Fraction& x, const Fraction& y) {
  return Fraction(x.n_ * y.d_ + y.n_ * x.d_, x.d_ * y.d_);
}
Fraction operator-(const Fraction& x, const Fraction& y) {
  return Fraction(x.n_ * y.d_ - y.n_ * x.d_, x.d_ * y.d_);
}
Fraction operator*(const Fraction& x, const Fraction& y) {
  const Fraction left(x.n_, y.d_),
      right(y.n_, x.d_);  // reduced crosswise first
  return Fraction(left.n_ * right.n_, left.d_ * right.d_);
}
Fraction operator/(const Fraction& x, const Fraction& y) {
  return x * Fraction(y.d_, y.n_);
}
bool operator<(const Fraction& x, const Fraction& y) {
  return Less(x.n_, x.d_, y.n_, y.d_);
}

Reading ReadTable(const Indicator& indicator, int32_t as_of_index) {
  return Table(indicator).Read(as_of_index);
}

int DirectionOf(const Indicator& indicator) { return Table(indicator).d(); }

}  // namespace shirube::rules_test
