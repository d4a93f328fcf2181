// That the table is complete is checked while building; here is what is in it.
#include "server/access/method_roles.h"

#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(MethodRolesTest, AsksForTheRoleOfTheDeed) {
  EXPECT_EQ(RequiredRole("shirube.v1.PlanService.GetPlan"), Role::kRead);
  EXPECT_EQ(RequiredRole("shirube.v1.ObservationService.RecordObservation"),
            Role::kRecord);
  EXPECT_EQ(RequiredRole("shirube.v1.PlanService.ApplyPlan"), Role::kManage);
  EXPECT_EQ(RequiredRole("shirube.v1.RuleService.ActivateRuleSet"),
            Role::kRules);
}

TEST(MethodRolesTest, KnowsNoOtherMethod) {
  for (const char* name :
       {"", "GetPlan", "PlanService.GetPlan", "shirube.v1.PlanService.",
        "shirube.v1.PlanService.GetPlanX", "shirube.v2.PlanService.GetPlan"}) {
    EXPECT_FALSE(RequiredRole(name)) << name;
  }
}

TEST(MethodRolesTest, LetsReadersChangeNothing) {
  for (const MethodRole& row : MethodRoles()) {
    const std::string_view verb = row.method.substr(row.method.find('.') + 1);
    const bool reads =
        verb.starts_with("Get") || verb.starts_with("List") ||
        verb.starts_with("Export") || verb.starts_with("Explain") ||
        verb.starts_with("Compare") || verb == "EvaluateIndicators";
    EXPECT_EQ(row.role == Role::kRead, reads) << row.method;
  }
}

}  // namespace
}  // namespace shirube
