#include "rules/cases/case_text.h"

#include <cstdio>

namespace shirube::cases {
namespace {

constexpr const char* kKinds[] = {"level", "cumulative", "maintain", "band",
                                  "qualitative"};
constexpr const char* kOperators[] = {"",      "at_least", "at_most", "below",
                                      "above", "around",   "about"};

std::string Formatted(const char* format, int a, int b) {
  char text[32];
  std::snprintf(text, sizeof(text), format, a, b);
  return text;
}

std::string ValueText(const Value& value) {
  switch (value.given) {
    case Given::kAbsent:
      return "";
    case Given::kNumber:
      return NumberText(value.number);
    case Given::kUnread:
      return "unread";
    case Given::kOtherUnit:
      return "other_unit";
    case Given::kWords:
      return "words";
  }
  return "";
}

std::string At(const std::optional<int32_t>& index) {
  return index ? " at " + PeriodText(*index) : "";
}

std::string TargetLine(const Case& one) {
  std::string line = "  target ";
  if (one.op != SHIRUBE_OP_NONE) {
    line += std::string(kOperators[one.op]) + " ";
  }
  line += ValueText(one.target);
  if (one.kind == SHIRUBE_KIND_BAND && one.target.given == Given::kNumber) {
    line += ".." + NumberText(one.target_upper);
  }
  if (one.every_year) line += " every year";
  return line + At(one.target_index) + "\n";
}

std::string PointLine(const Point& point) {
  std::string line = "  value ";
  line += point.state == SHIRUBE_POINT_GAP ? "gap" : ValueText(point.value);
  line += " at " + PeriodText(point.index);
  if (point.state == SHIRUBE_POINT_PROVISIONAL) line += " provisional";
  if (point.state == SHIRUBE_POINT_RESTATED) line += " restated";
  return line + "\n";
}

std::string ExpectationLine(const Expectation& wanted) {
  std::string line = "  expect " + wanted.status;
  if (!wanted.reason.empty()) line += " " + wanted.reason;
  if (wanted.as_of_index != INT32_MAX) {
    line += " as of " + PeriodText(wanted.as_of_index);
  }
  if (wanted.today_index != 0) {
    const int32_t month = wanted.today_index - 1;  // 0: April
    line += " today " +
            Formatted("%04d-%02d", (month + 12 + 3) / 12, (month + 3) % 12 + 1);
  }
  return line + "\n";
}

}  // namespace

std::string NumberText(const Number& number) {
  const bool negative = number.units < 0;
  std::string digits = std::to_string(negative ? -number.units : number.units);
  const auto scale = static_cast<size_t>(number.scale);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return negative ? "-" + digits : digits;
}

std::string PeriodText(int32_t index) {
  if (index % 12 == 0) return Formatted("fy%04d", index / 12, 0);
  const int year = index / 12 + 1, month = index % 12;  // 1: April
  if (month % 3 == 0) return Formatted("fy%04dq%d", year, month / 3);
  return Formatted("m%04d-%02d", month <= 9 ? year : year + 1,
                   (month + 2) % 12 + 1);
}

std::string CaseText(const Case& one) {
  std::string text = "case " + one.name + "\n";
  if (one.kind != SHIRUBE_KIND_LEVEL) {
    text += std::string("  kind ") + kKinds[one.kind] + "\n";
  }
  if (one.measure == SHIRUBE_MEASURE_AMOUNT) text += "  measure amount\n";
  if (one.direction != SHIRUBE_DIRECTION_NONE) {
    text += one.direction == SHIRUBE_DIRECTION_UP ? "  direction up\n"
                                                  : "  direction down\n";
  }
  if (one.window_start_index) {
    text += "  window " + PeriodText(*one.window_start_index) + "\n";
  }
  if (one.baseline.given != Given::kAbsent) {
    text +=
        "  baseline " + ValueText(one.baseline) + At(one.baseline_index) + "\n";
  }
  if (one.target.given != Given::kAbsent) text += TargetLine(one);
  for (const Milestone& milestone : one.milestones) {
    text += "  milestone " + NumberText(milestone.value) + At(milestone.index) +
            "\n";
  }
  if (one.noise_band.units != 0) {
    text += "  noise_band " + NumberText(one.noise_band) + "\n";
  }
  if (one.publication_month != 0) {
    text += "  publication " + std::to_string(one.publication_month);
    if (one.publication_lag_years != 0) {
      text += " + " + std::to_string(one.publication_lag_years) + " years";
    }
    text += "\n";
  }
  for (const ParameterValue& parameter : one.parameters) {
    text += "  parameter " + parameter.name + " " +
            NumberText({parameter.millionths, 6}) + "\n";
  }
  for (const Point& point : one.points) text += PointLine(point);
  for (const Expectation& wanted : one.expectations) {
    text += ExpectationLine(wanted);
  }
  return text;
}

}  // namespace shirube::cases
