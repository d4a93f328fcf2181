#include "client/lib/clients.h"

#include "client/lib/all_pages.h"

namespace shirube::client {

absl::Status Client::Call(const std::string& method,
                          google::protobuf::Message* request,
                          google::protobuf::Message* response,
                          const Options& options) const {
  const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
  const auto* reflection = request->GetReflection();
  if (field != nullptr && reflection->GetString(*request, field).empty()) {
    reflection->SetString(request, field, NewRequestId());
  }
  return CallWithRetries(*connection_, method, *request, response,
                         Resolve(options, options_));
}

absl::Status Client::Stream(const std::string& method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message* message,
                            const std::function<bool()>& take,
                            const Options& options) const {
  return StreamWithRetries(*connection_, method, request, message, take,
                           Resolve(options, options_));
}

absl::StatusOr<v1::Plan> PlanClient::GetPlan(v1::GetPlanRequest request,
                                             const Options& options) const {
  return Unary<v1::Plan>("/shirube.v1.PlanService/GetPlan", std::move(request),
                         options);
}

absl::StatusOr<v1::ListPlansResponse> PlanClient::ListPlans(
    v1::ListPlansRequest request, const Options& options) const {
  return Unary<v1::ListPlansResponse>("/shirube.v1.PlanService/ListPlans",
                                      std::move(request), options);
}

Paged<v1::Plan> PlanClient::AllPlans(v1::ListPlansRequest request,
                                     const Options& options) const {
  return AllPages(*this, std::move(request), options, &PlanClient::ListPlans,
                  &v1::ListPlansResponse::mutable_plans);
}

absl::StatusOr<v1::Plan> PlanClient::CreatePlan(v1::CreatePlanRequest request,
                                                const Options& options) const {
  return Unary<v1::Plan>("/shirube.v1.PlanService/CreatePlan",
                         std::move(request), options);
}

absl::StatusOr<v1::Plan> PlanClient::UpdatePlan(v1::UpdatePlanRequest request,
                                                const Options& options) const {
  return Unary<v1::Plan>("/shirube.v1.PlanService/UpdatePlan",
                         std::move(request), options);
}

absl::StatusOr<v1::Plan> PlanClient::DeletePlan(v1::DeletePlanRequest request,
                                                const Options& options) const {
  return Unary<v1::Plan>("/shirube.v1.PlanService/DeletePlan",
                         std::move(request), options);
}

absl::StatusOr<v1::Plan> PlanClient::UndeletePlan(
    v1::UndeletePlanRequest request, const Options& options) const {
  return Unary<v1::Plan>("/shirube.v1.PlanService/UndeletePlan",
                         std::move(request), options);
}

absl::StatusOr<v1::Initiative> PlanClient::GetInitiative(
    v1::GetInitiativeRequest request, const Options& options) const {
  return Unary<v1::Initiative>("/shirube.v1.PlanService/GetInitiative",
                               std::move(request), options);
}

absl::StatusOr<v1::ListInitiativesResponse> PlanClient::ListInitiatives(
    v1::ListInitiativesRequest request, const Options& options) const {
  return Unary<v1::ListInitiativesResponse>(
      "/shirube.v1.PlanService/ListInitiatives", std::move(request), options);
}

Paged<v1::Initiative> PlanClient::AllInitiatives(
    v1::ListInitiativesRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &PlanClient::ListInitiatives,
                  &v1::ListInitiativesResponse::mutable_initiatives);
}

absl::StatusOr<v1::Initiative> PlanClient::CreateInitiative(
    v1::CreateInitiativeRequest request, const Options& options) const {
  return Unary<v1::Initiative>("/shirube.v1.PlanService/CreateInitiative",
                               std::move(request), options);
}

absl::StatusOr<v1::Initiative> PlanClient::UpdateInitiative(
    v1::UpdateInitiativeRequest request, const Options& options) const {
  return Unary<v1::Initiative>("/shirube.v1.PlanService/UpdateInitiative",
                               std::move(request), options);
}

absl::StatusOr<v1::Initiative> PlanClient::DeleteInitiative(
    v1::DeleteInitiativeRequest request, const Options& options) const {
  return Unary<v1::Initiative>("/shirube.v1.PlanService/DeleteInitiative",
                               std::move(request), options);
}

absl::StatusOr<v1::Initiative> PlanClient::UndeleteInitiative(
    v1::UndeleteInitiativeRequest request, const Options& options) const {
  return Unary<v1::Initiative>("/shirube.v1.PlanService/UndeleteInitiative",
                               std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::GetIndicator(
    v1::GetIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/GetIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::ListIndicatorsResponse> PlanClient::ListIndicators(
    v1::ListIndicatorsRequest request, const Options& options) const {
  return Unary<v1::ListIndicatorsResponse>(
      "/shirube.v1.PlanService/ListIndicators", std::move(request), options);
}

Paged<v1::Indicator> PlanClient::AllIndicators(
    v1::ListIndicatorsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &PlanClient::ListIndicators,
                  &v1::ListIndicatorsResponse::mutable_indicators);
}

absl::StatusOr<v1::Indicator> PlanClient::CreateIndicator(
    v1::CreateIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/CreateIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::UpdateIndicator(
    v1::UpdateIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/UpdateIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::DeleteIndicator(
    v1::DeleteIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/DeleteIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::UndeleteIndicator(
    v1::UndeleteIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/UndeleteIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::Assessment> PlanClient::GetAssessment(
    v1::GetAssessmentRequest request, const Options& options) const {
  return Unary<v1::Assessment>("/shirube.v1.PlanService/GetAssessment",
                               std::move(request), options);
}

absl::StatusOr<v1::ListAssessmentsResponse> PlanClient::ListAssessments(
    v1::ListAssessmentsRequest request, const Options& options) const {
  return Unary<v1::ListAssessmentsResponse>(
      "/shirube.v1.PlanService/ListAssessments", std::move(request), options);
}

Paged<v1::Assessment> PlanClient::AllAssessments(
    v1::ListAssessmentsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &PlanClient::ListAssessments,
                  &v1::ListAssessmentsResponse::mutable_assessments);
}

absl::StatusOr<v1::Assessment> PlanClient::CreateAssessment(
    v1::CreateAssessmentRequest request, const Options& options) const {
  return Unary<v1::Assessment>("/shirube.v1.PlanService/CreateAssessment",
                               std::move(request), options);
}

absl::StatusOr<v1::Assessment> PlanClient::UpdateAssessment(
    v1::UpdateAssessmentRequest request, const Options& options) const {
  return Unary<v1::Assessment>("/shirube.v1.PlanService/UpdateAssessment",
                               std::move(request), options);
}

absl::StatusOr<v1::Assessment> PlanClient::DeleteAssessment(
    v1::DeleteAssessmentRequest request, const Options& options) const {
  return Unary<v1::Assessment>("/shirube.v1.PlanService/DeleteAssessment",
                               std::move(request), options);
}

absl::StatusOr<v1::Assessment> PlanClient::UndeleteAssessment(
    v1::UndeleteAssessmentRequest request, const Options& options) const {
  return Unary<v1::Assessment>("/shirube.v1.PlanService/UndeleteAssessment",
                               std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::LinkIndicator(
    v1::LinkIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/LinkIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::Indicator> PlanClient::UnlinkIndicator(
    v1::UnlinkIndicatorRequest request, const Options& options) const {
  return Unary<v1::Indicator>("/shirube.v1.PlanService/UnlinkIndicator",
                              std::move(request), options);
}

absl::StatusOr<v1::ApplyPlanResponse> PlanClient::ApplyPlan(
    v1::ApplyPlanRequest request, const Options& options) const {
  return Unary<v1::ApplyPlanResponse>("/shirube.v1.PlanService/ApplyPlan",
                                      std::move(request), options);
}

absl::StatusOr<v1::ExportPlanResponse> PlanClient::ExportPlan(
    v1::ExportPlanRequest request, const Options& options) const {
  return Unary<v1::ExportPlanResponse>("/shirube.v1.PlanService/ExportPlan",
                                       std::move(request), options);
}

absl::StatusOr<v1::PlanTree> PlanClient::GetPlanTree(
    v1::GetPlanTreeRequest request, const Options& options) const {
  return Unary<v1::PlanTree>("/shirube.v1.PlanService/GetPlanTree",
                             std::move(request), options);
}

absl::StatusOr<v1::Observation> ObservationClient::GetObservation(
    v1::GetObservationRequest request, const Options& options) const {
  return Unary<v1::Observation>("/shirube.v1.ObservationService/GetObservation",
                                std::move(request), options);
}

absl::StatusOr<v1::ListObservationsResponse>
ObservationClient::ListObservations(v1::ListObservationsRequest request,
                                    const Options& options) const {
  return Unary<v1::ListObservationsResponse>(
      "/shirube.v1.ObservationService/ListObservations", std::move(request),
      options);
}

Paged<v1::Observation> ObservationClient::AllObservations(
    v1::ListObservationsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &ObservationClient::ListObservations,
                  &v1::ListObservationsResponse::mutable_observations);
}

absl::StatusOr<v1::Observation> ObservationClient::RecordObservation(
    v1::RecordObservationRequest request, const Options& options) const {
  return Unary<v1::Observation>(
      "/shirube.v1.ObservationService/RecordObservation", std::move(request),
      options);
}

absl::StatusOr<v1::Observation> ObservationClient::CorrectObservation(
    v1::CorrectObservationRequest request, const Options& options) const {
  return Unary<v1::Observation>(
      "/shirube.v1.ObservationService/CorrectObservation", std::move(request),
      options);
}

absl::StatusOr<v1::BatchRecordObservationsResponse>
ObservationClient::BatchRecordObservations(
    v1::BatchRecordObservationsRequest request, const Options& options) const {
  return Unary<v1::BatchRecordObservationsResponse>(
      "/shirube.v1.ObservationService/BatchRecordObservations",
      std::move(request), options);
}

absl::StatusOr<v1::ListObservationRevisionsResponse>
ObservationClient::ListObservationRevisions(
    v1::ListObservationRevisionsRequest request, const Options& options) const {
  return Unary<v1::ListObservationRevisionsResponse>(
      "/shirube.v1.ObservationService/ListObservationRevisions",
      std::move(request), options);
}

Paged<v1::Observation> ObservationClient::AllObservationRevisions(
    v1::ListObservationRevisionsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &ObservationClient::ListObservationRevisions,
                  &v1::ListObservationRevisionsResponse::mutable_observations);
}

absl::StatusOr<v1::Verdict> EvaluationClient::GetVerdict(
    v1::GetVerdictRequest request, const Options& options) const {
  return Unary<v1::Verdict>("/shirube.v1.EvaluationService/GetVerdict",
                            std::move(request), options);
}

absl::StatusOr<v1::ListVerdictsResponse> EvaluationClient::ListVerdicts(
    v1::ListVerdictsRequest request, const Options& options) const {
  return Unary<v1::ListVerdictsResponse>(
      "/shirube.v1.EvaluationService/ListVerdicts", std::move(request),
      options);
}

Paged<v1::Verdict> EvaluationClient::AllVerdicts(
    v1::ListVerdictsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &EvaluationClient::ListVerdicts,
                  &v1::ListVerdictsResponse::mutable_verdicts);
}

absl::StatusOr<v1::ListFlagsResponse> EvaluationClient::ListFlags(
    v1::ListFlagsRequest request, const Options& options) const {
  return Unary<v1::ListFlagsResponse>("/shirube.v1.EvaluationService/ListFlags",
                                      std::move(request), options);
}

Paged<v1::Flag> EvaluationClient::AllFlags(v1::ListFlagsRequest request,
                                           const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &EvaluationClient::ListFlags,
                  &v1::ListFlagsResponse::mutable_flags);
}

absl::StatusOr<v1::ExplainVerdictResponse> EvaluationClient::ExplainVerdict(
    v1::ExplainVerdictRequest request, const Options& options) const {
  return Unary<v1::ExplainVerdictResponse>(
      "/shirube.v1.EvaluationService/ExplainVerdict", std::move(request),
      options);
}

absl::StatusOr<v1::EvaluateIndicatorsResponse>
EvaluationClient::EvaluateIndicators(v1::EvaluateIndicatorsRequest request,
                                     const Options& options) const {
  return Unary<v1::EvaluateIndicatorsResponse>(
      "/shirube.v1.EvaluationService/EvaluateIndicators", std::move(request),
      options);
}

absl::StatusOr<v1::RunEvaluationResponse> EvaluationClient::RunEvaluation(
    v1::RunEvaluationRequest request, const Options& options) const {
  return Unary<v1::RunEvaluationResponse>(
      "/shirube.v1.EvaluationService/RunEvaluation", std::move(request),
      options);
}

absl::StatusOr<v1::CompareRuleSetsResponse> EvaluationClient::CompareRuleSets(
    v1::CompareRuleSetsRequest request, const Options& options) const {
  return Unary<v1::CompareRuleSetsResponse>(
      "/shirube.v1.EvaluationService/CompareRuleSets", std::move(request),
      options);
}

absl::StatusOr<v1::CompareRuleSetsResponse> EvaluationClient::CompareAllPages(
    v1::CompareRuleSetsRequest request, const Options& options) const {
  constexpr int kTries = 3;
  if (request.page_size() == 0) request.set_page_size(1000);
  absl::StatusOr<v1::CompareRuleSetsResponse> all;
  bool of_one_revision = false;
  for (int i = 0; i < kTries && !of_one_revision; ++i) {
    request.clear_page_token();
    all = CompareRuleSets(request, options);
    of_one_revision = true;
    while (all.ok() && !all->next_page_token().empty()) {
      request.set_page_token(all->next_page_token());
      auto page = CompareRuleSets(request, options);
      if (!page.ok()) return page.status();
      of_one_revision &= page->revision() == all->revision();
      all->mutable_indicators()->MergeFrom(page->indicators());
      all->set_next_page_token(page->next_page_token());
    }
  }
  return all;
}

absl::StatusOr<v1::ListRuleModulesResponse> RuleClient::ListRuleModules(
    v1::ListRuleModulesRequest request, const Options& options) const {
  return Unary<v1::ListRuleModulesResponse>(
      "/shirube.v1.RuleService/ListRuleModules", std::move(request), options);
}

Paged<v1::RuleModule> RuleClient::AllRuleModules(
    v1::ListRuleModulesRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &RuleClient::ListRuleModules,
                  &v1::ListRuleModulesResponse::mutable_rule_modules);
}

absl::StatusOr<v1::ListRuleSetsResponse> RuleClient::ListRuleSets(
    v1::ListRuleSetsRequest request, const Options& options) const {
  return Unary<v1::ListRuleSetsResponse>("/shirube.v1.RuleService/ListRuleSets",
                                         std::move(request), options);
}

Paged<v1::RuleSet> RuleClient::AllRuleSets(v1::ListRuleSetsRequest request,
                                           const Options& options) const {
  return AllPages(*this, std::move(request), options, &RuleClient::ListRuleSets,
                  &v1::ListRuleSetsResponse::mutable_rule_sets);
}

absl::StatusOr<v1::RuleSet> RuleClient::GetRuleSet(
    v1::GetRuleSetRequest request, const Options& options) const {
  return Unary<v1::RuleSet>("/shirube.v1.RuleService/GetRuleSet",
                            std::move(request), options);
}

absl::StatusOr<v1::RuleModule> RuleClient::GetRuleModule(
    v1::GetRuleModuleRequest request, const Options& options) const {
  return Unary<v1::RuleModule>("/shirube.v1.RuleService/GetRuleModule",
                               std::move(request), options);
}

absl::StatusOr<v1::RuleModule> RuleClient::RegisterRuleModule(
    v1::RegisterRuleModuleRequest request, const Options& options) const {
  return Unary<v1::RuleModule>("/shirube.v1.RuleService/RegisterRuleModule",
                               std::move(request), options);
}

absl::StatusOr<v1::RuleSet> RuleClient::RegisterRuleSet(
    v1::RegisterRuleSetRequest request, const Options& options) const {
  return Unary<v1::RuleSet>("/shirube.v1.RuleService/RegisterRuleSet",
                            std::move(request), options);
}

absl::StatusOr<v1::RuleSetActivation> RuleClient::ActivateRuleSet(
    v1::ActivateRuleSetRequest request, const Options& options) const {
  return Unary<v1::RuleSetActivation>("/shirube.v1.RuleService/ActivateRuleSet",
                                      std::move(request), options);
}

absl::StatusOr<v1::RuleSetActivation> RuleClient::RollbackRuleSet(
    v1::RollbackRuleSetRequest request, const Options& options) const {
  return Unary<v1::RuleSetActivation>("/shirube.v1.RuleService/RollbackRuleSet",
                                      std::move(request), options);
}

absl::Status RuleClient::PreviewRuleSet(
    const v1::PreviewRuleSetRequest& request, const TakePreview& take,
    const Options& options) const {
  return Streamed<v1::PreviewRuleSetResponse>(
      "/shirube.v1.RuleService/PreviewRuleSet", request, take, options);
}

absl::StatusOr<v1::ListRuleSetActivationsResponse>
RuleClient::ListRuleSetActivations(v1::ListRuleSetActivationsRequest request,
                                   const Options& options) const {
  return Unary<v1::ListRuleSetActivationsResponse>(
      "/shirube.v1.RuleService/ListRuleSetActivations", std::move(request),
      options);
}

absl::StatusOr<v1::RuleModule> RuleClient::ReleaseQuarantine(
    v1::ReleaseQuarantineRequest request, const Options& options) const {
  return Unary<v1::RuleModule>("/shirube.v1.RuleService/ReleaseQuarantine",
                               std::move(request), options);
}

Paged<v1::RuleSetActivation> RuleClient::AllRuleSetActivations(
    v1::ListRuleSetActivationsRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &RuleClient::ListRuleSetActivations,
                  &v1::ListRuleSetActivationsResponse::mutable_activations);
}

absl::StatusOr<v1::ServerInfo> AdminClient::GetServerInfo(
    v1::GetServerInfoRequest request, const Options& options) const {
  return Unary<v1::ServerInfo>("/shirube.v1.AdminService/GetServerInfo",
                               std::move(request), options);
}

absl::StatusOr<v1::ListAuditEntriesResponse> AdminClient::ListAuditEntries(
    v1::ListAuditEntriesRequest request, const Options& options) const {
  return Unary<v1::ListAuditEntriesResponse>(
      "/shirube.v1.AdminService/ListAuditEntries", std::move(request), options);
}

Paged<v1::AuditEntry> AdminClient::AllAuditEntries(
    v1::ListAuditEntriesRequest request, const Options& options) const {
  return AllPages(*this, std::move(request), options,
                  &AdminClient::ListAuditEntries,
                  &v1::ListAuditEntriesResponse::mutable_audit_entries);
}

}  // namespace shirube::client
