#include "client/cli/view/svg_trend.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "client/cli/view/plot.h"

namespace shirube::cli {
namespace {

constexpr double kWidth = 250, kHeight = 96;
constexpr double kLeft = 10, kRight = 72, kTop = 10, kBottom = 18;

std::string Number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

class Drawing {
 public:
  Drawing(const Plot& plot, VerdictStatus status, bool japanese)
      : plot_(plot), color_(PaperColor(status)), japanese_(japanese) {}

  std::string Make() {
    svg_ = "<svg class=\"trend\" viewBox=\"0 0 " + Number(kWidth) + " " +
           Number(kHeight) + "\" width=\"250\" height=\"96\" role=\"img\">";
    svg_ += std::string("<title>") +
            (japanese_ ? "実績値の推移" : "trend of the figures") + "</title>";
    AddAxis();
    for (const PlotLevel& level : plot_.levels) {
      if (level.role == v1::Point::ROLE_TARGET) {
        Line(kLeft, Y(level.y), kWidth - kRight, Y(level.y),
             "stroke=\"#777\" stroke-dasharray=\"5 3\"");
      }
    }
    Polyline(plot_.path, "stroke=\"#777\" stroke-dasharray=\"1.5 2.5\"");
    Polyline(plot_.measured,
             "stroke=\"" + std::string(color_) + "\" stroke-width=\"2\"");
    for (const PlotPoint& point : plot_.marks) AddMark(point);
    AddLabels();
    return svg_ + "</svg>";
  }

 private:
  double X(double x) const {
    return kLeft +
           (x - plot_.x0) / (plot_.x1 - plot_.x0) * (kWidth - kLeft - kRight);
  }
  double Y(double y) const {
    return kTop +
           (plot_.y1 - y) / (plot_.y1 - plot_.y0) * (kHeight - kTop - kBottom);
  }

  void Line(double x1, double y1, double x2, double y2,
            const std::string& style) {
    svg_ += "<line x1=\"" + Number(x1) + "\" y1=\"" + Number(y1) + "\" x2=\"" +
            Number(x2) + "\" y2=\"" + Number(y2) + "\" " + style + "/>";
  }

  void Polyline(const std::vector<PlotPoint>& points,
                const std::string& style) {
    if (points.size() < 2) return;
    svg_ += "<polyline fill=\"none\" " + style + " points=\"";
    for (const PlotPoint& point : points) {
      svg_ += Number(X(point.x)) + "," + Number(Y(point.y)) + " ";
    }
    svg_ += "\"/>";
  }

  void Text(double x, double y, std::string_view anchor, std::string_view text,
            std::string_view weight = "normal") {
    svg_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(y) +
            "\" text-anchor=\"" + std::string(anchor) + "\" font-weight=\"" +
            std::string(weight) + "\">" + Escaped(text) + "</text>";
  }

  void AddAxis() {
    double y = kHeight - kBottom + 4;
    Line(kLeft, y, kWidth - kRight, y, "stroke=\"#aaa\"");
    double room = kWidth - kLeft - kRight;
    for (const PlotTick& tick : TicksThatFit(plot_, room, 26)) {
      Line(X(tick.x), y, X(tick.x), y + 3, "stroke=\"#aaa\"");
      Text(X(tick.x), kHeight - 2, "middle", tick.label);
    }
  }

  // Each kind of point has a shape of its own.
  void AddMark(const PlotPoint& point) {
    double x = X(point.x), y = Y(point.y);
    std::string outline = " fill=\"#fff\" stroke=\"#333\" stroke-width=\"1.2\"";
    switch (point.role) {
      case v1::Point::ROLE_BASELINE:
        svg_ += "<rect x=\"" + Number(x - 3) + "\" y=\"" + Number(y - 3) +
                "\" width=\"6\" height=\"6\"" + outline + "/>";
        break;
      case v1::Point::ROLE_TARGET:
        Polygon({{x, y - 4.5}, {x + 4.5, y}, {x, y + 4.5}, {x - 4.5, y}},
                outline);
        break;
      case v1::Point::ROLE_MILESTONE:
        Polygon({{x, y - 4}, {x + 4, y + 3}, {x - 4, y + 3}}, outline);
        break;
      default:
        svg_ += "<circle cx=\"" + Number(x) + "\" cy=\"" + Number(y) +
                "\" r=\"3.4\" fill=\"" + std::string(color_) + "\"/>";
    }
  }

  void Polygon(const std::vector<std::pair<double, double>>& corners,
               const std::string& style) {
    svg_ += "<polygon points=\"";
    for (const auto& [x, y] : corners) {
      svg_ += Number(x) + "," + Number(y) + " ";
    }
    svg_ += "\"" + style + "/>";
  }

  // The values at the right, moved apart where they would touch.
  void AddLabels() {
    struct Label {
      double y;
      const PlotLevel* level;
    };
    std::vector<Label> labels;
    for (const PlotLevel& level : plot_.levels) {
      labels.push_back({Y(level.y) + 3.5, &level});
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.y < b.y; });
    double lowest = kHeight - kBottom + 5;
    for (size_t i = 1; i < labels.size(); ++i) {
      labels[i].y = std::max(labels[i].y, labels[i - 1].y + 11);
    }
    for (size_t i = labels.size(); i-- > 0; lowest -= 11) {
      labels[i].y = std::min(labels[i].y, lowest);
      lowest = labels[i].y;
    }
    for (const Label& label : labels) {
      bool actual = label.level->role == v1::Point::ROLE_ACTUAL;
      std::string sign = actual                                        ? "●"
                         : label.level->role == v1::Point::ROLE_TARGET ? "◇"
                                                                       : "□";
      Text(kWidth - kRight + 8, label.y, "start", sign + label.level->text,
           actual ? "bold" : "normal");
    }
  }

  const Plot& plot_;
  std::string_view color_;
  bool japanese_;
  std::string svg_;
};

}  // namespace

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string_view PaperColor(VerdictStatus status) {
  switch (status) {
    case v1::Verdict::STATUS_ACHIEVED:
      return "#00704f";
    case v1::Verdict::STATUS_ON_TRACK:
      return "#0063a3";
    case v1::Verdict::STATUS_AT_RISK:
      return "#c24a00";
    case v1::Verdict::STATUS_INDETERMINATE:
      return "#8b2f6b";
    default:
      return "#666666";
  }
}

std::string SvgTrend(const v1::Derivation& derivation, VerdictStatus status,
                     bool japanese) {
  std::optional<Plot> plot = PlotOf(derivation, japanese);
  if (!plot) return "";
  return Drawing(*plot, status, japanese).Make();
}

}  // namespace shirube::cli
