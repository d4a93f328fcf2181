// The methods of AdminService.
#include "server/base/status_macros.h"
#include "server/service/convert_common.h"
#include "server/service/methods.h"
#include "shirube/v1/admin_service.pb.h"

namespace shirube {
namespace {

class AdminMethods final : public Methods {
 public:
  explicit AdminMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    (*table)["shirube.v1.AdminService.GetServerInfo"] =
        Bind(this, &AdminMethods::GetServerInfo);
  }

 private:
  absl::Status GetServerInfo(CallContext& call, const v1::GetServerInfoRequest&,
                             v1::ServerInfo* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend_));
    response->set_version(backend_.version);
    *response->mutable_start_time() = ToWireTime(backend_.started);
    response->set_revision(snapshot.revision);
    response->set_judged_through(backend_.Token(snapshot.head.judged_through));
    response->set_storage(backend_.storage);
    backend_.rules->Describe(response);
    DescribeAccess(call, response->mutable_access());
    return absl::OkStatus();
  }

  void DescribeAccess(const CallContext& call, v1::Access* access) {
    access->set_tls(backend_.tls);
    if (backend_.authenticator != nullptr) {
      access->set_client_certificates(
          backend_.authenticator->takes_certificates());
      access->set_tokens(backend_.authenticator->takes_tokens());
    }
    access->set_actor(call.actor.name);
    access->set_claimed(call.actor.claimed);
    for (Role role : kAllRoles) {
      v1::Role wire = v1::ROLE_UNSPECIFIED;
      if (call.roles.Has(role) &&
          v1::Role_Parse("ROLE_" + std::string(RoleWord(role)), &wire)) {
        access->add_roles(wire);
      }
    }
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeAdminMethods(const Backend& backend) {
  return std::make_unique<AdminMethods>(backend);
}

}  // namespace shirube
