#include <string>

#include "absl/strings/str_cat.h"
#include "server/ledger/ledger.h"

namespace shirube {

std::string NameOf(const PlanId& id) {
  return absl::StrCat("plans/", id.value());
}
std::string NameOf(const InitiativeKey& key) {
  return absl::StrCat(NameOf(key.plan), "/initiatives/",
                      key.initiative.value());
}
std::string NameOf(const IndicatorKey& key) {
  return absl::StrCat(NameOf(key.plan), "/indicators/", key.indicator.value());
}
std::string NameOf(const ObservationKey& key) {
  return absl::StrCat(NameOf(key.indicator), "/observations/", key.id);
}
std::string NameOf(const AssessmentKey& key) {
  return absl::StrCat(NameOf(key.plan), "/assessments/",
                      key.assessment.value());
}
std::string NameOf(const RuleSetId& id) {
  return absl::StrCat("ruleSets/", id.empty() ? "default" : id.value());
}
std::string NameOf(const AlertKey& key) {
  return absl::StrCat(NameOf(key.plan), "/alerts/", key.alert.value());
}
std::string NameOf(const SubscriptionId& id) {
  return absl::StrCat("subscriptions/", id.value());
}
std::string NameOfModule(const std::string& module,
                         const std::string& version) {
  return absl::StrCat("ruleModules/", module, "/versions/", version);
}

}  // namespace shirube
