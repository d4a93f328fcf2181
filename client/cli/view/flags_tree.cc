#include "client/cli/view/flags_tree.h"

#include <algorithm>
#include <set>
#include <vector>

#include "client/cli/output/width.h"

namespace shirube::cli {
namespace {

constexpr int kGap = 2;
constexpr int kIndent = 2;
constexpr int kUsefulTitle = 30;  // narrower titles are worse than more lines
constexpr int kLagging = 12;      // listed at the top; the tree has them all
constexpr char kArrow[] = " → ";

struct Row {
  int depth = 0;
  bool indicator = false;
  std::string status;  // "○ 順調"
  Tone tone = Tone::kPlain;
  std::string title;
  std::string counts;                  // of an initiative
  std::string actual, target, remark;  // of an indicator
};

// Columns for the whole page, so that everything stands under each other.
struct Layout {
  int status = 0, title = 0, actual = 0, target = 0, remark = 0;
  // What does not fit beside the title goes below it.
  bool numbers_below = false, remark_below = false;

  int title_at() const { return status + kGap; }
  int numbers() const { return actual + DisplayWidth(kArrow) + target; }
  // Of the whole row behind the status.
  int body() const {
    return title + (numbers_below ? 0 : kGap + numbers()) +
           (remark == 0 || remark_below ? 0 : kGap + remark);
  }
};

Row RowOf(const v1::PlanTreeIndicator& item, int depth, const Notes& notes,
          const Look& look) {
  const v1::Verdict& verdict = item.verdict();
  Row row;
  row.depth = depth;
  row.indicator = true;
  row.status = StatusLabel(verdict.status(), look.japanese);
  row.tone = StatusTone(verdict.status(), verdict.severity());
  row.title = item.indicator().display_name();
  row.actual = ActualText(verdict, look.japanese) + NoteSigns(verdict, notes);
  if (row.actual.empty()) row.actual = look.Say("実績なし", "no figure");
  row.target = TargetText(item.indicator(), look.japanese);
  if (row.target.empty()) row.target = look.Say("目標なし", "no target");
  row.remark = ReasonBeside(verdict.status(), verdict.reason(), look.japanese);
  if (verdict.waiting()) {
    row.remark += row.remark.empty() ? "" : " ";
    row.remark += look.Say("判定待ち", "waiting");
    row.tone = Tone::kPurple;  // what it shows is not today's
  }
  return row;
}

Row RowOf(const v1::PlanTreeNode& node, int depth, const Look& look) {
  const v1::Flag& flag = node.flag();
  Row row;
  row.depth = depth;
  row.title = TitleOf(node.initiative());
  if (IsUnmeasured(flag)) {
    row.status = "—";
    row.tone = Tone::kDim;
  } else {
    row.status = StatusLabel(flag.status(), look.japanese);
    row.tone = StatusTone(flag.status());
    row.counts = CountsText(flag.counts(), look.japanese);
  }
  return row;
}

void AddRows(const v1::PlanTreeNode& node, int depth, const Notes& notes,
             const Look& look, std::vector<Row>* rows) {
  rows->push_back(RowOf(node, depth, look));
  for (const v1::PlanTreeIndicator& item : node.indicators()) {
    rows->push_back(RowOf(item, depth + 1, notes, look));
  }
  for (const v1::PlanTreeNode& child : node.children()) {
    AddRows(child, depth + 1, notes, look, rows);
  }
}

std::vector<Row> RowsOf(const v1::PlanTree& tree, const Notes& notes,
                        const Look& look) {
  std::vector<Row> rows;
  for (const v1::PlanTreeNode& root : tree.roots()) {
    AddRows(root, 0, notes, look, &rows);
  }
  if (tree.unplaced().empty()) return rows;
  Row heading;
  heading.status = "—";
  heading.tone = Tone::kDim;
  heading.title = look.Say("施策に属さない指標", "Indicators of no initiative");
  rows.push_back(heading);
  for (const v1::PlanTreeIndicator& item : tree.unplaced()) {
    rows.push_back(RowOf(item, 1, notes, look));
  }
  return rows;
}

std::string_view Bullet(const Row& row) { return row.indicator ? "・" : ""; }

int TitleWidth(const Row& row) {
  return row.depth * kIndent + DisplayWidth(Bullet(row)) +
         DisplayWidth(row.title);
}

Layout LayoutOf(const std::vector<Row>& rows, int width) {
  Layout layout;
  int longest = 0;
  for (const Row& row : rows) {
    layout.status = std::max(layout.status, DisplayWidth(row.status));
    layout.actual = std::max(layout.actual, DisplayWidth(row.actual));
    layout.target = std::max(layout.target, DisplayWidth(row.target));
    layout.remark = std::max(layout.remark, DisplayWidth(row.remark));
    if (row.indicator) longest = std::max(longest, TitleWidth(row));
  }
  layout.title = std::max(longest, kUsefulTitle);
  if (width <= 0) return layout;
  auto room = [&] {
    return width - layout.title_at() - (layout.body() - layout.title);
  };
  layout.remark_below = room() < std::min(longest, kUsefulTitle);
  layout.numbers_below = room() < std::min(longest, kUsefulTitle);
  layout.title = std::max(8, std::min(layout.title, room()));
  return layout;
}

// Fills `text` up from `from` to column `to`, at least by one space.
void FillTo(std::string* text, int* from, int to) {
  int spaces = std::max(1, to - *from);
  text->append(spaces, ' ');
  *from += spaces;
}

class Page {
 public:
  Page(const Layout& layout, const Look& look) : layout_(layout), look_(look) {}

  void Print(const Row& row, std::string* out) const {
    std::string indent(row.depth * kIndent, ' ');
    std::string bullet(Bullet(row));
    int title_room = (row.indicator ? layout_.title : TitleRoomOf(row)) -
                     DisplayWidth(indent + bullet);
    std::vector<std::string> lines =
        look_.width > 0 ? Wrap(row.title, std::max(8, title_room))
                        : std::vector<std::string>{row.title};
    for (size_t i = 0; i < lines.size(); ++i) {
      std::string line =
          i == 0 ? look_.Painted(Pad(row.status, layout_.status), row.tone)
                 : std::string(layout_.status, ' ');
      line += std::string(kGap, ' ') + indent +
              (i == 0 ? bullet : std::string(DisplayWidth(bullet), ' ')) +
              PaintedTitle(row, lines[i]);
      int at = layout_.title_at() + DisplayWidth(indent + bullet + lines[i]);
      if (i == 0) AddRight(row, &line, at);
      Add(line, out);
    }
    AddBelow(row, indent + bullet, out);
  }

 private:
  // An initiative's title reaches over the numbers, up to its counts.
  int TitleRoomOf(const Row& row) const {
    int counts = DisplayWidth(row.counts);
    int room = layout_.body() - (counts == 0 ? 0 : counts + kGap);
    return look_.width > 0 ? std::max(16, room) : room;
  }

  std::string PaintedTitle(const Row& row, const std::string& title) const {
    return look_.Painted(
        title, !row.indicator && row.depth == 0 ? Tone::kBold : Tone::kPlain);
  }

  std::string Numbers(const Row& row) const {
    return Pad(row.actual, layout_.actual, Align::kRight) +
           look_.Painted(kArrow, Tone::kDim) + Pad(row.target, layout_.target);
  }

  void AddRight(const Row& row, std::string* line, int at) const {
    if (!row.counts.empty()) {
      FillTo(line, &at,
             layout_.title_at() + layout_.body() - DisplayWidth(row.counts));
      *line += look_.Painted(row.counts, Tone::kDim);
    }
    if (!row.indicator || layout_.numbers_below) return;
    FillTo(line, &at, layout_.title_at() + layout_.title + kGap);
    *line += Numbers(row);
    if (!row.remark.empty() && !layout_.remark_below) {
      *line += std::string(kGap, ' ') + look_.Painted(row.remark, row.tone);
    }
  }

  void AddBelow(const Row& row, const std::string& hanging,
                std::string* out) const {
    if (!row.indicator) return;
    std::string line(layout_.title_at() + DisplayWidth(hanging), ' ');
    if (layout_.numbers_below) {
      line += row.actual + look_.Painted(kArrow, Tone::kDim) + row.target;
    }
    bool remark = layout_.remark_below && !row.remark.empty();
    if (remark) {
      if (layout_.numbers_below) {
        int end = DisplayWidth(line) + kGap + DisplayWidth(row.remark);
        if (look_.width > 0 && end > look_.width) {
          Add(line, out);
          line = std::string(layout_.title_at() + DisplayWidth(hanging), ' ');
        } else {
          line += std::string(kGap, ' ');
        }
      }
      line += look_.Painted(row.remark, row.tone);
    }
    if (remark || layout_.numbers_below) Add(line, out);
  }

  static void Add(std::string line, std::string* out) {
    while (line.ends_with(' ')) line.pop_back();
    *out += line + "\n";
  }

  const Layout& layout_;
  const Look& look_;
};

std::string Header(const v1::PlanTree& tree, const FlagsPage& page,
                   const Look& look) {
  std::string out;
  std::string title = tree.plan().display_name();
  for (const std::string& line : look.width > 0
                                     ? Wrap(title, look.width)
                                     : std::vector<std::string>{title}) {
    out += look.Painted(line, Tone::kBold) + "\n";
  }
  std::string below = BelowTitle(tree, page, look.japanese);
  return out + look.Painted(below, Tone::kDim) + "\n\n" +
         CountsLines(tree.counts(), look);
}

// "▲ 要改善 2指標" and the indicators themselves.
void AddFirst(const v1::PlanTree& tree, VerdictStatus status, size_t most,
              const Notes& notes, const Page& page, const Look& look,
              std::string* out) {
  auto items = IndicatorsThatAre(tree, status);
  if (items.empty()) return;
  std::string heading = StatusLabel(status, look.japanese) + " " +
                        std::to_string(items.size()) +
                        std::string(look.Say("件", ""));
  *out += "\n" + look.Painted(heading, Tone::kBold) + "\n";
  for (size_t i = 0; i < items.size() && i < most; ++i) {
    page.Print(RowOf(*items[i], 0, notes, look), out);
  }
  if (items.size() > most) {
    std::string count = std::to_string(items.size() - most);
    *out += "  " +
            std::string(look.japanese ? "ほか" + count + "件"
                                      : "and " + count + " more") +
            "\n";
  }
}

void AddNotes(const Notes& notes, const Look& look, std::string* out) {
  if (notes.empty()) return;
  *out += "\n";
  for (size_t i = 0; i < notes.size(); ++i) {
    const std::string note = NoteLine(notes, i);
    for (const std::string& line : look.width > 0
                                       ? Wrap(note, look.width)
                                       : std::vector<std::string>{note}) {
      *out += look.Painted(line, Tone::kDim) + "\n";
    }
  }
}

}  // namespace

std::string CountsLines(const v1::StatusCounts& counts, const Look& look) {
  struct Part {
    VerdictStatus status;
    int count;
  };
  std::vector<std::string> entries;
  for (const Part& part :
       {Part{v1::Verdict::STATUS_ACHIEVED, counts.achieved()},
        Part{v1::Verdict::STATUS_ON_TRACK, counts.on_track()},
        Part{v1::Verdict::STATUS_AT_RISK, counts.at_risk()},
        Part{v1::Verdict::STATUS_NOT_EVALUATED, counts.not_evaluated()},
        Part{v1::Verdict::STATUS_INDETERMINATE, counts.indeterminate()}}) {
    if (part.count == 0 && part.status == v1::Verdict::STATUS_INDETERMINATE) {
      continue;
    }
    entries.push_back(
        look.Painted(StatusLabel(part.status, look.japanese) + " " +
                         std::to_string(part.count),
                     part.count > 0 ? StatusTone(part.status) : Tone::kDim));
  }
  std::string text;
  for (const std::string& line : Flow(entries, 0, look.width)) {
    text += line + "\n";
  }
  return text;
}

std::string FlagsTree(const v1::PlanTree& tree, const FlagsPage& page,
                      const Look& look) {
  const Notes notes = NotesOf(tree, look.japanese);
  std::vector<Row> rows = RowsOf(tree, notes, look);
  Layout layout = LayoutOf(rows, look.width);
  Page printer(layout, look);

  std::string out = Header(tree, page, look);
  // How many of the counts above are not today's.
  const std::string waiting = WaitingLine(tree, look.japanese);
  if (!waiting.empty()) out += look.Painted(waiting, Tone::kPurple) + "\n";
  AddFirst(tree, v1::Verdict::STATUS_AT_RISK, kLagging, notes, printer, look,
           &out);
  AddFirst(tree, v1::Verdict::STATUS_INDETERMINATE, kLagging, notes, printer,
           look, &out);
  if (rows.empty()) {
    out += "\n" +
           std::string(
               look.Say("該当する施策・指標はありません。", "Nothing fits.")) +
           "\n";
  }
  for (const Row& row : rows) {
    if (row.depth == 0 && !row.indicator) out += "\n";
    printer.Print(row, &out);
  }
  AddNotes(notes, look, &out);
  return out;
}

}  // namespace shirube::cli
