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
  absl::Status GetServerInfo(CallContext&, const v1::GetServerInfoRequest&,
                             v1::ServerInfo* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend_));
    response->set_version(backend_.version);
    *response->mutable_start_time() = ToWireTime(backend_.started);
    response->set_revision(snapshot.revision);
    response->set_judged_through(backend_.Token(snapshot.head.judged_through));
    response->set_storage(backend_.storage);
    backend_.rules->Describe(response);
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeAdminMethods(const Backend& backend) {
  return std::make_unique<AdminMethods>(backend);
}

}  // namespace shirube
