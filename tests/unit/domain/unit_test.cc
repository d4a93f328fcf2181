#include "server/domain/unit.h"

#include <tuple>

#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(UnitTest, ConvertsBetweenMultiplesOfOneUnit) {
  const std::tuple<std::string_view, std::string_view, int> kCases[] = {
      {"億円", "億円", 0},    {"億円", "万円", 4},
      {"万円", "億円", -4},   {"円", "億円", -8},
      {"兆円", "億円", 4},    {"百万円", "千円", 3},
      {"十億円", "億円", 1},  {"千人", "人", 3},
      {"人", "万人", -4},     {"万時間", "時間", 4},
      {"％", "%", 0},         {"パーセント", "％", 0},
      {"", "億円", 0},        {"", "", 0},
      {"万", "人", 4},        {"万", "千人", 1},
      {"1,000人", "人", 3},   {"10億円", "億円", 1},
      {"㎡", "m2", 0},        {" 億 円 ", "億円", 0},
      {"１００万円", "円", 6}};
  for (const auto& [from, to, power] : kCases) {
    EXPECT_EQ(PowerOfTenBetween(from, to), power) << from << " -> " << to;
  }
}

TEST(UnitTest, TellsOtherUnitsApart) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"円", "人"},
      {"%", "ポイント"},
      {"人", "件"},
      {"km", "m"},
      {"人", ""},
      {"人/日", "人"},
      {"10万人当たり", "人当たり"},
      {"12人", "人"},
      {"15円", "円"}};
  for (const auto& [from, to] : kCases) {
    EXPECT_EQ(PowerOfTenBetween(from, to), std::nullopt) << from << ", " << to;
  }
}

}  // namespace
}  // namespace shirube
