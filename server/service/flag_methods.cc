// ListFlags.
#include <utility>

#include "server/base/status_macros.h"
#include "server/service/evaluation_reads.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube {
namespace {

class FlagMethods final : public Methods {
 public:
  explicit FlagMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    Method list = Bind(this, &FlagMethods::List);
    list.wait_for = [](const google::protobuf::Message&) {
      return WaitFor::kJudged;
    };
    (*table)["shirube.v1.EvaluationService.ListFlags"] = std::move(list);
  }

 private:
  absl::Status List(CallContext& call, const v1::ListFlagsRequest& request,
                    v1::ListFlagsResponse* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history,
                        {"status", "reason", "marks", "initiative", "owner",
                         "initiative_display_name"}));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "parent", request.parent());
    const ReadOptions options =
        ReadAsOf(reader, request.as_of(), request.allow_future());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(
        const JudgedPlan judged,
        ReadJudgedPlan(backend_, *plan, options, Judged::kYes));
    response->set_next_page_token(FillPage(
        list, judged.initiatives, 0,
        [&](const Initiative& initiative) {
          return FlagToWire(backend_, judged, initiative);
        },
        response->mutable_flags()));
    *response->mutable_counts() = ToWire(judged.counts);
    response->set_revision(backend_.Token(judged.revision));
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeFlagMethods(const Backend& backend) {
  return std::make_unique<FlagMethods>(backend);
}

}  // namespace shirube
