// Needs every library that a module may need.
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include "../tiny.h"
}

namespace {

// Throws and catches: the unwinder and the allocator at work.
double Worked(double value) {
  try {
    std::vector<std::string> words(8, std::string(100, 'x'));
    if (words[0].size() == 100) throw std::runtime_error(words[0]);
  } catch (const std::runtime_error&) {
    return std::cbrt(value);
  }
  return 0;
}

}  // namespace

extern "C" {
TINY_MODULE(verdicts->reason[k] = static_cast<uint16_t>(Worked(8.0) > 1.0
                                                            ? REASON_MET
                                                            : 0))
}
