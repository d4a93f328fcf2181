// ApplyPlan and ExportPlan.
#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/convert_assessment.h"
#include "server/service/convert_document.h"
#include "server/service/convert_initiative.h"
#include "server/service/convert_observation.h"
#include "server/service/convert_plan.h"
#include "server/service/indicator_scale.h"
#include "server/service/methods.h"
#include "server/service/parameter_checks.h"
#include "server/service/plan_order.h"
#include "server/service/resource_names.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {
namespace {

class DocumentMethods final : public Methods {
 public:
  explicit DocumentMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    Method apply = Bind(this, &DocumentMethods::Apply);
    apply.max_request_bytes = limits::kMaxPlanMessageBytes;
    (*table)["shirube.v1.PlanService.ApplyPlan"] = std::move(apply);
    (*table)["shirube.v1.PlanService.ExportPlan"] =
        Bind(this, &DocumentMethods::Export);
  }

 private:
  absl::Status Apply(CallContext& call, const v1::ApplyPlanRequest& request,
                     v1::ApplyPlanResponse* response) {
    Violations violations;
    SHIRUBE_ASSIGN_OR_RETURN(ApplyPlan apply, Read(request, &violations));
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_RETURN_IF_ERROR(NameStoredInLayouts(call, request, &apply));
    const PlanId plan_id = apply.document.plan.id;
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Mutate(backend_, call, request, std::move(apply)));
    for (const Resource& resource : result.resources) {
      if (const auto* plan = std::get_if<Plan>(&resource)) {
        *response->mutable_plan() = ToWire(*plan, backend_.history);
      }
    }
    for (const PlanChange& change : result.difference.changes) {
      *response->add_difference() = ToWire(change);
    }
    for (const auto& [given, stored] : result.difference.names) {
      (*response->mutable_names())[given] = stored;
    }
    response->set_applied_count(result.difference.applied);
    response->set_held_count(result.difference.held);
    response->set_revision(backend_.Token(result.revision));
    return absl::OkStatus();
  }

  absl::StatusOr<ApplyPlan> Read(const v1::ApplyPlanRequest& request,
                                 Violations* violations) {
    const FieldReader reader("", violations);
    ApplyPlan apply;
    const auto plan = ReadPlanName(reader, "plan", request.plan());
    CheckRequestId(request, reader);
    ApplyOptions& options = apply.options;
    options.mask = ReadApplyMask(request.update_mask(), reader);
    options.validate_only = request.validate_only();
    options.accept_corrections = request.accept_corrections();
    options.overwrite_manual = request.overwrite_manual();
    options.prune = request.prune();
    options.allow_decrease = request.allow_decrease();
    options.baseline_import = request.baseline_import();
    static constexpr EnumPair<MatchBy, v1::ApplyPlanRequest::MatchBy> kPairs[] =
        {{MatchBy::kId, v1::ApplyPlanRequest::MATCH_BY_UNSPECIFIED},
         {MatchBy::kId, v1::ApplyPlanRequest::MATCH_BY_NAME},
         {MatchBy::kTitle, v1::ApplyPlanRequest::MATCH_BY_TITLE}};
    options.match_by = reader.Enum("match_by", request.match_by(),
                                   absl::MakeConstSpan(kPairs), MatchBy::kId);
    if (!plan) return apply;
    const FieldReader at = reader.At("document");
    apply.document = ReadDocument(request.document(), *plan, at);
    CheckAllParameters(*plan, apply.document, at);
    SHIRUBE_RETURN_IF_ERROR(AssumeStoredBases(&apply.document));
    AddDomainViolations(apply.document, violations);
    return apply;
  }

  void CheckAllParameters(const PlanId& plan, const PlanDocument& document,
                          const FieldReader& at) const {
    CheckParameters(backend_, plan, document.plan.parameters, at.At("plan"));
    for (size_t i = 0; i < document.initiatives.size(); ++i) {
      CheckParameters(backend_, plan, document.initiatives[i].parameters,
                      at.At("initiatives", i));
    }
    for (size_t i = 0; i < document.indicators.size(); ++i) {
      CheckParameters(backend_, plan, document.indicators[i].parameters,
                      at.At("indicators", i));
    }
  }

  // Values of indicators that are stored and not in the document.
  absl::Status AssumeStoredBases(PlanDocument* document) {
    std::set<IndicatorId> given;
    for (const Indicator& row : document->indicators) given.insert(row.id);
    std::unique_ptr<StoreReader> reader;
    for (Observation& row : document->observations) {
      if (row.indicator.empty() || given.count(row.indicator)) continue;
      if (reader == nullptr) {
        SHIRUBE_ASSIGN_OR_RETURN(reader, backend_.store->Snapshot());
      }
      SHIRUBE_ASSIGN_OR_RETURN(const auto found,
                               reader->GetIndicator(row.indicator_key()));
      if (found) AssumeBasis(found->kind, &row);
    }
    return absl::OkStatus();
  }

  // Rules of whole resources are the ledger's to check, on what the document
  // becomes once it is merged; but where something is too long is said in terms
  // of the request, and with other violations everything is said at once.
  static void AddDomainViolations(const PlanDocument& document,
                                  Violations* violations) {
    Violations more;
    const FieldReader at("document", &more);
    const bool only_limits = violations->empty();
    const auto check = [&](const std::string& display_name, auto validate) {
      Violations found;
      validate(&found);
      for (Violation& violation : found) {
        // What the document only mentions is not whole, and need not be.
        const bool whole = !only_limits && !display_name.empty();
        if (whole || violation.reason == "LIMIT_EXCEEDED") {
          more.push_back(std::move(violation));
        }
      }
    };
    check(document.plan.display_name, [&](Violations* out) {
      ValidatePlan(document.plan, "document.plan", out);
    });
    for (size_t i = 0; i < document.initiatives.size(); ++i) {
      const Initiative& row = document.initiatives[i];
      check(row.display_name, [&](Violations* out) {
        ValidateInitiative(row, at.At("initiatives", i).prefix(), out);
      });
    }
    for (size_t i = 0; i < document.indicators.size(); ++i) {
      const Indicator& row = document.indicators[i];
      check(row.display_name, [&](Violations* out) {
        ValidateIndicator(row, {}, at.At("indicators", i).prefix(), out);
      });
    }
    MergeViolations(more, violations);
  }

  // A layout names initiatives and indicators of its report; by title they may
  // be stored under other names. A first look, which stores nothing, finds
  // those, so that the layout can be written again from what is stored.
  absl::Status NameStoredInLayouts(const CallContext& call,
                                   const v1::ApplyPlanRequest& request,
                                   ApplyPlan* apply) {
    if (!request.document().has_layout()) return absl::OkStatus();
    std::map<std::string, std::string> names;
    if (apply->options.match_by == MatchBy::kTitle) {
      ApplyPlan look = *apply;
      look.options.validate_only = true;
      SHIRUBE_ASSIGN_OR_RETURN(
          const MutationResult found,
          Mutate(backend_, call, v1::GetPlanRequest(), std::move(look)));
      names = found.difference.names;
    }
    RenameInLayouts(names, &apply->document);
    return absl::OkStatus();
  }

  absl::Status Export(CallContext&, const v1::ExportPlanRequest& request,
                      v1::ExportPlanResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "plan", request.plan());
    reader.FiscalYear("fiscal_year", request.fiscal_year());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    v1::PlanDocument* out = response->mutable_document();
    SHIRUBE_RETURN_IF_ERROR(FillResources(*plan, &snapshot, out));
    SHIRUBE_RETURN_IF_ERROR(
        FillSources(*plan, request.fiscal_year(), &snapshot, response));
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  absl::Status FillResources(const PlanId& id, Snapshot* snapshot,
                             v1::PlanDocument* out) {
    StoreReader* reader = snapshot->reader.get();
    SHIRUBE_ASSIGN_OR_RETURN(const Plan plan,
                             Live(reader->GetPlan(id), NameOf(id)));
    *out->mutable_plan() = ToWire(plan, backend_.history);
    ListQuery query;
    query.plan = id;
    SHIRUBE_ASSIGN_OR_RETURN(auto initiatives, reader->ListInitiatives(query));
    for (const Initiative& row : InTreeOrder(std::move(initiatives))) {
      *out->add_initiatives() = ToWire(row, backend_.history);
    }
    SHIRUBE_ASSIGN_OR_RETURN(auto indicators, reader->ListIndicators(query));
    SortAsPrinted(&indicators);
    for (const Indicator& row : indicators) {
      SHIRUBE_ASSIGN_OR_RETURN(*out->add_indicators(),
                               IndicatorToWire(backend_, reader, row));
    }
    SHIRUBE_ASSIGN_OR_RETURN(const auto observations,
                             reader->ListObservations(query));
    for (const Observation& row : observations) {
      *out->add_observations() = ToWire(row, backend_.history);
    }
    SHIRUBE_ASSIGN_OR_RETURN(const auto assessments,
                             reader->ListAssessments(query));
    for (const Assessment& row : assessments) {
      *out->add_assessments() = ToWire(row, backend_.history);
    }
    return absl::OkStatus();
  }

  // All files, and the layout of the year that is asked for, or the newest.
  absl::Status FillSources(const PlanId& plan, const std::string& wanted,
                           Snapshot* snapshot,
                           v1::ExportPlanResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto sources,
                             snapshot->reader->ListPlanSources(plan));
    std::set<std::string> years;
    std::optional<v1::Layout> chosen;
    for (const PlanSource& source : sources) {
      *response->mutable_document()->add_sources() = ToWire(source);
      if (source.layout.empty()) continue;
      SHIRUBE_ASSIGN_OR_RETURN(v1::Layout layout,
                               LayoutFromText(source.layout));
      years.insert(layout.fiscal_year());
      const bool fits = wanted.empty() ? !chosen || chosen->fiscal_year() <=
                                                        layout.fiscal_year()
                                       : layout.fiscal_year() == wanted;
      if (fits) chosen = std::move(layout);
    }
    for (const std::string& year : years) {
      response->add_layout_fiscal_years(year);
    }
    if (chosen) {
      *response->mutable_document()->mutable_layout() = *std::move(chosen);
    } else if (!wanted.empty()) {
      return NotFound(NameOf(plan) + " (" + wanted + ")");
    }
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeDocumentMethods(const Backend& backend) {
  return std::make_unique<DocumentMethods>(backend);
}

}  // namespace shirube
