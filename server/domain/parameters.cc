#include "server/domain/parameters.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"

namespace shirube {
namespace {

constexpr std::string_view kPace = "pace_threshold";
constexpr std::string_view kBehind = "behind_threshold";

const Decimal* Find(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(std::string(name));
  return found != parameters.end() ? &found->second : nullptr;
}

// One initiative's word on a parameter.
struct Setting {
  Decimal value;
  InitiativeId initiative;
};

// The nearest setting from `link` upwards.
std::optional<Setting> NearestSetting(const InitiativeId& link,
                                      std::string_view name,
                                      const InitiativeFinder& initiatives) {
  InitiativeId at = link;
  // A circle never gets into the store; if one did, this ends all the same.
  for (int depth = 0; depth <= limits::kMaxTreeDepth && !at.empty(); ++depth) {
    const Initiative* initiative = initiatives(at);
    if (initiative == nullptr) return std::nullopt;
    if (const Decimal* value = Find(initiative->parameters, name)) {
      return Setting{*value, initiative->id};
    }
    at = initiative->parent;
  }
  return std::nullopt;
}

std::vector<Setting> LinkedSettings(const Indicator& indicator,
                                    std::string_view name,
                                    const InitiativeFinder& initiatives) {
  std::vector<Setting> settings;
  for (const InitiativeId& link : indicator.links) {
    if (auto setting = NearestSetting(link, name, initiatives)) {
      settings.push_back(*setting);
    }
  }
  return settings;
}

bool IsStricter(const Decimal& a, const Decimal& b,
                std::optional<Stricter> stricter) {
  if (!stricter) return false;
  return *stricter == Stricter::kHigher ? a > b : a < b;
}

ResolvedParameter Strictest(const std::vector<Setting>& settings,
                            std::optional<Stricter> stricter) {
  const Setting* chosen = &settings.front();
  bool differs = false;
  for (const Setting& setting : settings) {
    differs = differs || setting.value != settings.front().value;
    if (IsStricter(setting.value, chosen->value, stricter)) chosen = &setting;
  }
  return {chosen->value, ParameterScope::kInitiative, chosen->initiative,
          differs};
}

const ParameterSpec* FindSpec(const std::vector<ParameterSpec>& specs,
                              std::string_view name) {
  for (const ParameterSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::string FieldOf(std::string_view prefix, std::string_view name) {
  std::string field(prefix);
  field += ".parameters[\"";
  field += name;
  field += "\"]";
  return field;
}

Violation UnknownParameter(std::string field, std::string_view name,
                           const std::vector<ParameterSpec>& specs) {
  std::string known;
  for (const ParameterSpec& spec : specs) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", spec.name);
  }
  return {std::move(field), "UNKNOWN_PARAMETER",
          absl::StrCat("the rule set has no parameter ", Quoted(name),
                       "; it has: ", known),
          absl::StrCat("判定基準に", QuotedJa(name),
                       "というパラメータはありません。使えるもの: ", known)};
}

void CheckRange(const Decimal& value, const ParameterSpec& spec,
                const std::string& field, Violations* out) {
  if (value.scale() > limits::kMaxParameterDecimals) {
    out->push_back({field, "TOO_MANY_DECIMALS",
                    absl::StrCat("write at most ",
                                 limits::kMaxParameterDecimals, " decimals"),
                    absl::StrCat("小数は", limits::kMaxParameterDecimals,
                                 "桁までにしてください。")});
  }
  if (value < spec.min || value > spec.max) {
    const std::string range =
        absl::StrCat(spec.min.ToString(), "～", spec.max.ToString());
    out->push_back(
        {field, "OUT_OF_RANGE",
         absl::StrCat(value.ToString(), " is out of range; write a value from ",
                      spec.min.ToString(), " to ", spec.max.ToString()),
         absl::StrCat(value.ToString(), "は範囲外です。", range,
                      "の値にしてください。")});
  }
}

// The value that will apply, and whether this resource sets it.
const Decimal* Applying(std::string_view name, const Parameters& own,
                        const Parameters& inherited,
                        const std::vector<ParameterSpec>& specs) {
  if (const Decimal* value = Find(own, name)) return value;
  if (const Decimal* value = Find(inherited, name)) return value;
  const ParameterSpec* spec = FindSpec(specs, name);
  return spec != nullptr ? &spec->default_value : nullptr;
}

void CheckThresholds(const Parameters& own, const Parameters& inherited,
                     const std::vector<ParameterSpec>& specs,
                     std::string_view prefix, Violations* out) {
  const bool sets_behind = Find(own, kBehind) != nullptr;
  if (!sets_behind && Find(own, kPace) == nullptr) return;
  const Decimal* pace = Applying(kPace, own, inherited, specs);
  const Decimal* behind = Applying(kBehind, own, inherited, specs);
  if (pace == nullptr || behind == nullptr || *behind <= *pace) return;
  out->push_back(
      {FieldOf(prefix, sets_behind ? kBehind : kPace), "THRESHOLDS_CROSSED",
       absl::StrCat("behind_threshold ", behind->ToString(),
                    " must not be above pace_threshold ", pace->ToString(),
                    "; lower the first or raise the second"),
       absl::StrCat("behind_threshold(", behind->ToString(),
                    ")はpace_threshold(", pace->ToString(),
                    ")以下にしてください。")});
}

}  // namespace

void AddDeclared(const ParameterSpec& declared,
                 std::vector<ParameterSpec>* specs) {
  const auto known = std::find_if(
      specs->begin(), specs->end(),
      [&](const ParameterSpec& s) { return s.name == declared.name; });
  if (known == specs->end()) {
    specs->push_back(declared);
    return;
  }
  known->min = std::max(known->min, declared.min);
  known->max = std::min(known->max, declared.max);
  if (!known->stricter) known->stricter = declared.stricter;
  if (known->at_most.empty()) known->at_most = declared.at_most;
}

ResolvedParameter ResolveParameter(const ParameterSpec& spec,
                                   const Indicator& indicator,
                                   const InitiativeFinder& initiatives,
                                   const Parameters& plan,
                                   const Parameters& rule_set) {
  if (const Decimal* value = Find(indicator.parameters, spec.name)) {
    return {*value, ParameterScope::kIndicator, {}, false};
  }
  const auto settings = LinkedSettings(indicator, spec.name, initiatives);
  if (!settings.empty()) return Strictest(settings, spec.stricter);
  if (const Decimal* value = Find(plan, spec.name)) {
    return {*value, ParameterScope::kPlan, {}, false};
  }
  if (const Decimal* value = Find(rule_set, spec.name)) {
    return {*value, ParameterScope::kRuleSet, {}, false};
  }
  return {spec.default_value, ParameterScope::kDefault, {}, false};
}

void ValidateParameters(const Parameters& parameters,
                        const std::vector<ParameterSpec>& specs,
                        std::string_view prefix, Violations* out,
                        const Parameters& inherited) {
  for (const auto& [name, value] : parameters) {
    std::string field = FieldOf(prefix, name);
    const ParameterSpec* spec = FindSpec(specs, name);
    if (spec == nullptr) {
      out->push_back(UnknownParameter(std::move(field), name, specs));
    } else {
      CheckRange(value, *spec, field, out);
    }
  }
  CheckThresholds(parameters, inherited, specs, prefix, out);
}

void ValidateParameterLinks(const Indicator& indicator,
                            const InitiativeFinder& initiatives,
                            const std::vector<ParameterSpec>& specs,
                            std::string_view prefix, Violations* out) {
  for (const ParameterSpec& spec : specs) {
    if (spec.stricter || Find(indicator.parameters, spec.name)) continue;
    const auto settings = LinkedSettings(indicator, spec.name, initiatives);
    for (const Setting& setting : settings) {
      const Setting& first = settings.front();
      if (setting.value == first.value) continue;
      out->push_back(
          {absl::StrCat(std::string(prefix), ".links"), "PARAMETER_DIFFERS",
           absl::StrCat("initiatives ", first.initiative.value(), " and ",
                        setting.initiative.value(), " set ", spec.name, " to ",
                        first.value.ToString(), " and ",
                        setting.value.ToString(),
                        "; make them equal, or set it at the indicator"),
           absl::StrCat("施策", first.initiative.value(), "と",
                        setting.initiative.value(), "で", spec.name,
                        "の値が異なります(", first.value.ToString(), "と",
                        setting.value.ToString(),
                        ")。そろえるか、指標に設定してください。")});
      break;
    }
  }
}

}  // namespace shirube
