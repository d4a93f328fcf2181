// The reason codes of the default judgement as the README lists them.
#ifndef TESTS_RULES_REASON_NAMES_H_
#define TESTS_RULES_REASON_NAMES_H_

#include <cstdint>
#include <map>
#include <string>

namespace shirube::rules_test {

inline const std::map<uint16_t, std::string> kReasonNames = {
    {1, "MET_EARLY"},
    {2, "MET_ON_TIME"},
    {3, "MET_LATE"},
    {4, "MET_UNDATED"},
    {11, "ON_PACE"},
    {12, "NEARLY_ON_PACE"},
    {13, "HOLDING"},
    {21, "BEHIND"},
    {22, "FAR_BEHIND"},
    {23, "REGRESSED"},
    {24, "FELL_BACK"},
    {25, "MISSED"},
    {31, "NO_TARGET"},
    {32, "QUALITATIVE_TARGET"},
    {33, "NO_DATA"},
    {34, "AMBIGUOUS"},
    {35, "UNIT_MISMATCH"},
    {36, "DIRECTION_CONFLICT"},
    {37, "DIRECTION_UNKNOWN"},
    {38, "NOT_DUE"},
    {39, "NO_TARGET_PERIOD"},
    {40, "NO_BASELINE"},
    {41, "NO_BASELINE_PERIOD"},
};

inline std::string ReasonName(uint16_t code) {
  const auto found = kReasonNames.find(code);
  return found == kReasonNames.end() ? "code " + std::to_string(code)
                                     : found->second;
}

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_REASON_NAMES_H_
