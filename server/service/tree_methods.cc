// GetPlanTree.
#include <map>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/service/convert_initiative.h"
#include "server/service/convert_plan.h"
#include "server/service/evaluation_reads.h"
#include "server/service/indicator_scale.h"
#include "server/service/methods.h"
#include "server/service/plan_order.h"
#include "server/service/resource_names.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {
namespace {

// Builds one tree; nodes are filled from the leaves up by recursion, which the
// depth of a plan's tree bounds.
class TreeBuilder {
 public:
  TreeBuilder(const Backend& backend, const JudgedPlan& plan, Judged judged,
              StoreReader* reader)
      : backend_(backend), plan_(plan), judged_(judged), reader_(reader) {
    for (const Initiative& initiative : plan.initiatives) {
      children_[initiative.parent].push_back(&initiative);
    }
    for (const Indicator& indicator : plan.indicators) {
      const auto places = PlacesOf(indicator);
      for (const InitiativeId& place : places) {
        shown_[place].push_back(&indicator);
      }
      if (places.empty()) shown_[InitiativeId()].push_back(&indicator);
    }
  }

  absl::Status Build(v1::PlanTree* out) {
    *out->mutable_plan() = ToWire(plan_.plan, backend_.history);
    for (const Initiative* root : children_[InitiativeId()]) {
      SHIRUBE_RETURN_IF_ERROR(Fill(*root, out->add_roots()));
    }
    for (const Indicator* indicator : shown_[InitiativeId()]) {
      SHIRUBE_RETURN_IF_ERROR(Fill(*indicator, out->add_unplaced()));
    }
    if (judged_ == Judged::kYes) {
      *out->mutable_counts() = ToWire(plan_.counts);
    }
    out->set_revision(backend_.Token(plan_.revision));
    return absl::OkStatus();
  }

 private:
  absl::Status Fill(const Initiative& initiative, v1::PlanTreeNode* out) {
    *out->mutable_initiative() = ToWire(initiative, backend_.history);
    if (judged_ == Judged::kYes) {
      *out->mutable_flag() = FlagToWire(backend_, plan_, initiative);
    }
    for (const Indicator* indicator : shown_[initiative.id]) {
      SHIRUBE_RETURN_IF_ERROR(Fill(*indicator, out->add_indicators()));
    }
    for (const Initiative* child : children_[initiative.id]) {
      SHIRUBE_RETURN_IF_ERROR(Fill(*child, out->add_children()));
    }
    return absl::OkStatus();
  }

  absl::Status Fill(const Indicator& indicator, v1::PlanTreeIndicator* out) {
    SHIRUBE_ASSIGN_OR_RETURN(*out->mutable_indicator(),
                             IndicatorToWire(backend_, reader_, indicator));
    if (judged_ == Judged::kYes) {
      *out->mutable_verdict() = VerdictToWire(backend_, plan_, indicator);
    }
    return absl::OkStatus();
  }

  const Backend& backend_;
  const JudgedPlan& plan_;
  const Judged judged_;
  StoreReader* const reader_;
  std::map<InitiativeId, std::vector<const Initiative*>> children_;
  std::map<InitiativeId, std::vector<const Indicator*>> shown_;
};

class TreeMethods final : public Methods {
 public:
  explicit TreeMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    Method tree = Bind(this, &TreeMethods::Get);
    tree.wait_for = [](const google::protobuf::Message& request) {
      return dynamic_cast<const v1::GetPlanTreeRequest&>(request).skip_flags()
                 ? WaitFor::kStored
                 : WaitFor::kJudged;
    };
    (*table)["shirube.v1.PlanService.GetPlanTree"] = std::move(tree);
  }

 private:
  absl::Status Get(CallContext&, const v1::GetPlanTreeRequest& request,
                   v1::PlanTree* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "plan", request.plan());
    const ReadOptions options =
        ReadAsOf(reader, request.as_of(), request.allow_future());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    const Judged judged = request.skip_flags() ? Judged::kNo : Judged::kYes;
    SHIRUBE_ASSIGN_OR_RETURN(const JudgedPlan read,
                             ReadJudgedPlan(backend_, *plan, options, judged));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    return TreeBuilder(backend_, read, judged, snapshot.reader.get())
        .Build(response);
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeTreeMethods(const Backend& backend) {
  return std::make_unique<TreeMethods>(backend);
}

}  // namespace shirube
