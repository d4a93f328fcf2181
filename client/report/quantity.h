// One printed quantity: a number with its multipliers and its unit, and nothing
// else: 2,400人, 120億円, 13億776万円, ▲3,703, 7時間30分. Exact: nothing goes
// through floating point, and what cannot be read as one number says why
// instead of answering. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_QUANTITY_H_
#define SHIRUBE_CLIENT_REPORT_QUANTITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/decimal.h"

namespace shirube::report {

struct Quantity {
  enum class Outcome {
    kNumber,
    kNoNumber,     // words, or a number in text that is no unit
    kRunTogether,  // 96.268.670.0: several cells in one
    kTooLong,      // more than 18 digits
  };

  Outcome outcome = Outcome::kNoNumber;
  Decimal value;     // in `unit`; of mixed parts the smallest (130776 万円)
  std::string unit;  // as printed, with its multiplier: 億円, 万時間
  bool oku_corrected = false;      // 憶 was read as 億
  std::vector<std::string> steps;  // how it was read
};

// `text` is folded and trimmed.
Quantity ReadQuantity(std::u32string_view text);

// Whether `text` can stand behind a number as its unit. Words that make a
// change of it (8割減, 700億円の増) cannot.
bool IsUnit(std::u32string_view text);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_QUANTITY_H_
