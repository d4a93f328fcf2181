#include "server/service/backend.h"

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/service/fingerprint.h"

namespace shirube {
namespace {

std::string RequestIdOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

}  // namespace

absl::StatusOr<Snapshot> TakeSnapshot(const Backend& backend) {
  Snapshot snapshot;
  SHIRUBE_ASSIGN_OR_RETURN(snapshot.reader, backend.store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(snapshot.head, snapshot.reader->Head());
  snapshot.revision = backend.Token(snapshot.head.revision);
  return snapshot;
}

Mutation MutationOf(const CallContext& call,
                    const google::protobuf::Message& request,
                    MutationBody body) {
  Mutation mutation;
  mutation.actor = call.actor;
  const std::string request_id = RequestIdOf(request);
  if (!request_id.empty()) {
    mutation.request =
        RequestKey{call.method, request_id, RequestFingerprint(request)};
  }
  mutation.body = std::move(body);
  return mutation;
}

absl::StatusOr<MutationResult> Mutate(const Backend& backend,
                                      const CallContext& call,
                                      const google::protobuf::Message& request,
                                      MutationBody body) {
  return backend.ledger->SubmitAndWait(
      MutationOf(call, request, std::move(body)));
}

absl::Status NotFound(const std::string& name) {
  return MakeError(
      absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
      absl::StrCat(name,
                   " does not exist or is deleted; list its parent to "
                   "see what there is"),
      absl::StrCat(name,
                   "は存在しないか、削除されています。"
                   "一覧で名前を確かめてください"),
      {{"name", name}});
}

void CheckRequestId(const google::protobuf::Message& request,
                    const FieldReader& reader) {
  if (RequestIdOf(request).size() > limits::kMaxRequestIdBytes) {
    reader.Refuse(
        "request_id",
        absl::StrCat("at most ", limits::kMaxRequestIdBytes, " characters"),
        absl::StrCat(limits::kMaxRequestIdBytes, "文字までです"));
  }
}

absl::StatusOr<bool> WasCarriedOut(const Backend& backend,
                                   const CallContext& call,
                                   const google::protobuf::Message& request) {
  const std::string request_id = RequestIdOf(request);
  if (request_id.empty()) return false;
  SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend));
  SHIRUBE_ASSIGN_OR_RETURN(
      const auto found, snapshot.reader->GetRequest(call.method, request_id));
  return found.has_value();
}

}  // namespace shirube
