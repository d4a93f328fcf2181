// The one place where an absl::Status becomes what a client sees: a
// google.rpc.Status with ErrorInfo, BadRequest, LocalizedMessage and RetryInfo.
// Pure; safe from any thread.
#ifndef SHIRUBE_SERVER_SERVICE_ERRORS_H_
#define SHIRUBE_SERVER_SERVICE_ERRORS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace shirube {

enum class Language { kEnglish, kJapanese };

// The better liked of ja and en in an `accept-language` (RFC 9110, with q
// values); English where neither is named.
Language LanguageOf(std::string_view accept_language);

// Details travel in the trailing metadata, of which clients take 8 KiB in all
// unless told otherwise. Violations beyond this are left out and counted in
// ErrorInfo.metadata["violations_omitted"].
inline constexpr size_t kMaxDetailBytes = 4800;
inline constexpr size_t kMaxErrorTextBytes = 400;
// Of LocalizedMessage: it may have to name every module of a rule set, each
// with what was expected, what was found and what to do.
inline constexpr size_t kMaxLocalizedBytes = 2400;
inline constexpr size_t kMaxMetadataBytes = 1500;

// Whether `reason` is one of shirube.v1.ErrorReason, as the bare word.
bool IsPublishedReason(std::string_view reason);

// `status` must not be OK. The message is English; texts of LocalizedMessage
// and BadRequest are in `language`. A status without details of ours gets the
// reason that its code stands for.
google::rpc::Status ToRpcStatus(const absl::Status& status, Language language);

// The same as gRPC sends it; OK stays OK.
grpc::Status ToGrpcStatus(const absl::Status& status, Language language);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_ERRORS_H_
