// Colour, where it is wanted. A status is always said in words too.
#ifndef SHIRUBE_CLIENT_CLI_OUTPUT_STYLE_H_
#define SHIRUBE_CLIENT_CLI_OUTPUT_STYLE_H_

#include <string>
#include <string_view>

namespace shirube::cli {

enum class Tone {
  kPlain,
  kBold,
  kDim,
  kGreen,   // achieved
  kBlue,    // on track
  kYellow,  // at risk, warning
  kRed,     // at risk, critical
  kPurple,  // indeterminate: a fault
};

// `text` in `tone`, or as it is where `color` is false.
std::string Paint(std::string_view text, Tone tone, bool color);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_OUTPUT_STYLE_H_
