// Where the points of a trend lie, before anybody draws them: the terminal's
// chart and the printed page's share this. Doubles are good enough here:
// nothing is judged by a picture.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_PLOT_H_
#define SHIRUBE_CLIENT_CLI_VIEW_PLOT_H_

#include <optional>
#include <string>
#include <vector>

#include "shirube/v1/derivation.pb.h"

namespace shirube::cli {

struct PlotPoint {
  double x = 0;  // years
  double y = 0;
  v1::Point::Role role = v1::Point::ROLE_UNSPECIFIED;
};

// A value worth a line or a label at the side.
struct PlotLevel {
  double y = 0;
  std::string text;  // with its unit
  v1::Point::Role role = v1::Point::ROLE_UNSPECIFIED;
};

struct PlotTick {
  double x = 0;
  std::string label;
};

struct Plot {
  std::vector<PlotPoint> path;      // baseline, milestones, target
  std::vector<PlotPoint> measured;  // baseline and what was measured, by time
  std::vector<PlotPoint> marks;     // what gets a symbol; the judged one last
  std::vector<PlotLevel> levels;    // actual, target (both ends), baseline
  std::vector<PlotTick> ticks;      // every year from first to last
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;  // x0 < x1, y0 < y1
};

// None where nothing measured is known with its time.
std::optional<Plot> PlotOf(const v1::Derivation& derivation, bool japanese);

// The ticks to label when `room` is the width of the picture in the same
// measure as `label_width`: at even steps back from the last one.
std::vector<PlotTick> TicksThatFit(const Plot& plot, double room,
                                   double label_width);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_PLOT_H_
