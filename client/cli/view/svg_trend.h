// The trend as a small picture in a printed page: inline SVG, no script.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_SVG_TREND_H_
#define SHIRUBE_CLIENT_CLI_VIEW_SVG_TREND_H_

#include <string>
#include <string_view>

#include "client/cli/view/words.h"
#include "shirube/v1/derivation.pb.h"

namespace shirube::cli {

// `text` with what HTML and XML would take for markup escaped.
std::string Escaped(std::string_view text);

// The colour of a status on paper; told apart by colour-blind readers too, and
// never the only sign.
std::string_view PaperColor(VerdictStatus status);

// An <svg> of 250 x 96; "" where there is nothing to draw.
std::string SvgTrend(const v1::Derivation& derivation, VerdictStatus status,
                     bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_SVG_TREND_H_
