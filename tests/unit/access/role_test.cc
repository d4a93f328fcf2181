#include "server/access/role.h"

#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(RoleTest, ReadsWhatItWrites) {
  for (Role role : kAllRoles) EXPECT_EQ(ParseRoleWord(RoleWord(role)), role);
  for (RoleSet roles : {RoleSet{Role::kRead},
                        RoleSet{Role::kRecord, Role::kRules}, RoleSet::All()}) {
    EXPECT_EQ(ParseRoles(FormatRoles(roles)), roles);
  }
  EXPECT_EQ(FormatRoles(RoleSet{Role::kRecord, Role::kRead}), "READ,RECORD");
  EXPECT_EQ(FormatRoles(RoleSet()), "-");
}

TEST(RoleTest, TakesWordsInAnyCase) {
  EXPECT_EQ(ParseRoles("read, Record"), (RoleSet{Role::kRead, Role::kRecord}));
}

TEST(RoleTest, RefusesWhatIsNoRole) {
  for (const char* text : {"", "-", "ADMIN", "READ,", "READ;RECORD"}) {
    EXPECT_FALSE(ParseRoles(text)) << text;
  }
}

TEST(RoleTest, ContainsNothingThatWasNotNamed) {
  const RoleSet roles{Role::kManage};
  EXPECT_TRUE(roles.Has(Role::kManage));
  EXPECT_FALSE(roles.Has(Role::kRead));
  EXPECT_FALSE(roles.empty());
  EXPECT_TRUE(RoleSet().empty());
}

}  // namespace
}  // namespace shirube
