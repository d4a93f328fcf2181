// Tokens of revisions, as clients see them: `history.number`, opaque to them.
#ifndef SHIRUBE_SERVER_SERVICE_REVISION_TOKEN_H_
#define SHIRUBE_SERVER_SERVICE_REVISION_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"

namespace shirube {

std::string FormatRevision(std::string_view history, Revision revision);

// INVALID_ARGUMENT REVISION_INVALID for what is no token, FAILED_PRECONDITION
// HISTORY_DIVERGED for one of another history than `history`. `field` of the
// request is named.
absl::StatusOr<Revision> ParseRevision(std::string_view history,
                                       std::string_view token,
                                       std::string_view field = "min_revision");

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_REVISION_TOKEN_H_
