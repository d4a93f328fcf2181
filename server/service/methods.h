// The methods of all services, in groups. `app` makes them all by
// MakeAllMethods and adds them to the table.
#ifndef SHIRUBE_SERVER_SERVICE_METHODS_H_
#define SHIRUBE_SERVER_SERVICE_METHODS_H_

#include <memory>
#include <string>
#include <vector>

#include "server/service/backend.h"
#include "server/service/method_table.h"

namespace shirube {

// A group of methods; must outlive the table's last call.
class Methods {
 public:
  virtual ~Methods() = default;
  virtual void AddTo(MethodTable* table) = 0;
};

// Each keeps a reference to `backend`.
std::unique_ptr<Methods> MakePlanMethods(const Backend& backend);
std::unique_ptr<Methods> MakeInitiativeMethods(const Backend& backend);
std::unique_ptr<Methods> MakeIndicatorMethods(const Backend& backend);
std::unique_ptr<Methods> MakeAssessmentMethods(const Backend& backend);
std::unique_ptr<Methods> MakeLinkMethods(const Backend& backend);
std::unique_ptr<Methods> MakeDocumentMethods(const Backend& backend);
std::unique_ptr<Methods> MakeTreeMethods(const Backend& backend);
std::unique_ptr<Methods> MakeObservationMethods(const Backend& backend);
std::unique_ptr<Methods> MakeVerdictMethods(const Backend& backend);
std::unique_ptr<Methods> MakeFlagMethods(const Backend& backend);
std::unique_ptr<Methods> MakeWhatIfMethods(const Backend& backend);
std::unique_ptr<Methods> MakeRuleMethods(const Backend& backend);
std::unique_ptr<Methods> MakeRuleChangeMethods(const Backend& backend);
std::unique_ptr<Methods> MakeComparisonMethods(const Backend& backend);
std::unique_ptr<Methods> MakeAdminMethods(const Backend& backend);
std::unique_ptr<Methods> MakeAuditMethods(const Backend& backend);
std::unique_ptr<Methods> MakeAlertMethods(const Backend& backend);
std::unique_ptr<Methods> MakeAlertChangeMethods(const Backend& backend);
std::unique_ptr<Methods> MakeSubscriptionMethods(const Backend& backend);
std::unique_ptr<Methods> MakeDeliveryMethods(const Backend& backend);
std::unique_ptr<Methods> MakePullMethods(const Backend& backend);

std::vector<std::unique_ptr<Methods>> MakeAllMethods(const Backend& backend);

// Full names of the services that the methods belong to.
const std::vector<std::string>& ServiceNames();

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_METHODS_H_
