// Page tokens: where a list goes on, bound to what was asked. Opaque to
// clients. Pure.
#ifndef SHIRUBE_SERVER_SERVICE_PAGE_TOKEN_H_
#define SHIRUBE_SERVER_SERVICE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"

namespace shirube {

struct PageCursor {
  // The list is read as known at this revision, so that pages do not shift
  // while others write; 0 where the list cannot be read so.
  Revision at = 0;
  int64_t offset = 0;  // rows that went before, or the key of the last one
  friend bool operator==(const PageCursor&, const PageCursor&) = default;
};

// What a token is bound to: everything in a list request but page_size,
// page_token and min_revision.
struct PageBinding {
  std::string history;
  std::string request;  // Fingerprint of the rest, with the method
};

absl::Status PageTokenInvalid();

std::string SealPageToken(const PageBinding& binding, const PageCursor& cursor);

// INVALID_ARGUMENT PAGE_TOKEN_INVALID when it is damaged or bound to something
// else. An empty token is the first page.
absl::StatusOr<PageCursor> OpenPageToken(const PageBinding& binding,
                                         std::string_view token);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_PAGE_TOKEN_H_
