// The three built modules against a second reading of the table, and what must
// hold whatever the numbers are. SHIRUBE_SEED tries other numbers.
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/pace/pace.h"
#include "tests/rules/indicator.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/random_indicator.h"
#include "tests/rules/reason_names.h"
#include "tests/rules/table_reading.h"

namespace shirube::rules_test {
namespace {

constexpr int kRows = 300000;
constexpr int kBatch = 10000;

const std::vector<std::string> kStatuses = {"ACHIEVED", "ON_TRACK", "AT_RISK"};

std::vector<Indicator> RandomRows(RandomIndicators* random, int n) {
  std::vector<Indicator> rows;
  rows.reserve(n);
  for (int i = 0; i < n; ++i) rows.push_back(random->Next());
  return rows;
}

class RulesProperty : public testing::Test {
 protected:
  RulesProperty() : random_(SeedFromEnvironment()) {
    for (const std::string& id : kModules) modules_.emplace_back(id);
  }

  // What the three modules together say: "STATUS REASON", or what is wrong.
  std::vector<std::string> Verdicts(Batch* batch) const {
    std::vector<Answers> all;
    for (const ModuleUnderTest& module : modules_)
      all.push_back(module.Ask(batch->get()));
    std::vector<std::string> verdicts(batch->size());
    for (uint32_t k = 0; k < batch->size(); ++k) verdicts[k] = Combine(all, k);
    return verdicts;
  }

  static std::string Combine(const std::vector<Answers>& all, uint32_t k) {
    std::string verdict;
    int raised = 0, cannot_tell = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].judged_point[k] != all[0].judged_point[k])
        return "points differ";
      if (all[i].answer[k] == SHIRUBE_RAISED) {
        ++raised;
        verdict = kStatuses[i] + " " + ReasonName(all[i].reason[k]);
      } else if (all[i].answer[k] == SHIRUBE_CANNOT_TELL) {
        ++cannot_tell;
        if (all[i].reason[k] != all[0].reason[k]) return "reasons differ";
        verdict = "NOT_EVALUATED " + ReasonName(all[i].reason[k]);
      } else if (all[i].answer[k] != SHIRUBE_NOT_RAISED ||
                 all[i].reason[k] != 0) {
        return "no valid answer";
      }
    }
    const bool one_voice = raised == 1 ? cannot_tell == 0 : cannot_tell == 3;
    return one_voice && raised <= 1 ? verdict : "not exactly one status";
  }

  RandomIndicators random_;
  std::vector<ModuleUnderTest> modules_;
};

TEST_F(RulesProperty, ModulesAgreeWithASecondReadingOfTheTable) {
  std::map<std::string, int> seen;
  for (int done = 0; done < kRows; done += kBatch) {
    const std::vector<Indicator> rows = RandomRows(&random_, kBatch);
    const int32_t as_of =
        random_.OneIn(2)
            ? INT32_MAX
            : static_cast<int32_t>(12 * random_.Between(2015, 2027));
    Batch batch(rows, as_of);
    const std::vector<std::string> verdicts = Verdicts(&batch);
    const Answers first = modules_[0].Ask(batch.get());
    for (int k = 0; k < kBatch; ++k) {
      const Reading reading = ReadTable(rows[k], as_of);
      const std::string expected = reading.status + " " + reading.reason;
      ++seen[expected];
      ASSERT_EQ(verdicts[k], expected)
          << Describe(rows[k]) << " as_of=" << as_of;
      const int point = first.judged_point[k] == SHIRUBE_NO_POINT
                            ? -1
                            : first.judged_point[k];
      ASSERT_EQ(point, reading.point)
          << Describe(rows[k]) << " as_of=" << as_of;
    }
  }
  // Every reason was met often enough to mean something.
  EXPECT_EQ(seen.size(), kReasonNames.size());
  for (const auto& [verdict, count] : seen) EXPECT_GT(count, 50) << verdict;
}

TEST_F(RulesProperty, ShortcutForUsualRowsGivesWhatTheTableGives) {
  for (int done = 0; done < kRows / 3; done += kBatch) {
    const std::vector<Indicator> rows = RandomRows(&random_, kBatch);
    Batch batch(rows);
    for (uint32_t k = 0; k < kBatch; ++k) {
      const pace::Thresholds thresholds = {rows[k].pace_threshold,
                                           rows[k].behind_threshold};
      const pace::Judgement quick = pace::Judge(batch.get(), k, thresholds);
      const pace::Judgement whole =
          pace::JudgeGeneral(batch.get(), k, thresholds);
      ASSERT_EQ(quick.reason, whole.reason) << Describe(rows[k]);
      ASSERT_EQ(quick.point, whole.point) << Describe(rows[k]);
    }
  }
}

void TimesTen(Indicator* x) {
  if (x->baseline) *x->baseline *= 10;
  if (x->target) *x->target *= 10;
  x->target_upper *= 10;
  x->noise_band *= 10;
  for (PointIn& point : x->points) point.value *= 10;
  for (MilestoneIn& milestone : x->milestones) milestone.value *= 10;
}

bool FitsTimesTen(const Indicator& x) {
  constexpr int64_t kTenth = 99999999999999999;
  const auto fits = [](int64_t value) {
    return value <= kTenth && value >= -kTenth;
  };
  return fits(x.baseline.value_or(0)) && fits(x.target.value_or(0)) &&
         fits(x.target_upper) && fits(x.noise_band) &&
         std::all_of(x.points.begin(), x.points.end(),
                     [&](const PointIn& p) { return fits(p.value); }) &&
         std::all_of(x.milestones.begin(), x.milestones.end(),
                     [&](const MilestoneIn& m) { return fits(m.value); });
}

TEST_F(RulesProperty, ScalingAllValuesByTenChangesNothing) {
  std::vector<Indicator> rows;
  while (rows.size() < kRows / 3) {
    Indicator x = random_.Next();
    if (FitsTimesTen(x)) rows.push_back(std::move(x));
  }
  Batch batch(rows);
  const std::vector<std::string> before = Verdicts(&batch);
  std::vector<Indicator> scaled = rows;
  for (Indicator& x : scaled) TimesTen(&x);
  Batch scaled_batch(scaled);
  const std::vector<std::string> after = Verdicts(&scaled_batch);
  for (size_t k = 0; k < rows.size(); ++k)
    ASSERT_EQ(before[k], after[k]) << Describe(rows[k]);
}

// Moves the only point towards the target, or beyond it; a band: never past its
// far edge. False: there is no better value.
bool MakeBetter(RandomIndicators* random, Indicator* x) {
  int64_t& a = x->points[0].value;
  if (x->kind != SHIRUBE_KIND_BAND) {
    const int d = DirectionOf(*x);
    const int64_t span = std::max<int64_t>(1, std::llabs(*x->target - a));
    a +=
        d * random->Between(1, std::min<int64_t>(2 * span, 900000000000000000));
    return d != 0 && std::llabs(a) <= 1000000000000000000;
  }
  if (a >= *x->target && a <= x->target_upper) return false;
  const int64_t edge = a < *x->target ? *x->target : x->target_upper;
  a = random->Between(std::min(a, edge), std::max(a, edge));
  return true;
}

int Rank(const std::string& verdict) {
  const std::string status = verdict.substr(0, verdict.find(' '));
  if (status == "AT_RISK") return 1;
  if (status == "ON_TRACK") return 2;
  return status == "ACHIEVED" ? 3 : 0;
}

TEST_F(RulesProperty, BetterActualNeverWorsensTheStatus) {
  std::vector<Indicator> worse, better;
  while (worse.size() < kRows / 3) {
    const Indicator x = random_.NextWithOnePoint();
    Indicator y = x;
    if (!MakeBetter(&random_, &y)) continue;
    worse.push_back(x);
    better.push_back(y);
  }
  Batch worse_batch(worse), better_batch(better);
  const std::vector<std::string> before = Verdicts(&worse_batch);
  const std::vector<std::string> after = Verdicts(&better_batch);
  int compared = 0;
  for (size_t k = 0; k < worse.size(); ++k) {
    if (Rank(before[k]) == 0 || Rank(after[k]) == 0) continue;
    ++compared;
    ASSERT_LE(Rank(before[k]), Rank(after[k]))
        << before[k] << " -> " << after[k] << "\n"
        << Describe(worse[k]) << "\n"
        << Describe(better[k]);
  }
  EXPECT_GT(compared, kRows / 10);
}

TEST_F(RulesProperty, OrderOfRowsAndAskingTwiceChangeNothing) {
  const std::vector<Indicator> rows = RandomRows(&random_, kBatch);
  Batch batch(rows);
  std::vector<uint32_t> order(kBatch);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 shuffle(random_.Between(0, INT64_MAX));
  std::shuffle(order.begin(), order.end(), shuffle);
  // Parameters go by position, so the permuted question needs permuted rows.
  std::vector<Indicator> permuted;
  for (const uint32_t row : order) permuted.push_back(rows[row]);
  Batch permuted_batch(permuted);
  for (const ModuleUnderTest& module : modules_) {
    const Answers plain = module.Ask(batch.get());
    const Answers again = module.Ask(batch.get());
    const Answers shuffled = module.Ask(permuted_batch.get());
    EXPECT_EQ(plain.answer, again.answer);
    EXPECT_EQ(plain.reason, again.reason);
    EXPECT_EQ(plain.judged_point, again.judged_point);
    for (uint32_t k = 0; k < kBatch; ++k) {
      ASSERT_EQ(shuffled.answer[k], plain.answer[order[k]]);
      ASSERT_EQ(shuffled.reason[k], plain.reason[order[k]]);
      ASSERT_EQ(shuffled.judged_point[k], plain.judged_point[order[k]]);
    }
  }
}

TEST_F(RulesProperty, SelectionAnswersByPositionWithItsOwnParameters) {
  std::vector<Indicator> rows = RandomRows(&random_, kBatch);
  for (Indicator& x : rows)
    x.pace_threshold = 1000000, x.behind_threshold = 600000;
  Batch batch(rows);
  std::vector<uint32_t> selection;
  for (uint32_t row = kBatch; row-- > 0;) {
    if (random_.OneIn(3)) selection.push_back(row);
  }
  for (const ModuleUnderTest& module : modules_) {
    const Answers all = module.Ask(batch.get());
    const Answers some = module.Ask(batch.get(), selection.data(),
                                    static_cast<uint32_t>(selection.size()));
    for (size_t k = 0; k < selection.size(); ++k) {
      ASSERT_EQ(some.answer[k], all.answer[selection[k]]);
      ASSERT_EQ(some.reason[k], all.reason[selection[k]]);
    }
  }
}

Wide Of(const shirube_int128& x) {
  return static_cast<Wide>((static_cast<unsigned __int128>(x.high) << 64) |
                           x.low);
}

TEST_F(RulesProperty, FactsAreTheFractionsTheStatusFollowsFrom) {
  std::vector<Indicator> rows = RandomRows(&random_, kRows / 10);
  for (Indicator& x : rows)
    x.pace_threshold = 800000, x.behind_threshold = 600000;
  Batch batch(rows);
  batch.get()->want_facts = 1;
  const Answers on_track = modules_[1].Ask(batch.get());
  const Answers at_risk = modules_[2].Ask(batch.get());
  const size_t n = rows.size();
  int with_pace = 0;
  for (size_t k = 0; k < n; ++k) {
    const auto fact = [&](int f) -> std::optional<Fraction> {
      const Wide denominator = Of(on_track.denominator[f * n + k]);
      if (denominator == 0) return std::nullopt;
      return Fraction(Of(on_track.numerator[f * n + k]), denominator);
    };
    const auto expected = fact(0), gap = fact(1), progress = fact(2),
               due = fact(3), time = fact(4), pace = fact(5);
    if (on_track.answer[k] == SHIRUBE_CANNOT_TELL) {
      ASSERT_FALSE(expected || gap || progress || due || time || pace);
      continue;
    }
    ASSERT_EQ(expected.has_value(), gap.has_value());
    if (gap) {
      const int64_t a = rows[k].points[on_track.judged_point[k]].value;
      ASSERT_TRUE(*expected + *gap == Fraction(a)) << Describe(rows[k]);
    }
    const bool within = !time || (*time >= 0 && *time <= 1);
    ASSERT_TRUE(within) << Describe(rows[k]);
    if (!pace) continue;
    ++with_pace;
    ASSERT_TRUE(*pace * *due == *progress) << Describe(rows[k]);
    const bool straight = rows[k].milestones.empty() && time;
    ASSERT_TRUE(!straight || *due == *time) << Describe(rows[k]);
    const std::string reason =
        ReasonName(on_track.answer[k] == SHIRUBE_RAISED ? on_track.reason[k]
                                                        : at_risk.reason[k]);
    if (reason == "ON_PACE") {
      ASSERT_TRUE(*pace >= 1) << Describe(rows[k]);
    }
    if (reason == "NEARLY_ON_PACE") {
      ASSERT_TRUE(*pace >= Fraction(4, 5) && *pace < 1) << Describe(rows[k]);
    }
    if (reason == "BEHIND") {
      ASSERT_TRUE(*pace >= Fraction(3, 5) && *pace < Fraction(4, 5))
          << Describe(rows[k]);
    }
  }
  EXPECT_GT(with_pace, kRows / 100);
}

}  // namespace
}  // namespace shirube::rules_test
