// One printed value: the number, or the text that could not be read as one,
// with its unit and where it came from.
#ifndef SHIRUBE_SERVER_DOMAIN_VALUE_H_
#define SHIRUBE_SERVER_DOMAIN_VALUE_H_

#include <optional>
#include <string>
#include <vector>

#include "server/domain/decimal.h"

namespace shirube {

// Where a value was printed and how it was read.
struct Provenance {
  std::string file;  // as named in the plan's sources; empty: entered by hand
  int line = 0;      // 1-based; 0: unknown
  std::vector<std::string>
      steps;  // e.g. "NFKC", "thousands separators dropped"
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

struct Value {
  // At most one of the two is set; neither means that there is no value.
  std::optional<Decimal> number;
  std::string unread;      // text that is not one number; judged AMBIGUOUS
  std::string unit;        // empty: the indicator's
  std::string raw;         // as printed; empty: entered by hand
  std::string multiplier;  // of the printed number, "10000" for 万; empty: 1
  Provenance provenance;

  bool present() const { return number.has_value() || !unread.empty(); }
  friend bool operator==(const Value&, const Value&) = default;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_VALUE_H_
