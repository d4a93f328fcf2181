#include "client/lib/error.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace shirube::client {
namespace {

constexpr char kPayload[] = "type.googleapis.com/google.rpc.Status";

void AddDetail(const google::protobuf::Any& any, Error* error) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::LocalizedMessage localized;
  google::rpc::RetryInfo retry;
  if (any.UnpackTo(&info)) {
    error->reason = info.reason();
  } else if (any.UnpackTo(&bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      error->violations.push_back({violation.field(), violation.description()});
    }
  } else if (any.UnpackTo(&localized)) {
    error->localized = localized.message();
  } else if (any.UnpackTo(&retry)) {
    error->retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                         absl::Nanoseconds(retry.retry_delay().nanos());
  }
}

}  // namespace

Error ErrorOf(const absl::Status& status) {
  Error error;
  error.message = std::string(status.message());
  if (auto payload = status.GetPayload(kPayload)) {
    google::rpc::Status details;
    if (details.ParseFromString(std::string(*payload))) {
      for (const auto& any : details.details()) AddDetail(any, &error);
    }
  }
  return error;
}

absl::Status MakeStatus(const google::rpc::Status& details) {
  absl::Status status(static_cast<absl::StatusCode>(details.code()),
                      details.message());
  if (!status.ok() && details.details_size() > 0) {
    status.SetPayload(kPayload, absl::Cord(details.SerializeAsString()));
  }
  return status;
}

absl::Status LocalError(absl::StatusCode code, const std::string& language,
                        const std::string& ja, const std::string& en) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(en);
  google::rpc::LocalizedMessage text;
  text.set_locale(language == "ja" ? "ja" : "en");
  text.set_message(language == "ja" ? ja : en);
  details.add_details()->PackFrom(text);
  return MakeStatus(details);
}

}  // namespace shirube::client
