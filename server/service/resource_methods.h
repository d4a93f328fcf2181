// Get, List, Create, Update, Delete and Undelete, the same for every kind of
// resource. What differs (names, messages, order, rules) stands in Traits, one
// file a kind. Included by those files alone.
#ifndef SHIRUBE_SERVER_SERVICE_RESOURCE_METHODS_H_
#define SHIRUBE_SERVER_SERVICE_RESOURCE_METHODS_H_

#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/backend.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/parameter_checks.h"
#include "server/service/resource_names.h"
#include "server/service/update_mask.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {

// Drops violations of fields that the mask does not write: what is not written
// may be left out, whatever the rules for a whole resource.
void KeepWritten(const std::string& prefix, const std::set<std::string>& mask,
                 Violations* violations);

template <typename Traits>
class ResourceMethods final : public Methods {
 public:
  using Resource = typename Traits::Resource;
  using Wire = typename Traits::Wire;
  using Key = typename KeyOf<Resource>::type;

  explicit ResourceMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.PlanService.";
    const std::string name = Traits::kName;
    using Self = ResourceMethods;
    (*table)[service + "Get" + name] = Bind(this, &Self::Get);
    (*table)[service + "List" + name + "s"] = Bind(this, &Self::List);
    (*table)[service + "Create" + name] = Bind(this, &Self::Create);
    (*table)[service + "Update" + name] = Bind(this, &Self::Update);
    (*table)[service + "Delete" + name] = Bind(this, &Self::Delete);
    (*table)[service + "Undelete" + name] = Bind(this, &Self::Undelete);
  }

 private:
  absl::Status Get(CallContext&, const typename Traits::GetRequest& request,
                   Wire* response) {
    Violations violations;
    const auto key =
        Traits::ReadName(FieldReader("", &violations), "name", request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        const Resource resource,
        Live(Traits::Find(snapshot.reader.get(), *key), request.name()));
    SHIRUBE_ASSIGN_OR_RETURN(
        *response, Traits::ToWire(backend_, snapshot.reader.get(), resource));
    return absl::OkStatus();
  }

  absl::Status List(CallContext& call,
                    const typename Traits::ListRequest& request,
                    typename Traits::ListResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history,
                        Traits::ListFields()));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    ListQuery query;
    query.show_deleted = request.show_deleted();
    query.at = list.at(snapshot.head.revision);
    SHIRUBE_RETURN_IF_ERROR(
        Traits::Scope(request, snapshot.reader.get(), &query));
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Resource> rows,
                             Traits::List(snapshot.reader.get(), query));
    absl::Status status;
    const auto convert = [&](const Resource& row) {
      auto wire = Traits::ToWire(backend_, snapshot.reader.get(), row);
      status.Update(wire.status());
      return wire.ok() ? *std::move(wire) : Wire();
    };
    response->set_next_page_token(
        FillPage(list, rows, query.at, convert, Traits::RowsOf(response)));
    response->set_revision(backend_.Token(query.at));
    return status;
  }

  absl::Status Create(CallContext& call,
                      const typename Traits::CreateRequest& request,
                      Wire* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const Key key = Traits::NewKey(request, reader);
    CheckRequestId(request, reader);
    const FieldReader at = reader.At(Traits::kField);
    Resource resource =
        Traits::Read(Traits::Given(request), key, Traits::kNew, at);
    CheckParametersOf(resource, at);
    CheckLinksOf(resource, at);
    if (!violations.empty()) {
      // Everything that is wrong is told at once.
      Violations more;
      Traits::Validate(resource, Traits::kField, &more);
      MergeViolations(more, &violations);
      return ViolationsToStatus(violations);
    }
    return Answer(
        Mutate(backend_, call, request,
               shirube::Create<Resource>{std::move(resource), Traits::kField}),
        response);
  }

  absl::Status Update(CallContext& call,
                      const typename Traits::UpdateRequest& request,
                      Wire* response) {
    const Wire& wire = Traits::Given(request);
    Violations violations;
    const FieldReader reader("", &violations);
    const FieldReader at = reader.At(Traits::kField);
    const auto mask = ReadUpdateMask(request.update_mask(), wire,
                                     Traits::WritableFields(), reader);
    const auto key = Traits::ReadName(at, "name", wire.name());
    Resource given =
        Traits::Read(wire, key.value_or(Key()), Traits::kStored, at);
    CheckParametersOf(given, at);
    KeepWritten(Traits::kField, mask, &violations);
    if (key) CheckLinksAfter(*key, given, mask, at);
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    shirube::Update<Resource> update{*key, wire.etag()};
    update.patch = [given = std::move(given), mask](Resource& stored) {
      Traits::Patch(given, mask, &stored);
      return absl::OkStatus();
    };
    update.prefix = Traits::kField;
    return Answer(Mutate(backend_, call, request, std::move(update)), response);
  }

  absl::Status Delete(CallContext& call,
                      const typename Traits::DeleteRequest& request,
                      Wire* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const Key key, ReadKey(request));
    return Answer(Mutate(backend_, call, request,
                         shirube::Delete<Resource>{key, request.etag(),
                                                   Traits::IsForced(request)}),
                  response);
  }

  absl::Status Undelete(CallContext& call,
                        const typename Traits::UndeleteRequest& request,
                        Wire* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const Key key, ReadKey(request));
    return Answer(
        Mutate(backend_, call, request, shirube::Undelete<Resource>{key}),
        response);
  }

  template <typename Request>
  absl::StatusOr<Key> ReadKey(const Request& request) const {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = Traits::ReadName(reader, "name", request.name());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return *key;
  }

  void CheckParametersOf(const Resource& resource,
                         const FieldReader& at) const {
    if constexpr (std::is_same_v<Resource, Plan>) {
      CheckParameters(backend_, resource.id, resource.parameters, at);
    } else if constexpr (Traits::kHasParameters) {
      CheckParameters(backend_, resource.plan, resource.parameters, at);
    }
  }

  static constexpr bool kHasLinks =
      Traits::kHasParameters && !std::is_same_v<Resource, Plan>;

  void CheckLinksOf(const Resource& resource, const FieldReader& at) const {
    if constexpr (kHasLinks) CheckLinks(backend_, resource, at);
  }

  // What the update makes of the stored one, where it touches what decides
  // which parameters apply.
  void CheckLinksAfter(const Key& key, const Resource& given,
                       const std::set<std::string>& mask,
                       const FieldReader& at) const {
    if constexpr (kHasLinks) {
      if (!mask.count("parameters") && !mask.count("links") &&
          !mask.count("parent_initiative")) {
        return;
      }
      const auto snapshot = TakeSnapshot(backend_);
      if (!snapshot.ok()) return;
      auto stored = Traits::Find(snapshot->reader.get(), key);
      if (!stored.ok() || !stored->has_value()) return;
      Traits::Patch(given, mask, &**stored);
      CheckLinks(backend_, **stored, at);
    }
  }

  absl::Status Answer(absl::StatusOr<MutationResult> result,
                      Wire* response) const {
    if (!result.ok()) return result.status();
    SHIRUBE_ASSIGN_OR_RETURN(const Resource resource,
                             WrittenOf<Resource>(*result));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        *response, Traits::ToWire(backend_, snapshot.reader.get(), resource));
    return absl::OkStatus();
  }

  const Backend& backend_;
};

// The names of messages and fields that follow the one scheme of the API.
#define SHIRUBE_RESOURCE_TRAITS(Type, field, fields)                      \
  using Resource = shirube::Type;                                         \
  using Wire = v1::Type;                                                  \
  using GetRequest = v1::Get##Type##Request;                              \
  using ListRequest = v1::List##Type##sRequest;                           \
  using ListResponse = v1::List##Type##sResponse;                         \
  using CreateRequest = v1::Create##Type##Request;                        \
  using UpdateRequest = v1::Update##Type##Request;                        \
  using DeleteRequest = v1::Delete##Type##Request;                        \
  using UndeleteRequest = v1::Undelete##Type##Request;                    \
  static constexpr char kName[] = #Type;                                  \
  static constexpr char kField[] = #field;                                \
  static auto ReadName(const FieldReader& reader, const char* path,       \
                       const std::string& name) {                         \
    return Read##Type##Name(reader, path, name);                          \
  }                                                                       \
  static const Wire& Given(const CreateRequest& r) { return r.field(); }  \
  static const Wire& Given(const UpdateRequest& r) { return r.field(); }  \
  static auto* RowsOf(ListResponse* r) { return r->mutable_##fields(); }  \
  static const std::vector<std::string>& WritableFields() {               \
    return Writable##Type##Fields();                                      \
  }                                                                       \
  static void Patch(const Resource& from, const std::set<std::string>& m, \
                    Resource* to) {                                       \
    Patch##Type(from, m, to);                                             \
  }                                                                       \
  static void Validate(const Resource& r, const char* prefix,             \
                       Violations* out) {                                 \
    Validate##Type(r, prefix, out);                                       \
  }                                                                       \
  static Found<Resource> Find(StoreReader* reader,                        \
                              const KeyOf<Resource>::type& key) {         \
    return reader->Get##Type(key);                                        \
  }

// Sets the plan of a list's query; NOT_FOUND where there is no such plan.
absl::Status ScopeToPlan(const std::string& parent, StoreReader* reader,
                         ListQuery* query);

// The plan of `parent` and the id wished for.
PlanId ReadNewParent(const FieldReader& reader, const std::string& parent,
                     const std::string& id_field, const std::string& id);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RESOURCE_METHODS_H_
