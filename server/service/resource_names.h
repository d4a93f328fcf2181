// Resource names of requests: `plans/a/indicators/b`. What is no such name, or
// belongs to another plan than it should, is a violation of its field.
#ifndef SHIRUBE_SERVER_SERVICE_RESOURCE_NAMES_H_
#define SHIRUBE_SERVER_SERVICE_RESOURCE_NAMES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/ids.h"
#include "server/domain/observation.h"
#include "server/service/field_reader.h"
#include "server/storage/records.h"

namespace shirube {

// Whether `-` may stand for "all" (or, in documents, for "this plan").
enum class Wildcard { kRefused, kAllowed };

// Each returns nothing, with a violation, where `name` is not of its form.
std::optional<PlanId> ReadPlanName(const FieldReader& reader,
                                   std::string_view field,
                                   const std::string& name,
                                   Wildcard wildcard = Wildcard::kRefused);
std::optional<InitiativeKey> ReadInitiativeName(const FieldReader& reader,
                                                std::string_view field,
                                                const std::string& name);
std::optional<IndicatorKey> ReadIndicatorName(
    const FieldReader& reader, std::string_view field, const std::string& name,
    Wildcard wildcard = Wildcard::kRefused);
std::optional<AlertKey> ReadAlertName(const FieldReader& reader,
                                      std::string_view field,
                                      const std::string& name);
std::optional<SubscriptionId> ReadSubscriptionName(const FieldReader& reader,
                                                   std::string_view field,
                                                   const std::string& name);
std::optional<AssessmentKey> ReadAssessmentName(const FieldReader& reader,
                                                std::string_view field,
                                                const std::string& name);
std::optional<ObservationKey> ReadObservationName(
    const FieldReader& reader, std::string_view field, const std::string& name,
    Wildcard wildcard = Wildcard::kRefused);
// `plans/{plan}/indicators/{indicator}/verdict`.
std::optional<IndicatorKey> ReadVerdictName(const FieldReader& reader,
                                            std::string_view field,
                                            const std::string& name);
// `ruleSets/default` and an empty one are the empty id.
std::optional<RuleSetId> ReadRuleSetName(const FieldReader& reader,
                                         std::string_view field,
                                         const std::string& name);

// `ruleModules/{module}/versions/{version}`; `version` is empty for
// `ruleModules/{module}` where that is allowed.
struct ModuleRef {
  std::string module, version;
};
enum class Version { kRequired, kOptional };
std::optional<ModuleRef> ReadModuleName(const FieldReader& reader,
                                        std::string_view field,
                                        const std::string& name,
                                        Version version);

// Names inside a resource of `plan`: the plan may be `-`, another one is a
// violation. An empty name is the empty id.
InitiativeId ReadInitiativeOf(const FieldReader& reader, std::string_view field,
                              const std::string& name, const PlanId& plan);
IndicatorId ReadIndicatorOf(const FieldReader& reader, std::string_view field,
                            const std::string& name, const PlanId& plan);

// Checks the id that a client wishes for; an empty one is the ledger's to make.
void ReadNewId(const FieldReader& reader, std::string_view field,
               const std::string& id);

// "ruleSets/default" for the empty id.
std::string RuleSetName(const RuleSetId& id);
std::string ModuleName(std::string_view module, std::string_view version);
std::string VerdictName(const IndicatorKey& key);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RESOURCE_NAMES_H_
