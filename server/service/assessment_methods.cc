// Assessments: what the six methods of a resource need to know of them.
#include "server/service/convert_assessment.h"
#include "server/service/resource_methods.h"

namespace shirube {
namespace {

struct AssessmentTraits {
  SHIRUBE_RESOURCE_TRAITS(Assessment, assessment, assessments)

  enum Purpose { kNew, kStored };
  static constexpr bool kHasParameters = false;

  static const std::vector<std::string>& ListFields() {
    static const auto& fields = *new std::vector<std::string>{
        "name",      "subject",   "fiscal_year", "judgement",
        "judged_by", "judged_on", "create_time", "update_time"};
    return fields;
  }

  static Assessment Read(const v1::Assessment& in, const AssessmentKey& key,
                         Purpose purpose, const FieldReader& reader) {
    return ReadAssessment(
        in, key, purpose == kNew ? SubjectIs::kRequired : SubjectIs::kFixed,
        reader);
  }
  static AssessmentKey NewKey(const CreateRequest& request,
                              const FieldReader& reader) {
    return {ReadNewParent(reader, request.parent(), "assessment_id",
                          request.assessment_id()),
            AssessmentId(request.assessment_id())};
  }
  static absl::Status Scope(const ListRequest& request, StoreReader* reader,
                            ListQuery* query) {
    return ScopeToPlan(request.parent(), reader, query);
  }
  static Listed<Assessment> List(StoreReader* reader, const ListQuery& query) {
    return reader->ListAssessments(query);
  }
  static absl::StatusOr<v1::Assessment> ToWire(const Backend& backend,
                                               StoreReader*,
                                               const Assessment& assessment) {
    return shirube::ToWire(assessment, backend.history);
  }
  static bool IsForced(const DeleteRequest&) { return false; }
};

}  // namespace

std::unique_ptr<Methods> MakeAssessmentMethods(const Backend& backend) {
  return std::make_unique<ResourceMethods<AssessmentTraits>>(backend);
}

}  // namespace shirube
