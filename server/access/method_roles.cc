#include "server/access/method_roles.h"

#include <algorithm>

namespace shirube {
namespace {

// A preview asks for RULES: it may put a module that fails into quarantine.
// Who fetches alerts moves the subscription on for all who share it, so
// StreamingPull asks for more than READ.
constexpr MethodRole kRoles[] = {
    {"AdminService.GetServerInfo", Role::kRead},
    {"AdminService.ListAuditEntries", Role::kRead},
    {"AlertService.AcknowledgeAlert", Role::kRecord},
    {"AlertService.CreateSubscription", Role::kManage},
    {"AlertService.DeleteSubscription", Role::kManage},
    {"AlertService.GetAlert", Role::kRead},
    {"AlertService.GetSubscription", Role::kRead},
    {"AlertService.ListAlertTransitions", Role::kRead},
    {"AlertService.ListAlerts", Role::kRead},
    {"AlertService.ListDeliveries", Role::kRead},
    {"AlertService.ListSubscriptions", Role::kRead},
    {"AlertService.OpenExistingAlerts", Role::kRecord},
    {"AlertService.PauseSubscription", Role::kManage},
    {"AlertService.RedeliverDeliveries", Role::kManage},
    {"AlertService.ResolveAlert", Role::kRecord},
    {"AlertService.ResumeSubscription", Role::kManage},
    {"AlertService.RotateSubscriptionSecret", Role::kManage},
    {"AlertService.SeekSubscription", Role::kManage},
    {"AlertService.SnoozeAlert", Role::kRecord},
    {"AlertService.StreamingPull", Role::kRecord},
    {"AlertService.TestSubscription", Role::kManage},
    {"AlertService.UpdateSubscription", Role::kManage},
    {"EvaluationService.CompareRuleSets", Role::kRead},
    {"EvaluationService.EvaluateIndicators", Role::kRead},
    {"EvaluationService.ExplainVerdict", Role::kRead},
    {"EvaluationService.GetVerdict", Role::kRead},
    {"EvaluationService.ListFlags", Role::kRead},
    {"EvaluationService.ListVerdicts", Role::kRead},
    {"EvaluationService.RunEvaluation", Role::kManage},
    {"ObservationService.BatchRecordObservations", Role::kRecord},
    {"ObservationService.CorrectObservation", Role::kRecord},
    {"ObservationService.GetObservation", Role::kRead},
    {"ObservationService.ListObservationRevisions", Role::kRead},
    {"ObservationService.ListObservations", Role::kRead},
    {"ObservationService.RecordObservation", Role::kRecord},
    {"PlanService.ApplyPlan", Role::kManage},
    {"PlanService.CreateAssessment", Role::kRecord},
    {"PlanService.CreateIndicator", Role::kManage},
    {"PlanService.CreateInitiative", Role::kManage},
    {"PlanService.CreatePlan", Role::kManage},
    {"PlanService.DeleteAssessment", Role::kRecord},
    {"PlanService.DeleteIndicator", Role::kManage},
    {"PlanService.DeleteInitiative", Role::kManage},
    {"PlanService.DeletePlan", Role::kManage},
    {"PlanService.ExportPlan", Role::kRead},
    {"PlanService.GetAssessment", Role::kRead},
    {"PlanService.GetIndicator", Role::kRead},
    {"PlanService.GetInitiative", Role::kRead},
    {"PlanService.GetPlan", Role::kRead},
    {"PlanService.GetPlanTree", Role::kRead},
    {"PlanService.LinkIndicator", Role::kManage},
    {"PlanService.ListAssessments", Role::kRead},
    {"PlanService.ListIndicators", Role::kRead},
    {"PlanService.ListInitiatives", Role::kRead},
    {"PlanService.ListPlans", Role::kRead},
    {"PlanService.UndeleteAssessment", Role::kRecord},
    {"PlanService.UndeleteIndicator", Role::kManage},
    {"PlanService.UndeleteInitiative", Role::kManage},
    {"PlanService.UndeletePlan", Role::kManage},
    {"PlanService.UnlinkIndicator", Role::kManage},
    {"PlanService.UpdateAssessment", Role::kRecord},
    {"PlanService.UpdateIndicator", Role::kManage},
    {"PlanService.UpdateInitiative", Role::kManage},
    {"PlanService.UpdatePlan", Role::kManage},
    {"RuleService.ActivateRuleSet", Role::kRules},
    {"RuleService.GetRuleModule", Role::kRead},
    {"RuleService.GetRuleSet", Role::kRead},
    {"RuleService.ListRuleModules", Role::kRead},
    {"RuleService.ListRuleSetActivations", Role::kRead},
    {"RuleService.ListRuleSets", Role::kRead},
    {"RuleService.PreviewRuleSet", Role::kRules},
    {"RuleService.RegisterRuleModule", Role::kRules},
    {"RuleService.RegisterRuleSet", Role::kRules},
    {"RuleService.ReleaseQuarantine", Role::kRules},
    {"RuleService.RollbackRuleSet", Role::kRules},
};

constexpr std::string_view kPackage = "shirube.v1.";

}  // namespace

absl::Span<const MethodRole> MethodRoles() { return kRoles; }

std::optional<Role> RequiredRole(std::string_view full_name) {
  if (!full_name.starts_with(kPackage)) return std::nullopt;
  full_name.remove_prefix(kPackage.size());
  const auto* found =
      std::lower_bound(std::begin(kRoles), std::end(kRoles), full_name,
                       [](const MethodRole& row, std::string_view name) {
                         return row.method < name;
                       });
  if (found == std::end(kRoles) || found->method != full_name) {
    return std::nullopt;
  }
  return found->role;
}

}  // namespace shirube
