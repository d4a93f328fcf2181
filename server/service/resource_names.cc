#include "server/service/resource_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/limits.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

// The ids in `name` where `pattern` has `*`; nothing, with a violation, where
// the two do not match or an id is none.
std::optional<std::vector<std::string>> Match(const FieldReader& reader,
                                              std::string_view field,
                                              const std::string& name,
                                              const char* pattern,
                                              Wildcard wildcard) {
  const std::vector<std::string> wanted = absl::StrSplit(pattern, '/');
  const std::vector<std::string> found = absl::StrSplit(name, '/');
  bool matches = name.size() <= limits::kMaxResourceNameBytes &&
                 wanted.size() == found.size();
  std::vector<std::string> ids;
  for (size_t i = 0; matches && i < wanted.size(); ++i) {
    if (wanted[i] == "*" || wanted[i] == "+") {
      matches = !found[i].empty();
      ids.push_back(found[i]);
    } else {
      matches = wanted[i] == found[i];
    }
  }
  if (!matches) {
    reader.Refuse(
        field, absl::StrCat(Quoted(name), " is no name of the form ", pattern),
        absl::StrCat(QuotedJa(name), "は", pattern,
                     "の形の名前ではありません"));
    return std::nullopt;
  }
  for (size_t i = 0, k = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "+") ++k;  // an id of another form, read by the caller
    if (wanted[i] != "*") continue;
    const std::string& id = ids[k++];
    if (id == "-" && wildcard == Wildcard::kAllowed) continue;
    if (absl::Status status = ValidateId(id); !status.ok()) {
      AddViolation(reader.Path(field), status, reader.violations());
      return std::nullopt;
    }
  }
  return ids;
}

// The id of a name of `plan`.
std::string IdOf(const FieldReader& reader, std::string_view field,
                 const std::string& name, const PlanId& plan,
                 const char* pattern) {
  if (name.empty()) return "";
  const auto ids = Match(reader, field, name, pattern, Wildcard::kAllowed);
  if (!ids) return "";
  if ((*ids)[0] != "-" && (*ids)[0] != plan.value()) {
    reader.Refuse(field,
                  absl::StrCat(Quoted(name), " is of another plan than ",
                               Quoted(plan.value())),
                  absl::StrCat(QuotedJa(name), "は計画", QuotedJa(plan.value()),
                               "のものではありません"));
    return "";
  }
  if ((*ids)[1] == "-") {
    reader.Refuse(field, absl::StrCat(Quoted(name), " names no single item"),
                  absl::StrCat(QuotedJa(name), "は一つの項目を指していません"));
    return "";
  }
  return (*ids)[1];
}

}  // namespace

std::optional<PlanId> ReadPlanName(const FieldReader& reader,
                                   std::string_view field,
                                   const std::string& name, Wildcard wildcard) {
  const auto ids = Match(reader, field, name, "plans/*", wildcard);
  if (!ids) return std::nullopt;
  return PlanId((*ids)[0]);
}

std::optional<InitiativeKey> ReadInitiativeName(const FieldReader& reader,
                                                std::string_view field,
                                                const std::string& name) {
  const auto ids =
      Match(reader, field, name, "plans/*/initiatives/*", Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return InitiativeKey{PlanId((*ids)[0]), InitiativeId((*ids)[1])};
}

std::optional<IndicatorKey> ReadIndicatorName(const FieldReader& reader,
                                              std::string_view field,
                                              const std::string& name,
                                              Wildcard wildcard) {
  const auto ids = Match(reader, field, name, "plans/*/indicators/*", wildcard);
  if (!ids) return std::nullopt;
  return IndicatorKey{PlanId((*ids)[0]), IndicatorId((*ids)[1])};
}

std::optional<AlertKey> ReadAlertName(const FieldReader& reader,
                                      std::string_view field,
                                      const std::string& name) {
  const auto ids =
      Match(reader, field, name, "plans/*/alerts/*", Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return AlertKey{PlanId((*ids)[0]), AlertId((*ids)[1])};
}

std::optional<SubscriptionId> ReadSubscriptionName(const FieldReader& reader,
                                                   std::string_view field,
                                                   const std::string& name) {
  const auto ids =
      Match(reader, field, name, "subscriptions/*", Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return SubscriptionId((*ids)[0]);
}

std::optional<AssessmentKey> ReadAssessmentName(const FieldReader& reader,
                                                std::string_view field,
                                                const std::string& name) {
  const auto ids =
      Match(reader, field, name, "plans/*/assessments/*", Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return AssessmentKey{PlanId((*ids)[0]), AssessmentId((*ids)[1])};
}

std::optional<ObservationKey> ReadObservationName(const FieldReader& reader,
                                                  std::string_view field,
                                                  const std::string& name,
                                                  Wildcard wildcard) {
  const auto ids =
      Match(reader, field, name, "plans/*/indicators/*/observations/+",
            Wildcard::kRefused);
  if (!ids) return std::nullopt;
  const std::string& id = (*ids)[2];
  const bool all = id == "-" && wildcard == Wildcard::kAllowed;
  if (const auto parsed = ParseObservationId(id); !all && !parsed.ok()) {
    AddViolation(reader.Path(field), parsed.status(), reader.violations());
    return std::nullopt;
  }
  return ObservationKey{IndicatorKey{PlanId((*ids)[0]), IndicatorId((*ids)[1])},
                        id};
}

std::optional<IndicatorKey> ReadVerdictName(const FieldReader& reader,
                                            std::string_view field,
                                            const std::string& name) {
  const auto ids = Match(reader, field, name, "plans/*/indicators/*/verdict",
                         Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return IndicatorKey{PlanId((*ids)[0]), IndicatorId((*ids)[1])};
}

std::optional<RuleSetId> ReadRuleSetName(const FieldReader& reader,
                                         std::string_view field,
                                         const std::string& name) {
  if (name.empty()) return RuleSetId();
  const auto ids = Match(reader, field, name, "ruleSets/*", Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return (*ids)[0] == "default" ? RuleSetId() : RuleSetId((*ids)[0]);
}

std::optional<ModuleRef> ReadModuleName(const FieldReader& reader,
                                        std::string_view field,
                                        const std::string& name,
                                        Version version) {
  const bool bare = version == Version::kOptional &&
                    std::count(name.begin(), name.end(), '/') == 1;
  const auto ids = Match(reader, field, name,
                         bare ? "ruleModules/+" : "ruleModules/+/versions/+",
                         Wildcard::kRefused);
  if (!ids) return std::nullopt;
  return ModuleRef{(*ids)[0], bare ? "" : (*ids)[1]};
}

InitiativeId ReadInitiativeOf(const FieldReader& reader, std::string_view field,
                              const std::string& name, const PlanId& plan) {
  return InitiativeId(IdOf(reader, field, name, plan, "plans/*/initiatives/*"));
}

IndicatorId ReadIndicatorOf(const FieldReader& reader, std::string_view field,
                            const std::string& name, const PlanId& plan) {
  return IndicatorId(IdOf(reader, field, name, plan, "plans/*/indicators/*"));
}

void ReadNewId(const FieldReader& reader, std::string_view field,
               const std::string& id) {
  if (id.empty()) return;
  AddViolation(reader.Path(field), ValidateId(id), reader.violations());
}

std::string RuleSetName(const RuleSetId& id) {
  return absl::StrCat("ruleSets/", id.empty() ? "default" : id.value());
}

std::string ModuleName(std::string_view module, std::string_view version) {
  if (module.empty()) return "";
  return absl::StrCat("ruleModules/", std::string(module), "/versions/",
                      version.empty() ? "-" : std::string(version));
}

std::string VerdictName(const IndicatorKey& key) {
  return absl::StrCat(NameOf(key), "/verdict");
}

}  // namespace shirube
