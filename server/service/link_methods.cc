// LinkIndicator and UnlinkIndicator.
#include "server/base/status_macros.h"
#include "server/service/indicator_scale.h"
#include "server/service/methods.h"
#include "server/service/parameter_checks.h"
#include "server/service/resource_names.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {
namespace {

class LinkMethods final : public Methods {
 public:
  explicit LinkMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    (*table)["shirube.v1.PlanService.LinkIndicator"] =
        Bind(this, &LinkMethods::Link);
    (*table)["shirube.v1.PlanService.UnlinkIndicator"] =
        Bind(this, &LinkMethods::Unlink);
  }

 private:
  absl::Status Link(CallContext& call, const v1::LinkIndicatorRequest& request,
                    v1::Indicator* response) {
    return Change<LinkIndicator>(call, request, response);
  }
  absl::Status Unlink(CallContext& call,
                      const v1::UnlinkIndicatorRequest& request,
                      v1::Indicator* response) {
    return Change<UnlinkIndicator>(call, request, response);
  }

  template <typename Body, typename Request>
  absl::Status Change(CallContext& call, const Request& request,
                      v1::Indicator* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key =
        ReadIndicatorName(reader, "indicator", request.indicator());
    reader.Required("initiative", request.initiative());
    InitiativeId initiative;
    if (key) {
      initiative = ReadInitiativeOf(reader, "initiative", request.initiative(),
                                    key->plan);
    }
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_RETURN_IF_ERROR(CheckLinksWith(Body{*key, initiative}));
    SHIRUBE_ASSIGN_OR_RETURN(
        const MutationResult result,
        Mutate(backend_, call, request, Body{*key, initiative}));
    SHIRUBE_ASSIGN_OR_RETURN(const Indicator indicator,
                             WrittenOf<Indicator>(result));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        *response, IndicatorToWire(backend_, snapshot.reader.get(), indicator));
    return absl::OkStatus();
  }

  // One link less never makes parameters differ.
  absl::Status CheckLinksWith(const UnlinkIndicator&) const {
    return absl::OkStatus();
  }
  absl::Status CheckLinksWith(const LinkIndicator& link) const {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(auto stored,
                             snapshot.reader->GetIndicator(link.indicator));
    if (!stored) return absl::OkStatus();  // the ledger says so
    stored->links.push_back(link.initiative);
    Violations violations;
    CheckLinks(backend_, *stored, FieldReader("", &violations));
    for (Violation& violation : violations) violation.field = "initiative";
    return ViolationsToStatus(violations);
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeLinkMethods(const Backend& backend) {
  return std::make_unique<LinkMethods>(backend);
}

}  // namespace shirube
