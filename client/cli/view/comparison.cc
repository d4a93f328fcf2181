#include "client/cli/view/comparison.h"

#include <functional>
#include <sstream>
#include <vector>

#include "client/cli/view/judgement_words.h"
#include "client/cli/view/rule_words.h"

namespace shirube::cli {
namespace {

using Columns = google::protobuf::RepeatedPtrField<v1::RuleSetColumn>;

constexpr char kDiffers[] = "≠";

std::string Printed(const Table& table, const Look& look) {
  std::ostringstream out;
  table.PrintText(out, look.width, look.color);
  return out.str();
}

Table RowsTable(const v1::CompareRuleSetsResponse& comparison,
                const Look& look) {
  Table table;
  table.columns = {{"", "disagreement"},
                   {std::string(look.Say("指標", "INDICATOR")), "indicator",
                    Align::kLeft, true}};
  for (const v1::RuleSetColumn& column : comparison.columns()) {
    table.columns.push_back(
        {YardstickLabel(column.asked(), look.japanese), ""});
  }
  for (const v1::ComparedIndicator& row : comparison.indicators()) {
    const bool differs = row.disagreement();
    std::vector<Cell> cells = {Cell(differs ? kDiffers : "", Tone::kBold),
                               Cell(row.indicator_display_name(),
                                    differs ? Tone::kBold : Tone::kPlain)};
    for (const v1::Judgement& judgement : row.judgements()) {
      cells.emplace_back(JudgementLabel(judgement, look.japanese),
                         JudgementTone(judgement));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table CountsTable(const Columns& columns, const Look& look) {
  Table table;
  table.columns = {{std::string(look.Say("内訳", "COUNTS")), "status"}};
  for (const v1::RuleSetColumn& column : columns) {
    table.columns.push_back(
        {YardstickLabel(column.asked(), look.japanese), "", Align::kRight});
  }
  using Get = std::function<int(const v1::StatusCounts&)>;
  const auto add = [&](VerdictStatus status, const Get& get) {
    std::vector<Cell> cells = {
        Cell(StatusLabel(status, look.japanese), StatusTone(status))};
    int sum = 0;
    for (const v1::RuleSetColumn& column : columns) {
      sum += get(column.counts());
      cells.emplace_back(Grouped(std::to_string(get(column.counts()))));
    }
    if (sum > 0) table.rows.push_back(std::move(cells));
  };
  using Counts = v1::StatusCounts;
  add(v1::Verdict::STATUS_ACHIEVED, &Counts::achieved);
  add(v1::Verdict::STATUS_ON_TRACK, &Counts::on_track);
  add(v1::Verdict::STATUS_AT_RISK, &Counts::at_risk);
  add(v1::Verdict::STATUS_NOT_EVALUATED, &Counts::not_evaluated);
  add(v1::Verdict::STATUS_INDETERMINATE, &Counts::indeterminate);
  return table;
}

// "既定  達成・順調・要改善: achieved 0.1.0, on_track 0.1.0 (rs-…)".
std::string ColumnLine(const v1::RuleSetColumn& column, const Look& look) {
  std::string modules;
  for (const std::string& module : column.modules()) {
    modules += (modules.empty() ? "" : ", ") + ModuleText(module);
  }
  const std::string& title =
      look.japanese ? column.title().ja() : column.title().en();
  std::string line = YardstickLabel(column.asked(), look.japanese) + ": ";
  if (!title.empty()) line += title + " ― ";
  return line + modules;
}

std::string SumLine(const v1::CompareRuleSetsResponse& comparison,
                    const Look& look) {
  const std::string total = Grouped(std::to_string(comparison.total_count()));
  const std::string differing =
      Grouped(std::to_string(comparison.disagreement_count()));
  if (comparison.columns_size() < 2) {
    return std::string(look.Say("指標 " + total + "件", total + " indicators"));
  }
  if (comparison.disagreement_count() == 0) {
    return std::string(look.Say(
        "指標 " + total + "件のすべてで判定が一致しています。",
        "all " + total + " indicators have the same status everywhere"));
  }
  return std::string(
      look.Say(std::string(kDiffers) + " 判定が分かれた指標: " + total +
                   "件のうち " + differing + "件",
               std::string(kDiffers) + " judged differently: " + differing +
                   " of " + total + " indicators"));
}

}  // namespace

std::string ComparisonText(const v1::CompareRuleSetsResponse& comparison,
                           const Look& look) {
  std::string text;
  if (comparison.indicators_size() > 0) {
    text += Printed(RowsTable(comparison, look), look) + "\n";
  }
  text += look.Painted(SumLine(comparison, look), Tone::kBold) + "\n";
  if (comparison.total_count() > 0) {
    text += "\n" + Printed(CountsTable(comparison.columns(), look), look);
  }
  text += "\n";
  for (const v1::RuleSetColumn& column : comparison.columns()) {
    text += look.Painted(ColumnLine(column, look), Tone::kDim) + "\n";
  }
  return text;
}

Table ComparisonForPrograms(const v1::CompareRuleSetsResponse& comparison) {
  Table table;
  for (const char* key : {"indicator", "title", "disagreement"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::RuleSetColumn& column : comparison.columns()) {
    for (const char* field : {".status", ".reason", ".symbol"}) {
      const std::string key = YardstickKey(column.asked()) + field;
      table.columns.push_back({key, key});
    }
  }
  for (const v1::ComparedIndicator& row : comparison.indicators()) {
    const std::string& name = row.indicator();
    std::vector<Cell> cells = {name.substr(name.rfind('/') + 1),
                               row.indicator_display_name(),
                               row.disagreement() ? "true" : "false"};
    for (const v1::Judgement& judgement : row.judgements()) {
      cells.emplace_back(v1::Verdict::Status_Name(judgement.status()));
      cells.emplace_back(judgement.reason());
      cells.emplace_back(judgement.symbol());
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace shirube::cli
