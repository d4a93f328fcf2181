#include "server/rule_host/compose.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr int kDecimals = 6;
static_assert(kDecimals == limits::kMaxParameterDecimals);

std::string FieldOf(const std::string& parameter) {
  return absl::StrCat("parameters.", parameter);
}

std::string Text(int64_t millionths) {
  return DecimalOfMillionths(millionths).ToString();
}

void CheckModules(const std::vector<RuleSetMember>& modules, Violations* out) {
  if (modules.empty() || modules.size() > kMaxRuleSetModules) {
    out->push_back(
        {"modules", modules.empty() ? "REQUIRED" : "LIMIT_EXCEEDED",
         absl::StrCat("a rule set has 1 to ", kMaxRuleSetModules,
                      " modules, this one ", modules.size()),
         absl::StrCat("判定基準のモジュールは1～", kMaxRuleSetModules,
                      "個です(いま", modules.size(), "個)。")});
  }
  std::set<std::string> ids;
  for (size_t i = 0; i < modules.size(); ++i) {
    const std::string& id = modules[i].manifest->id;
    if (ids.insert(id).second) continue;
    out->push_back(
        {absl::StrCat("modules[", i, "]"), "DUPLICATE",
         absl::StrCat("module ", id, " is in the set already; name it once"),
         absl::StrCat("モジュール", id,
                      "は既にあります。一度だけ指定してください。")});
  }
}

// What the manifests say of the parameters must be possible together.
void CheckDeclared(const RuleSet& set, Violations* out) {
  for (const ParameterSpec& declared : set.parameter_specs()) {
    if (declared.min <= declared.max) continue;
    std::string modules;
    for (const std::string& id : set.modules_with(declared.name)) {
      absl::StrAppend(&modules, modules.empty() ? "" : ", ", id);
    }
    out->push_back(
        {FieldOf(declared.name), "CONFIG_INVALID",
         absl::StrCat("no value suits all of ", modules,
                      ": their ranges do not meet; leave one of them out"),
         absl::StrCat(modules,
                      "のすべてに合う値がありません。範囲が重ならない"
                      "ため、いずれかを外してください。")});
  }
}

void CheckRange(const std::string& name, const Decimal& value,
                const ParameterSpec& declared, Violations* out) {
  const Decimal &min = declared.min, &max = declared.max;
  if (min > max || (min <= value && value <= max)) return;
  out->push_back(
      {FieldOf(name), "OUT_OF_RANGE",
       absl::StrCat(value.ToString(), " is out of range; give a ",
                    "value from ", min.ToString(), " to ", max.ToString()),
       absl::StrCat(value.ToString(), "は範囲外です。", min.ToString(), "～",
                    max.ToString(), "の値にしてください。")});
}

void CheckAtMost(const RuleSet& set, Violations* out) {
  for (const RuleSetMember& module : set.modules()) {
    for (const ManifestParameter& parameter : module.manifest->parameters) {
      if (parameter.at_most.empty()) continue;
      const int64_t value = set.parameters().at(parameter.name);
      const int64_t most = set.parameters().at(parameter.at_most);
      if (value <= most) continue;
      out->push_back(
          {FieldOf(parameter.name), "CONFIG_INVALID",
           absl::StrCat(Text(value), " must not be above ", parameter.at_most,
                        ", which is ", Text(most),
                        "; lower the first or raise the second (module ",
                        module.manifest->id, ")"),
           absl::StrCat(Text(value), "は", parameter.at_most, "(", Text(most),
                        ")以下にしてください(モジュール", module.manifest->id,
                        ")。")});
      return;  // the same in every module that declares it
    }
  }
}

void CheckParameters(const RuleSet& set, Violations* out) {
  std::string known;
  for (const ParameterSpec& declared : set.parameter_specs()) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", declared.name);
  }
  for (const auto& [name, value] : set.parameters()) {
    const ParameterSpec* declared = set.parameter(name);
    if (declared != nullptr) {
      CheckRange(name, DecimalOfMillionths(value), *declared, out);
      continue;
    }
    if (known.empty()) known = "-";
    out->push_back(
        {FieldOf(name), "UNKNOWN_PARAMETER",
         absl::StrCat("no module of the set has a parameter ", Quoted(name),
                      "; they have: ", known),
         absl::StrCat("この判定基準のモジュールに", QuotedJa(name),
                      "というパラメータはありません。使えるもの: ", known)});
  }
}

absl::StatusOr<RuleSet> Compose(std::vector<RuleSetMember> modules,
                                std::map<std::string, int64_t> parameters,
                                Violations violations) {
  CheckModules(modules, &violations);
  RuleSet set(std::move(modules), std::move(parameters));
  CheckDeclared(set, &violations);
  CheckParameters(set, &violations);
  CheckAtMost(set, &violations);
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  return set;
}

}  // namespace

Decimal DecimalOfMillionths(int64_t millionths) {
  int scale = kDecimals;
  for (; scale > 0 && millionths % 10 == 0; --scale) millionths /= 10;
  return Decimal::Make(millionths, scale).value_or(Decimal());
}

absl::StatusOr<RuleSet> ComposeRuleSet(std::vector<RuleSetMember> modules,
                                       const Parameters& parameters) {
  std::map<std::string, int64_t> millionths;
  Violations violations;
  for (const auto& [name, value] : parameters) {
    const absl::StatusOr<Decimal> scaled = value.Rescaled(kDecimals);
    if (scaled.ok()) {
      millionths[name] = scaled->units();
    } else {
      violations.push_back(
          {FieldOf(name), "TOO_MANY_DECIMALS",
           absl::StrCat(value.ToString(), ": write at most ", kDecimals,
                        " decimals and 12 digits before them"),
           absl::StrCat(value.ToString(), ": 整数は12桁、小数は", kDecimals,
                        "桁までにしてください。")});
    }
  }
  return Compose(std::move(modules), std::move(millionths),
                 std::move(violations));
}

absl::StatusOr<RuleSet> ComposeRuleSetOfMillionths(
    std::vector<RuleSetMember> modules,
    std::map<std::string, int64_t> parameters) {
  return Compose(std::move(modules), std::move(parameters), {});
}

}  // namespace shirube
