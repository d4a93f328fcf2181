// Answers of the server for the tests of what is shown: the figures of the
// first published report, with what they were judged to be.
#ifndef SHIRUBE_TESTS_UNIT_CLI_VIEW_MESSAGES_H_
#define SHIRUBE_TESTS_UNIT_CLI_VIEW_MESSAGES_H_

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube::cli {

inline std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n');
}

inline v1::Ratio ARatio(long numerator, long denominator) {
  v1::Ratio ratio;
  ratio.set_numerator(std::to_string(numerator));
  ratio.set_denominator(std::to_string(denominator));
  return ratio;
}

// A fiscal year's point.
inline v1::Point APoint(v1::Point::Role role, const std::string& value,
                        int year) {
  v1::Point point;
  point.set_role(role);
  point.set_value(value);
  point.set_period("fy" + std::to_string(year));
  *point.mutable_index() = ARatio(year, 1);
  return point;
}

struct Figures {
  std::string id, name, unit;
  std::string baseline;  // "1619@2019"; empty: none
  std::string target;    // "2400@2024"
  std::string actuals;   // "1700@2020 2233@2022"; the last is judged
  v1::Verdict::Status status = v1::Verdict::STATUS_ON_TRACK;
  std::string reason = "ON_PACE";
};

inline v1::Point ParsePoint(v1::Point::Role role, const std::string& text) {
  std::vector<std::string> parts = absl::StrSplit(text, '@');
  return APoint(role, parts.at(0), std::stoi(parts.at(1)));
}

inline v1::Derivation ADerivation(const Figures& figures) {
  v1::Derivation derivation;
  derivation.set_unit(figures.unit);
  derivation.set_kind(v1::Indicator::KIND_LEVEL);
  derivation.set_direction(v1::Indicator::DIRECTION_UP);
  if (!figures.baseline.empty()) {
    *derivation.mutable_baseline() =
        ParsePoint(v1::Point::ROLE_BASELINE, figures.baseline);
    *derivation.add_path() = derivation.baseline();
  }
  if (!figures.target.empty()) {
    *derivation.mutable_target() =
        ParsePoint(v1::Point::ROLE_TARGET, figures.target);
    *derivation.add_path() = derivation.target();
  }
  if (!figures.actuals.empty()) {
    std::vector<std::string> actuals = absl::StrSplit(figures.actuals, ' ');
    for (const std::string& actual : actuals) {
      *derivation.add_trend() = ParsePoint(v1::Point::ROLE_ACTUAL, actual);
    }
    *derivation.mutable_actual() = *derivation.trend().rbegin();
  }
  return derivation;
}

inline v1::PlanTreeIndicator AnIndicator(const Figures& figures) {
  v1::PlanTreeIndicator item;
  v1::Indicator* indicator = item.mutable_indicator();
  indicator->set_name("plans/demo/indicators/" + figures.id);
  indicator->set_display_name(figures.name);
  indicator->set_unit(figures.unit);
  v1::Derivation derivation = ADerivation(figures);
  if (derivation.has_target()) {
    indicator->mutable_target()->set_value(derivation.target().value());
    indicator->mutable_target()->set_period(derivation.target().period());
  }
  v1::Verdict* verdict = item.mutable_verdict();
  verdict->set_name(indicator->name() + "/verdict");
  verdict->set_indicator(indicator->name());
  verdict->set_indicator_display_name(figures.name);
  verdict->set_status(figures.status);
  verdict->set_reason(figures.reason);
  verdict->set_unit(figures.unit);
  if (figures.status == v1::Verdict::STATUS_AT_RISK) {
    verdict->set_severity(v1::Verdict::SEVERITY_WARNING);
  }
  if (derivation.has_actual()) {
    verdict->set_value(derivation.actual().value());
    verdict->set_period(derivation.actual().period());
  }
  verdict->set_rule_set("ruleSets/rs-1f4c");
  return item;
}

inline std::vector<Figures> TheSeven() {
  using V = v1::Verdict;
  return {
      {"i-p1-01", "オンラインで利用できる県独自の行政手続の割合", "%",
       "1.5@2020", "100@2024", "71.5@2022"},
      {"i-p1-02", "防災士の認証登録者数", "人", "1619@2019", "2400@2024",
       "2233@2022"},
      {"i-p2-01", "事務事業の見直し・改善(経費削減額)", "億円", "0@2020",
       "120@2024", "75.6@2022"},
      {"i-p2-02", "事務事業の見直し・改善(削減事務量)", "万時間", "0@2020",
       "8@2024", "7.3@2022"},
      {"i-p3-01", "男性職員の育休休業取得率(知事部局)", "%", "16.7@2019",
       "100@2025", "86.3@2022"},
      {"i-p3-02", "Web会議の年間開催回数", "回", "319@2019", "2000@2024",
       "8526@2022", V::STATUS_ACHIEVED, "MET_EARLY"},
      {"i-p3-03", "AI会議録作成支援システム活用数", "回", "0@2019", "240@2024",
       "705@2022", V::STATUS_ACHIEVED, "MET_EARLY"},
  };
}

// Sets an initiative's flag by counting what is right below it.
inline void Count(v1::PlanTreeNode* node) {
  v1::Flag* flag = node->mutable_flag();
  v1::StatusCounts* counts = flag->mutable_counts();
  flag->set_status(v1::Verdict::STATUS_ON_TRACK);
  flag->set_reason("ON_TRACK");
  for (const v1::PlanTreeIndicator& item : node->indicators()) {
    counts->set_total(counts->total() + 1);
    switch (item.verdict().status()) {
      case v1::Verdict::STATUS_ACHIEVED:
        counts->set_achieved(counts->achieved() + 1);
        break;
      case v1::Verdict::STATUS_AT_RISK:
        counts->set_at_risk(counts->at_risk() + 1);
        flag->set_status(v1::Verdict::STATUS_AT_RISK);
        flag->set_reason("AT_RISK");
        break;
      case v1::Verdict::STATUS_ON_TRACK:
        counts->set_on_track(counts->on_track() + 1);
        break;
      default:
        counts->set_not_evaluated(counts->not_evaluated() + 1);
    }
    flag->add_indicators(item.indicator().name());
  }
  counts->set_evaluated(counts->total() - counts->not_evaluated());
  if (counts->total() == 0) {
    flag->set_status(v1::Verdict::STATUS_NOT_EVALUATED);
    flag->set_reason("NO_INDICATOR");
  }
}

inline v1::PlanTreeNode ANode(const std::string& label,
                              const std::string& title) {
  v1::PlanTreeNode node;
  node.mutable_initiative()->set_label(label);
  node.mutable_initiative()->set_display_name(title);
  Count(&node);
  return node;
}

// A plan of three pillars whose indicators are `figures`, the first two in the
// first, the next two in the second, the others in the third.
inline v1::PlanTree ATree(const std::vector<Figures>& figures = TheSeven()) {
  v1::PlanTree tree;
  tree.mutable_plan()->set_name("plans/demo");
  tree.mutable_plan()->set_display_name("山形県行財政改革推進プラン2021");
  v1::PlanTreeNode pillars[3];
  const char* titles[3] = {
      "県民の視点に立ち時代に即した行政サービスの提供",
      "リスクに柔軟に対応し健全で持続可能な行財政基盤の確立",
      "県民のための県づくりを力強く進める推進体制の確立"};
  for (int i = 0; i < 3; ++i) {
    pillars[i].mutable_initiative()->set_label("第" + std::to_string(i + 1));
    pillars[i].mutable_initiative()->set_display_name(titles[i]);
  }
  for (size_t i = 0; i < figures.size(); ++i) {
    *pillars[i < 2 ? 0 : (i < 4 ? 1 : 2)].add_indicators() =
        AnIndicator(figures[i]);
  }
  *pillars[0].add_children() = ANode("1", "行政のデジタル化の推進");
  *pillars[0].add_children() =
      ANode("2", "県民との対話の推進・県民の声の的確な把握");
  *pillars[1].add_children() = ANode("1", "歳入の確保");
  v1::StatusCounts* all = tree.mutable_counts();
  for (v1::PlanTreeNode& pillar : pillars) {
    Count(&pillar);
    const v1::StatusCounts& counts = pillar.flag().counts();
    all->set_total(all->total() + counts.total());
    all->set_evaluated(all->evaluated() + counts.evaluated());
    all->set_achieved(all->achieved() + counts.achieved());
    all->set_on_track(all->on_track() + counts.on_track());
    all->set_at_risk(all->at_risk() + counts.at_risk());
    all->set_not_evaluated(all->not_evaluated() + counts.not_evaluated());
    *tree.add_roots() = pillar;
  }
  return tree;
}

// Why the second of the seven is on track.
inline v1::ExplainVerdictResponse AnExplanation() {
  Figures figures = TheSeven()[1];
  v1::PlanTreeIndicator item = AnIndicator(figures);
  v1::ExplainVerdictResponse response;
  *response.mutable_indicator() = item.indicator();
  *response.mutable_verdict() = item.verdict();
  response.mutable_verdict()->set_deciding_module(
      "ruleModules/on_track/versions/1.0.0");
  *response.mutable_derivation() = ADerivation(figures);
  v1::Derivation* numbers = response.mutable_derivation();
  *numbers->mutable_expected() = ARatio(20876, 10);
  *numbers->mutable_gap() = ARatio(1454, 10);
  *numbers->mutable_missing_at_baseline() = ARatio(781, 1);
  *numbers->mutable_missing_at_actual() = ARatio(167, 1);
  *numbers->mutable_progress() = ARatio(614, 781);
  *numbers->mutable_expected_share() = ARatio(3, 5);
  *numbers->mutable_pace_ratio() = ARatio(3070, 2343);
  *numbers->mutable_time_share() = ARatio(3, 5);
  response.mutable_sentence()->set_ja(
      "R4実績2,233人は、基準値1,619人(R1)から目標値2,400人(R6)まで毎年度均等に"
      "増加した場合のR4時点の水準2,087.6人を145.4人上回っている("
      "目標までの増加分"
      "に対する進捗78.6%、期間の経過60.0%)。判定:順調");
  response.mutable_sentence()->set_en(
      "At 2,233 人 the FY2022 figure is 145.4 人 above 2,087.6 人.");
  auto add_flip = [&](v1::Verdict::Status status, const std::string& value) {
    v1::FlipPoint* flip = response.add_flip_points();
    flip->set_status(status);
    flip->set_period("fy2023");
    flip->set_value(value);
  };
  add_flip(v1::Verdict::STATUS_ACHIEVED, "2400");
  add_flip(v1::Verdict::STATUS_ON_TRACK, "2119");
  add_flip(v1::Verdict::STATUS_AT_RISK, "");
  response.mutable_flip_points(2)->set_omitted("ALWAYS");
  for (auto [period, value, change] :
       {std::tuple("fy2023", "2317", 84L), std::tuple("fy2024", "2400", 83L)}) {
    v1::Need* need = response.add_needs();
    need->set_period(period);
    need->set_value(value);
    *need->mutable_change() = ARatio(change, 1);
  }
  v1::ParameterSource* source = response.add_parameters();
  source->set_parameter("pace_threshold");
  source->set_value("0.80");
  source->set_scope("ruleSets/rs-1f4c");
  return response;
}

}  // namespace shirube::cli

#endif  // SHIRUBE_TESTS_UNIT_CLI_VIEW_MESSAGES_H_
