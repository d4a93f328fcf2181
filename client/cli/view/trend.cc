#include "client/cli/view/trend.h"

#include <algorithm>
#include <cmath>

#include "client/cli/output/width.h"
#include "client/cli/view/plot.h"

namespace shirube::cli {
namespace {

constexpr int kRows = 9;
constexpr int kNarrowest = 50;
constexpr int kWidest = 92;
constexpr int kWithoutTerminal = 72;

// What lies in one character: dots (braille, 2 x 4 of them) or a symbol.
struct Spot {
  unsigned dots = 0;
  std::string symbol;
  Tone tone = Tone::kPlain;
};

std::string Braille(unsigned dots) {
  unsigned code = 0x2800 + dots;
  return {static_cast<char>(0xE0 | (code >> 12)),
          static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

class Canvas {
 public:
  Canvas(const Plot& plot, int columns)
      : plot_(plot),
        columns_(columns),
        spots_(kRows, std::vector<Spot>(columns)) {}

  // In dots from the left and from the top; the extremes lie in the middle of
  // the outermost characters.
  double X(double x) const {
    return (x - plot_.x0) / (plot_.x1 - plot_.x0) * (2 * columns_ - 2) + 0.5;
  }
  double Y(double y) const {
    return (plot_.y1 - y) / (plot_.y1 - plot_.y0) * (4 * kRows - 4) + 1.5;
  }
  int ColumnOf(double x) const {
    return std::clamp(static_cast<int>(X(x) / 2), 0, columns_ - 1);
  }
  int RowOf(double y) const {
    return std::clamp(static_cast<int>(Y(y) / 4), 0, kRows - 1);
  }

  void Level(double y, Tone tone) {
    for (Spot& spot : spots_[RowOf(y)]) {
      if (spot.dots == 0 && spot.symbol.empty()) {
        spot.symbol = "╌";
        spot.tone = tone;
      }
    }
  }

  // Straight from point to point. A dotted line has dots in every other column
  // of dots only.
  void Line(const std::vector<PlotPoint>& points, bool dotted, Tone tone) {
    for (size_t i = 1; i < points.size(); ++i) {
      double x = X(points[i - 1].x), y = Y(points[i - 1].y);
      double to_x = X(points[i].x), to_y = Y(points[i].y);
      int steps = static_cast<int>(
          std::ceil(std::max(std::abs(to_x - x), std::abs(to_y - y))));
      for (int k = 0; k <= steps; ++k) {
        double share = steps == 0 ? 0 : static_cast<double>(k) / steps;
        double at = x + share * (to_x - x);
        if (dotted && static_cast<int>(at) % 2 != 0) continue;
        Dot(at, y + share * (to_y - y), tone);
      }
    }
  }

  void Symbol(const PlotPoint& point, std::string_view symbol, Tone tone) {
    Spot& spot = spots_[RowOf(point.y)][ColumnOf(point.x)];
    spot = {0, std::string(symbol), tone};
  }

  std::string Row(int row, const Look& look) const {
    std::string line;
    for (const Spot& spot : spots_[row]) {
      if (!spot.symbol.empty()) {
        line += look.Painted(spot.symbol, spot.tone);
      } else if (spot.dots != 0) {
        line += look.Painted(Braille(spot.dots), spot.tone);
      } else {
        line += ' ';
      }
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
  }

 private:
  void Dot(double x, double y, Tone tone) {
    static constexpr unsigned kBits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int px = std::clamp(static_cast<int>(std::floor(x)), 0, 2 * columns_ - 1);
    int py = std::clamp(static_cast<int>(std::floor(y)), 0, 4 * kRows - 1);
    Spot& spot = spots_[py / 4][px / 2];
    spot.symbol.clear();  // a line lies over the target's dashes
    spot.dots |= kBits[py % 4][px % 2];
    spot.tone = tone;
  }

  const Plot& plot_;
  int columns_;
  std::vector<std::vector<Spot>> spots_;
};

std::string_view SymbolOf(v1::Point::Role role) {
  switch (role) {
    case v1::Point::ROLE_BASELINE:
      return "□";
    case v1::Point::ROLE_MILESTONE:
      return "△";
    case v1::Point::ROLE_TARGET:
      return "◇";
    default:
      return "●";
  }
}

// The values at the side, by row. Of two on one row the first in the plot's
// order stays: what was measured, then the target.
std::vector<std::string> Labels(const Plot& plot, const Canvas& canvas) {
  std::vector<std::string> labels(kRows);
  for (const PlotLevel& level : plot.levels) {
    std::string& label = labels[canvas.RowOf(level.y)];
    if (label.empty()) label = level.text;
  }
  return labels;
}

int Widest(const std::vector<std::string>& texts) {
  int widest = 0;
  for (const std::string& text : texts) {
    widest = std::max(widest, DisplayWidth(text));
  }
  return widest;
}

// The axis' line with its ticks, and the line of the years below it.
std::vector<std::string> TimeAxis(const Plot& plot, const Canvas& canvas,
                                  int columns, int gutter, const Look& look) {
  int label_width = 0;
  for (const PlotTick& tick : plot.ticks) {
    label_width = std::max(label_width, DisplayWidth(tick.label));
  }
  std::vector<std::string> axis(columns, "─");
  std::string years;
  int at = 0;  // columns written
  for (const PlotTick& tick :
       TicksThatFit(plot, columns - 1, label_width + 2)) {
    int column = canvas.ColumnOf(tick.x);
    axis[column] = "┴";
    // Centred below its tick; the gutter leaves room at the left.
    int start = gutter + column - DisplayWidth(tick.label) / 2;
    if (start > at) {
      years.append(start - at, ' ');
      at = start;
    }
    years += tick.label;
    at += DisplayWidth(tick.label);
  }
  std::string line = std::string(gutter - 1, ' ') + "└";
  for (const std::string& piece : axis) line += piece;
  return {look.Painted(line, Tone::kDim), years};
}

// In as many lines as `width` asks for.
std::vector<std::string> Legend(const Plot& plot, VerdictStatus status,
                                int gutter, int width, const Look& look) {
  auto has = [](const auto& points, v1::Point::Role role) {
    return std::any_of(points.begin(), points.end(),
                       [role](const auto& p) { return p.role == role; });
  };
  std::vector<std::string> entries;
  auto add = [&](std::string symbol, std::string_view ja, std::string_view en) {
    entries.push_back(symbol + " " + std::string(look.Say(ja, en)));
  };
  add(look.Painted("●", StatusTone(status)), "実績値", "actual");
  const bool milestones = has(plot.marks, v1::Point::ROLE_MILESTONE);
  if (has(plot.marks, v1::Point::ROLE_BASELINE)) add("□", "基準値", "baseline");
  if (milestones) add("△", "目安値", "milestone");
  if (has(plot.marks, v1::Point::ROLE_TARGET)) {
    add("◇", "目標値", "target");
  } else if (has(plot.levels, v1::Point::ROLE_TARGET)) {
    add("╌", "目標値", "target");
  }
  if (plot.path.size() > 1) {
    add("⠂⠂", milestones ? "目安値どおりの道筋" : "均等に進む道筋",
        milestones ? "path by milestones" : "even path");
  }

  return Flow(entries, gutter, width);
}

}  // namespace

std::vector<std::string> DrawTrend(const v1::Derivation& derivation,
                                   VerdictStatus status, const Look& look) {
  int width =
      look.width == 0 ? kWithoutTerminal : std::min(look.width, kWidest);
  if (width < kNarrowest) return {};
  std::optional<Plot> plot = PlotOf(derivation, look.japanese);
  if (!plot) return {};

  std::vector<std::string> texts;
  for (const PlotLevel& level : plot->levels) texts.push_back(level.text);
  int label_width = std::max(3, Widest(texts));
  int gutter = label_width + 2;      // " ┤"
  int columns = width - gutter - 4;  // room for half of the last year
  if (columns < 24) return {};

  Canvas canvas(*plot, columns);
  for (const PlotLevel& level : plot->levels) {
    if (level.role == v1::Point::ROLE_TARGET) {
      canvas.Level(level.y, Tone::kDim);
    }
  }
  canvas.Line(plot->path, true, Tone::kDim);
  canvas.Line(plot->measured, false, StatusTone(status));
  for (const PlotPoint& point : plot->marks) {
    bool measured = point.role == v1::Point::ROLE_ACTUAL;
    canvas.Symbol(point, SymbolOf(point.role),
                  measured ? StatusTone(status) : Tone::kBold);
  }

  std::vector<std::string> lines;
  std::vector<std::string> labels = Labels(*plot, canvas);
  for (int row = 0; row < kRows; ++row) {
    lines.push_back(Pad(labels[row], label_width, Align::kRight) + " " +
                    look.Painted(labels[row].empty() ? "│" : "┤", Tone::kDim) +
                    canvas.Row(row, look));
  }
  for (std::string& line : TimeAxis(*plot, canvas, columns, gutter, look)) {
    lines.push_back(std::move(line));
  }
  lines.push_back("");
  for (std::string& line : Legend(*plot, status, gutter, width, look)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace shirube::cli
