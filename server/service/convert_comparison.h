// Previews and comparisons -> messages. They are never written by clients.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_COMPARISON_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_COMPARISON_H_

#include <vector>

#include "server/evaluation/comparison.h"
#include "server/service/module_versions.h"
#include "shirube/v1/comparison.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube {

// `versions` of the set that judged.
v1::Judgement ToWire(const Judgement& judgement,
                     const ModuleVersions& versions);
v1::PreviewSummary ToWire(const PreviewSummary& summary,
                          const ModuleVersions& after);

// Versions of the modules of both sets.
struct PreviewVersions {
  ModuleVersions before, after;
};

// One part as messages of a size that a slow reader may keep waiting: each with
// some of the changes, the last one with progress and summaries.
std::vector<v1::PreviewRuleSetResponse> ToWire(const PreviewPart& part,
                                               const PreviewVersions& versions);

v1::ComparedIndicator ToWire(const ComparedRow& row,
                             const std::vector<ModuleVersions>& versions);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_COMPARISON_H_
