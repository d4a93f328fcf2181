// The numbers of an explanation, each with where it comes from.
#include <map>

#include "client/cli/view/explain.h"
#include "client/cli/view/tree_rows.h"

namespace shirube::cli {
namespace {

class Numbers {
 public:
  Numbers(const v1::ExplainVerdictResponse& response, bool japanese)
      : response_(response),
        derivation_(response.derivation()),
        japanese_(japanese) {
    table_.columns = {{Say("項目", "item"), "item"},
                      {Say("値", "value"), "value", Align::kRight},
                      {Say("時点", "period"), "period"},
                      {Say("備考", "remark"), "remark", Align::kLeft, true}};
  }

  Table Make() {
    AddGiven();
    AddLevel();
    AddShares();
    AddFacts();
    return std::move(table_);
  }

 private:
  std::string Say(std::string_view ja, std::string_view en) const {
    return std::string(japanese_ ? ja : en);
  }
  bool cumulative() const {
    return derivation_.kind() == v1::Indicator::KIND_CUMULATIVE;
  }
  int decimals() const { return derivation_.scale() + 2; }

  void Add(std::string item, std::string value, std::string period = "",
           std::string remark = "", Tone tone = Tone::kPlain) {
    table_.rows.push_back({std::move(item),
                           {std::move(value), tone},
                           {std::move(period), Tone::kDim},
                           {std::move(remark), Tone::kDim}});
  }

  void AddPoint(const std::string& item, const v1::Point& point,
                const std::string& remark = "", Tone tone = Tone::kPlain) {
    Add(item, Quantity(point.value(), derivation_.unit(), japanese_),
        PeriodName(point.period(), japanese_), remark, tone);
  }

  std::string StateRemark() const {
    switch (derivation_.actual().state()) {
      case v1::Observation::STATE_PROVISIONAL:
        return MarkName("PROVISIONAL", japanese_);
      case v1::Observation::STATE_RESTATED:
        return MarkName("RESTATED", japanese_);
      default:
        return "";
    }
  }

  // Baseline, target and actual.
  void AddGiven() {
    if (derivation_.has_baseline()) {
      AddPoint(Say("基準値", "baseline"), derivation_.baseline(),
               cumulative() ? Say("累計の起点", "start of the sum") : "");
    } else {
      Add(Say("基準値", "baseline"), "―");
    }
    AddTarget();
    for (const v1::Point& point : derivation_.path()) {
      if (point.role() == v1::Point::ROLE_MILESTONE) {
        AddPoint(Say("目安値", "milestone"), point);
      }
    }
    const v1::Verdict& verdict = response_.verdict();
    if (derivation_.has_actual()) {
      AddPoint(cumulative() ? Say("実績(累計)", "actual (sum)")
                            : Say("実績値", "actual"),
               derivation_.actual(), StateRemark(), Tone::kBold);
    } else {
      Add(Say("実績値", "actual"), "―", "",
          ReasonBeside(verdict.status(), verdict.reason(), japanese_));
    }
  }

  void AddTarget() {
    const v1::Indicator& indicator = response_.indicator();
    std::string item = Say("目標値", "target");
    // The indicator's has the operator and the words; its period stands in a
    // column of its own here.
    v1::Indicator undated = indicator;
    undated.mutable_target()->clear_period();
    undated.mutable_target()->clear_every_year();
    std::string value = TargetText(undated, japanese_);
    std::string period =
        indicator.target().every_year()
            ? Say("毎年度", "every year")
            : PeriodName(indicator.target().period(), japanese_);
    if (value.empty() && derivation_.has_target()) {
      AddPoint(item, derivation_.target());
    } else {
      Add(item, value.empty() ? "―" : value, period);
    }
  }

  void AddLevel() {
    const std::string& unit = derivation_.unit();
    if (auto expected = NumberOf(derivation_.expected());
        derivation_.has_expected() && expected) {
      Add(Say("その時点の水準", "level expected"),
          Quantity(Rounded(*expected, decimals()), unit, japanese_),
          PeriodName(derivation_.actual().period(), japanese_),
          derivation_.by_milestones()
              ? Say("目安値を結んだ線の上", "on the line through milestones")
              : Say("毎年度均等に進んだ場合", "on an even path"));
    }
    if (auto gap = NumberOf(derivation_.gap()); derivation_.has_gap() && gap) {
      std::string value =
          Difference(Rounded(*gap, decimals()), unit, japanese_);
      if (gap->sign() > 0) value = "+" + value;
      Add(Say("水準との差", "gap to it"), value, "",
          gap->sign() > 0 ? Say("水準より進んでいる", "better than the path")
          : gap->sign() < 0 ? Say("水準に届いていない", "short of the path")
                            : Say("水準のとおり", "on the path"),
          gap->sign() < 0 ? Tone::kYellow : Tone::kPlain);
    }
  }

  // "増やす781人のうち614人": what P is made of.
  std::string ProgressRemark() const {
    auto whole = NumberOf(derivation_.missing_at_baseline());
    auto left = NumberOf(derivation_.missing_at_actual());
    if (!whole || !left || whole->sign() == 0) return "";
    std::string all =
        Difference(Rounded(*whole, decimals()), derivation_.unit(), japanese_);
    std::string done = Difference(Rounded(*whole - *left, decimals()),
                                  derivation_.unit(), japanese_);
    return japanese_ ? "目標までの" + all + "のうち" + done
                     : done + " of the " + all + " to the target";
  }

  void AddShares() {
    if (auto progress = NumberOf(derivation_.progress())) {
      Add(Say("進捗", "progress"), Percent(*progress), "", ProgressRemark());
    }
    if (auto share = NumberOf(derivation_.expected_share());
        share && derivation_.by_milestones()) {
      Add(Say("目安の進捗", "progress expected"), Percent(*share));
    }
    if (auto time = NumberOf(derivation_.time_share())) {
      Add(Say("期間の経過", "time gone by"), Percent(*time));
    }
    auto pace = NumberOf(derivation_.pace_ratio());
    if (!pace) return;
    std::optional<Ratio> threshold;
    std::string remark;
    for (const v1::ParameterSource& source : response_.parameters()) {
      if (source.parameter() != "pace_threshold") continue;
      threshold = ParseNumber(source.value());
      remark = japanese_ ? source.value() + "以上で順調"
                         : "on track from " + source.value();
    }
    Add(Say("ペース比", "pace ratio"), BesideThreshold(*pace, threshold), "",
        remark);
  }

  // Numbers of modules other than ours.
  void AddFacts() {
    // By whether it is a ratio: another module's may be something else.
    static const std::map<std::string, bool> kShown = {
        {"expected", false},      {"gap", false},       {"progress", true},
        {"expected_share", true}, {"pace_ratio", true}, {"time_share", true}};
    for (const v1::Fact& fact : response_.verdict().facts()) {
      auto value = NumberOf(fact.value());
      const auto shown = kShown.find(fact.name());
      const bool is_ratio = fact.unit() == "ratio";
      if (!value || (shown != kShown.end() && shown->second == is_ratio)) {
        continue;
      }
      std::string text = is_ratio ? Rounded(*value, 4)
                                  : Quantity(Rounded(*value, decimals()),
                                             fact.unit(), japanese_);
      Add(fact.name(), text, "", fact.module());
    }
  }

  const v1::ExplainVerdictResponse& response_;
  const v1::Derivation& derivation_;
  bool japanese_;
  Table table_;
};

}  // namespace

Table NumbersTable(const v1::ExplainVerdictResponse& response, bool japanese) {
  return Numbers(response, japanese).Make();
}

}  // namespace shirube::cli
