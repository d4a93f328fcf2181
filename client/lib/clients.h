// The clients, one a service. They are values: copying one is cheap and shares
// its connection. Thread-safe.
//
// Reads, and writes under a request_id (filled in where the caller gave none),
// are tried again after UNAVAILABLE; nothing else is. A failed call's details
// are in error.h. List… give one page, All… every row.
#ifndef SHIRUBE_CLIENT_LIB_CLIENTS_H_
#define SHIRUBE_CLIENT_LIB_CLIENTS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "client/lib/connection.h"
#include "client/lib/options.h"
#include "client/lib/paged.h"
#include "shirube/v1/admin_service.pb.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/observation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube::client {

// What the clients share: the connection and its options.
class Client {
 public:
  explicit Client(Options options = {}) : Client(Connect(options), options) {}
  Client(std::shared_ptr<Connection> connection, Options options = {})
      : connection_(std::move(connection)), options_(std::move(options)) {}

 protected:
  // A mutation without a request_id gets one: only then may it be repeated.
  absl::Status Call(const std::string& method,
                    google::protobuf::Message* request,
                    google::protobuf::Message* response,
                    const Options& options) const;

  // Calls `take` for each message until it says false (CANCELLED).
  template <typename Response>
  absl::Status Streamed(const std::string& method,
                        const google::protobuf::Message& request,
                        const std::function<bool(const Response&)>& take,
                        const Options& options) const {
    Response message;
    return Stream(
        method, request, &message, [&] { return take(message); }, options);
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Unary(const std::string& method, Request request,
                                 const Options& options) const {
    Response response;
    absl::Status status = Call(method, &request, &response, options);
    if (!status.ok()) return status;
    return response;
  }

 private:
  absl::Status Stream(const std::string& method,
                      const google::protobuf::Message& request,
                      google::protobuf::Message* message,
                      const std::function<bool()>& take,
                      const Options& options) const;

  std::shared_ptr<Connection> connection_;
  Options options_;
};

// PlanService.
class PlanClient : public Client {
 public:
  using Client::Client;
  absl::StatusOr<v1::Plan> GetPlan(v1::GetPlanRequest request,
                                   const Options& options = {}) const;
  absl::StatusOr<v1::ListPlansResponse> ListPlans(
      v1::ListPlansRequest request, const Options& options = {}) const;
  Paged<v1::Plan> AllPlans(v1::ListPlansRequest request,
                           const Options& options = {}) const;
  absl::StatusOr<v1::Plan> CreatePlan(v1::CreatePlanRequest request,
                                      const Options& options = {}) const;
  absl::StatusOr<v1::Plan> UpdatePlan(v1::UpdatePlanRequest request,
                                      const Options& options = {}) const;
  absl::StatusOr<v1::Plan> DeletePlan(v1::DeletePlanRequest request,
                                      const Options& options = {}) const;
  absl::StatusOr<v1::Plan> UndeletePlan(v1::UndeletePlanRequest request,
                                        const Options& options = {}) const;
  absl::StatusOr<v1::Initiative> GetInitiative(
      v1::GetInitiativeRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ListInitiativesResponse> ListInitiatives(
      v1::ListInitiativesRequest request, const Options& options = {}) const;
  Paged<v1::Initiative> AllInitiatives(v1::ListInitiativesRequest request,
                                       const Options& options = {}) const;
  absl::StatusOr<v1::Initiative> CreateInitiative(
      v1::CreateInitiativeRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Initiative> UpdateInitiative(
      v1::UpdateInitiativeRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Initiative> DeleteInitiative(
      v1::DeleteInitiativeRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Initiative> UndeleteInitiative(
      v1::UndeleteInitiativeRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> GetIndicator(v1::GetIndicatorRequest request,
                                             const Options& options = {}) const;
  absl::StatusOr<v1::ListIndicatorsResponse> ListIndicators(
      v1::ListIndicatorsRequest request, const Options& options = {}) const;
  Paged<v1::Indicator> AllIndicators(v1::ListIndicatorsRequest request,
                                     const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> CreateIndicator(
      v1::CreateIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> UpdateIndicator(
      v1::UpdateIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> DeleteIndicator(
      v1::DeleteIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> UndeleteIndicator(
      v1::UndeleteIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Assessment> GetAssessment(
      v1::GetAssessmentRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ListAssessmentsResponse> ListAssessments(
      v1::ListAssessmentsRequest request, const Options& options = {}) const;
  Paged<v1::Assessment> AllAssessments(v1::ListAssessmentsRequest request,
                                       const Options& options = {}) const;
  absl::StatusOr<v1::Assessment> CreateAssessment(
      v1::CreateAssessmentRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Assessment> UpdateAssessment(
      v1::UpdateAssessmentRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Assessment> DeleteAssessment(
      v1::DeleteAssessmentRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Assessment> UndeleteAssessment(
      v1::UndeleteAssessmentRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> LinkIndicator(
      v1::LinkIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Indicator> UnlinkIndicator(
      v1::UnlinkIndicatorRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ApplyPlanResponse> ApplyPlan(
      v1::ApplyPlanRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ExportPlanResponse> ExportPlan(
      v1::ExportPlanRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::PlanTree> GetPlanTree(v1::GetPlanTreeRequest request,
                                           const Options& options = {}) const;
};

// ObservationService.
class ObservationClient : public Client {
 public:
  using Client::Client;
  absl::StatusOr<v1::Observation> GetObservation(
      v1::GetObservationRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::ListObservationsResponse> ListObservations(
      v1::ListObservationsRequest request, const Options& options = {}) const;
  Paged<v1::Observation> AllObservations(v1::ListObservationsRequest request,
                                         const Options& options = {}) const;
  absl::StatusOr<v1::Observation> RecordObservation(
      v1::RecordObservationRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::Observation> CorrectObservation(
      v1::CorrectObservationRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::BatchRecordObservationsResponse> BatchRecordObservations(
      v1::BatchRecordObservationsRequest request,
      const Options& options = {}) const;
  absl::StatusOr<v1::ListObservationRevisionsResponse> ListObservationRevisions(
      v1::ListObservationRevisionsRequest request,
      const Options& options = {}) const;
  Paged<v1::Observation> AllObservationRevisions(
      v1::ListObservationRevisionsRequest request,
      const Options& options = {}) const;
};

// EvaluationService.
class EvaluationClient : public Client {
 public:
  using Client::Client;
  absl::StatusOr<v1::Verdict> GetVerdict(v1::GetVerdictRequest request,
                                         const Options& options = {}) const;
  absl::StatusOr<v1::ListVerdictsResponse> ListVerdicts(
      v1::ListVerdictsRequest request, const Options& options = {}) const;
  Paged<v1::Verdict> AllVerdicts(v1::ListVerdictsRequest request,
                                 const Options& options = {}) const;
  absl::StatusOr<v1::ListFlagsResponse> ListFlags(
      v1::ListFlagsRequest request, const Options& options = {}) const;
  Paged<v1::Flag> AllFlags(v1::ListFlagsRequest request,
                           const Options& options = {}) const;
  absl::StatusOr<v1::ExplainVerdictResponse> ExplainVerdict(
      v1::ExplainVerdictRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::EvaluateIndicatorsResponse> EvaluateIndicators(
      v1::EvaluateIndicatorsRequest request, const Options& options = {}) const;
  absl::StatusOr<v1::RunEvaluationResponse> RunEvaluation(
      v1::RunEvaluationRequest request, const Options& options = {}) const;
  // Judges a plan by several rule sets, now, and stores nothing.
  absl::StatusOr<v1::CompareRuleSetsResponse> CompareRuleSets(
      v1::CompareRuleSetsRequest request, const Options& options = {}) const;
  // All pages as one answer. Where somebody writes between the pages they are
  // read again, for some times; after that, rows may be newer than the counts.
  absl::StatusOr<v1::CompareRuleSetsResponse> CompareAllPages(
      v1::CompareRuleSetsRequest request, const Options& options = {}) const;
};

// RuleService. What a module or set is refused for is the error's reason
// (`SELF_TEST_FAILED`); its text says what was expected, found and what to do.
class RuleClient : public Client {
 public:
  using Client::Client;
  // Modules of the rules folder and of the store, also those refused.
  absl::StatusOr<v1::ListRuleModulesResponse> ListRuleModules(
      v1::ListRuleModulesRequest request, const Options& options = {}) const;
  Paged<v1::RuleModule> AllRuleModules(v1::ListRuleModulesRequest request,
                                       const Options& options = {}) const;
  absl::StatusOr<v1::ListRuleSetsResponse> ListRuleSets(
      v1::ListRuleSetsRequest request, const Options& options = {}) const;
  Paged<v1::RuleSet> AllRuleSets(v1::ListRuleSetsRequest request,
                                 const Options& options = {}) const;
  absl::StatusOr<v1::RuleSet> GetRuleSet(v1::GetRuleSetRequest request,
                                         const Options& options = {}) const;
  absl::StatusOr<v1::RuleModule> GetRuleModule(
      v1::GetRuleModuleRequest request, const Options& options = {}) const;
  // Verifies a file of the server's rules folder and stores its bytes; runs
  // nothing of it. The same bytes again change nothing.
  absl::StatusOr<v1::RuleModule> RegisterRuleModule(
      v1::RegisterRuleModuleRequest request, const Options& options = {}) const;
  // Stores a list of registered modules with parameters; judges nothing yet.
  absl::StatusOr<v1::RuleSet> RegisterRuleSet(
      v1::RegisterRuleSetRequest request, const Options& options = {}) const;
  // Judges everything by the set, then lets it judge from then on. Takes as
  // long as that takes: give it a timeout to match. An error leaves the set
  // before as it was, unless it is UNAVAILABLE: then ask which one is active.
  absl::StatusOr<v1::RuleSetActivation> ActivateRuleSet(
      v1::ActivateRuleSetRequest request, const Options& options = {}) const;
  // The same with the set that judged before.
  absl::StatusOr<v1::RuleSetActivation> RollbackRuleSet(
      v1::RollbackRuleSetRequest request, const Options& options = {}) const;
  // What another rule set would change. Calls `take` on this thread for each
  // part as it is found, until all is judged or `take` says false (CANCELLED);
  // parts that came before an error are good. Takes as long as judging does:
  // give it a timeout to match.
  using TakePreview = std::function<bool(const v1::PreviewRuleSetResponse&)>;
  absl::Status PreviewRuleSet(const v1::PreviewRuleSetRequest& request,
                              const TakePreview& take,
                              const Options& options = {}) const;
  // The latest first.
  absl::StatusOr<v1::ListRuleSetActivationsResponse> ListRuleSetActivations(
      v1::ListRuleSetActivationsRequest request,
      const Options& options = {}) const;
  Paged<v1::RuleSetActivation> AllRuleSetActivations(
      v1::ListRuleSetActivationsRequest request,
      const Options& options = {}) const;
  // Has a module that was set aside asked again; what waited for it is judged
  // up to the revision of the answer.
  absl::StatusOr<v1::RuleModule> ReleaseQuarantine(
      v1::ReleaseQuarantineRequest request, const Options& options = {}) const;
};

// AdminService.
class AdminClient : public Client {
 public:
  using Client::Client;
  // Versions, storage, which layers confine rule modules, and whom the server
  // takes the caller for.
  absl::StatusOr<v1::ServerInfo> GetServerInfo(
      v1::GetServerInfoRequest request, const Options& options = {}) const;
  // Who changed what, the latest first.
  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      v1::ListAuditEntriesRequest request, const Options& options = {}) const;
  Paged<v1::AuditEntry> AllAuditEntries(v1::ListAuditEntriesRequest request,
                                        const Options& options = {}) const;
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_CLIENTS_H_
