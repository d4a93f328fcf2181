// Plan documents: message <-> the ledger's, and what merging one changes.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_DOCUMENT_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_DOCUMENT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "server/ledger/plan_document.h"
#include "server/service/field_reader.h"
#include "shirube/v1/plan_document.pb.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {

// `-` and `plan` itself may stand for the plan in names. Refuses names given
// twice. The layout goes to the source whose file it names.
PlanDocument ReadDocument(const v1::PlanDocument& in, const PlanId& plan,
                          const FieldReader& reader);

// Paths of ApplyPlan's mask: `plan.x`, `initiatives.x`, `indicators.x`,
// `assessments.x` or `*`.
std::set<std::string> ReadApplyMask(const google::protobuf::FieldMask& mask,
                                    const FieldReader& reader);

// A layout as the store keeps it, and back; DATA_LOSS where the stored text is
// no layout.
std::string LayoutToText(const v1::Layout& layout);
absl::StatusOr<v1::Layout> LayoutFromText(const std::string& text);

// Lets the layouts of `document` name what is stored: names that `names` has
// are replaced, `plans/-/` becomes the plan's own name.
void RenameInLayouts(const std::map<std::string, std::string>& names,
                     PlanDocument* document);

v1::Source ToWire(const PlanSource& source);
v1::Change ToWire(const PlanChange& change);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_DOCUMENT_H_
