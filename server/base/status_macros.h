// Early returns for absl::Status and absl::StatusOr.
#ifndef SHIRUBE_SERVER_BASE_STATUS_MACROS_H_
#define SHIRUBE_SERVER_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define SHIRUBE_RETURN_IF_ERROR(expr)                                   \
  do {                                                                  \
    if (absl::Status shirube_status_ = (expr); !shirube_status_.ok()) { \
      return shirube_status_;                                           \
    }                                                                   \
  } while (false)

#define SHIRUBE_CONCAT_INNER_(a, b) a##b
#define SHIRUBE_CONCAT_(a, b) SHIRUBE_CONCAT_INNER_(a, b)

// SHIRUBE_ASSIGN_OR_RETURN(auto x, F()): x is F's value, or its status is
// returned.
#define SHIRUBE_ASSIGN_OR_RETURN(lhs, expr)                                   \
  SHIRUBE_ASSIGN_OR_RETURN_IMPL_(SHIRUBE_CONCAT_(shirube_or_, __LINE__), lhs, \
                                 expr)
#define SHIRUBE_ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                                   \
  if (!tmp.ok()) return tmp.status();                  \
  lhs = *std::move(tmp)

#endif  // SHIRUBE_SERVER_BASE_STATUS_MACROS_H_
