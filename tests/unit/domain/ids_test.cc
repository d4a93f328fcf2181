#include "server/domain/ids.h"

#include <type_traits>

#include "gtest/gtest.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

TEST(IdTest, TakesTheFormOfTheApi) {
  EXPECT_TRUE(ValidateId("a").ok());
  EXPECT_TRUE(ValidateId("plan-2021").ok());
  EXPECT_TRUE(ValidateId("a" + std::string(62, '-')).ok());
  for (std::string id :
       {std::string(), std::string("A"), std::string("1a"), std::string("-a"),
        std::string("a_b"), std::string("計画"), std::string("a b"),
        std::string(64, 'a')}) {
    EXPECT_EQ(DetailsOf(ValidateId(id)).reason, "BAD_ID") << id;
  }
}

TEST(IdTest, DoesNotConvertIntoAnotherKind) {
  EXPECT_FALSE((std::is_convertible_v<PlanId, IndicatorId>));
  EXPECT_FALSE((std::is_constructible_v<PlanId, IndicatorId>));
  EXPECT_FALSE((std::is_convertible_v<std::string, PlanId>));
}

TEST(IdTest, OrdersKeysByPlanFirst) {
  const IndicatorKey a{PlanId("a"), IndicatorId("z")};
  const IndicatorKey b{PlanId("b"), IndicatorId("a")};
  EXPECT_LT(a, b);
  EXPECT_EQ(a, (IndicatorKey{PlanId("a"), IndicatorId("z")}));
}

}  // namespace
}  // namespace shirube
