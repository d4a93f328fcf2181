// Run by the build: fails where a method of the API has no role, or a row of
// the table names no method, or stands in the wrong place.
#include <iostream>
#include <set>
#include <string>

#include "google/protobuf/descriptor.h"
#include "server/access/method_roles.h"
#include "shirube/v1/admin_service.pb.h"
#include "shirube/v1/alert_service.pb.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/observation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace v1 = shirube::v1;

int main() {
  const google::protobuf::FileDescriptor* files[] = {
      v1::GetServerInfoRequest::descriptor()->file(),
      v1::GetAlertRequest::descriptor()->file(),
      v1::GetVerdictRequest::descriptor()->file(),
      v1::GetObservationRequest::descriptor()->file(),
      v1::GetPlanRequest::descriptor()->file(),
      v1::GetRuleSetRequest::descriptor()->file()};
  int wrong = 0;
  const auto say = [&](const std::string& what) {
    std::cerr << "server/access/method_roles.cc: " << what << '\n';
    ++wrong;
  };
  std::set<std::string> methods;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const std::string& name = file->service(s)->method(m)->full_name();
        methods.insert(name);
        if (!shirube::RequiredRole(name)) say(name + " has no role");
      }
    }
  }
  std::string before;
  for (const shirube::MethodRole& row : shirube::MethodRoles()) {
    const std::string method(row.method);
    if (methods.count("shirube.v1." + method) == 0) {
      say(method + " is no method of the API");
    }
    if (method <= before) say(method + " stands in the wrong place");
    before = method;
  }
  return wrong == 0 ? 0 : 1;
}
