#include "client/cli/output/style.h"

namespace shirube::cli {
namespace {

const char* Code(Tone tone) {
  switch (tone) {
    case Tone::kBold:
      return "1";
    case Tone::kDim:
      return "2";
    case Tone::kGreen:
      return "32";
    case Tone::kBlue:
      return "36";
    case Tone::kYellow:
      return "33";
    case Tone::kRed:
      return "1;31";
    case Tone::kPurple:
      return "35";
    case Tone::kPlain:
      break;
  }
  return "0";
}

}  // namespace

std::string Paint(std::string_view text, Tone tone, bool color) {
  if (!color || tone == Tone::kPlain) return std::string(text);
  return std::string("\x1b[") + Code(tone) + "m" + std::string(text) +
         "\x1b[0m";
}

}  // namespace shirube::cli
