#include "client/cli/view/flags_html.h"

#include <algorithm>
#include <vector>

#include "client/cli/view/svg_trend.h"

namespace shirube::cli {
namespace {

// Statuses have a symbol and a word besides their colour, for readers who do
// not see colours and for copies without them.
constexpr char kStyle[] = R"css(
@page { size: A4; margin: 14mm 13mm; }
* { box-sizing: border-box; }
body { font-family: "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", "Hiragino Sans",
  Meiryo, sans-serif; font-size: 10pt; line-height: 1.55; color: #1b1b1b;
  background: #fff; max-width: 190mm; margin: 0 auto; padding: 6mm 4mm;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@media print { body { padding: 0; } }
h1 { font-size: 17pt; line-height: 1.35; margin: 0 0 1mm; }
h2 { font-size: 12.5pt; margin: 8mm 0 2mm; padding-bottom: 1mm;
  border-bottom: 1.5pt solid #444; }
h3 { font-size: 10.5pt; margin: 4mm 0 1.5mm; }
h2, h3 { display: flex; gap: 3mm; align-items: baseline; break-after: avoid; }
h2 .name, h3 .name { flex: 1; }
.sub { color: #555; margin: 0; }
.counts { display: flex; gap: 3mm; margin: 5mm 0; padding: 0; list-style: none; }
.counts li { flex: 1; border: 1pt solid #bbb; border-top-width: 4pt;
  padding: 1.5mm 2.5mm; }
.counts b { display: block; font-size: 19pt; line-height: 1.2; }
.counts .none { color: #888; border-color: #ccc; }
.badge { font-size: 9.5pt; font-weight: bold; white-space: nowrap;
  border: 1pt solid currentColor; border-radius: 2pt; padding: 0 2mm; }
.count { font-size: 9pt; font-weight: normal; color: #555; white-space: nowrap; }
.first { border: 1.5pt solid #c24a00; padding: 2mm 4mm 3mm; margin: 5mm 0;
  break-inside: avoid; }
.first h2 { margin-top: 0; border: 0; padding: 0; color: #c24a00; }
.first.fault, .first.fault h2 { border-color: #8b2f6b; color: #8b2f6b; }
.first ul { margin: 0; padding-left: 5mm; color: #1b1b1b; }
.plain { margin: 1mm 0 3mm; padding: 0; list-style: none; }
.plain li { border-bottom: .5pt solid #ddd; padding: .6mm 0 .6mm 2mm; }
.plain .dash { display: inline-block; width: 7mm; color: #777; }
.card { display: flex; gap: 4mm; border: .75pt solid #bbb; border-left-width: 4pt;
  padding: 2mm 3mm; margin: 2.5mm 0; break-inside: avoid; }
.card .text { flex: 1; min-width: 0; }
.card .name { font-weight: bold; margin: 0 0 1mm; overflow-wrap: anywhere; }
.card .numbers { margin: 1mm 0; }
.card .value { font-size: 13pt; font-weight: bold; }
.card .why { margin: 1mm 0 0; font-size: 9pt; color: #333; }
.trend { flex: none; align-self: center; }
.trend text { font-size: 9.5px; fill: #333; font-family: inherit; }
.nested { margin-left: 4mm; }
footer { margin-top: 8mm; border-top: .75pt solid #999; padding-top: 2mm;
  font-size: 8.5pt; color: #555; }
footer p { margin: 0; }
)css";

class Html {
 public:
  Html(const v1::PlanTree& tree, const FlagsPage& page,
       const Explanations& explanations, bool japanese)
      : tree_(tree),
        page_(page),
        explanations_(explanations),
        japanese_(japanese),
        notes_(NotesOf(tree, japanese)) {}

  std::string Make() {
    std::string title = Escaped(tree_.plan().display_name());
    html_ = std::string("<!DOCTYPE html>\n<html lang=\"") +
            (japanese_ ? "ja" : "en") +
            "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
            "content=\"width=device-width\">\n<title>" +
            title + "</title>\n<style>" + kStyle +
            "</style>\n</head>\n<body>\n<header>\n<h1>" + title +
            "</h1>\n<p class=\"sub\">" +
            Escaped(BelowTitle(tree_, page_, japanese_)) + "</p>\n</header>\n";
    AddCounts();
    AddFirst(v1::Verdict::STATUS_AT_RISK, "first");
    AddFirst(v1::Verdict::STATUS_INDETERMINATE, "first fault");
    for (const v1::PlanTreeNode& root : tree_.roots()) AddNode(root, 2);
    AddUnplaced();
    AddFooter();
    return html_ + "</body>\n</html>\n";
  }

 private:
  std::string Say(std::string_view ja, std::string_view en) const {
    return std::string(japanese_ ? ja : en);
  }

  std::string Badge(VerdictStatus status) const {
    return "<span class=\"badge\" style=\"color:" +
           std::string(PaperColor(status)) + "\">" +
           Escaped(StatusLabel(status, japanese_)) + "</span>";
  }

  void AddCount(VerdictStatus status, int count) {
    std::string style = "border-top-color:" + std::string(PaperColor(status));
    html_ += count > 0 ? "<li style=\"" + style + "\">" : "<li class=\"none\">";
    html_ += Escaped(StatusLabel(status, japanese_)) + "<b>" +
             std::to_string(count) + "</b></li>\n";
  }

  void AddCounts() {
    const v1::StatusCounts& counts = tree_.counts();
    html_ += "<ul class=\"counts\">\n";
    AddCount(v1::Verdict::STATUS_ACHIEVED, counts.achieved());
    AddCount(v1::Verdict::STATUS_ON_TRACK, counts.on_track());
    AddCount(v1::Verdict::STATUS_AT_RISK, counts.at_risk());
    AddCount(v1::Verdict::STATUS_NOT_EVALUATED, counts.not_evaluated());
    if (counts.indeterminate() > 0) {
      AddCount(v1::Verdict::STATUS_INDETERMINATE, counts.indeterminate());
    }
    html_ += "</ul>\n";
    const std::string waiting = WaitingLine(tree_, japanese_);
    if (!waiting.empty()) {
      html_ += "<p class=\"sub\">" + Escaped(waiting) + "</p>\n";
    }
  }

  // What needs attention, before everything else.
  void AddFirst(VerdictStatus status, const std::string& style) {
    auto items = IndicatorsThatAre(tree_, status);
    if (items.empty()) return;
    html_ += "<section class=\"" + style + "\">\n<h2>" +
             Escaped(StatusLabel(status, japanese_)) + " " +
             std::to_string(items.size()) + Say("件", "") + "</h2>\n<ul>\n";
    for (const v1::PlanTreeIndicator* item : items) {
      html_ += "<li><b>" + Escaped(item->indicator().display_name()) + "</b> " +
               Numbers(*item) + Reason(item->verdict()) + "</li>\n";
    }
    html_ += "</ul>\n</section>\n";
  }

  std::string Reason(const v1::Verdict& verdict) const {
    std::string reason =
        ReasonBeside(verdict.status(), verdict.reason(), japanese_);
    const std::string between = japanese_ ? "・" : ", ";
    std::string text = reason.empty() ? "" : between + Escaped(reason);
    if (verdict.waiting()) text += between + Say("判定待ち", "waiting");
    return text;
  }

  std::string Numbers(const v1::PlanTreeIndicator& item) const {
    std::string actual = ActualText(item.verdict(), japanese_);
    std::string target = TargetText(item.indicator(), japanese_);
    if (actual.empty()) actual = Say("実績なし", "no figure");
    if (target.empty()) target = Say("目標なし", "no target");
    return "<span class=\"value\">" + Escaped(actual) + "</span>" +
           Escaped(NoteSigns(item.verdict(), notes_)) + " → " + Escaped(target);
  }

  void AddCard(const v1::PlanTreeIndicator& item) {
    const v1::Verdict& verdict = item.verdict();
    html_ += "<div class=\"card\" style=\"border-left-color:" +
             std::string(PaperColor(verdict.status())) +
             "\">\n<div class=\"text\">\n<p class=\"name\">" +
             Escaped(item.indicator().display_name()) + "</p>\n" +
             Badge(verdict.status()) + Reason(verdict) +
             "\n<p class=\"numbers\">" + Numbers(item) + "</p>\n";
    auto found = explanations_.find(item.indicator().name());
    if (found != explanations_.end()) {
      const v1::LocalizedText& why = found->second.sentence();
      html_ += "<p class=\"why\">" + Escaped(japanese_ ? why.ja() : why.en()) +
               "</p>\n";
    }
    html_ += "</div>\n";
    if (found != explanations_.end()) {
      html_ +=
          SvgTrend(found->second.derivation(), verdict.status(), japanese_) +
          "\n";
    }
    html_ += "</div>\n";
  }

  static bool IsPlain(const v1::PlanTreeNode& node) {
    return IsUnmeasured(node.flag()) && node.indicators().empty() &&
           node.children().empty();
  }

  void AddPlain(const v1::PlanTreeNode& node) {
    html_ += "<li><span class=\"dash\">—</span>" +
             Escaped(TitleOf(node.initiative())) + "</li>\n";
  }

  void AddNode(const v1::PlanTreeNode& node, int level) {
    const std::string tag = level <= 2 ? "h2" : "h3";
    html_ += "<section" + std::string(level > 2 ? " class=\"nested\"" : "") +
             ">\n<" + tag + "><span class=\"name\">" +
             Escaped(TitleOf(node.initiative())) + "</span>";
    if (!IsUnmeasured(node.flag())) {
      html_ += "<span class=\"count\">" +
               Escaped(CountsText(node.flag().counts(), japanese_)) +
               "</span>" + Badge(node.flag().status());
    }
    html_ += "</" + tag + ">\n";
    for (const v1::PlanTreeIndicator& item : node.indicators()) AddCard(item);
    AddChildren(node, level);
    html_ += "</section>\n";
  }

  // Initiatives that nothing is measured of are lines of one list.
  void AddChildren(const v1::PlanTreeNode& node, int level) {
    bool in_list = false;
    for (const v1::PlanTreeNode& child : node.children()) {
      if (IsPlain(child) != in_list) {
        in_list = !in_list;
        html_ += in_list ? "<ul class=\"plain\">\n" : "</ul>\n";
      }
      if (in_list) {
        AddPlain(child);
      } else {
        AddNode(child, level + 1);
      }
    }
    if (in_list) html_ += "</ul>\n";
  }

  void AddUnplaced() {
    if (tree_.unplaced().empty()) return;
    html_ += "<section>\n<h2><span class=\"name\">" +
             Say("施策に属さない指標", "Indicators of no initiative") +
             "</span></h2>\n";
    for (const v1::PlanTreeIndicator& item : tree_.unplaced()) AddCard(item);
    html_ += "</section>\n";
  }

  void AddFooter() {
    html_ += "<footer>\n<p>" +
             Say("図: ● 実績値 □ 基準値 △ 目安値 ◇ 目標値、点線は均等(目安値が"
                 "あればそのとおり)に進む道筋。— は指標のない施策。",
                 "Charts: ● actual □ baseline △ milestone ◇ target; dotted: "
                 "the even path (through milestones where there are any). — "
                 "nothing is measured of the initiative.") +
             "</p>\n";
    for (size_t i = 0; i < notes_.size(); ++i) {
      html_ += "<p>" + Escaped(NoteLine(notes_, i)) + "</p>\n";
    }
    std::string rule_set = RuleSet();
    if (!rule_set.empty()) {
      html_ += "<p>" + Say("判定基準: ", "Rule set: ") + Escaped(rule_set) +
               "</p>\n";
    }
    html_ += "</footer>\n";
  }

  std::string RuleSet() const {
    for (const v1::PlanTreeIndicator* item : IndicatorsOf(tree_)) {
      if (!item->verdict().rule_set().empty()) {
        return item->verdict().rule_set();
      }
    }
    return "";
  }

  const v1::PlanTree& tree_;
  const FlagsPage& page_;
  const Explanations& explanations_;
  bool japanese_;
  Notes notes_;
  std::string html_;
};

}  // namespace

std::string FlagsHtml(const v1::PlanTree& tree, const FlagsPage& page,
                      const Explanations& explanations, bool japanese) {
  return Html(tree, page, explanations, japanese).Make();
}

}  // namespace shirube::cli
