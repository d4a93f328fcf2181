#include "server/service/methods.h"

#include <string>

namespace shirube {

std::vector<std::unique_ptr<Methods>> MakeAllMethods(const Backend& backend) {
  std::vector<std::unique_ptr<Methods>> all;
  for (auto* make : {&MakePlanMethods,         &MakeInitiativeMethods,
                     &MakeIndicatorMethods,    &MakeAssessmentMethods,
                     &MakeLinkMethods,         &MakeDocumentMethods,
                     &MakeTreeMethods,         &MakeObservationMethods,
                     &MakeVerdictMethods,      &MakeFlagMethods,
                     &MakeWhatIfMethods,       &MakeRuleMethods,
                     &MakeRuleChangeMethods,   &MakeComparisonMethods,
                     &MakeAdminMethods,        &MakeAuditMethods,
                     &MakeAlertMethods,        &MakeAlertChangeMethods,
                     &MakeSubscriptionMethods, &MakeDeliveryMethods,
                     &MakePullMethods}) {
    all.push_back(make(backend));
  }
  return all;
}

const std::vector<std::string>& ServiceNames() {
  static const auto& names = *new std::vector<std::string>{
      "shirube.v1.PlanService",       "shirube.v1.ObservationService",
      "shirube.v1.EvaluationService", "shirube.v1.RuleService",
      "shirube.v1.AdminService",      "shirube.v1.AlertService"};
  return names;
}

}  // namespace shirube
