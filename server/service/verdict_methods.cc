// GetVerdict, ListVerdicts, ExplainVerdict and RunEvaluation.
#include <map>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/service/convert_explanation.h"
#include "server/service/convert_indicator.h"
#include "server/service/evaluation_reads.h"
#include "server/service/indicator_scale.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/plan_order.h"
#include "server/service/resource_names.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube {
namespace {

const std::vector<std::string>& ListFields() {
  static const auto& fields = *new std::vector<std::string>{
      "status",    "reason",     "marks",
      "indicator", "initiative", "owner",
      "severity",  "period",     "indicator_display_name"};
  return fields;
}

Method Judging(Method method) {
  method.wait_for = [](const google::protobuf::Message&) {
    return WaitFor::kJudged;
  };
  return method;
}

// One row of a list, with what a filter may ask for beside the verdict.
struct Row {
  v1::Verdict verdict;
  PlanId plan;
  std::string owner;
  FieldValues initiatives;
};

class VerdictMethods final : public Methods {
 public:
  explicit VerdictMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.EvaluationService.";
    using Self = VerdictMethods;
    (*table)[service + "GetVerdict"] = Judging(Bind(this, &Self::Get));
    (*table)[service + "ListVerdicts"] = Judging(Bind(this, &Self::List));
    (*table)[service + "ExplainVerdict"] = Judging(Bind(this, &Self::Explain));
    (*table)[service + "RunEvaluation"] = Bind(this, &Self::Run);
    (*table)[service + "RunEvaluation"].slow = true;
  }

 private:
  absl::Status Get(CallContext&, const v1::GetVerdictRequest& request,
                   v1::Verdict* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadVerdictName(reader, "name", request.name());
    const ReadOptions options =
        ReadAsOf(reader, request.as_of(), request.allow_future());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        const Indicator indicator,
        Live(snapshot.reader->GetIndicator(*key), NameOf(*key)));
    SHIRUBE_ASSIGN_OR_RETURN(const Verdict verdict,
                             backend_.evaluator->GetVerdict(*key, options));
    const ModuleVersions& versions = backend_.versions->Of(verdict.rule_set);
    *response = ToWire(verdict, {backend_.history, &indicator, &versions,
                                 request.as_of(), snapshot.head.revision});
    AddFacts(backend_, key->plan, options, {response});
    return absl::OkStatus();
  }

  absl::Status List(CallContext& call, const v1::ListVerdictsRequest& request,
                    v1::ListVerdictsResponse* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, ListFields()));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan =
        ReadPlanName(reader, "parent", request.parent(), Wildcard::kAllowed);
    const ReadOptions options =
        ReadAsOf(reader, request.as_of(), request.allow_future());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    std::vector<Row> rows;
    SHIRUBE_RETURN_IF_ERROR(Collect(*plan, options, &rows, response));
    const auto read = [&rows](size_t i, std::string_view field) -> FieldValues {
      const Row& row = rows[i];
      if (field == "initiative") return row.initiatives;
      if (field == "owner") {
        return row.owner.empty() ? FieldValues() : FieldValues{row.owner};
      }
      return ReadField(row.verdict, field);
    };
    for (size_t i = 0; i < rows.size(); ++i) {
      if (list.filter.Matches(
              [&](std::string_view field) { return read(i, field); })) {
        Count(rows[i].verdict.status(), response->mutable_counts());
      }
    }
    response->mutable_counts();
    PageChoice page = ChoosePage(list, rows.size(), 0, read);
    std::map<PlanId, std::vector<v1::Verdict*>> chosen;
    for (size_t i : page.rows) {
      chosen[rows[i].plan].push_back(&rows[i].verdict);
    }
    for (auto& [id, verdicts] : chosen) {
      AddFacts(backend_, id, options, verdicts);
    }
    for (size_t i : page.rows) {
      *response->add_verdicts() = std::move(rows[i].verdict);
    }
    response->set_next_page_token(std::move(page.next_page_token));
    return absl::OkStatus();
  }

  // All rows of a plan, or of all plans, in printed order.
  absl::Status Collect(const PlanId& plan, const ReadOptions& options,
                       std::vector<Row>* rows,
                       v1::ListVerdictsResponse* response) {
    std::vector<PlanId> plans = {plan};
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    response->set_revision(snapshot.revision);
    if (plan.value() == "-") {
      SHIRUBE_ASSIGN_OR_RETURN(const auto all,
                               snapshot.reader->ListPlans(ListQuery()));
      plans.clear();
      for (const Plan& one : all) plans.push_back(one.id);
    }
    for (const PlanId& id : plans) {
      SHIRUBE_ASSIGN_OR_RETURN(
          const JudgedPlan judged,
          ReadJudgedPlan(backend_, id, options, Judged::kVerdictsOnly));
      const auto above =
          InitiativesAbove(judged.initiatives, judged.indicators);
      for (const Indicator& indicator : judged.indicators) {
        Row row{VerdictToWire(backend_, judged, indicator), id,
                indicator.owner};
        for (const InitiativeId& initiative : above.at(indicator.id)) {
          row.initiatives.push_back(NameOf(InitiativeKey{id, initiative}));
        }
        rows->push_back(std::move(row));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Explain(CallContext&, const v1::ExplainVerdictRequest& request,
                       v1::ExplainVerdictResponse* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadVerdictName(reader, "name", request.name());
    const ReadOptions options =
        ReadAsOf(reader, request.as_of(), request.allow_future());
    const auto flip_period =
        reader.PeriodId("flip_period", request.flip_period());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(
        const Explanation explanation,
        backend_.evaluator->Explain(*key, options, flip_period));
    const ModuleVersions& versions =
        backend_.versions->Of(explanation.verdict.rule_set);
    *response->mutable_verdict() =
        ToWire(explanation.verdict,
               {backend_.history, &explanation.indicator, &versions,
                request.as_of(), explanation.revision});
    FillFacts(explanation, response->mutable_verdict());
    FillExplanation(explanation, response);
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(*response->mutable_indicator(),
                             IndicatorToWire(backend_, snapshot.reader.get(),
                                             explanation.indicator));
    response->set_revision(backend_.Token(explanation.revision));
    return absl::OkStatus();
  }

  absl::Status Run(CallContext& call, const v1::RunEvaluationRequest& request,
                   v1::RunEvaluationResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan =
        ReadPlanName(reader, "parent", request.parent(), Wildcard::kAllowed);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    const PlanId wanted = plan->value() == "-" ? PlanId() : *plan;
    SHIRUBE_ASSIGN_OR_RETURN(
        const RunSummary summary,
        backend_.evaluator->RunEvaluation(wanted, call.deadline));
    response->set_evaluated_count(static_cast<int>(summary.evaluated));
    response->set_changed_count(static_cast<int>(summary.changed));
    *response->mutable_counts() = ToWire(summary.counts);
    response->set_revision(backend_.Token(summary.judged_through));
    response->set_waiting_count(static_cast<int>(summary.waiting));
    for (const ModuleFault& fault : summary.out) {
      v1::ModuleFault* row = response->add_modules_out_of_service();
      row->set_module("ruleModules/" + fault.module);
      row->set_reason(fault.reason);
      *row->mutable_message() = FaultMessage(fault);
    }
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeVerdictMethods(const Backend& backend) {
  return std::make_unique<VerdictMethods>(backend);
}

}  // namespace shirube
