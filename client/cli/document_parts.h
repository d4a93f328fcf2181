// Splits a document that is too large for one request.
#ifndef SHIRUBE_CLIENT_CLI_DOCUMENT_PARTS_H_
#define SHIRUBE_CLIENT_CLI_DOCUMENT_PARTS_H_

#include <cstddef>
#include <vector>

#include "shirube/v1/plan_document.pb.h"

namespace shirube::cli {

// Under the 16 MiB that ApplyPlan takes, with room for the request around it.
inline constexpr size_t kMaxPartBytes = 15 * 1024 * 1024;

// Parts of at most `max_bytes` that each hold whole indicators with all their
// observations. Each is stored as a whole; applying merges, so repeating all of
// them completes a broken import. Initiatives stand in every part, their
// entries, assessments, sources and layout only in the first.
std::vector<v1::PlanDocument> SplitDocument(const v1::PlanDocument& document,
                                            size_t max_bytes = kMaxPartBytes);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_DOCUMENT_PARTS_H_
