#include "server/domain/validation_checker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/points.h"
#include "server/domain/unit.h"

namespace shirube::validation {
namespace {

// Anything that a terminal could take for a command, in well-formed UTF-8.
// Line breaks and tabs are how cells are printed, form feeds end a page.
bool HasControlCharacter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f') {
      continue;
    }
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte != 0xC2 || i + 1 == text.size()) continue;
    if (static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

bool IsBlank(std::string_view text) {
  constexpr std::string_view kWideSpace = "\u3000";
  while (!text.empty()) {
    if (text.starts_with(kWideSpace)) {
      text.remove_prefix(kWideSpace.size());
    } else if (absl::ascii_isspace(static_cast<unsigned char>(text[0]))) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string Join(std::string_view prefix, std::string_view field) {
  std::string path(prefix);
  if (!path.empty() && !field.empty()) path += '.';
  path += field;
  return path;
}

std::string At(std::string_view list, size_t index) {
  return absl::StrCat(std::string(list), "[", index, "]");
}

void Checker::Add(std::string_view field, std::string reason, std::string en,
                  std::string ja) const {
  out_->push_back(
      {Join(prefix_, field), std::move(reason), std::move(en), std::move(ja)});
}

void Checker::Require(bool present, std::string_view field) const {
  if (present) return;
  Add(field, "REQUIRED", "is required; fill it in",
      "必須です。入力してください。");
}

void Checker::RequireText(std::string_view text, std::string_view field) const {
  Require(!IsBlank(text), field);
}

void Checker::Text(std::string_view text, std::string_view field,
                   int most) const {
  if (HasControlCharacter(text)) {
    Add(field, "CONTROL_CHARACTER",
        "has a control character; remove everything but line breaks and tabs",
        "制御文字があります。改行とタブ以外の制御文字を除いてください。");
  }
  const auto chars = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  if (chars <= most) return;
  Add(field, "LIMIT_EXCEEDED",
      absl::StrCat("has ", chars, " characters; shorten it to ", most),
      absl::StrCat(chars, "文字あります。", most,
                   "文字以内に短くしてください。"));
}

void Checker::Count(size_t count, std::string_view field, int most) const {
  if (count <= static_cast<size_t>(most)) return;
  Add(field, "LIMIT_EXCEEDED",
      absl::StrCat("has ", count, " elements; at most ", most, " are allowed"),
      absl::StrCat(count, "件あります。", most, "件以内にしてください。"));
}

void Checker::IdForm(const std::string& id, std::string_view field) const {
  AddViolation(Join(prefix_, field), ValidateId(id), out_);
}

void Checker::OptionalId(const std::string& id, std::string_view field) const {
  if (!id.empty()) IdForm(id, field);
}

void Checker::Kind(const std::optional<Period>& period, PeriodKind kind,
                   std::string_view field) const {
  if (!period || period->kind() == kind) return;
  const bool date = kind == PeriodKind::kDate;
  Add(field, "BAD_PERIOD",
      absl::StrCat(period->ToId(), " is not a ",
                   date ? "date; write for example d2023-07-01"
                        : "fiscal year; write for example fy2022"),
      absl::StrCat(period->ToId(), date ? "は日付ではありません。d2023-07-"
                                          "01のように書いてください。"
                                        : "は年度ではありません。fy2022のように"
                                          "書いてください。"));
}

void CheckProvenance(const Provenance& provenance, const Checker& check) {
  check.Text(provenance.file, "place.file", limits::kMaxNameChars);
  check.Count(provenance.steps.size(), "steps", limits::kMaxProvenanceSteps);
  for (size_t i = 0; i < provenance.steps.size(); ++i) {
    check.Text(provenance.steps[i], At("steps", i), limits::kMaxNameChars);
  }
}

void CheckValue(const Value& value, const Checker& check) {
  if (value.number && !value.unread.empty()) {
    check.Add("unread", "VALUE_AND_UNREAD",
              "is given beside a number; keep one of the two",
              "数値と同時には指定できません。どちらか一方にしてください。");
  }
  check.Text(value.unread, "unread", limits::kMaxRawChars);
  check.Text(value.raw, "raw", limits::kMaxRawChars);
  check.Text(value.unit, "unit", limits::kMaxLabelChars);
  if (!value.multiplier.empty()) {
    absl::StatusOr<Decimal> factor = Decimal::Parse(value.multiplier);
    AddViolation(Join(check.path(), "multiplier"), factor.status(),
                 check.out());
    if (factor.ok() && *factor <= Decimal()) {
      check.Add("multiplier", "OUT_OF_RANGE",
                "must be above 0; leave it empty for 1",
                "0より大きい値にしてください(1なら空欄)。");
    }
  }
  CheckProvenance(value.provenance, check);
}

namespace {

// "baseline" of the last, "superseded_baselines[0]" of the one before it.
std::string RevisionField(std::string_view name, size_t position,
                          size_t count) {
  if (position + 1 == count) return std::string(name);
  std::string list = "superseded_";
  list += name;
  return At(list + "s", count - 2 - position);
}

}  // namespace

std::string BaselineField(const Indicator& indicator, size_t position) {
  return RevisionField("baseline", position, indicator.baselines.size());
}

std::string TargetField(const Indicator& indicator, size_t position) {
  return RevisionField("target", position, indicator.targets.size());
}

std::string UpperField(const Indicator& indicator, size_t position) {
  if (position + 1 == indicator.targets.size()) return "target_upper";
  return TargetField(indicator, position) + ".superseded_upper";
}

std::vector<Placed> ValuesOf(const Indicator& indicator) {
  std::vector<Placed> values;
  for (size_t i = 0; i < indicator.baselines.size(); ++i) {
    values.push_back({BaselineField(indicator, i) + ".value",
                      &indicator.baselines[i].value});
  }
  for (size_t i = 0; i < indicator.targets.size(); ++i) {
    const Target& target = indicator.targets[i];
    values.push_back({TargetField(indicator, i) + ".value", &target.value});
    if (target.upper) {
      values.push_back({UpperField(indicator, i), &*target.upper});
    }
  }
  for (size_t i = 0; i < indicator.milestones.size(); ++i) {
    values.push_back(
        {At("milestones", i) + ".value", &indicator.milestones[i].value});
  }
  return values;
}

int DecimalsIn(const Value& value, std::string_view unit) {
  if (!value.number) return 0;
  const std::optional<int> power = PowerOfTenBetween(value.unit, unit);
  if (!power) return 0;  // another unit: never counted in this one
  int scale = value.number->scale() - *power;
  if (*power != 0) {
    int64_t units = value.number->units();
    for (; scale > 0 && units != 0 && units % 10 == 0; --scale) units /= 10;
    if (units == 0) scale = 0;
  }
  return std::max(scale, 0);
}

bool Fits(const Value& value, std::string_view unit, int scale) {
  if (!value.number) return true;
  return scale <= Decimal::kMaxScale &&
         FigureOf(value, unit, scale).kind != Figure::Kind::kUnread;
}

void AddDoesNotFit(std::string_view field, int scale, const Checker& check) {
  check.Add(
      field, "TOO_MANY_DIGITS",
      absl::StrCat("does not fit in ", Decimal::kMaxDigits, " digits with the ",
                   scale,
                   " decimals that the indicator's values have; use a "
                   "larger unit or fewer decimals"),
      absl::StrCat("指標の小数桁数(", scale, "桁)では", Decimal::kMaxDigits,
                   "桁に収まりません。単位を大きくするか、小数の桁数を"
                   "減らしてください。"));
}

void CheckParameters(const Parameters& parameters, const Checker& check) {
  check.Count(parameters.size(), "parameters", limits::kMaxParameters);
  for (const auto& [name, value] : parameters) {
    const std::string field = absl::StrCat("parameters[\"", name, "\"]");
    bool good = !name.empty() && name.size() <= limits::kMaxIdBytes &&
                absl::ascii_islower(name[0]);
    for (char c : name) {
      good = good &&
             (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_');
    }
    if (!good) {
      check.Add(field, "BAD_ID",
                "is no name of a parameter; use a-z, 0-9 and _, a letter first",
                "パラメータ名として使えません。先頭は英小文字、以降は英小文字・"
                "数字・下線にしてください。");
    }
    if (value.scale() > limits::kMaxParameterDecimals) {
      check.Add(field, "TOO_MANY_DECIMALS",
                absl::StrCat("write at most ", limits::kMaxParameterDecimals,
                             " decimals"),
                absl::StrCat("小数は", limits::kMaxParameterDecimals,
                             "桁までにしてください。"));
    }
  }
}

}  // namespace shirube::validation
