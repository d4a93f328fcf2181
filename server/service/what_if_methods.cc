// EvaluateIndicators: what would be.
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/service/convert_explanation.h"
#include "server/service/convert_indicator.h"
#include "server/service/convert_observation.h"
#include "server/service/evaluation_reads.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube {
namespace {

class WhatIfMethods final : public Methods {
 public:
  explicit WhatIfMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    (*table)["shirube.v1.EvaluationService.EvaluateIndicators"] =
        Bind(this, &WhatIfMethods::Evaluate);
  }

 private:
  absl::Status Evaluate(CallContext&,
                        const v1::EvaluateIndicatorsRequest& request,
                        v1::EvaluateIndicatorsResponse* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    Violations violations;
    const FieldReader reader("", &violations);
    WhatIfOptions options;
    if (!request.parent().empty()) {
      options.plan =
          ReadPlanName(reader, "parent", request.parent()).value_or(PlanId());
    }
    options.rule_set = ReadRuleSetName(reader, "rule_set", request.rule_set())
                           .value_or(RuleSetId());
    options.read = ReadAsOf(reader, request.as_of(), request.allow_future());
    options.explain = request.explain();
    CheckCaseCount(request.cases_size(), reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    std::vector<WhatIfCase> cases;
    for (int i = 0; i < request.cases_size(); ++i) {
      SHIRUBE_ASSIGN_OR_RETURN(
          WhatIfCase one,
          ReadCase(request.cases(i), options.plan, snapshot.reader.get(),
                   reader.At("cases", i)));
      cases.push_back(std::move(one));
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(
        const std::vector<Explanation> answers,
        backend_.evaluator->EvaluateIndicators(cases, options));
    for (size_t i = 0; i < answers.size(); ++i) {
      Fill(answers[i], cases[i].stored.has_value(), options, request.as_of(),
           snapshot.head.revision, response->add_results());
    }
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  static void CheckCaseCount(int count, const FieldReader& reader) {
    if (count == 0) {
      reader.Refuse("cases", "must not be empty", "空にできません");
    } else if (count > limits::kMaxBatchRows) {
      reader.violations()->push_back(
          {reader.Path("cases"), "LIMIT_EXCEEDED",
           absl::StrCat(count, " cases; at most ", limits::kMaxBatchRows),
           absl::StrCat(count, "件あります。上限は", limits::kMaxBatchRows,
                        "件です")});
    }
  }

  static absl::StatusOr<WhatIfCase> ReadCase(
      const v1::EvaluateIndicatorsCase& in, const PlanId& plan,
      StoreReader* stored, const FieldReader& reader) {
    WhatIfCase out;
    IndicatorKind kind = IndicatorKind::kLevel;
    if (!in.indicator().empty()) {
      if (plan.empty()) {
        out.stored = ReadIndicatorName(reader, "indicator", in.indicator());
      } else {
        const IndicatorId id =
            ReadIndicatorOf(reader, "indicator", in.indicator(), plan);
        if (!id.empty()) out.stored = IndicatorKey{plan, id};
      }
    } else if (!in.has_definition()) {
      reader.Refuse("indicator", "give a stored indicator or a definition",
                    "保存済みの指標か定義を指定してください");
    }
    const IndicatorKey key =
        out.stored.value_or(IndicatorKey{plan, IndicatorId("what-if")});
    if (in.has_definition()) {
      out.definition = ReadIndicator(in.definition(), key, Superseded::kIgnored,
                                     reader.At("definition"));
      kind = out.definition->kind;
    } else if (out.stored) {
      SHIRUBE_ASSIGN_OR_RETURN(const auto found,
                               stored->GetIndicator(*out.stored));
      if (found) kind = found->kind;
    }
    for (int i = 0; i < in.observations_size(); ++i) {
      Observation observation = ReadObservation(in.observations(i), key,
                                                reader.At("observations", i));
      AssumeBasis(kind, &observation);
      out.observations.push_back(std::move(observation));
    }
    out.ignore_stored = in.ignore_stored();
    return out;
  }

  void Fill(const Explanation& answer, bool stored,
            const WhatIfOptions& options, const std::string& as_of,
            Revision revision, v1::EvaluateIndicatorsResult* out) const {
    Verdict verdict = answer.verdict;
    verdict.revision = 0;  // judged on reading
    *out->mutable_verdict() = ToWire(
        verdict, {backend_.history, &answer.indicator,
                  &backend_.versions->Of(verdict.rule_set), as_of, revision});
    out->mutable_verdict()->set_unit(answer.unit);
    FillFacts(answer, out->mutable_verdict());
    if (!stored) {
      out->mutable_verdict()->clear_name();
      out->mutable_verdict()->clear_indicator();
    }
    if (!options.explain) return;
    *out->mutable_derivation() = ToWire(answer.derivation);
    *out->mutable_sentence() = ToWire(answer.sentence);
    for (const FlipPoint& point : answer.flip_points) {
      *out->add_flip_points() = ToWire(point);
    }
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeWhatIfMethods(const Backend& backend) {
  return std::make_unique<WhatIfMethods>(backend);
}

}  // namespace shirube
